"""Semantic memory: by key, by tags, by words, and by the direction of vectors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agent_runtime.memory import Degraded, SemanticMemory, Stored
from agent_runtime.memory.kept import MemoryChanges
from agent_runtime.memory.vectors import cosine, unit
from agent_runtime.persistence import MemoryRecord

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
VECTORS = st.integers(1, 5).flatmap(lambda size: st.lists(NUMBERS, min_size=size, max_size=size))
PAIRS = st.integers(1, 5).flatmap(
    lambda size: st.tuples(*[st.lists(NUMBERS, min_size=size, max_size=size)] * 2)
)
SMALL = st.lists(st.integers(-3, 3).map(float), min_size=3, max_size=3)


@given(VECTORS)
def test_a_unit_has_the_length_one_however_large_or_small_it_was(vector: list[float]) -> None:
    made = unit(vector)
    if any(vector):
        assert math.isclose(math.hypot(*made), 1, rel_tol=1e-12)
        assert math.isclose(cosine(made, unit(made)), 1, rel_tol=1e-12)
        assert all(one * other >= 0 for one, other in zip(vector, made, strict=True))
    else:
        assert list(made) == vector


@pytest.mark.parametrize("number", [5e-324, 1e-200, 1e200, 1.7e308])
def test_squares_neither_vanish_nor_overflow(number: float) -> None:
    assert list(unit([number] * 4)) == [0.5] * 4


@given(PAIRS)
def test_cosine_is_between_the_opposite_and_the_same(
    pair: tuple[list[float], list[float]],
) -> None:
    one, other = map(unit, pair)
    assert -1 <= cosine(one, other) <= 1
    assert cosine(one, other) == cosine(other, one)
    opposite = unit([-number for number in pair[1]])
    assert cosine(one, opposite) == -cosine(one, other)


@given(SMALL, SMALL)
def test_cosine_is_that_of_the_textbook(one: list[float], other: list[float]) -> None:
    assume(any(one))
    assume(any(other))
    product = sum(a * b for a, b in zip(one, other, strict=True))
    expected = product / math.sqrt(sum(a * a for a in one) * sum(b * b for b in other))
    assert math.isclose(cosine(unit(one), unit(other)), expected, abs_tol=1e-12)


@pytest.mark.parametrize("vector", [[], [math.nan], [1.0, math.inf], ["x"], [None], [10**400]])
def test_what_is_no_vector_is_refused(vector: Sequence[Any]) -> None:
    memory = SemanticMemory()
    with pytest.raises(ValueError, match=r"[Vv]ector"):
        memory.set("key", "text", vector=vector)
    assert len(memory) == 0


def test_a_fact_replaces_the_one_of_its_key() -> None:
    memory = SemanticMemory()
    memory.set(" office ", "Lisbon", tags=["place"])
    memory.touch(["fact:office"])
    fact = memory.set("office", " Porto ", tags="city")
    assert memory.get("office") == fact
    assert (fact.text, fact.tags, fact.recalls) == ("Porto", frozenset({"city"}), 1)
    assert memory.facts(tags=["place"]) == []
    assert memory.search("Lisbon") == []
    assert memory.get("home") is None
    assert memory.delete("office ")
    assert not memory.delete("office")


def test_tags_must_all_be_there() -> None:
    memory = SemanticMemory()
    memory.set("b", "text", tags=["x", "y"])
    memory.set("a", "text", tags=["x"])
    assert [fact.key for fact in memory.facts()] == ["a", "b"]
    assert [fact.key for fact in memory.facts(tags=["x"])] == ["a", "b"]
    assert [fact.key for fact in memory.facts(tags={"x", "y"})] == ["b"]
    assert [found.fact.key for found in memory.search("text", tags="y")] == ["b"]
    assert [found.fact.key for found in memory.search("about y")] == ["b"]


@given(st.lists(SMALL, max_size=8), SMALL, st.integers(0, 9))
def test_vectors_are_found_nearest_first(
    vectors: list[list[float]], asked: list[float], limit: int
) -> None:
    memory = SemanticMemory()
    for number, vector in enumerate(vectors):
        memory.set(f"fact {number}", "text", vector=vector)
    memory.set("without", "text")
    found = memory.search(vector=asked, limit=limit)
    nearness = {f"fact {n}": cosine(unit(asked), unit(one)) for n, one in enumerate(vectors)}
    expected = sorted(nearness.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]
    assert [(one.fact.key, one.score) for one in found] == expected


def test_words_find_what_has_no_vector_and_the_better_of_both_counts() -> None:
    memory = SemanticMemory()
    memory.set("north", "up", vector=[0, 1])
    memory.set("south", "down", vector=[0, -1])
    memory.set("east", "right")
    scores = {one.fact.key: one.score for one in memory.search("east south", vector=[0, 1])}
    assert scores["north"] == 1
    assert 0 < scores["south"] < 1
    assert scores["east"] == scores["south"]
    assert [one.fact.key for one in memory.search()] == ["east", "north", "south"]
    assert {one.score for one in memory.search("  ")} == {0}
    assert memory.search("west") == []
    assert memory.search("north", limit=-1) == []


def test_vectors_of_different_models_are_not_compared() -> None:
    memory = SemanticMemory()
    memory.set("one", "text", vector=[1, 0])
    with pytest.raises(ValueError, match="2 numbers, this one has 3"):
        memory.set("other", "text", vector=[1, 0, 0])
    with pytest.raises(ValueError, match="2 numbers, this one has 1"):
        memory.search(vector=[1])
    memory.set("one", "text", vector=[1, 0, 0])
    assert memory.search(vector=[1, 0, 0])[0].score == 1


def test_a_vector_of_zeros_is_near_to_nothing() -> None:
    memory = SemanticMemory()
    memory.set("nothing", "text", vector=[0, 0])
    memory.set("up", "text", vector=[0, 1])
    assert [one.score for one in memory.search(vector=[0, 0])] == [0, 0]
    assert {one.fact.key: one.score for one in memory.search(vector=[0, 2])} == {
        "up": 1,
        "nothing": 0,
    }


def test_an_embedding_finds_what_shares_no_word() -> None:
    meanings = {"dog": [1.0, 0.1], "canine": [1.0, 0.0], "invoice": [0.0, 1.0]}
    asked: list[str] = []

    def embed(text: str) -> list[float]:
        asked.append(text)
        return meanings[text]

    memory = SemanticMemory(embed=embed)
    memory.set("pet", "dog")
    memory.set("paper", "invoice")
    memory.set("given", "dog", vector=[-1, 0])
    assert memory.search("canine", limit=1)[0].fact.key == "pet"
    assert [one.id for one in memory.rank("canine")] == ["fact:pet"]
    assert asked == ["dog", "invoice", "canine", "canine"]
    fact = memory.set("pet", "unknown")
    assert (fact.text, fact.vector) == ("unknown", None)


@given(
    st.lists(
        st.tuples(st.sampled_from(["set", "get", "touch", "delete"]), st.sampled_from("abcde")),
        max_size=40,
    ),
    st.integers(1, 4),
)
def test_the_least_recently_used_goes_and_a_store_can_follow(
    operations: list[tuple[str, str]], capacity: int
) -> None:
    memory, used = SemanticMemory(capacity), list[str]()
    saved: dict[str, MemoryRecord] = {}
    for name, key in operations:
        was_there = key in used
        if was_there:
            used.remove(key)
        if name == "set":
            memory.set(key, f"text of {key}", tags=[key], vector=[1, 2])
        elif name == "get":
            assert (memory.get(key) is not None) == was_there
        elif name == "touch":
            memory.touch([f"fact:{key}", key, "fact:unknown"])
        else:
            assert memory.delete(key) == was_there
        if name == "set" or (was_there and name != "delete"):
            used = [*used, key][-capacity:]
        assert [fact.key for fact in memory.facts()] == sorted(used)
        changes = memory.take_changes()
        saved.update({record.id: record for record in changes.changed})
        for removed in changes.removed:
            saved.pop(removed, None)
        loaded = SemanticMemory(capacity)
        assert loaded.load(saved.values()) == []
        assert loaded.facts() == memory.facts()


def test_recall_puts_what_has_to_do_with_it_in_order() -> None:
    memory = SemanticMemory()
    memory.set("office", "The office is in Lisbon.")
    memory.set("boss", "The boss of the office is Ada.")
    memory.set("weather", "It rains.")
    found = [one.id for one in memory.rank("the boss of the office")]
    assert found == ["fact:boss", "fact:office"]
    memory.touch(["fact:office"])
    ranked = {one.id: one for one in memory.rank("boss office")}
    assert ranked["fact:office"].recalls == 2
    assert ranked["fact:office"].text == "office: The office is in Lisbon."


def test_loading_keeps_what_is_unsaved() -> None:
    memory = SemanticMemory()
    for key in ("changed", "gone", "same"):
        memory.set(key, "old", vector=[1, 0])
    records = memory.take_changes().changed
    memory.set("changed", "new", vector=[0, 1])
    memory.delete("gone")
    records = [replace(one, fields={**one.fields, "recalls": 3}) for one in records]
    memory.load(records)
    assert [fact.recalls for fact in memory.facts()] == [3, 3]
    assert {fact.key: fact.text for fact in memory.facts()} == {"changed": "new", "same": "old"}
    assert memory.take_changes().removed == ["fact:gone"]
    memory.load([])
    assert len(memory) == 0


def test_what_was_deleted_and_set_again_is_there_for_a_store() -> None:
    memory = SemanticMemory()
    memory.set("key", "old")
    memory.take_changes()
    memory.delete("key")
    memory.set("key", "new")
    changes = memory.take_changes()
    assert [one.fields["text"] for one in changes.changed] == ["new"]
    assert changes.removed == []


def test_more_than_fits_is_loaded_down_to_what_was_used_last() -> None:
    def stored(key: str, last_at: float) -> MemoryRecord:
        return record(f"fact:{key}", key=key, text="text", last_at=last_at)

    memory = SemanticMemory(3)
    memory.set("mine", "unsaved")
    memory.load([stored("b", 9), stored("a", 7), stored("c", 8)])
    assert [fact.key for fact in memory.facts()] == ["b", "c", "mine"]
    assert memory.take_changes().removed == ["fact:a"]


def test_what_could_not_be_saved_is_told_again() -> None:
    memory = SemanticMemory()
    memory.set("one", "text")
    memory.set("other", "text")
    memory.delete("other")
    changes = memory.take_changes()
    memory.put_back(changes)
    assert memory.take_changes() == changes
    memory.set("other", "again")
    memory.put_back(changes)
    assert memory.take_changes().removed == []
    memory.put_back(MemoryChanges([], ["fact:other"]))
    assert not memory.take_changes()


def record(name: str, **fields: Any) -> MemoryRecord:
    return MemoryRecord(name, "semantic", fields)


@pytest.mark.parametrize(
    "bad",
    [
        record("fact:x"),
        record("fact:x", key="x", text=""),
        record("fact:other", key="x", text="text"),
        record("fact:x", key="x", text="text", tags="y"),
        record("fact:x", key="x", text="text", tags=[1]),
        record("fact:x", key="x", text="text", vector="12"),
        record("fact:x", key="x", text="text", vector=[None]),
        record("fact:x", key="x", text="text", recalls=-1),
    ],
)
def test_records_that_cannot_be_read_are_left_alone(bad: MemoryRecord) -> None:
    memory = SemanticMemory()
    good = record("fact:good", key="good", text="fine", vector=[3, 4])
    longer = record("fact:longer", key="longer", text="fine", vector=[1, 1, 1], last_at=5)
    assert memory.load([bad, good, longer, MemoryRecord("1", "episodic", {})]) == [bad.id]
    facts = {fact.key: fact.vector and list(fact.vector) for fact in memory.facts()}
    assert facts == {"good": [0.6, 0.8], "longer": list(unit([1, 1, 1]))}


def test_what_comes_and_goes_without_a_store_leaves_nothing_to_be_saved() -> None:
    memory = SemanticMemory(5)
    for number in range(100):
        memory.set(f"key {number}", "text")
    memory.delete("key 99")
    changes = memory.take_changes()
    assert (len(changes.changed), changes.removed) == (4, [])


def test_what_another_one_has_saved_meanwhile_can_be_forgotten() -> None:
    memory = SemanticMemory()
    memory.set("good", "mine")
    memory.load([record("fact:good", key="good", text="theirs")])
    assert memory.delete("good")
    assert memory.take_changes().removed == ["fact:good"]
    memory.set("good", "mine again")
    memory.delete("good")
    assert memory.take_changes().removed == []


def test_who_observes_is_told() -> None:
    memory = SemanticMemory()
    told: list[Stored | Degraded] = []
    memory.observe(told.append)
    memory.set("key", "text")
    assert told == [Stored("fact:key", "semantic", "text")]


def test_limits_must_make_sense() -> None:
    with pytest.raises(ValueError, match="capacity"):
        SemanticMemory(0)
    for key, text in ((" ", "text"), ("key", "\t"), ("key", "x" * 20_001)):
        with pytest.raises(ValueError, match=r"blank|20,001"):
            SemanticMemory().set(key, text)
