"""Telling of most good values that they are, without the library that also tells what is wrong.

Importing `jsonschema` takes longer than checking a whole project, and most pieces of most
configurations are fine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final, TypeAlias

_Schema: TypeAlias = Mapping[str, Any]

_SAY_NOTHING: Final = frozenset(
    {
        "$schema",
        "$id",
        "$defs",
        "$comment",
        "title",
        "description",
        "markdownDescription",
        "markdownEnumDescriptions",
        "default",
        "examples",
    }
)


def surely_valid(schema: _Schema, value: object, root: _Schema) -> bool:
    """True only when `jsonschema` finds no error; false when it may. `root` holds the `$defs`."""
    for keyword, argument in schema.items():
        if keyword in _SAY_NOTHING:
            continue
        check = _CHECKS.get(keyword)
        if check is None or not check(argument, value, root):
            return False
    return True


def _type(names: str | list[str], value: object, _root: _Schema) -> bool:
    return any(_is(name, value) for name in ([names] if isinstance(names, str) else names))


def _is(name: str, value: object) -> bool:
    """Exact classes alone: a `NotText` is no text, and `True` no number."""
    kind = type(value)
    match name:
        case "string":
            return kind is str
        case "object":
            return kind is dict
        case "array":
            return kind is list
        case "null":
            return value is None
        case "boolean":
            return kind is bool
        case "integer":
            return kind is int
        case "number":
            return kind is int or (isinstance(value, float) and isfinite(value))
        case _:
            return False


def _enum(values: list[object], value: object, _root: _Schema) -> bool:
    return type(value) is str and value in values


def _minimum(limit: float, value: object, _root: _Schema) -> bool:
    return not isinstance(value, (int, float)) or value >= limit


def _exclusive_maximum(limit: float, value: object, _root: _Schema) -> bool:
    return not isinstance(value, (int, float)) or value < limit


def _min_properties(least: int, value: object, _root: _Schema) -> bool:
    return not isinstance(value, dict) or len(value) >= least


def _required(keys: list[str], value: object, _root: _Schema) -> bool:
    return not isinstance(value, dict) or all(key in value for key in keys)


def _properties(schemas: Mapping[str, _Schema], value: object, root: _Schema) -> bool:
    return not isinstance(value, dict) or all(
        surely_valid(schema, value[key], root) for key, schema in schemas.items() if key in value
    )


def _property_names(schema: _Schema, value: object, root: _Schema) -> bool:
    return not isinstance(value, dict) or all(surely_valid(schema, key, root) for key in value)


def _additional(schema: _Schema | bool, value: object, root: _Schema) -> bool:
    """As if no property were known: what the known ones may be, others may not be."""
    if isinstance(schema, bool):
        return schema
    return not isinstance(value, dict) or all(
        surely_valid(schema, item, root) for item in value.values()
    )


def _items(schema: _Schema, value: object, root: _Schema) -> bool:
    return not isinstance(value, list) or all(surely_valid(schema, item, root) for item in value)


def _any_of(schemas: list[_Schema], value: object, root: _Schema) -> bool:
    return any(surely_valid(schema, value, root) for schema in schemas)


def _ref(place: str, value: object, root: _Schema) -> bool:
    prefix, _, name = place.rpartition("/")
    return prefix == "#/$defs" and surely_valid(root["$defs"][name], value, root)


_CHECKS: Final[Mapping[str, Callable[[Any, object, _Schema], bool]]] = {
    "type": _type,
    "enum": _enum,
    "minimum": _minimum,
    "exclusiveMaximum": _exclusive_maximum,
    "minProperties": _min_properties,
    "required": _required,
    "properties": _properties,
    "propertyNames": _property_names,
    "additionalProperties": _additional,
    "items": _items,
    "anyOf": _any_of,
    "$ref": _ref,
}
