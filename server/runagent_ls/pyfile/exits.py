"""Statements of a module's top level that end the process importing it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

from runagent_ls.pyfile.source import Source
from runagent_ls.text.position import Span

MENTIONS_EXIT: Final = re.compile(r"\b(?:exit|quit|_exit|SystemExit|setup)\b")
"""A text without any of these holds no such statement."""

_BUILT_IN: Final = ("exit", "quit", "SystemExit")
_MEMBERS: Final = {"sys": "exit", "os": "_exit", "setuptools": "setup", "distutils.core": "setup"}


class Step(NamedTuple):
    """A top-level statement that matters: one that calls or raises `name`, or that may fail.

    `raises`: nothing behind it runs. Without a name only that it may fail is known.
    """

    name: str
    span: Span
    source: str
    raises: bool
    may_fail: bool


class ExitFacts(NamedTuple):
    """What a piece of source adds to the question whether its file ends the process."""

    bound: frozenset[str]
    """Built-in names of exits that the piece binds to something, anywhere."""
    imported: frozenset[str]
    """Names under which the piece imports what ends a process: `sys.exit`, `leave`."""
    steps: tuple[Step, ...]


def read_exits(text: str) -> ExitFacts:
    """Of a text that parses."""
    module, source = ast.parse(text), Source(text)
    bound = frozenset(_BUILT_IN).intersection(_bound_names(module))
    steps = (_step(statement, source) for statement in module.body)
    return ExitFacts(
        bound,
        frozenset(_imported(module)),
        tuple(step for step in steps if step.name or step.raises or step.may_fail),
    )


def _step(statement: ast.stmt, source: Source) -> Step:
    name = _ending_name(statement)
    return Step(
        name,
        source.span(statement),
        re.split(r"[\r\n]", source.segment(statement), maxsplit=1)[0] if name else "",
        isinstance(statement, ast.Raise),
        not _cannot_fail(statement),
    )


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


def _imported(module: ast.Module) -> Iterator[str]:
    for statement in module.body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                member = _MEMBERS.get(alias.name)
                if member:
                    yield f"{alias.asname or alias.name}.{member}"
        elif isinstance(statement, ast.ImportFrom) and statement.level == 0:
            member = _MEMBERS.get(statement.module or "")
            yield from (it.asname or it.name for it in statement.names if it.name == member)


def _bound_names(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name
