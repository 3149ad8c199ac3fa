"""Types made by a call: NewType, TypeVar, TypeAliasType, Enum, NamedTuple, TypedDict."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from runagent_ls.project.annotations.combining import any_of
from runagent_ls.project.annotations.enums import ENUMS, functional_enum
from runagent_ls.project.annotations.known import Schema
from runagent_ls.project.annotations.meaning import Local, Place
from runagent_ls.project.annotations.statements import definition
from runagent_ls.pyfile.signature_schema import JsonValue, literal

if TYPE_CHECKING:
    from runagent_ls.project.annotations.builder import Builder


def is_type_variable(builder: Builder, node: ast.expr, place: Place) -> bool:
    """Whether a name was bound by `X = TypeVar("X", ...)`."""
    meaning = builder.meaning(node, place)
    if not isinstance(meaning, Local) or meaning.symbol.kind != "instance":
        return False
    value = getattr(definition(meaning, builder.reader), "value", None)
    func = value.func if isinstance(value, ast.Call) else None
    return builder.external(func, meaning.place) == "typing.TypeVar"


def made_by_call(builder: Builder, call: ast.Call, name: str, place: Place) -> Schema | None:
    """The schema of a type that is made by a call; None when it is another call."""
    callee = builder.external(call.func, place)
    match callee, call.args:
        case "typing.NewType", [_, inner]:
            schema = builder.schema(inner, place)
            return schema if not schema or "$ref" in schema else {**schema, "title": name}
        case "typing.TypeAliasType", [_, inner, *_]:
            return builder.schema(inner, place)
        case "typing.TypeVar", [_, *constraints]:
            return _type_variable(builder, call, constraints, place)
        case "typing.TypedDict", [_, ast.Dict() as fields]:
            return _typed_dict(builder, fields, call, name, place)
        case "typing.NamedTuple", [_, ast.List(elts=pairs) | ast.Tuple(elts=pairs)]:
            return _named_tuple(builder, pairs, name, place)
        case "collections.namedtuple", [_, names, *_]:
            return _plain_named_tuple(names, call, name)
        case _ if callee in ENUMS:
            found = functional_enum(callee, call)
            return {"title": name, **found} if found else {}
    return None


def _type_variable(
    builder: Builder, call: ast.Call, constraints: list[ast.expr], place: Place
) -> Schema:
    bound = next((it.value for it in call.keywords if it.arg == "bound"), None)
    if bound is not None:
        return builder.schema(bound, place)
    return any_of([builder.schema(it, place) for it in constraints]) if constraints else {}


def _typed_dict(
    builder: Builder, fields: ast.Dict, call: ast.Call, name: str, place: Place
) -> Schema:
    from runagent_ls.project.annotations.records import record, typed_dict_field

    total = not any(
        it.arg == "total" and isinstance(it.value, ast.Constant) and it.value.value is False
        for it in call.keywords
    )
    found: dict[str, tuple[Schema, bool]] = {}
    for key, value in zip(fields.keys, fields.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return {}
        found[key.value] = typed_dict_field(builder, value, place, {}, total=total)
    return {"title": name, **record(found)}


def _named_tuple(builder: Builder, pairs: list[ast.expr], name: str, place: Place) -> Schema:
    from runagent_ls.project.annotations.records import tuple_record

    found: dict[str, tuple[Schema, bool]] = {}
    for pair in pairs:
        match pair:
            case ast.Tuple(elts=[ast.Constant(value=str() as key), annotation]):
                found[key] = (builder.schema(annotation, place), True)
            case _:
                return {}
    return {"title": name, **tuple_record(found)}


def _plain_named_tuple(names: ast.expr, call: ast.Call, name: str) -> Schema:
    from runagent_ls.project.annotations.records import tuple_record

    value = literal(names)
    keys: list[JsonValue] = []
    if isinstance(value, str):
        keys = list(value.replace(",", " ").split())
    elif isinstance(value, list):
        keys = value
    texts = [key for key in keys if isinstance(key, str)]
    if not texts or len(texts) != len(keys) or any(it.arg == "rename" for it in call.keywords):
        return {}
    given = next((it.value for it in call.keywords if it.arg == "defaults"), None)
    defaults = literal(given) if given is not None else []
    if not isinstance(defaults, list):
        return {}
    needed = len(texts) - len(defaults)
    return {"title": name, **tuple_record({k: ({}, at < needed) for at, k in enumerate(texts)})}
