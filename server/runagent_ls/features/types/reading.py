"""Reads JSON Schemas as shapes and collects the records they name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from runagent_ls.features.types.names import pascal, type_name
from runagent_ls.features.types.shapes import (
    ANY,
    NULL,
    Choice,
    Field,
    ListOf,
    MapOf,
    Named,
    Nullable,
    OneOf,
    Record,
    Scalar,
    ScalarKind,
    Shape,
    TupleOf,
)
from runagent_ls.jsontree.document import JsonValue

Schema = Mapping[str, JsonValue]
_SCALARS: Final[Mapping[str, ScalarKind]] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}
_REMARKS: Final = ("$defs", "default", "description", "examples", "title")
_DEEPEST: Final = 40
"""Levels of nesting after which anything goes."""


class ShapeReader:
    """One for all schemas whose types are declared together: equal types get one name."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        """By name, in the order in which they are first met."""
        self._names: dict[str, str] = {}
        """What a name stands for to the name."""
        self._taken: set[str] = set()
        self._definitions: Schema = {}
        self._open: set[str] = set()
        """Definitions that are being read: one that is met again inside itself never ends."""
        self._depth = 0

    def read(self, schema: Schema, hint: str) -> Shape:
        """`hint` names what has no name of its own: usually the parameter."""
        definitions = schema.get("$defs")
        self._definitions = definitions if isinstance(definitions, dict) else {}
        return self._shape(schema, hint)

    def _shape(self, value: JsonValue | Schema, hint: str) -> Shape:
        if not isinstance(value, Mapping) or self._depth >= _DEEPEST:
            return ANY
        self._depth += 1
        try:
            return self._known_shape(value, hint)
        finally:
            self._depth -= 1

    def _known_shape(self, schema: Schema, hint: str) -> Shape:
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return self._defined(reference.rpartition("/")[2])
        title = schema.get("title")
        name = title if isinstance(title, str) and title else hint
        if "enum" in schema or "const" in schema:
            return self._choice(schema, name, named=name is title)
        for key in ("anyOf", "oneOf"):
            options = schema.get(key)
            if isinstance(options, list):
                return self._one_of([self._shape(option, hint) for option in options], name)
        types = schema.get("type")
        if isinstance(types, list):
            return self._one_of([self._typed(one, schema, name) for one in types], name)
        return self._typed(types, schema, name)

    def _defined(self, key: str) -> Shape:
        definition = self._definitions.get(key)
        is_record = isinstance(definition, dict) and "properties" in definition
        if key in self._open and not is_record:
            return ANY
        is_outermost = key not in self._open
        self._open.add(key)
        try:
            return self._shape(definition, key)
        finally:
            if is_outermost:
                self._open.discard(key)

    def _typed(self, kind: JsonValue, schema: Schema, name: str) -> Shape:
        match kind:
            case "array":
                return self._array(schema, name)
            case "object":
                return self._object(schema, name)
            case str() if kind in _SCALARS:
                return Scalar(_SCALARS[kind])
            case _:
                return ANY

    def _array(self, schema: Schema, name: str) -> Shape:
        first = schema.get("prefixItems")
        if isinstance(first, list) and schema.get("maxItems") == len(first):
            items = [self._shape(it, f"{name} {at}") for at, it in enumerate(first, 1)]
            return TupleOf(tuple(items))
        return ListOf(self._shape(schema.get("items"), f"{name} item"))

    def _object(self, schema: Schema, name: str) -> Shape:
        properties = schema.get("properties")
        if isinstance(properties, dict):
            return self._record(schema, properties, name)
        return MapOf(self._shape(schema.get("additionalProperties"), f"{name} value"))

    def _record(self, schema: Schema, properties: Schema, hint: str) -> Named:
        name, is_new = self._name(schema, hint)
        if is_new:
            # Before its fields are read: they may hold the record itself.
            self.records[name] = Record(name, ())
            required = schema.get("required")
            needed = required if isinstance(required, list) else []
            fields = [
                Field(key, self._shape(it, f"{name} {key}"), key in needed, _description(it))
                for key, it in properties.items()
            ]
            closed = schema.get("additionalProperties") is False
            self.records[name] = Record(name, tuple(fields), closed, _description(schema))
        return Named(name)

    def _choice(self, schema: Schema, hint: str, *, named: bool) -> Shape:
        listed = schema.get("enum", [schema.get("const")])
        values = listed if isinstance(listed, list) else []
        if not values:
            return ANY
        rest = tuple(value for value in values if value is not None)
        if not rest:
            return NULL
        choice = Choice(rest, self._name(schema, hint)[0], named)
        return choice if len(rest) == len(values) else Nullable(choice)

    def _one_of(self, shapes: list[Shape], hint: str) -> Shape:
        """Alternatives laid flat, with null taken out."""
        flat: list[Shape] = []
        nullable = False
        for shape in shapes:
            inner = shape
            if isinstance(inner, Nullable):
                nullable, inner = True, inner.inner
            if inner == ANY:
                return ANY
            if inner == NULL:
                nullable = True
                continue
            for option in inner.options if isinstance(inner, OneOf) else (inner,):
                if option not in flat:
                    flat.append(option)
        if not flat:
            return NULL if nullable else ANY
        name = self._name({"oneOf": [repr(option) for option in flat]}, hint)[0] if flat[1:] else ""
        inner = OneOf(tuple(flat), name) if flat[1:] else flat[0]
        return Nullable(inner) if nullable else inner

    def _name(self, schema: Schema, hint: str) -> tuple[str, bool]:
        """A free name for a type, or the one that the same type has already."""
        essence = {key: value for key, value in schema.items() if key not in _REMARKS}
        key = json.dumps([hint, essence], sort_keys=True, default=repr)
        known = self._names.get(key)
        if known is not None:
            return known, False
        wanted = type_name(hint)
        name, number = wanted, 2
        while name in self._taken:
            name, number = f"{wanted}{number}", number + 1
        self._taken.add(name)
        self._names[key] = name
        return name, True


def _description(schema: JsonValue | Schema) -> str | None:
    found = schema.get("description") if isinstance(schema, Mapping) else None
    return found if isinstance(found, str) and found.strip() else None


def hint_of(name: str) -> str:
    """A type name for what a parameter holds."""
    return pascal(name)
