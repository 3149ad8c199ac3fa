"""Types made by a call: NewType, TypeVar, TypeAliasType, Enum, NamedTuple, TypedDict."""

from __future__ import annotations

import ast

from runagent_ls.project.annotations.combining import any_of
from runagent_ls.project.annotations.enums import functional_enum
from runagent_ls.project.annotations.known import ENUMS, Schema
from runagent_ls.project.annotations.meaning import Place
from runagent_ls.project.annotations.reading import Reading
from runagent_ls.project.annotations.records import record, tuple_record, typed_dict_field
from runagent_ls.pyfile.signature_schema import JsonValue, literal


def made_by_call(reading: Reading, call: ast.Call, name: str, place: Place) -> Schema | None:
    """The schema of a type that is made by a call; None when it is another call."""
    callee = reading.external(call.func, place)
    match callee, call.args:
        case "typing.NewType", [_, inner]:
            schema = reading.schema(inner, place)
            return schema if not schema or "$ref" in schema else {**schema, "title": name}
        case "typing.TypeAliasType", [_, inner, *_]:
            return reading.schema(inner, place)
        case "typing.TypeVar", [_, *constraints]:
            return _type_variable(reading, call, constraints, place)
        case "typing.TypedDict", [_, ast.Dict() as fields]:
            return _typed_dict(reading, fields, call, name, place)
        case "typing.NamedTuple", [_, ast.List(elts=pairs) | ast.Tuple(elts=pairs)]:
            return _named_tuple(reading, pairs, name, place)
        case "collections.namedtuple", [_, names, *_]:
            return _plain_named_tuple(names, call, name)
        case _ if callee in ENUMS:
            found = functional_enum(callee, call)
            return {"title": name, **found} if found else {}
    return None


def _type_variable(
    reading: Reading, call: ast.Call, constraints: list[ast.expr], place: Place
) -> Schema:
    bound = next((it.value for it in call.keywords if it.arg == "bound"), None)
    if bound is not None:
        return reading.schema(bound, place)
    return any_of([reading.schema(it, place) for it in constraints]) if constraints else {}


def _typed_dict(
    reading: Reading, fields: ast.Dict, call: ast.Call, name: str, place: Place
) -> Schema:
    total = not any(
        it.arg == "total" and isinstance(it.value, ast.Constant) and it.value.value is False
        for it in call.keywords
    )
    found: dict[str, tuple[Schema, bool]] = {}
    for key, value in zip(fields.keys, fields.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return {}
        found[key.value] = typed_dict_field(reading, value, place, {}, total=total)
    return {"title": name, **record(found)}


def _named_tuple(reading: Reading, pairs: list[ast.expr], name: str, place: Place) -> Schema:
    found: dict[str, tuple[Schema, bool]] = {}
    for pair in pairs:
        match pair:
            case ast.Tuple(elts=[ast.Constant(value=str() as key), annotation]):
                found[key] = (reading.schema(annotation, place), True)
            case _:
                return {}
    return {"title": name, **tuple_record(found)}


def _plain_named_tuple(names: ast.expr, call: ast.Call, name: str) -> Schema:
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
