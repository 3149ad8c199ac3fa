"""Type variables: which names are some, and what they stand for in a use of their type."""

from __future__ import annotations

import ast

from runagent_ls.project.annotations.known import Schema
from runagent_ls.project.annotations.meaning import Local, Place
from runagent_ls.project.annotations.reading import Reading, Variables
from runagent_ls.project.annotations.statements import definition


def is_type_variable(reading: Reading, node: ast.expr, place: Place) -> bool:
    """Whether a name was bound by `X = TypeVar("X", ...)`."""
    meaning = reading.meaning(node, place)
    if not isinstance(meaning, Local) or meaning.symbol.kind != "instance":
        return False
    value = getattr(definition(meaning, reading.reader), "value", None)
    func = value.func if isinstance(value, ast.Call) else None
    return reading.external(func, meaning.place) == "typing.TypeVar"


def matched(names: list[str], arguments: list[Schema]) -> Variables:
    """Type variables without an argument stand for anything."""
    return {name: arguments[at] if at < len(arguments) else {} for at, name in enumerate(names)}
