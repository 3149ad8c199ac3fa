"""Statements of a module's top level that end the process importing it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Position, Span

MAX_CHARACTERS: Final = 500_000
_MENTIONS_EXIT: Final = re.compile(r"\b(?:exit|quit|_exit|SystemExit|setup)\b")


class ExitStatement(NamedTuple):
    """A statement that ends the process.

    `certain` is true when nothing before it can raise or fail to import.
    """

    span: Span
    source: str
    certain: bool


@lru_cache(maxsize=4096)
def early_exit(text: str) -> ExitStatement | None:
    """The first exit at the top level of a file, None when there is none.

    Only statements that stand unconditionally count, and only names that the file itself has not
    bound to something else. `setup()` counts: setuptools reads the command line of the server,
    finds no command that it knows, and exits.
    """
    if len(text) > MAX_CHARACTERS or not _MENTIONS_EXIT.search(text):
        return None
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    exits = _exits_of(module)
    certain = True
    for statement in module.body:
        name = _ending_name(statement)
        if name in exits:
            start, source = _place(statement, text)
            certain = certain and not name.endswith("setup")
            return ExitStatement(
                Span(start, start + len(source)), source.split("\n", 1)[0], certain
            )
        if isinstance(statement, ast.Raise):
            return None
        certain = certain and _cannot_fail(statement)
    return None


def _ending_name(statement: ast.stmt) -> str:
    """The dotted name that a statement calls or raises; empty for every other statement."""
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        node = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        node = statement.value.func
    else:
        return ""
    return ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def _cannot_fail(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import):
        return all(_is_standard(alias.name) for alias in statement.names)
    if isinstance(statement, ast.ImportFrom):
        return statement.level == 0 and _is_standard(statement.module or "")
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return not statement.decorator_list and not statement.args.defaults
    return isinstance(statement, ast.Expr | ast.Assign) and isinstance(
        statement.value, ast.Constant
    )


def _is_standard(module: str) -> bool:
    return module.split(".", 1)[0] in sys.stdlib_module_names


def _exits_of(module: ast.Module) -> set[str]:
    """The names by which this module can end the process."""
    bound = set(_bound_names(module))
    exits = {name for name in ("exit", "quit", "SystemExit") if name not in bound}
    for statement in module.body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                member = _MEMBERS.get(alias.name)
                exits |= {f"{alias.asname or alias.name}.{member}"} if member else set()
        elif isinstance(statement, ast.ImportFrom) and statement.level == 0:
            member = _MEMBERS.get(statement.module or "")
            exits |= {it.asname or it.name for it in statement.names if it.name == member}
    return exits


_MEMBERS: Final = {"sys": "exit", "os": "_exit", "setuptools": "setup", "distutils.core": "setup"}


def _bound_names(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name


def _place(statement: ast.stmt, text: str) -> tuple[int, str]:
    """Offset in code points, and the source, of a statement."""
    lines = LineIndex(text)
    before = lines.line(statement.lineno - 1).encode("utf-8", "surrogatepass")
    column = len(before[: statement.col_offset].decode("utf-8", "replace"))
    source = ast.get_source_segment(text, statement) or ast.unparse(statement)
    return lines.offset(Position(statement.lineno - 1, 0)) + column, source
