"""What events of a session say, against the memory and the graph that they tell of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from agent_runtime import KnowledgeGraph, WorkingMemory
from agent_runtime.events import Event
from runagent_ls.sessions.history import SessionHistory, history_of

NAMES = st.sampled_from("abcd")
KINDS = st.sampled_from(["knows", "likes"])
PROPERTIES = st.dictionaries(st.sampled_from("pq"), st.integers(0, 3), max_size=2)

GRAPH_ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("entity"), NAMES, KINDS, PROPERTIES),
        st.tuples(st.just("relation"), NAMES, NAMES, KINDS, PROPERTIES),
        st.tuples(st.just("gone"), NAMES),
        st.tuples(st.just("apart"), NAMES, NAMES, KINDS),
        st.just(("step",)),
    ),
    max_size=40,
)
MEMORY_ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), NAMES, st.text("xyz", min_size=1, max_size=3)),
        st.tuples(st.just("get"), NAMES),
        st.tuples(st.just("delete"), NAMES),
        st.just(("step",)),
    ),
    max_size=40,
)


class Journal:
    """Events of one session, each in a step of its own."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(self, kind: str, changes: Mapping[str, Any] | None) -> None:
        step = len(self.events)
        fields = {"type": "checkpoint"} if changes is None else {"type": kind, **changes}
        event = {"session": "s", "seq": step, "step": step, "at": 0.0, **fields}
        self.events.append(cast("Event", event))

    def after_each(self) -> list[SessionHistory]:
        return [history_of(self.events, step) for step in range(len(self.events))]


def change_graph(graph: KnowledgeGraph, action: tuple[Any, ...]) -> None:
    kind, *arguments = action
    if kind == "entity":
        graph.add_entity(*arguments)
    elif kind == "relation":
        source, target, relation, properties = arguments
        for name in (source, target):
            if graph.entity(name) is None:
                graph.add_entity(name)
        graph.add_relation(source, target, relation, properties)
    elif kind == "gone":
        graph.remove_entity(*arguments)
    elif kind == "apart":
        graph.remove_relation(*arguments)


@given(GRAPH_ACTIONS)
def test_a_graph_is_told_as_it_was_after_each_step(actions: list[tuple[Any, ...]]) -> None:
    graph, journal = KnowledgeGraph(), Journal()
    expected = []
    for action in [*actions, ("step",)]:
        change_graph(graph, action)
        if action == ("step",):
            journal.add("graph_changed", graph.take_changes())
            expected.append(graph.to_json())
    for found, whole in zip(journal.after_each(), expected, strict=True):
        entities, relations = found.entities, found.relations
        assert entities == {it["id"]: it for it in whole["entities"]}
        keys = {(it["source"], it["target"], it["kind"]): it for it in whole["relations"]}
        assert relations == keys


@given(MEMORY_ACTIONS)
def test_working_memory_is_told_as_it_was_after_each_step(actions: list[tuple[Any, ...]]) -> None:
    memory, journal = WorkingMemory(capacity=3), Journal()
    expected = []
    for kind, *arguments in [*actions, ("step",)]:
        if kind == "step":
            journal.add("working_changed", memory.take_changes())
            expected.append(memory.items())
        else:
            getattr(memory, kind)(*arguments)
    assert [list(found.working.items()) for found in journal.after_each()] == expected
