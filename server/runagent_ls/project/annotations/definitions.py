"""Classes, aliases and the calls that make types: which kind a definition is."""

from __future__ import annotations

import ast
import inspect
from typing import Final

from runagent_ls.project.annotations import functional, models, records
from runagent_ls.project.annotations.enums import enum_schema
from runagent_ls.project.annotations.family import NEUTRAL, family_of
from runagent_ls.project.annotations.known import ENUMS, Schema
from runagent_ls.project.annotations.meaning import Local, Place
from runagent_ls.project.annotations.reading import Reading
from runagent_ls.project.annotations.variables import is_type_variable, matched

_LONGEST_DOCSTRING: Final = 4000


def read_definition(
    reading: Reading, node: ast.stmt, local: Local, arguments: list[Schema]
) -> Schema:
    """The schema of what a statement defines; empty when JSON has no word for it."""
    name = local.symbol.name
    match node:
        case ast.ClassDef():
            return _class(reading, local, arguments)
        case ast.Assign(value=ast.Call() as call) | ast.AnnAssign(value=ast.Call() as call):
            made = functional.made_by_call(reading, call, name, local.place)
            return made if made is not None else reading.schema(call, local.place)
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return _alias(reading, value, local.place, arguments)
    aliased = getattr(node, "value", None)  # `type X = ...`, which newer Pythons parse
    if isinstance(aliased, ast.expr):
        names = [it.name for it in getattr(node, "type_params", ())]
        return reading.schema(aliased, local.place, matched(names, arguments))
    return {}


def _alias(reading: Reading, value: ast.expr, place: Place, arguments: list[Schema]) -> Schema:
    if not arguments:
        return reading.schema(value, place)
    names = dict.fromkeys(
        node.id
        for node in ast.walk(value)
        if isinstance(node, ast.Name) and is_type_variable(reading, node, place)
    )
    return reading.schema(value, place, matched(list(names), arguments))


def _class(reading: Reading, local: Local, arguments: list[Schema]) -> Schema:
    family = family_of(reading, local, arguments)
    title: Schema = {"title": local.symbol.name}
    if family is None or not family.complete:
        return {}
    docstring = ast.get_docstring(family.own.node)
    if docstring:
        title["description"] = inspect.cleandoc(docstring)[:_LONGEST_DOCSTRING]
    foreign = family.foreign - NEUTRAL
    if foreign & ENUMS:
        schema = enum_schema(reading, family)
    elif foreign == {"typing.TypedDict"}:
        schema = records.typed_dict(reading, family)
    elif foreign == {"typing.NamedTuple"}:
        schema = records.named_tuple(reading, family)
    elif foreign <= {"pydantic.BaseModel"} and foreign:
        schema = models.model(reading, family)
    elif foreign <= {"pydantic.RootModel", "pydantic.BaseModel"} and foreign:
        schema = models.root_model(reading, family)
    elif not foreign and any(one.decorators for one in family.line):
        schema = records.dataclass_(reading, family)
    else:
        return {}
    # Nothing but a name is no promise: anything goes then.
    return {**title, **schema} if schema else {}
