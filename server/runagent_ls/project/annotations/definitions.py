"""Classes, aliases and the calls that make types: which kind a definition is."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from runagent_ls.project.annotations import functional
from runagent_ls.project.annotations.enums import ENUMS, enum_schema
from runagent_ls.project.annotations.known import Schema
from runagent_ls.project.annotations.meaning import External, Local, Place
from runagent_ls.project.annotations.statements import definition

if TYPE_CHECKING:
    from runagent_ls.project.annotations.builder import Builder, Variables

_NEUTRAL: Final = {"builtins.object", "abc.ABC", "typing.Generic"}
_MIXINS: Final = {"builtins.str", "builtins.int", "builtins.float"}
_DATACLASSES: Final = {"dataclasses.dataclass", "pydantic.dataclasses.dataclass"}
_HARMLESS: Final = {
    "typing.final", "functools.total_ordering", "enum.unique", "typing.runtime_checkable",
}  # fmt: skip
_LONGEST_DOCSTRING: Final = 4000


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


def read_definition(
    builder: Builder, node: ast.stmt, local: Local, arguments: list[Schema]
) -> Schema:
    """The schema of what a statement defines; empty when JSON has no word for it."""
    name = local.symbol.name
    match node:
        case ast.ClassDef():
            return _class(builder, local, arguments)
        case ast.Assign(value=ast.Call() as call) | ast.AnnAssign(value=ast.Call() as call):
            made = functional.made_by_call(builder, call, name, local.place)
            return made if made is not None else builder.schema(call, local.place)
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return _alias(builder, value, local.place, arguments)
    aliased = getattr(node, "value", None)  # `type X = ...`, which newer Pythons parse
    if isinstance(aliased, ast.expr):
        names = [it.name for it in getattr(node, "type_params", ())]
        return builder.schema(aliased, local.place, _matched(names, arguments))
    return {}


def _alias(builder: Builder, value: ast.expr, place: Place, arguments: list[Schema]) -> Schema:
    if not arguments:
        return builder.schema(value, place)
    names = dict.fromkeys(
        node.id
        for node in ast.walk(value)
        if isinstance(node, ast.Name) and functional.is_type_variable(builder, node, place)
    )
    return builder.schema(value, place, _matched(list(names), arguments))


def _matched(names: list[str], arguments: list[Schema]) -> Variables:
    """Type variables without an argument stand for anything."""
    return {name: arguments[at] if at < len(arguments) else {} for at, name in enumerate(names)}


def _class(builder: Builder, local: Local, arguments: list[Schema]) -> Schema:
    from runagent_ls.project.annotations import models, records

    family = family_of(builder, local, arguments)
    title: Schema = {"title": local.symbol.name}
    if family is None or not family.complete:
        return {}
    docstring = ast.get_docstring(family.own.node)
    if docstring:
        title["description"] = inspect.cleandoc(docstring)[:_LONGEST_DOCSTRING]
    foreign = family.foreign - _NEUTRAL
    if foreign & ENUMS:
        schema = enum_schema(builder, family)
    elif foreign == {"typing.TypedDict"}:
        schema = records.typed_dict(builder, family)
    elif foreign == {"typing.NamedTuple"}:
        schema = records.named_tuple(builder, family)
    elif foreign <= {"pydantic.BaseModel"} and foreign:
        schema = models.model(builder, family)
    elif foreign <= {"pydantic.RootModel", "pydantic.BaseModel"} and foreign:
        schema = models.root_model(builder, family)
    elif not foreign and any(one.decorators for one in family.line):
        schema = records.dataclass_(builder, family)
    else:
        return {}
    # Nothing but a name is no promise: anything goes then.
    return {**title, **schema} if schema else {}


def family_of(
    builder: Builder, local: Local, arguments: list[Schema] | None = None
) -> Family | None:
    """A class and what it inherits from; None when it is no class or leads too deep."""
    family = Family()
    found = _add(builder, family, local, arguments or [])
    return family if found else None


def _add(builder: Builder, family: Family, local: Local, arguments: list[Schema]) -> bool:
    node = definition(local, builder.reader)
    with builder.deeper() as may_go_on:
        if not isinstance(node, ast.ClassDef) or not may_go_on:
            family.complete = False
            return False
        own = Place(local.place.path, (*local.place.owners, local.symbol))
        names = _parameters(builder, node, local.place)
        ancestor = Ancestor(node, own, _matched(names, arguments))
        for decorator in node.decorator_list:
            _add_decorator(builder, family, ancestor, decorator, local.place)
        # Right to left: what stands further left wins, so it is read later.
        for base in reversed(node.bases):
            _add_base(builder, family, ancestor, base, local.place)
        if not any(one.node is node for one in family.line):
            family.line.append(ancestor)
        return True


def _add_base(
    builder: Builder, family: Family, ancestor: Ancestor, base: ast.expr, place: Place
) -> None:
    arguments: list[ast.expr] = []
    if isinstance(base, ast.Subscript):
        inner = base.slice
        arguments = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
        base = base.value
    match builder.meaning(base, place):
        case External(name=name):
            family.foreign.add(name)
            known = {*ENUMS, *_NEUTRAL, *_MIXINS, "typing.TypedDict", "typing.NamedTuple"}
            if name not in known | {"pydantic.BaseModel", "pydantic.RootModel"}:
                family.complete = False
        case Local() as parent:
            given = [builder.schema(it, place, ancestor.variables) for it in arguments]
            _add(builder, family, parent, given)
        case _:
            family.complete = False


def _add_decorator(
    builder: Builder, family: Family, ancestor: Ancestor, decorator: ast.expr, place: Place
) -> None:
    callee = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = builder.external(callee, place)
    if name in _DATACLASSES:
        ancestor.decorators += ((name, decorator),)
    elif name not in _HARMLESS:
        family.complete = False


def _parameters(builder: Builder, node: ast.ClassDef, place: Place) -> list[str]:
    """Type variables of a generic class, in the order of its arguments."""
    declared = [it.name for it in getattr(node, "type_params", ())]
    if declared:
        return declared
    bases = [base for base in node.bases if isinstance(base, ast.Subscript)]
    generic = [it for it in bases if builder.external(it.value, place) == "typing.Generic"]
    return list(
        dict.fromkeys(
            inner.id
            for base in generic or bases
            for inner in ast.walk(base.slice)
            if isinstance(inner, ast.Name) and functional.is_type_variable(builder, inner, place)
        )
    )


def keywords(call: ast.expr) -> Mapping[str, ast.expr]:
    """Keyword arguments of a call by name; empty for what is no call."""
    found = call.keywords if isinstance(call, ast.Call) else []
    return {keyword.arg: keyword.value for keyword in found if keyword.arg}
