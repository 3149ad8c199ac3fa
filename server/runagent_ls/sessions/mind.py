"""What a session has in mind, followed event by event in memory that has a limit.

What an agent keeps is far smaller; a journal of that size may have been written by anybody.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from sys import getsizeof
from typing import Final, TypeAlias

from agent_runtime.events import EntityFields, RelationFields
from agent_runtime.json_value import JsonValue
from runagent_ls.sessions import fields
from runagent_ls.sessions.sizes import AN_ENTRY, size_of

GRAPH_BYTES: Final = 128 * 1024 * 1024
"""Of memory, for entities and relations; ten thousand and fifty thousand take about a third."""
WORKING_BYTES: Final = 16 * 1024 * 1024

RelationKey: TypeAlias = tuple[str, str, str]
"""Source, target and kind."""


@dataclass(slots=True)
class Mind:
    """Working memory, knowledge graph and answer, after the events that were followed.

    Of what does not fit, the least recently used texts, and the latest entities and relations are
    left out; `working_cut` and `graph_cut` say so. `working_left` and `graph_left` are bytes that
    may still be taken.
    """

    working: OrderedDict[str, str] = field(default_factory=OrderedDict)
    entities: dict[str, EntityFields] = field(default_factory=dict)
    relations: dict[RelationKey, RelationFields] = field(default_factory=dict)
    answer: str | None = None
    working_cut: bool = False
    graph_cut: bool = False
    working_left: int = WORKING_BYTES
    graph_left: int = GRAPH_BYTES
    _sizes: dict[str | RelationKey, int] = field(default_factory=dict)
    _relations_of: dict[str, dict[RelationKey, None]] = field(default_factory=dict)

    def follow(self, kind: str, said: Mapping[str, object]) -> None:
        """One more event of type `kind`."""
        if kind == "working_changed":
            self._change_working(said)
        elif kind == "graph_changed":
            self._change_graph(said)
        elif kind == "final_answer":
            self.answer = fields.text(said, "text")

    def _change_working(self, said: Mapping[str, object]) -> None:
        for key in fields.texts(said, "removed"):
            self._forget(key)
        for key, value in fields.mapping(said, "set").items():
            self._forget(key)  # what was used last comes last
            self.working[key] = value if isinstance(value, str) else str(value)
            self.working_left -= _size_of_text(key, self.working[key])
            while self.working_left < 0:
                self.working_cut = True
                self._forget(next(iter(self.working)))  # quick in an OrderedDict only

    def _forget(self, key: str) -> None:
        value = self.working.pop(key, None)
        if value is not None:
            self.working_left += _size_of_text(key, value)

    def _change_graph(self, said: Mapping[str, object]) -> None:
        for name in fields.texts(said, "removed_entities"):
            self._remove_entity(name)
        for each in fields.objects(said, "removed_relations"):
            self._remove_relation(_relation_key(each))
        for each in fields.objects(said, "entities"):
            entity = fields.text(each, "id")
            if entity is not None:
                self._add_entity(
                    EntityFields(
                        id=entity,
                        kind=fields.text(each, "kind") or "",
                        properties=fields.mapping(each, "properties"),
                    )
                )
        for each in fields.objects(said, "relations"):
            self._add_relation(_relation_key(each), fields.mapping(each, "properties"))

    def _add_entity(self, entity: EntityFields) -> None:
        name = entity["id"]
        if self._takes(name, [name, entity["kind"], entity["properties"]]):
            self.entities[name] = entity
        else:
            self._remove_entity(name)

    def _remove_entity(self, name: str) -> None:
        if self.entities.pop(name, None) is not None:
            self._give_back(name)
            for key in self._relations_of.pop(name, ()):
                self._remove_relation(key)

    def _add_relation(self, key: RelationKey, properties: dict[str, JsonValue]) -> None:
        source, target, kind = key
        if source not in self.entities or target not in self.entities:
            return
        if not self._takes(key, [*key, properties]):
            self._remove_relation(key)
            return
        self.relations[key] = RelationFields(
            source=source, target=target, kind=kind, properties=properties
        )
        for name in key[:2]:
            self._relations_of.setdefault(name, {})[key] = None

    def _remove_relation(self, key: RelationKey) -> None:
        if self.relations.pop(key, None) is not None:
            self._give_back(key)
            for name in key[:2]:
                self._relations_of.get(name, {}).pop(key, None)

    def _takes(self, key: str | RelationKey, value: list[JsonValue]) -> bool:
        """Whether there is room for it in place of what is there by this key."""
        left = self.graph_left + self._sizes.get(key, 0)
        size = AN_ENTRY + size_of(value, left)
        if size > left:
            self.graph_cut = True
            return False
        self._sizes[key], self.graph_left = size, left - size
        return True

    def _give_back(self, key: str | RelationKey) -> None:
        self.graph_left += self._sizes.pop(key, 0)


def _relation_key(said: Mapping[str, object]) -> RelationKey:
    source, target, kind = (fields.text(said, name) or "" for name in ("source", "target", "kind"))
    return source, target, kind


def _size_of_text(key: str, value: str) -> int:
    return AN_ENTRY + getsizeof(key) + getsizeof(value)
