"""Episodic memory and a store: what is told, what is taken, and what happens where both differ."""

from __future__ import annotations

import math
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.memory import EpisodicMemory
from agent_runtime.memory.kept import MemoryChanges
from agent_runtime.persistence import MemoryRecord

BY_ID = attrgetter("id")


class Clock:
    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(
            st.just("store"), st.integers(0, 6), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])
        ),
        st.tuples(st.just("recall"), st.sampled_from(["text", "text 1", "2"]), st.integers(0, 3)),
        st.tuples(st.just("wait"), st.integers(0, 1_000_000), st.none()),
        st.tuples(st.just("forget"), st.integers(0, 10), st.none()),
    ),
    max_size=40,
)


@given(OPERATIONS, st.lists(OPERATIONS, max_size=4))
def test_what_a_store_is_told_makes_another_memory_equal(
    first: list[tuple[str, Any, Any]], rounds: list[list[tuple[str, Any, Any]]]
) -> None:
    clock = Clock()
    memory = EpisodicMemory(4, clock=clock)
    saved: dict[str, MemoryRecord] = {}
    for operations in [first, *rounds]:
        for name, one, other in operations:
            if name == "store":
                memory.store(f"text {one}", importance=other)
            elif name == "recall":
                memory.recall(one, limit=other)
            elif name == "wait":
                clock.now += one
            elif one < len(memory):
                memory.forget(memory.episodes()[one].id)
        changes = memory.take_changes()
        saved.update({record.id: record for record in changes.changed})
        for removed in changes.removed:
            saved.pop(removed, None)
        assert {one.id for one in memory.episodes()} == saved.keys()
        loaded = EpisodicMemory(4, clock=clock)
        assert loaded.load(saved.values()) == []
        assert sorted(loaded.episodes(), key=BY_ID) == sorted(memory.episodes(), key=BY_ID)
        assert not loaded.take_changes()
        assert not memory.take_changes()


def test_loading_keeps_what_is_unsaved() -> None:
    clock = Clock()
    memory = EpisodicMemory(clock=clock)
    gone, kept = memory.store("gone"), memory.store("kept")
    records = memory.take_changes().changed
    memory.forget(gone.id)
    memory.recall("kept", limit=1)
    new = memory.store("new")
    memory.forget(memory.store("never saved").id)
    memory.put_back(MemoryChanges([MemoryRecord("unknown", "episodic", {})], []))
    assert memory.load(records) == []
    assert {one.id: one.recalls for one in memory.episodes()} == {kept.id: 1, new.id: 0}
    changes = memory.take_changes()
    assert {record.id for record in changes.changed} == {kept.id, new.id}
    assert gone.id in changes.removed
    assert kept.id not in changes.removed
    memory.load([])
    assert len(memory) == 0


def test_what_is_remembered_at_each_start_is_remembered_once() -> None:
    clock = Clock()
    first = EpisodicMemory(clock=clock)
    first.store("Ada owns the shop.", importance=0.9)
    first.recall("Ada", limit=1)
    records = first.take_changes().changed
    clock.now += 10
    second = EpisodicMemory(clock=clock)
    second.store("Ada owns the shop.", importance=0.3)
    second.recall("Ada", limit=1)
    second.load(records)
    [kept] = second.episodes()
    assert (kept.id, kept.created_at, kept.last_at) == (records[0].id, clock.now - 10, clock.now)
    assert (kept.importance, kept.recalls) == (0.9, 2)
    changes = second.take_changes()
    assert ([one.id for one in changes.changed], changes.removed) == ([kept.id], [])


def test_what_two_processes_have_remembered_becomes_one() -> None:
    clock = Clock()
    records = []
    for _ in range(2):
        memory = EpisodicMemory(clock=clock)
        memory.store("the same")
        records += memory.take_changes().changed
        clock.now += 1
    later = EpisodicMemory(clock=clock)
    later.load(records)
    assert [one.id for one in later.episodes()] == [records[0].id]
    changes = later.take_changes()
    assert ([one.id for one in changes.changed], changes.removed) == (
        [records[0].id],
        [records[1].id],
    )


def test_what_could_not_be_saved_is_told_again() -> None:
    memory = EpisodicMemory()
    other = memory.store("other")
    memory.take_changes()
    one = memory.store("one")
    memory.forget(other.id)
    changes = memory.take_changes()
    memory.put_back(changes)
    assert memory.take_changes() == changes
    memory.put_back(changes)
    memory.forget(one.id)
    assert memory.take_changes() == MemoryChanges([], [other.id, one.id])


def test_more_than_fits_is_loaded_down_to_what_fits() -> None:
    clock = Clock()
    large = EpisodicMemory(100, clock=clock)
    for number in range(50):
        large.store(f"text {number}", importance=number / 50)
    small = EpisodicMemory(3, clock=clock)
    small.load(large.take_changes().changed)
    assert [one.text for one in small.episodes()] == ["text 47", "text 48", "text 49"]
    assert len(small.take_changes().removed) == 47


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": 7},
        {"text": " "},
        {"text": "x", "importance": "high"},
        {"text": "x", "importance": 3},
        {"text": "x", "importance": True},
        {"text": "x", "recalls": -1},
        {"text": "x", "last_at": math.inf},
        {"text": "x", "created_at": None},
    ],
)
def test_records_that_cannot_be_read_are_left_alone(fields: dict[str, Any]) -> None:
    memory = EpisodicMemory()
    good = MemoryRecord("good", "episodic", {"text": "fine", "unknown": 1})
    other = MemoryRecord("fact:x", "semantic", {})
    assert memory.load([MemoryRecord("bad", "episodic", fields), good, other]) == ["bad"]
    assert [(one.id, one.text) for one in memory.episodes()] == [("good", "fine")]
    assert not memory.take_changes()
