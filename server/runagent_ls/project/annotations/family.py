"""A class of the project with the classes it inherits from."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from runagent_ls.project.annotations.known import ENUMS, Schema
from runagent_ls.project.annotations.meaning import External, Local, Place
from runagent_ls.project.annotations.reading import Reading, Variables
from runagent_ls.project.annotations.statements import definition
from runagent_ls.project.annotations.variables import is_type_variable, matched

NEUTRAL: Final = {"builtins.object", "abc.ABC", "typing.Generic"}
_MIXINS: Final = {"builtins.str", "builtins.int", "builtins.float"}
_DATACLASSES: Final = {"dataclasses.dataclass", "pydantic.dataclasses.dataclass"}
_HARMLESS: Final = {
    "typing.final", "functools.total_ordering", "enum.unique", "typing.runtime_checkable",
}  # fmt: skip


@dataclass(slots=True)
class Ancestor:
    """One class of the project in a line of inheritance; `variables` are those of its body."""

    node: ast.ClassDef
    inside: Place
    """Where expressions of its body stand."""
    variables: Variables
    decorators: tuple[tuple[str, ast.expr], ...] = ()
    """Those that make dataclasses, by canonical name."""


@dataclass(slots=True)
class Family:
    """A class with the classes of the project above it, furthest first, and what else is above."""

    line: list[Ancestor] = field(default_factory=list)
    foreign: set[str] = field(default_factory=set)
    complete: bool = True
    """False when a base or a decorator is not understood."""

    @property
    def own(self) -> Ancestor:
        return self.line[-1]


def family_of(
    reading: Reading, local: Local, arguments: list[Schema] | None = None
) -> Family | None:
    """A class and what it inherits from; None when it is no class or leads too deep."""
    family = Family()
    found = _add(reading, family, local, arguments or [])
    return family if found else None


def _add(reading: Reading, family: Family, local: Local, arguments: list[Schema]) -> bool:
    node = definition(local, reading.reader)
    with reading.deeper() as may_go_on:
        if not isinstance(node, ast.ClassDef) or not may_go_on:
            family.complete = False
            return False
        own = Place(local.place.path, (*local.place.owners, local.symbol))
        names = _parameters(reading, node, local.place)
        ancestor = Ancestor(node, own, matched(names, arguments))
        for decorator in node.decorator_list:
            _add_decorator(reading, family, ancestor, decorator, local.place)
        # Right to left: what stands further left wins, so it is read later.
        for base in reversed(node.bases):
            _add_base(reading, family, ancestor, base, local.place)
        if not any(one.node is node for one in family.line):
            family.line.append(ancestor)
        return True


def _add_base(
    reading: Reading, family: Family, ancestor: Ancestor, base: ast.expr, place: Place
) -> None:
    arguments: list[ast.expr] = []
    if isinstance(base, ast.Subscript):
        inner = base.slice
        arguments = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
        base = base.value
    match reading.meaning(base, place):
        case External(name=name):
            family.foreign.add(name)
            known = {*ENUMS, *NEUTRAL, *_MIXINS, "typing.TypedDict", "typing.NamedTuple"}
            if name not in known | {"pydantic.BaseModel", "pydantic.RootModel"}:
                family.complete = False
        case Local() as parent:
            given = [reading.schema(it, place, ancestor.variables) for it in arguments]
            _add(reading, family, parent, given)
        case _:
            family.complete = False


def _add_decorator(
    reading: Reading, family: Family, ancestor: Ancestor, decorator: ast.expr, place: Place
) -> None:
    callee = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = reading.external(callee, place)
    if name in _DATACLASSES:
        ancestor.decorators += ((name, decorator),)
    elif name not in _HARMLESS:
        family.complete = False


def _parameters(reading: Reading, node: ast.ClassDef, place: Place) -> list[str]:
    """Type variables of a generic class, in the order of its arguments."""
    declared = [it.name for it in getattr(node, "type_params", ())]
    if declared:
        return declared
    bases = [base for base in node.bases if isinstance(base, ast.Subscript)]
    generic = [it for it in bases if reading.external(it.value, place) == "typing.Generic"]
    return list(
        dict.fromkeys(
            inner.id
            for base in generic or bases
            for inner in ast.walk(base.slice)
            if isinstance(inner, ast.Name) and is_type_variable(reading, inner, place)
        )
    )


def keywords(call: ast.expr) -> Mapping[str, ast.expr]:
    """Keyword arguments of a call by name; empty for what is no call."""
    found = call.keywords if isinstance(call, ast.Call) else []
    return {keyword.arg: keyword.value for keyword in found if keyword.arg}
