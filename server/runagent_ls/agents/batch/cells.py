"""What a cell of a CSV file means, by the schema of the parameter that its column names."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Final

from runagent_ls.agents.values import JsonValue, parse

_SPELLED: Final = {"true": True, "false": False}
_DEEPEST_SCHEMA: Final = 20
_ANYTHING: Final = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})


class Cells:
    """The cells of one file. `input_schema` None makes every cell text."""

    def __init__(self, input_schema: Mapping[str, JsonValue] | None) -> None:
        self._schema = input_schema or {}
        properties = self._schema.get("properties")
        self._properties = properties if isinstance(properties, dict) else {}
        required = self._schema.get("required")
        self._required = frozenset(name for name in _listed(required) if isinstance(name, str))
        self._types: dict[str, frozenset[str]] = {}

    def takes(self, name: str) -> bool:
        """Whether the entrypoint may have a parameter of that name."""
        if not self._schema or self._schema.get("additionalProperties", True) is not False:
            return True
        return name in self._properties

    def is_left_out(self, name: str, cell: str) -> bool:
        """An empty cell leaves its parameter to the default, when it certainly has one."""
        return cell == "" and name in self._properties and name not in self._required

    def value(self, name: str, cell: str) -> JsonValue:
        """Text where the parameter takes text; else the JSON that the cell holds, if it does."""
        types = self._types_of(name)
        if "string" in types:
            return cell
        if cell == "":
            return None if "null" in types else cell
        found = _json_of(cell)
        return cell if found is None and "null" not in types else found

    def _types_of(self, name: str) -> frozenset[str]:
        if name not in self._types:
            types = self._allowed(self._properties.get(name), 0)
            self._types[name] = types
        return self._types[name]

    def _allowed(self, schema: JsonValue, depth: int) -> frozenset[str]:
        """The JSON types that a schema lets through; all of them when it does not say."""
        if not isinstance(schema, dict) or depth > _DEEPEST_SCHEMA:
            return _ANYTHING
        if isinstance(reference := schema.get("$ref"), str):
            definitions = self._schema.get("$defs")
            name = reference.removeprefix("#/$defs/")
            known = definitions.get(name) if isinstance(definitions, dict) else None
            return self._allowed(known, depth + 1)
        for key in ("anyOf", "oneOf"):
            if isinstance(branches := schema.get(key), list) and branches:
                return frozenset().union(*(self._allowed(one, depth + 1) for one in branches))
        if "const" in schema:
            return frozenset({_type_of(schema["const"])})
        if isinstance(values := schema.get("enum"), list) and values:
            return frozenset(map(_type_of, values))
        named = _listed(schema.get("type"))
        return frozenset(one for one in named if isinstance(one, str)) or _ANYTHING


def _json_of(cell: str) -> JsonValue | None:
    """The JSON value a cell holds, spreadsheet spellings of truth included; None for none."""
    text = cell.strip()
    if text.lower() in _SPELLED:
        return _SPELLED[text.lower()]
    try:
        value = parse(text)
    except ValueError:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is not None or text == "null" else None


def _listed(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _type_of(value: JsonValue) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return "null" if value is None else kinds.get(type(value), "object")


def row_text(cells: list[str]) -> str:
    """A row as text, for its hash."""
    return json.dumps(cells)
