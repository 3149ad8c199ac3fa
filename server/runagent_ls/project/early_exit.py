"""Statements of a module's top level that end the process importing it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Span

MAX_CHARACTERS: Final = 500_000
_MENTIONS_EXIT: Final = re.compile(r"\b(?:exit|quit|_exit|SystemExit)\b")


@lru_cache(maxsize=4096)
def early_exit(text: str) -> tuple[Span, str] | None:
    """The first exit that importing the file is bound to reach, and its source; None otherwise.

    Only statements that stand unconditionally at top level count, and only names that the file
    itself has not bound to something else. An exception raised before is not looked for.
    """
    if len(text) > MAX_CHARACTERS or not _MENTIONS_EXIT.search(text):
        return None
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    exits = _exits_of(module)
    for statement in module.body:
        if isinstance(statement, ast.Raise):
            found = _called(statement.exc) if statement.exc is not None else ""
            if found in exits:
                return _place(statement, text)
            return None
        if isinstance(statement, ast.Expr) and _called(statement.value, calls_only=True) in exits:
            return _place(statement, text)
    return None


def _called(node: ast.expr, *, calls_only: bool = False) -> str:
    if calls_only and not isinstance(node, ast.Call):
        return ""
    target = node.func if isinstance(node, ast.Call) else node
    return ast.unparse(target) if isinstance(target, ast.Name | ast.Attribute) else ""


def _exits_of(module: ast.Module) -> set[str]:
    """The names by which this module can end the process."""
    bound = set(_bound_names(module))
    exits = {name for name in ("exit", "quit", "SystemExit") if name not in bound}
    for statement in module.body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.name in {"sys", "os"}:
                    name = alias.asname or alias.name
                    exits.add(f"{name}.exit" if alias.name == "sys" else f"{name}._exit")
        elif isinstance(statement, ast.ImportFrom) and statement.module == "sys":
            exits |= {alias.asname or "exit" for alias in statement.names if alias.name == "exit"}
    return exits


def _bound_names(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name


def _place(statement: ast.stmt, text: str) -> tuple[Span, str]:
    lines = LineIndex(text)
    line = lines.line(statement.lineno - 1)
    before = line.encode("utf-8", "surrogatepass")[: statement.col_offset]
    column = len(before.decode("utf-8", "replace"))
    source = ast.get_source_segment(text, statement) or ast.unparse(statement)
    start = _line_start(text, lines, statement.lineno - 1) + column
    return Span(start, start + len(source)), source.split("\n", 1)[0]


def _line_start(text: str, lines: LineIndex, line: int) -> int:
    from runagent_ls.text.position import Position

    return lines.offset(Position(line, 0))
