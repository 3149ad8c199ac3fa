"""What has happened to a graph, in a form that makes another one equal."""

from __future__ import annotations

from typing import TypedDict

from agent_runtime.events import EntityFields, RelationFields
from agent_runtime.graph.elements import Entity, Relation, RelationKey


class GraphFields(TypedDict):
    """A whole graph as JSON says it."""

    entities: list[EntityFields]
    relations: list[RelationFields]


class GraphChanges(TypedDict):
    """The fields of a `graph_changed` event. What is removed is removed before anything is added:
    something that is in both lists was removed and came back."""

    entities: list[EntityFields]
    relations: list[RelationFields]
    removed_entities: list[str]
    removed_relations: list[RelationFields]
    entity_count: int
    relation_count: int


class ChangeLog:
    """Collects changes, several of the same thing as one. Not for several threads at once."""

    def __init__(self) -> None:
        self._entities: dict[str, Entity] = {}
        self._relations: dict[RelationKey, Relation] = {}
        self._new: set[str | RelationKey] = set()  # not there when it began
        self._removed_entities: dict[str, None] = {}
        self._removed_relations: dict[RelationKey, Relation] = {}

    def put_entity(self, entity: Entity, *, is_new: bool) -> None:
        self._entities[entity.id] = entity
        if is_new:
            self._new.add(entity.id)

    def put_relation(self, relation: Relation, *, is_new: bool) -> None:
        self._relations[relation.key] = relation
        if is_new:
            self._new.add(relation.key)

    def remove_entity(self, entity: Entity) -> None:
        """Its relations must have been removed before, by `drop_relation`."""
        self._entities.pop(entity.id, None)
        if entity.id not in self._new:
            self._removed_entities[entity.id] = None

    def remove_relation(self, relation: Relation) -> None:
        if relation.key not in self._new:
            self._removed_relations[relation.key] = relation
        self.drop_relation(relation)

    def drop_relation(self, relation: Relation) -> None:
        """It goes with one of its entities, which is enough to say."""
        self._relations.pop(relation.key, None)

    def fields(self, entity_count: int, relation_count: int) -> GraphChanges | None:
        """All that was collected, with the counts afterwards; None when nothing was."""
        changed = (
            self._entities or self._relations or self._removed_entities or self._removed_relations
        )
        if not changed:
            return None
        return GraphChanges(
            entities=[entity.fields() for entity in self._entities.values()],
            relations=[relation.fields() for relation in self._relations.values()],
            removed_entities=list(self._removed_entities),
            removed_relations=[one.fields() for one in self._removed_relations.values()],
            entity_count=entity_count,
            relation_count=relation_count,
        )
