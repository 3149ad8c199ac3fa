"""Thought, action, observation, until there is an answer."""
