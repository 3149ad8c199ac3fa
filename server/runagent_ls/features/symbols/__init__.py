"""Symbols: the outline of a configuration, and the entrypoints of all agents by name."""
