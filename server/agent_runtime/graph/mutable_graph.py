"""A directed graph of things, which knows what has happened to it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from typing import Self

from agent_runtime.graph.changes import ChangeLog, GraphChanges, GraphFields
from agent_runtime.graph.elements import (
    Entity,
    GraphLimitError,
    Relation,
    RelationKey,
    UnknownEntityError,
    checked_name,
    checked_properties,
    read_elements,
)
from agent_runtime.json_value import JsonValue
from agent_runtime.words import WordIndex


class MutableGraph:
    """Entities and relations with their limits and changes; `KnowledgeGraph` adds the questions.

    Threads may share it.
    """

    def __init__(self, *, max_entities: int = 10_000, max_relations: int = 50_000) -> None:
        """ValueError for limits below 1."""
        if max_entities < 1 or max_relations < 1:
            raise ValueError("max_entities and max_relations must be at least 1")
        self.max_entities = max_entities
        self.max_relations = max_relations
        self._entities: dict[str, Entity] = {}
        self._relations: dict[RelationKey, Relation] = {}
        self._touching: dict[str, dict[RelationKey, None]] = {}
        self._ranks: dict[str, int] = {}  # in the order in which they were added
        self._next_rank = 0
        self._index = WordIndex()
        self._log = ChangeLog()
        self._version = 0
        self._lock = threading.RLock()

    @property
    def entity_count(self) -> int:
        """How many things are known."""
        return len(self._entities)

    @property
    def relation_count(self) -> int:
        """How many relations there are between them."""
        return len(self._relations)

    def add_entity(
        self,
        entity_id: str,
        kind: str = "thing",
        properties: Mapping[str, JsonValue] | None = None,
    ) -> Entity:
        """Adds an entity, or replaces kind and properties of the one that has this id.

        ValueError for a blank id or kind, and for properties that JSON cannot say; GraphLimitError
        when there are `max_entities` already.
        """
        entity = Entity(
            checked_name(entity_id, "The id of an entity"),
            checked_name(kind, "The kind of an entity"),
            checked_properties(properties),
        )
        with self._lock:
            is_new = entity.id not in self._entities
            self._check_room(entities=is_new)
            self._put_entity(entity)
            self._log.put_entity(entity, is_new=is_new)
        return entity

    def add_relation(
        self,
        source: str,
        target: str,
        kind: str,
        properties: Mapping[str, JsonValue] | None = None,
    ) -> Relation:
        """Adds a relation, or replaces the properties of the one of this kind between the two.

        UnknownEntityError when one of them is not there; otherwise as `add_entity`.
        """
        relation = Relation(
            source.strip(),
            target.strip(),
            checked_name(kind, "The kind of a relation"),
            checked_properties(properties),
        )
        with self._lock:
            self.require(relation.source)
            self.require(relation.target)
            is_new = relation.key not in self._relations
            self._check_room(relations=is_new)
            self._put_relation(relation)
            self._log.put_relation(relation, is_new=is_new)
        return relation

    def remove_entity(self, entity_id: str) -> bool:
        """Removes it with all of its relations; whether it was there."""
        with self._lock:
            entity = self._entities.get(entity_id.strip())
            if entity is None:
                return False
            for key in self._touching[entity.id]:
                self._log.drop_relation(self._relations[key])
            self._log.remove_entity(entity)
            self._drop_entity(entity.id)
            return True

    def remove_relation(self, source: str, target: str, kind: str) -> bool:
        """Whether it was there."""
        key = RelationKey(source.strip(), target.strip(), kind.strip())
        with self._lock:
            relation = self._relations.get(key)
            if relation is None:
                return False
            self._log.remove_relation(relation)
            self._drop_relation(key)
            return True

    def entity(self, entity_id: str) -> Entity | None:
        """The entity of this id."""
        return self._entities.get(entity_id.strip())

    def require(self, entity_id: str) -> Entity:
        """The entity of this id. UnknownEntityError, with the nearest id."""
        entity = self._entities.get(entity_id.strip())
        if entity is not None:
            return entity
        nearest = get_close_matches(entity_id, list(self._entities)[:_COMPARED], n=1)
        hint = f" The nearest is {nearest[0]!r}." if nearest else ""
        raise UnknownEntityError(f"The graph has no entity {entity_id!r:.100}.{hint}")

    def entities(self, kind: str | None = None) -> list[Entity]:
        """All, or those of a kind, in the order in which they were added."""
        with self._lock:
            return [one for one in self._entities.values() if kind in {None, one.kind}]

    def relations(
        self, *, source: str | None = None, target: str | None = None, kind: str | None = None
    ) -> list[Relation]:
        """Those that have all that is asked for, by source, target and kind."""
        end = source if source is not None else target
        with self._lock:
            keys = self._relations if end is None else self._touching.get(end.strip(), {})
            found = [
                key
                for key in keys
                if (source is None or key.source == source.strip())
                and (target is None or key.target == target.strip())
                and kind in {None, key.kind}
            ]
            return [self._relations[key] for key in sorted(found)]

    def take_changes(self) -> GraphChanges | None:
        """What has changed since it was asked last, as a `graph_changed` event says it."""
        with self._lock:
            changes = self._log.fields(self.entity_count, self.relation_count)
            self._log = ChangeLog()
            return changes

    def apply(self, changes: GraphChanges) -> None:
        """Does again what `take_changes` told of; that is no change itself, and may go beyond the
        limits. A relation is left out when one of its entities is not there."""
        with self._lock:
            for gone in changes["removed_relations"]:
                self._drop_relation(RelationKey(gone["source"], gone["target"], gone["kind"]))
            for entity_id in changes["removed_entities"]:
                self._drop_entity(entity_id)
            for one in changes["entities"]:
                properties = checked_properties(one["properties"])
                self._put_entity(Entity(one["id"], one["kind"], properties))
            for other in changes["relations"]:
                source, target = other["source"], other["target"]
                if source in self._entities and target in self._entities:
                    properties = checked_properties(other["properties"])
                    self._put_relation(Relation(source, target, other["kind"], properties))

    def to_json(self) -> GraphFields:
        """Everything in it, with entities and relations as in events."""
        with self._lock:
            return {
                "entities": [one.fields() for one in self._entities.values()],
                "relations": [one.fields() for one in self.relations()],
            }

    def add_json(self, value: JsonValue) -> None:
        """Adds what `to_json` gave, in place of what has the same ids.

        All or nothing: ValueError that says what cannot be read and where; GraphLimitError;
        UnknownEntityError for a relation of entities that are neither there nor here.
        """
        entities, relations = read_elements(value)
        with self._lock:
            ends = {one.id for one in entities}
            for relation in relations:
                for end in (relation.source, relation.target):
                    if end not in ends:
                        self.require(end)
            self._check_room(
                entities=len(ends - self._entities.keys()),
                relations=len({one.key for one in relations} - self._relations.keys()),
            )
            for entity in entities:
                self.add_entity(entity.id, entity.kind, entity.properties)
            for relation in relations:
                self.add_relation(*relation.key, relation.properties)

    def emptied(self) -> Self:
        """An empty one with the same limits, for another session."""
        return type(self)(max_entities=self.max_entities, max_relations=self.max_relations)

    def _check_room(self, *, entities: int = 0, relations: int = 0) -> None:
        for added, count, most, what in (
            (entities, self.entity_count, self.max_entities, "entities"),
            (relations, self.relation_count, self.max_relations, "relations"),
        ):
            if added and count + added > most:
                raise GraphLimitError(
                    f"The graph has {count:,} {what} and may have {most:,}: {added:,} more do not "
                    "fit. Remove what is not needed any more."
                )

    def _put_entity(self, entity: Entity) -> None:
        self._entities[entity.id] = entity
        if entity.id not in self._ranks:
            self._touching[entity.id] = {}
            self._ranks[entity.id] = self._next_rank
            self._next_rank += 1
        said = [entity.id, entity.kind, *_texts(entity.properties)]
        self._index.add(entity.id, " ".join(said))
        self._version += 1

    def _put_relation(self, relation: Relation) -> None:
        self._relations[relation.key] = relation
        self._touching[relation.source][relation.key] = None
        self._touching[relation.target][relation.key] = None
        self._version += 1

    def _drop_entity(self, entity_id: str) -> None:
        for key in list(self._touching.get(entity_id, ())):
            self._drop_relation(key)
        self._touching.pop(entity_id, None)
        self._ranks.pop(entity_id, None)
        self._entities.pop(entity_id, None)
        self._index.discard(entity_id)
        self._version += 1

    def _drop_relation(self, key: RelationKey) -> None:
        if self._relations.pop(key, None) is not None:
            for end in (key.source, key.target):
                with suppress(KeyError):  # a relation of an entity with itself has one entry
                    del self._touching[end][key]
            self._version += 1


_COMPARED = 2_000  # ids that a wrong one is compared with


def _texts(value: JsonValue) -> list[str]:
    """What stands in properties, names too."""
    if isinstance(value, Mapping):
        return [text for name, inner in value.items() for text in (name, *_texts(inner))]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [text for inner in value for text in _texts(inner)]
    return [] if value is None else [str(value)]
