"""TypedDict, NamedTuple and dataclass as JSON objects."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final, NamedTuple

from runagent_ls.project.annotations import limits
from runagent_ls.project.annotations.combining import fixed_array
from runagent_ls.project.annotations.family import Ancestor, Family, keywords
from runagent_ls.project.annotations.known import Schema
from runagent_ls.project.annotations.meaning import Place
from runagent_ls.project.annotations.reading import Reading, Variables
from runagent_ls.pyfile.signature_schema import JsonValue, Missing, literal

_FACTORIES: Final[Mapping[str, JsonValue]] = {
    "builtins.list": [],
    "builtins.dict": {},
    "builtins.set": [],
    "builtins.tuple": [],
    "builtins.str": "",
    "builtins.int": 0,
    "builtins.bool": False,
}


def record(fields: Mapping[str, tuple[Schema, bool]], *, closed: bool = False) -> Schema:
    """An object with these properties, each with whether it is required."""
    properties: dict[str, JsonValue] = {key: schema for key, (schema, _) in fields.items()}
    required: list[JsonValue] = [key for key, (_, needed) in fields.items() if needed]
    found: Schema = {"type": "object", "properties": properties}
    if required:
        found["required"] = required
    if closed:
        found["additionalProperties"] = False
    return found


# TypedDict


def typed_dict(reading: Reading, family: Family) -> Schema:
    """Whether keys are required is decided class by class, by `total`."""
    found: dict[str, tuple[Schema, bool]] = {}
    closed = False
    for ancestor in family.line:
        options = {it.arg: literal(it.value) for it in ancestor.node.keywords if it.arg}
        closed = closed or options.get("closed") is True
        total = options.get("total") is not False
        for statement in ancestor.node.body:
            match statement:
                case ast.AnnAssign(target=ast.Name(id=key), annotation=annotation):
                    found[key] = typed_dict_field(
                        reading, annotation, ancestor.inside, ancestor.variables, total=total
                    )
    return record(found, closed=closed)


def typed_dict_field(
    reading: Reading, annotation: ast.expr, place: Place, variables: Variables, *, total: bool
) -> tuple[Schema, bool]:
    """Schema of a field, and whether it must be there."""
    required = total
    node: ast.expr = annotation
    while isinstance(node, ast.Subscript):
        name = reading.external(node.value, place)
        if name not in {"typing.Required", "typing.NotRequired", "typing.ReadOnly"}:
            break
        if name != "typing.ReadOnly":
            required = name == "typing.Required"
        node = node.slice
    return reading.schema(annotation, place, variables), required


# NamedTuple


def named_tuple(reading: Reading, family: Family) -> Schema:
    found: dict[str, tuple[Schema, bool]] = {}
    for statement in family.own.node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=key), annotation=annotation, value=value):
                schema = reading.schema(annotation, family.own.inside, family.own.variables)
                found[key] = (schema, value is None)
    # A subclass of a named tuple has the fields of that one.
    return tuple_record(found) if len(family.line) == 1 else {}


def tuple_record(fields: Mapping[str, tuple[Schema, bool]]) -> Schema:
    """A named tuple: its values in order, or by name."""
    needed = sum(required for _, required in fields.values())
    values = fixed_array([schema for schema, _ in fields.values()], needed)
    return {"anyOf": [values, record(fields, closed=True)]}


# dataclass


class FieldSource(NamedTuple):
    """One annotated name of a class body."""

    name: str
    annotation: ast.expr
    value: ast.expr | None
    ancestor: Ancestor
    docstring: str | None


def annotated_fields(ancestor: Ancestor) -> list[FieldSource]:
    """The annotated names of a class body with the text that may stand below them."""
    found = []
    body = ancestor.node.body
    for at, statement in enumerate(body):
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                below = body[at + 1] if at + 1 < len(body) else None
                found.append(FieldSource(name, annotation, value, ancestor, _text_of(below)))
    return found


def _text_of(statement: ast.stmt | None) -> str | None:
    match statement:
        case ast.Expr(value=ast.Constant(value=str() as text)):
            return text.strip()
    return None


def is_class_variable(reading: Reading, annotation: ast.expr, place: Place) -> bool:
    node = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return "ClassVar" in node.value
    return reading.external(node, place) == "typing.ClassVar"


def dataclass_(reading: Reading, family: Family) -> Schema:
    """The parameters of the `__init__` that the decorator writes; empty when another one is."""
    if _has_own_init(family):
        return {}
    found: dict[str, tuple[Schema, bool]] = {}
    for ancestor in family.line:
        for source in annotated_fields(ancestor) if ancestor.decorators else ():
            place = ancestor.inside
            if reading.external(source.annotation, place) == "dataclasses.KW_ONLY":
                continue
            if is_class_variable(reading, source.annotation, place):
                found.pop(source.name, None)
                continue
            described = _dataclass_field(reading, source)
            if described is None:
                found.pop(source.name, None)
            else:
                found[source.name] = described
    return record(found)


def _has_own_init(family: Family) -> bool:
    for ancestor in family.line:
        for statement in ancestor.node.body:
            if isinstance(statement, ast.FunctionDef) and statement.name in {"__init__", "__new__"}:
                return True
        for _, decorator in ancestor.decorators:
            init = keywords(decorator).get("init")
            if init is not None and literal(init) is not True:
                return True
    return False


def _dataclass_field(reading: Reading, source: FieldSource) -> tuple[Schema, bool] | None:
    """Schema and whether it is required; None for a field that is no parameter."""
    place = source.ancestor.inside
    schema = reading.schema(source.annotation, place, source.ancestor.variables)
    value = source.value
    if source.docstring:
        schema = {**schema, "description": source.docstring}
    if value is None:
        return schema, True
    is_call = isinstance(value, ast.Call)
    callee = reading.external(value.func, place) if isinstance(value, ast.Call) else ""
    if is_call and callee in {"dataclasses.field", "pydantic.Field"}:
        options = keywords(value)
        init = options.get("init")
        if init is not None and literal(init) is False:
            return None
        if callee == "pydantic.Field" and isinstance(value, ast.Call):
            if "alias" in options or "validation_alias" in options:
                return schema, False
            schema = limits.limited(schema, value)
        return with_default(reading, schema, value, place)
    return plain_default(schema, value), False


def with_default(
    reading: Reading, schema: Schema, call: ast.expr, place: Place
) -> tuple[Schema, bool]:
    """What `field(...)` or `Field(...)` says about the default."""
    options = keywords(call)
    positional = call.args if isinstance(call, ast.Call) else []
    default = options.get("default", positional[0] if positional else None)
    if default is not None:
        if isinstance(default, ast.Constant) and default.value is Ellipsis:
            return schema, True
        return plain_default(schema, default), False
    factory = options.get("default_factory")
    if factory is not None:
        name = reading.external(factory, place)
        known = name in _FACTORIES
        return ({**schema, "default": _FACTORIES[name]} if known else schema), False
    unpacked = isinstance(call, ast.Call) and any(it.arg is None for it in call.keywords)
    return schema, not unpacked


def plain_default(schema: Schema, node: ast.expr) -> Schema:
    """The schema with a default that JSON can say."""
    value = literal(node)
    return schema if isinstance(value, Missing) else {**schema, "default": value}
