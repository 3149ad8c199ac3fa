"""How names and attributes are used anywhere in a piece of source: what may change an object."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from runagent_ls.pyfile.walking import walk


@dataclass(frozen=True, slots=True)
class Usage:
    """`stored`: attribute names that are set or deleted on anything. `escaping`: names that are
    used otherwise than called or asked for an attribute, so that others may hold the object."""

    stored: frozenset[str]
    escaping: frozenset[str]
    any_attribute: bool
    """Attributes may be set whose names no parser sees: `setattr`, `__dict__`, ..."""


_SETTERS = {"setattr", "delattr", "vars", "__dict__", "__setattr__", "update_wrapper", "exec"}


def read_usage(tree: ast.Module) -> Usage:
    """Over the whole tree, functions included."""
    stored: set[str] = set()
    used: dict[int, str] = {}
    harmless: set[int] = set()
    any_attribute = False
    for node in walk(tree):
        if isinstance(node, ast.Attribute):
            harmless.add(id(node.value))
            any_attribute = any_attribute or node.attr in _SETTERS
            if not isinstance(node.ctx, ast.Load):
                stored.add(node.attr)
        elif isinstance(node, ast.Call):
            harmless.add(id(node.func))
            if isinstance(node.func, ast.Name) and node.func.id in {"isinstance", "issubclass"}:
                harmless.update(id(argument) for argument in node.args)
        elif isinstance(node, ast.ClassDef):
            harmless.update(id(base) for base in node.bases)
        elif isinstance(node, (ast.arg, ast.AnnAssign)):
            harmless.add(id(node.annotation))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used[id(node)] = node.id
    escaping = {name for key, name in used.items() if key not in harmless}
    any_attribute = any_attribute or not _SETTERS.isdisjoint(used.values())
    return Usage(frozenset(stored), frozenset(escaping), any_attribute)
