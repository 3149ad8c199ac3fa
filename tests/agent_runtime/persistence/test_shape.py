"""What was read as an event is one, before a session is resumed by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from agent_runtime import AgentConfig, AgentRuntime, Event, FileStore, StoreError
from agent_runtime.persistence.shape import has_its_fields
from session_events import ended, started, thought

TOKENS = {"input": 1, "output": 2, "estimated": False}
BASE = {"session": "a", "seq": 1, "step": 1, "at": 1}
MEMORY = {"id": "1", "kind": "episodic", "text": "t", "score": 1, "recalls": 0}
RELATION = {"source": "a", "target": "b", "kind": "k", "properties": {"x": [None]}}

WHOLE: dict[str, dict[str, Any]] = {
    "session_started": {**started("a"), "forked_from": {"session": "b", "step": 2}},
    "session_resumed": {
        **BASE,
        "agent": "helper",
        "model": "scripted",
        "tools": ["add"],
        "waiting": [{"call": "1.1", "tool": "add", "arguments": {"x": 1}}],
    },
    "step_started": BASE,
    "memory_recalled": {**BASE, "memories": [MEMORY], "tokens": 3},
    "memory_degraded": {**BASE, "problem": "p"},
    "thought": {**thought("a", 1), "tokens": TOKENS},
    "action": {**BASE, "call": "1.1", "tool": "add", "arguments": {"x": {"y": [1]}}},
    "observation": {
        **BASE,
        "call": "1.1",
        "tool": "add",
        "ok": False,
        "content": "c",
        "value": [1, {"x": None}],
        "error": "transient",
        "elapsed_ms": 1,
    },
    "memory_stored": {**BASE, "id": "1", "kind": "semantic", "text": "t"},
    "working_changed": {**BASE, "set": {"a": "b"}, "removed": ["c"]},
    "graph_changed": {
        **BASE,
        "entities": [{"id": "a", "kind": "k", "properties": {}}],
        "relations": [RELATION],
        "removed_entities": ["b"],
        "removed_relations": [RELATION],
        "entity_count": 1,
        "relation_count": 1,
    },
    "checkpoint": BASE,
    "final_answer": {**BASE, "text": "t"},
    "session_ended": {**ended("a", 1), "error": "e"},
}
OPTIONAL = {"forked_from", "value", "error"}
OF_A_RESUME = {"agent", "model", "tools", "waiting"}


@pytest.mark.parametrize("kind", WHOLE)
def test_each_field_has_to_be_there_and_of_its_type(kind: str) -> None:
    event = {**WHOLE[kind], "type": kind, "of a later version": {}}
    assert has_its_fields(event)
    for name in set(WHOLE[kind]) - {"type"}:
        without = {key: value for key, value in event.items() if key != name}
        optional = OPTIONAL | (OF_A_RESUME if kind == "session_resumed" else set())
        assert has_its_fields(without) == (name in optional), name
        if name != "value":
            assert not has_its_fields({**event, name: [object()]}), name
            assert not has_its_fields({**event, name: True if name != "ok" else 1}), name


def test_a_wrong_field_within_a_field_is_seen() -> None:
    assert not has_its_fields(
        {**WHOLE["memory_recalled"], "type": "memory_recalled", "memories": [{**MEMORY, "id": 1}]}
    )
    assert not has_its_fields({**WHOLE["thought"], "tokens": {"input": 1, "output": 2}})
    changed = {**WHOLE["working_changed"], "type": "working_changed"}
    assert not has_its_fields({**changed, "set": {"a": 1}})


def test_words_and_types_of_a_later_version_are_let_through() -> None:
    assert has_its_fields({**WHOLE["session_ended"], "reason": "bored"})
    assert has_its_fields(cast("dict[str, Any]", {**BASE, "type": "dream"}))


@pytest.mark.parametrize("field", ["text", "tokens"])
def test_a_damaged_session_is_not_resumed(tmp_path: Path, field: str) -> None:
    store = FileStore(tmp_path, sync=False)
    broken = {key: value for key, value in thought("a", 1).items() if key != field}
    store.append("a", [started("a"), cast("Event", broken)])
    builder = AgentRuntime.builder().with_agent_config(AgentConfig(name="helper"))
    runtime = builder.with_model(lambda _: "FINAL_ANSWER: 4").with_store(store).build()
    with pytest.raises(StoreError, match="Event 1 of session 'a' is damaged"):
        runtime.run("What is 2 + 2?", session_id="a")
    assert len(list(store.events("a"))) == 2
