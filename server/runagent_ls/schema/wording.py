"""Schemas and values in plain words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from runagent_ls.jsontree.document import JsonValue

Schema = Mapping[str, JsonValue]

_ONE: Final = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}
_MANY: Final = {
    "string": "texts",
    "integer": "whole numbers",
    "number": "numbers",
    "boolean": "true or false",
    "array": "lists",
    "object": "objects",
}
_FORMATS: Final = {
    "date-time": "a date and time such as 2026-01-31T12:30:00Z",
    "date": "a date such as 2026-01-31",
    "time": "a time such as 12:30:00",
    "duration": "a duration such as PT1H30M",
    "uuid": "a UUID such as 123e4567-e89b-42d3-a456-426614174000",
    "path": "the path of a file or folder",
    "email": "an e-mail address",
    "uri": "a URL",
    "decimal": "a number in quotes",
}
_LONGEST: Final = 60
_MOST_VALUES: Final = 8


def in_words(schema: Schema, definitions: Schema | None = None) -> str:
    """What a schema accepts: `text or null`, `a list of whole numbers`, `one of "a", "b"`."""
    return _words(schema, schema.get("$defs", definitions), depth=0)


def _words(value: JsonValue | Schema, definitions: JsonValue | Schema, depth: int) -> str:
    if not isinstance(value, Mapping) or depth > 4:
        return "anything"
    reference = value.get("$ref")
    if isinstance(reference, str):
        known = definitions if isinstance(definitions, Mapping) else {}
        return _words(known.get(reference.rpartition("/")[2]), definitions, depth + 1)
    listed = value.get("enum")
    if isinstance(listed, list):
        return one_of(listed)
    options = value.get("anyOf")
    if isinstance(options, list):
        words = dict.fromkeys(_words(option, definitions, depth + 1) for option in options)
        return " or ".join(words)
    kind, format_ = value.get("type"), value.get("format")
    if isinstance(format_, str) and format_ in _FORMATS:
        return _FORMATS[format_]
    if kind == "array":
        return _list_in_words(value, definitions, depth)
    title = value.get("title")
    if kind == "object" and isinstance(title, str):
        return f"an object ({title})"
    return _ONE.get(kind, "anything") if isinstance(kind, str) else "anything"


def _list_in_words(schema: Schema, definitions: JsonValue | Schema, depth: int) -> str:
    first = schema.get("prefixItems")
    if isinstance(first, list):
        parts = ", ".join(_words(item, definitions, depth + 1) for item in first)
        return f"a list of {len(first)} values: {parts}"
    items = schema.get("items")
    kind = items.get("type") if isinstance(items, dict) and "format" not in items else None
    if isinstance(kind, str) and kind in _MANY:
        return f"a list of {_MANY[kind]}"
    return "a list"


def one_of(values: list[JsonValue]) -> str:
    """`one of "a", "b"`, shortened when there are many; a single value by itself."""
    shown = [shortened(value) for value in values[:_MOST_VALUES]]
    if len(values) == 1:
        return shown[0]
    more = f" or {len(values) - _MOST_VALUES} others" if len(values) > _MOST_VALUES else ""
    return f"one of {', '.join(shown)}{more}"


def shortened(value: JsonValue) -> str:
    """A value as JSON that fits into a sentence; large ones by what they are."""
    if isinstance(value, list | dict) and len(value) > 8:
        return f"{_ONE['array' if isinstance(value, list) else 'object']} of {len(value)} items"
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return "a value"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def path_in_words(path: tuple[str | int, ...]) -> str:
    """`user.address[2].zip`; a key that is no plain word stands in quotes."""
    found = ""
    for part in path:
        if isinstance(part, int):
            found += f"[{part}]"
        elif part.isidentifier():
            found += f".{part}" if found else part
        else:
            quoted = json.dumps(part, ensure_ascii=False)
            found += f"[{quoted}]" if found else quoted
    return found
