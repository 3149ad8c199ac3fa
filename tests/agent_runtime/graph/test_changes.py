"""A graph told again from its changes is the same graph."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.graph import Entity, KnowledgeGraph, Relation, UnknownEntityError

IDS = st.sampled_from(["a", "b", "c", "d"])
KINDS = st.sampled_from(["x", "y"])
PROPERTIES = st.dictionaries(st.sampled_from(["p", "q"]), st.integers(0, 3), max_size=2)
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("add_entity"), IDS, KINDS, PROPERTIES),
        st.tuples(st.just("add_relation"), IDS, IDS, KINDS, PROPERTIES),
        st.tuples(st.just("remove_entity"), IDS),
        st.tuples(st.just("remove_relation"), IDS, IDS, KINDS),
    ),
    max_size=30,
)


class Model:
    """Two dicts, in the order in which things were added."""

    def __init__(self) -> None:
        self.entities: dict[str, Entity] = {}
        self.relations: dict[tuple[str, str, str], Relation] = {}

    def act(self, name: str, *values: Any) -> object:
        if name == "add_entity":
            self.entities[values[0]] = Entity(*values)
            return self.entities[values[0]]
        if name == "add_relation":
            if not {values[0], values[1]} <= self.entities.keys():
                return UnknownEntityError
            self.relations[values[:3]] = Relation(*values)
            return self.relations[values[:3]]
        if name == "remove_relation":
            return self.relations.pop(values, None) is not None
        gone = [key for key in self.relations if values[0] in key[:2]]
        for key in gone:
            del self.relations[key]
        return self.entities.pop(values[0], None) is not None


def act(graph: KnowledgeGraph, name: str, *values: Any) -> object:
    try:
        result: object = getattr(graph, name)(*values)
    except UnknownEntityError:
        return UnknownEntityError
    return result


@given(OPERATIONS)
def test_it_holds_what_was_put_into_it(operations: list[tuple[Any, ...]]) -> None:
    graph, model = KnowledgeGraph(), Model()
    for operation in operations:
        assert act(graph, *operation) == model.act(*operation)
        assert graph.entities() == list(model.entities.values())
        assert graph.relations() == [model.relations[key] for key in sorted(model.relations)]
        assert graph.entity_count == len(model.entities)
        assert graph.relation_count == len(model.relations)


@given(st.lists(OPERATIONS, max_size=5))
def test_its_changes_make_another_one_equal(rounds: list[list[tuple[Any, ...]]]) -> None:
    graph, other = KnowledgeGraph(), KnowledgeGraph()
    for operations in rounds:
        before = graph.entities(), graph.relations()
        for operation in operations:
            act(graph, *operation)
        changes = graph.take_changes()
        if changes is None:
            assert (graph.entities(), graph.relations()) == before
        else:
            assert changes["entity_count"] == graph.entity_count
            assert changes["relation_count"] == graph.relation_count
            other.apply(json.loads(json.dumps(changes)))
        assert other.entities() == graph.entities()
        assert other.relations() == graph.relations()
        assert graph.take_changes() is None
        assert other.take_changes() is None


def test_several_changes_of_the_same_are_one() -> None:
    graph = KnowledgeGraph()
    graph.add_entity("a")
    graph.add_entity("a", "city", {"size": 3})
    graph.add_entity("b")
    graph.add_relation("a", "b", "near")
    graph.add_entity("passing")
    graph.add_relation("passing", "a", "near")
    graph.remove_entity("passing")
    graph.add_relation("b", "a", "near")
    graph.remove_relation("b", "a", "near")
    assert graph.take_changes() == {
        "entities": [
            {"id": "a", "kind": "city", "properties": {"size": 3}},
            {"id": "b", "kind": "thing", "properties": {}},
        ],
        "relations": [{"source": "a", "target": "b", "kind": "near", "properties": {}}],
        "removed_entities": [],
        "removed_relations": [],
        "entity_count": 2,
        "relation_count": 1,
    }
    graph.remove_entity("b")
    changes = graph.take_changes()
    assert changes is not None
    assert changes["removed_entities"] == ["b"]
    assert changes["removed_relations"] == []


def test_a_relation_to_what_is_not_there_is_left_out_when_told_again() -> None:
    graph = KnowledgeGraph()
    graph.add_entity("a")
    changes = graph.take_changes()
    assert changes is not None
    changes["relations"].append({"source": "a", "target": "b", "kind": "x", "properties": {}})
    other = KnowledgeGraph()
    other.apply(changes)
    assert (other.entity_count, other.relation_count) == (1, 0)


def test_nobody_changes_properties_behind_its_back() -> None:
    graph = KnowledgeGraph()
    mine = {"names": ["Ada"]}
    entity = graph.add_entity("a", "person", mine)
    mine["names"].append("Grace")
    assert entity.fields()["properties"] == {"names": ["Ada"]}
    with pytest.raises(TypeError):
        entity.properties["names"] = []  # type: ignore[index] # which is the point
