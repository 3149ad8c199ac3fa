"""Schemas made of other schemas."""

from __future__ import annotations

from collections.abc import Callable

from runagent_ls.project.annotations.known import Schema
from runagent_ls.pyfile.signature_schema import JsonValue


def any_of(schemas: list[Schema]) -> Schema:
    """One schema for all alternatives; empty as soon as one of them accepts anything."""
    options: list[JsonValue] = []
    for schema in schemas:
        if not schema:
            return {}
        inner = schema.get("anyOf") if "title" not in schema else None
        for one in inner if isinstance(inner, list) else [schema]:
            if one not in options:
                options.append(one)
    if len(options) == 1 and isinstance(options[0], dict):
        return options[0]
    return {"anyOf": options}


def fixed_array(items: list[Schema], needed: int | None = None) -> Schema:
    """A list of exactly these; the last ones may be left out when fewer are `needed`."""
    listed: list[JsonValue] = list(items)
    length = len(items)
    least = length if needed is None else needed
    return {"type": "array", "prefixItems": listed, "minItems": least, "maxItems": length}


def map_options(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """Change each alternative of a schema that has some, else the schema itself."""
    options = schema.get("anyOf")
    if not isinstance(options, list):
        return change(schema)
    changed: list[JsonValue] = [
        change(option) if isinstance(option, dict) else option for option in options
    ]
    return {**schema, "anyOf": changed}
