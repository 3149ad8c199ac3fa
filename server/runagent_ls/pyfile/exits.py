"""Statements at module level that end the process while the file is being imported."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from runagent_ls.pyfile.flow import is_main_guard
from runagent_ls.pyfile.functions import dotted
from runagent_ls.pyfile.model import ModuleExit
from runagent_ls.pyfile.source import Source

_CALLS = {"sys.exit", "exit", "quit", "os._exit", "os.abort"}


def find_exits(tree: ast.Module, source: Source) -> tuple[ModuleExit, ...]:
    """In source order; nothing under a main guard, in functions or in classes."""
    found: list[ModuleExit] = []
    _search(tree.body, source, found, certain=True)
    return tuple(found)


def _search(
    statements: Iterable[ast.stmt], source: Source, found: list[ModuleExit], *, certain: bool
) -> None:
    for statement in statements:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            name = dotted(statement.value.func)
            if name in _CALLS:
                found.append(ModuleExit(f"{name}()", source.span(statement), certain))
        elif isinstance(statement, ast.Raise):
            if _raises_system_exit(statement):
                found.append(ModuleExit("raise SystemExit", source.span(statement), certain))
        elif isinstance(statement, ast.If) and is_main_guard(statement.test):
            _search(statement.orelse, source, found, certain=certain)
        elif isinstance(statement, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
            for part in ("body", "orelse", "finalbody"):
                _search(getattr(statement, part, []), source, found, certain=False)
            for handler in getattr(statement, "handlers", []):
                _search(handler.body, source, found, certain=False)


def _raises_system_exit(statement: ast.Raise) -> bool:
    raised = statement.exc
    if isinstance(raised, ast.Call):
        raised = raised.func
    return isinstance(raised, ast.Name) and raised.id == "SystemExit"
