"""Runs an agent's functions in the agent's own interpreter.

Standard library only, CPython 3.9 or newer; imports nothing of the packages around it. It is loaded
under a name of its own, so that no module of the agent can be taken for one of these.
"""
