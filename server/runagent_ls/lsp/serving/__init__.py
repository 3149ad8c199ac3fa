"""Agents that this language server serves, each in a process of its own."""
