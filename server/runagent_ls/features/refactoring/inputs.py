"""Inputs of one call: the types of what it passes, by name."""

from __future__ import annotations

from typing import Final, TypeAlias

TYPES: Final = frozenset({"str", "int", "float", "bool", "list", "dict"})

Inputs: TypeAlias = dict[str, str]
"""Python's own types; empty where the type is not known."""
