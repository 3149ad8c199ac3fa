"""Limits on values: `Field(ge=1)`, `annotated_types.Gt(0)`, `StringConstraints(...)`."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Final

from runagent_ls.project.annotations.combining import map_options
from runagent_ls.project.annotations.known import Schema
from runagent_ls.project.annotations.meaning import Local, Place
from runagent_ls.project.annotations.reading import Reading
from runagent_ls.project.annotations.statements import definition
from runagent_ls.pyfile.signature_schema import JsonValue, Missing, literal

_NUMERIC: Final[Mapping[str, str]] = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
}
_SIZES: Final[Mapping[str, tuple[str, str]]] = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}
_POSITIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "annotated_types.Ge": ("ge",),
    "annotated_types.Gt": ("gt",),
    "annotated_types.Le": ("le",),
    "annotated_types.Lt": ("lt",),
    "annotated_types.Interval": ("gt", "ge", "lt", "le"),
    "annotated_types.MultipleOf": ("multiple_of",),
    "annotated_types.MinLen": ("min_length",),
    "annotated_types.MaxLen": ("max_length",),
    "annotated_types.Len": ("min_length", "max_length"),
    "typing.Doc": ("description",),
    "annotated_doc.Doc": ("description",),
}
_REPLACING: Final = frozenset(
    f"pydantic.{name}"
    for name in (
        "BeforeValidator", "PlainValidator", "WrapValidator", "WithJsonSchema",
        "GetPydanticSchema", "InstanceOf", "SkipValidation", "EncodedStr", "EncodedBytes",
    )
)  # fmt: skip
"""Metadata after which the annotated type no longer says what is accepted."""
_CHANGING: Final = ("strip_whitespace", "to_upper", "to_lower")


def annotated(reading: Reading, schema: Schema, metadata: list[ast.expr], place: Place) -> Schema:
    """`Annotated[T, ...]`, given the schema of `T`."""
    found = schema
    for node in metadata:
        found = _applied(reading, found, node, place)
    return found


def _applied(reading: Reading, schema: Schema, node: ast.expr, place: Place) -> Schema:
    if isinstance(node, ast.Constant):
        text = node.value
        return {**schema, "description": text} if isinstance(text, str) and schema else schema
    callee = node.func if isinstance(node, ast.Call) else node
    meaning = reading.meaning(callee, place)
    if isinstance(meaning, Local):
        # A constant such as `Positive = Field(gt=0)`, or a class that may accept anything.
        value = getattr(definition(meaning, reading.reader), "value", None)
        if isinstance(value, ast.Call) and callee is node:
            return _applied(reading, schema, value, meaning.place)
        return {}
    name = meaning.name if meaning is not None else ""
    if name in _REPLACING:
        return {}
    if not isinstance(node, ast.Call):
        return schema
    if name in {"pydantic.Field", "pydantic.StringConstraints", "annotated_types.Len"}:
        schema = limited(schema, node)
    named = dict(zip(_POSITIONAL.get(name, ()), node.args, strict=False))
    named.update({it.arg: it.value for it in node.keywords if name in _POSITIONAL and it.arg})
    return _with_all(schema, {key: literal(value) for key, value in named.items()})


def limited(schema: Schema, call: ast.Call) -> Schema:
    """The schema with the limits that a call's keywords name."""
    given = {it.arg: literal(it.value) for it in call.keywords if it.arg}
    if any(given.get(name) for name in _CHANGING):
        # The limits hold for the changed text, not for the one that is sent.
        given = {key: value for key, value in given.items() if key == "description"}
    return _with_all(schema, given)


def _with_all(schema: Schema, given: Mapping[str, JsonValue | Missing]) -> Schema:
    found = schema
    for name, value in given.items():
        if not isinstance(value, Missing):
            found = _with(found, name, value)
    return found


def _with(schema: Schema, name: str, value: JsonValue) -> Schema:
    if name == "description" and isinstance(value, str):
        return {**schema, "description": value}
    return map_options(schema, lambda option: _limited_option(option, name, value))


def _limited_option(schema: Schema, name: str, value: JsonValue) -> Schema:
    kind = schema.get("type")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in _NUMERIC and kind in {"integer", "number"} and is_number:
        return {**schema, _NUMERIC[name]: value}
    if name == "multiple_of" and kind == "integer" and isinstance(value, int) and value > 0:
        return {**schema, "multipleOf": value}
    if name in {"min_length", "max_length"} and isinstance(kind, str) and kind in _SIZES:
        is_size = isinstance(value, int) and value >= 0 and is_number
        return {**schema, _SIZES[kind][name == "max_length"]: value} if is_size else schema
    is_plain_text = kind == "string" and "format" not in schema
    if name in {"pattern", "regex"} and isinstance(value, str) and is_plain_text:
        return {**schema, "pattern": value} if _compiles(value) else schema
    return schema


def _compiles(pattern: str) -> bool:
    """Whether Python reads the pattern, too: pydantic's are those of another library."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return True
