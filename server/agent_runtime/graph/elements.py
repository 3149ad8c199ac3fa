"""What a knowledge graph is made of, checked so that it can be kept and drawn."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from agent_runtime.events import EntityFields, RelationFields
from agent_runtime.json_value import JsonValue

MAX_NAME = 500
MAX_PROPERTIES = 20_000
_MAX_DEPTH = 20


class GraphError(Exception):
    """A question to a graph that has no answer. The message says why, and what can be done."""


class UnknownEntityError(GraphError):
    """There is no entity of this id."""


class GraphLimitError(GraphError):
    """The answer, or the graph, would be larger than is allowed."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Something in the world, of some kind. Nobody may change its properties."""

    id: str
    kind: str
    properties: Mapping[str, JsonValue] = field(default_factory=dict)

    def fields(self) -> EntityFields:
        """As events and JSON say it."""
        return {"id": self.id, "kind": self.kind, "properties": dict(self.properties)}


class RelationKey(NamedTuple):
    """Between two entities there is one relation of each kind and direction."""

    source: str
    target: str
    kind: str


@dataclass(frozen=True, slots=True)
class Relation:
    """How the source stands to the target. Nobody may change its properties."""

    source: str
    target: str
    kind: str
    properties: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def key(self) -> RelationKey:
        """What tells it apart from others."""
        return RelationKey(self.source, self.target, self.kind)

    def fields(self) -> RelationFields:
        """As events and JSON say it."""
        return {
            "source": self.source,
            "target": self.target,
            "kind": self.kind,
            "properties": dict(self.properties),
        }


def checked_name(name: str, what: str) -> str:
    """The id or kind without blanks around it. ValueError when it is blank or too long."""
    name = name.strip()
    if not name:
        raise ValueError(f"{what} must not be blank.")
    if len(name) > MAX_NAME:
        raise ValueError(f"{what} has at most {MAX_NAME} characters, this one has {len(name):,}.")
    return name


def checked_properties(properties: Mapping[str, JsonValue] | None) -> Mapping[str, JsonValue]:
    """A copy that nobody else can change. ValueError for what JSON cannot say, and for too much."""
    if not properties:
        return MappingProxyType({})
    _check_size(properties)
    try:
        # those of another entity are no dict, which is all that JSON takes
        text = json.dumps(dict(properties), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"Properties must be values that JSON can say: {error}") from error
    if len(text) > MAX_PROPERTIES:
        raise ValueError(
            f"Properties have at most {MAX_PROPERTIES:,} characters as JSON, these have "
            f"{len(text):,}."
        )
    return MappingProxyType(json.loads(text))


def read_elements(value: JsonValue) -> tuple[list[Entity], list[Relation]]:
    """What stands in `{"entities": [...], "relations": [...]}`. ValueError, saying where."""
    entities = [
        Entity(
            checked_name(_text(one, "id", place), f"The id of {place}"),
            checked_name(_text(one, "kind", place, "thing"), f"The kind of {place}"),
            checked_properties(_object(one.get("properties", {}), f"properties of {place}")),
        )
        for place, one in _objects(value, "entities")
    ]
    relations = [
        Relation(
            checked_name(_text(one, "source", place), f"The source of {place}"),
            checked_name(_text(one, "target", place), f"The target of {place}"),
            checked_name(_text(one, "kind", place), f"The kind of {place}"),
            checked_properties(_object(one.get("properties", {}), f"properties of {place}")),
        )
        for place, one in _objects(value, "relations")
    ]
    return entities, relations


def _objects(value: JsonValue, name: str) -> Iterator[tuple[str, Mapping[str, JsonValue]]]:
    listed = _object(value, "a graph").get(name, [])
    if not isinstance(listed, list):
        raise ValueError(f"{name} must be a list.")
    for position, one in enumerate(listed):
        place = f"{name}[{position}]"
        yield place, _object(one, place)


def _object(value: JsonValue, what: str) -> Mapping[str, JsonValue]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{what} must be an object.")
    return value


def _text(
    fields: Mapping[str, JsonValue], name: str, place: str, default: str | None = None
) -> str:
    value = fields.get(name, default)
    if not isinstance(value, str):
        raise ValueError(f"{name} of {place} must be a text.")
    return value


def _check_size(properties: Mapping[str, JsonValue]) -> None:
    """Before anything walks through them to the end: they may hold themselves, many times."""
    waiting: list[tuple[object, int]] = [(properties, 0)]
    parts = 0
    while waiting:
        value, depth = waiting.pop()
        parts += 1
        if parts > MAX_PROPERTIES:
            raise ValueError(f"Properties have at most {MAX_PROPERTIES:,} characters as JSON.")
        inner: Iterable[object] = ()
        if isinstance(value, Mapping):
            inner = value.values()
        elif isinstance(value, list | tuple):
            inner = value
        if inner and depth == _MAX_DEPTH:
            raise ValueError(f"Properties are nested at most {_MAX_DEPTH} deep.")
        waiting += [(one, depth + 1) for one in islice(inner, MAX_PROPERTIES)]
