"""A value that fits a schema, for code that has none to show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from runagent_ls.jsontree.document import JsonValue

Schema = Mapping[str, JsonValue]

_BY_FORMAT: Final = {
    "date-time": "2026-01-31T12:00:00+00:00",
    "date": "2026-01-31",
    "time": "12:00:00",
    "duration": "PT1H",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
}
_DEEPEST: Final = 8
"""Levels of nesting below which only empty values are made: definitions may hold themselves."""


def example(schema: Schema, name: str) -> JsonValue:
    """The default, the first allowed value, or a plain value of the type; `name` fills texts."""
    definitions = schema.get("$defs")
    known = definitions if isinstance(definitions, dict) else {}
    return _example(schema, name, known, 0)


def _example(value: JsonValue | Schema, name: str, known: Schema, depth: int) -> JsonValue:
    schema: Schema = value if isinstance(value, Mapping) else {}
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _example(known.get(reference.rpartition("/")[2]), name, known, depth + 1)
    if "const" in schema:
        return schema["const"]
    if "default" in schema:
        return schema["default"]
    allowed = schema.get("enum")
    if isinstance(allowed, list) and allowed:
        return allowed[0]
    for key in ("anyOf", "oneOf", "allOf"):
        options = schema.get(key)
        if isinstance(options, list) and options:
            return _example(_simplest(options), name, known, depth + 1)
    return _typed(schema, name, known, depth)


def _simplest(options: list[JsonValue]) -> JsonValue:
    """The first that is not null."""
    return next((it for it in options if it != {"type": "null"}), options[0])


def _typed(schema: Schema, name: str, known: Schema, depth: int) -> JsonValue:
    kind = schema.get("type")
    match kind[0] if isinstance(kind, list) and kind else kind:
        case "integer":
            return _number(schema, 1)
        case "number":
            return _number(schema, 1.5)
        case "boolean":
            return True
        case "null":
            return None
        case "array":
            return _array(schema, name, known, depth)
        case "object":
            return _object(schema, known, depth)
        case _:
            text = schema.get("format")
            return _BY_FORMAT.get(text, name) if isinstance(text, str) else name


def _number(schema: Schema, usual: float) -> JsonValue:
    least = schema.get("minimum")
    most = schema.get("maximum")
    if isinstance(least, int | float) and usual < least:
        return least
    if isinstance(most, int | float) and usual > most:
        return most
    return usual


def _array(schema: Schema, name: str, known: Schema, depth: int) -> JsonValue:
    first = schema.get("prefixItems")
    if isinstance(first, list):
        return [_example(item, name, known, depth + 1) for item in first]
    if depth >= _DEEPEST:
        return []
    items = schema.get("items")
    return [_example(items, name, known, depth + 1)] if isinstance(items, Mapping) else []


def _object(schema: Schema, known: Schema, depth: int) -> JsonValue:
    properties = schema.get("properties")
    if not isinstance(properties, dict) or depth >= _DEEPEST:
        return {}
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    return {
        key: _example(inner, key, known, depth + 1)
        for key, inner in properties.items()
        if key in needed
    }
