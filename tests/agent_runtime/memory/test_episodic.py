"""Episodic memory: how it fades, what goes first, and in which order it comes to mind."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agent_runtime.memory import Degraded, EpisodicMemory, RecallWeights, Stored


class Clock:
    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


IMPORTANCES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])
TEXTS = st.sampled_from(["ada", "ada bee", "bee", "bee cat", "cat dog", "dog"])


@given(st.floats(0, 1e7), st.floats(0, 1e7), st.floats(1, 1e6), st.floats(0.01, 1))
def test_it_fades_steadily_and_by_half_in_each_half_life(
    one: float, other: float, half_life: float, importance: float
) -> None:
    clock = Clock(0.0)
    memory = EpisodicMemory(half_life=half_life, clock=clock)
    episode = memory.store("text", importance=importance)
    assert memory.strength(episode) == importance
    earlier, later = sorted([one, other])
    clock.now = earlier
    before = memory.strength(episode)
    clock.now = later
    after = memory.strength(episode)
    assert 0 <= after <= before <= importance
    clock.now = earlier + half_life
    assert math.isclose(memory.strength(episode), before / 2, rel_tol=1e-6, abs_tol=1e-300)


def test_without_a_half_life_nothing_fades_and_a_clock_set_back_freshens_nothing() -> None:
    clock = Clock(100.0)
    memory = EpisodicMemory(half_life=math.inf, clock=clock)
    episode = memory.store("text", importance=0.7)
    clock.now = 1e12
    assert memory.strength(episode) == 0.7
    clock.now = -1e12
    assert memory.strength(episode) == 0.7
    assert EpisodicMemory(clock=clock).strength(episode) == 0.7


# Waits are eighths of the half-life, so that strengths that are equal are so exactly.
HALF_LIFE = 100_000.0
EIGHTH = 12_500
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("store"), st.integers(0, 6), IMPORTANCES),
        st.tuples(st.just("recall"), TEXTS, st.integers(0, 3)),
        st.tuples(st.just("wait"), st.integers(0, 80).map(EIGHTH.__mul__), st.none()),
        st.tuples(st.just("forget"), st.integers(0, 10), st.none()),
    ),
    max_size=40,
)


class Model:
    """A list of dicts, looked through each time."""

    def __init__(self, capacity: int, half_life: float, clock: Clock) -> None:
        self.capacity, self.half_life, self.clock = capacity, half_life, clock
        self.kept: list[dict[str, Any]] = []

    def store(self, text: str, importance: float) -> None:
        for one in self.kept:
            if one["text"] == text:
                one["importance"] = max(one["importance"], importance)
                one["last_at"] = self.clock.now
                return
        new = {
            "text": text,
            "importance": importance,
            "last_at": self.clock.now,
            "recalls": 0,
            "stored": self.clock.now,
        }
        if len(self.kept) == self.capacity:
            self.kept.remove(min(self.kept, key=lambda one: (self.strength(one), one["last_at"])))
        self.kept.append(new)

    def strength(self, one: dict[str, Any]) -> float:
        age = self.clock.now - one["last_at"]
        return float(one["importance"] * 0.5 ** (age / self.half_life))

    def recalled(self, texts: list[str]) -> None:
        for one in self.kept:
            if one["text"] in texts:
                one["recalls"] += 1
                one["last_at"] = self.clock.now


@given(OPERATIONS, st.integers(1, 5))
def test_the_least_important_goes_and_recalls_are_counted(
    operations: list[tuple[str, Any, Any]], capacity: int
) -> None:
    clock = Clock()
    memory = EpisodicMemory(capacity, half_life=HALF_LIFE, clock=clock)
    model = Model(capacity, HALF_LIFE, clock)
    for name, first, second in operations:
        if name == "store":
            memory.store(f"text {first}", importance=second)
            model.store(f"text {first}", second)
        elif name == "recall":
            found = memory.recall(first, limit=second)
            assert len(found) == min(second, len(model.kept))
            model.recalled([one.text for one in found])
        elif name == "wait":
            clock.now += first
        elif first < len(model.kept):
            gone = model.kept.pop(first)
            ids = [one.id for one in memory.episodes() if one.text == gone["text"]]
            assert memory.forget(ids[0])
            assert not memory.forget(ids[0])
        assert len(memory) <= capacity
        assert [
            (one.text, one.importance, one.last_at, one.recalls, one.created_at)
            for one in memory.episodes()
        ] == [
            (one["text"], one["importance"], one["last_at"], one["recalls"], one["stored"])
            for one in model.kept
        ]


def test_what_has_faded_to_nothing_still_goes_in_order() -> None:
    clock = Clock(0.0)
    memory = EpisodicMemory(3, half_life=1e-3, clock=clock)
    memory.store("second", importance=0.9)
    clock.now = 1.0
    memory.store("third", importance=0.1)
    memory.store("first", importance=0.0)
    clock.now = 1e6
    assert {memory.strength(one) for one in memory.episodes()} == {0.0}
    texts = []
    for number in range(3):
        before = {one.text for one in memory.episodes()}
        memory.store(f"new {number}", importance=1.0)
        texts += list(before - {one.text for one in memory.episodes()})
    assert texts == ["first", "second", "third"]


def test_of_what_matters_not_at_all_the_one_that_was_not_recalled_goes() -> None:
    clock = Clock()
    memory = EpisodicMemory(2, clock=clock)
    memory.store("recalled", importance=0.0)
    clock.now += 1
    memory.store("left alone", importance=0.0)
    clock.now += 1
    memory.recall("recalled", limit=1)
    memory.store("new", importance=0.0)
    assert [one.text for one in memory.episodes()] == ["recalled", "new"]


def test_what_was_just_stored_stays_however_small() -> None:
    memory = EpisodicMemory(1)
    memory.store("great", importance=1.0)
    memory.store("small", importance=0.0)
    assert [one.text for one in memory.episodes()] == ["small"]


WEIGHTS = st.tuples(*[st.sampled_from([0.0, 1.0, 2.5])] * 4).filter(any)


@given(
    st.lists(st.tuples(TEXTS, IMPORTANCES, st.integers(0, 100)), max_size=8),
    st.text(alphabet="abcdegot ", max_size=20),
    WEIGHTS,
    st.integers(0, 6),
)
def test_it_recalls_by_the_weighted_mean(
    stored: list[tuple[str, float, int]], query: str, weights: tuple[float, ...], limit: int
) -> None:
    clock = Clock()
    memory = EpisodicMemory(half_life=50.0, weights=RecallWeights(*weights), clock=clock)
    for text, importance, wait in stored:
        memory.store(text, importance=importance)
        memory.recall(text, limit=wait % 3)
        clock.now += wait
    episodes = memory.episodes()
    asked = dict.fromkeys(query.split())
    having = {word: sum(word in one.text.split() for one in episodes) for word in asked}
    rarity = {
        word: math.log(1 + (len(episodes) - count + 0.5) / (count + 0.5))
        for word, count in having.items()
    }

    def score(text: str) -> float:
        one = next(one for one in episodes if one.text == text)
        shared = sum(rarity[word] for word in asked if word in text.split())
        parts = (
            shared / sum(rarity.values()) if asked else 0.0,
            one.importance,
            0.5 ** ((clock.now - one.last_at) / 50.0),
            one.recalls / (one.recalls + 1),
        )
        weighed = [weight * part for weight, part in zip(weights, parts, strict=True)]
        return math.fsum(weighed) / sum(weights)

    found = memory.recall(query, limit=limit)
    assert len(found) == min(limit, len(episodes))
    for one in found:
        assert math.isclose(one.score, score(one.text), abs_tol=1e-12)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    left = [one.text for one in episodes if one.text not in {other.text for other in found}]
    assert all(score(text) <= min(scores, default=math.inf) + 1e-12 for text in left)
    for one in found:
        episode = memory.get(one.id)
        assert episode is not None
        assert (episode.recalls, episode.last_at) == (one.recalls, clock.now)


def test_of_equals_the_latest_comes_first() -> None:
    memory = EpisodicMemory(clock=Clock())
    for name in ("one", "two", "three"):
        memory.store(name)
    assert [found.text for found in memory.rank("nothing")] == ["three", "two", "one"]


def test_ranking_counts_nothing() -> None:
    memory = EpisodicMemory()
    memory.store("text")
    memory.take_changes()
    assert memory.rank("text")[0].recalls == 1
    assert memory.episodes()[0].recalls == 0
    assert not memory.take_changes()


@pytest.mark.parametrize(
    ("text", "importance", "message"),
    [
        ("  \n", 0.5, "blank"),
        ("x" * 20_001, 0.5, "20,001"),
        ("text", -0.1, "from 0 to 1"),
        ("text", 1.1, "from 0 to 1"),
        ("text", math.nan, "from 0 to 1"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(
    text: str, importance: float, message: str
) -> None:
    memory = EpisodicMemory()
    with pytest.raises(ValueError, match=message):
        memory.store(text, importance=importance)
    assert len(memory) == 0
    assert not memory.take_changes()


@pytest.mark.parametrize("half_life", [0, -1, math.nan])
def test_limits_must_make_sense(half_life: float) -> None:
    with pytest.raises(ValueError, match="half_life"):
        EpisodicMemory(half_life=half_life)
    with pytest.raises(ValueError, match="capacity"):
        EpisodicMemory(0)


@pytest.mark.parametrize("weights", [(0, 0, 0, 0), (-1, 1, 1, 1), (math.inf, 1, 1, 1)])
def test_weights_must_make_sense(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="weights"):
        RecallWeights(*weights)


def test_who_observes_is_told_until_it_ends() -> None:
    memory = EpisodicMemory()
    told: list[Stored | Degraded] = []
    memory.observe(told.append)
    end = memory.observe(told.append)
    episode = memory.store(" text ")
    assert told == [Stored(episode.id, "episodic", "text")]
    end()
    end()
    memory.store("other")
    assert len(told) == 1


def test_who_observes_and_fails_keeps_nothing_from_being_stored(
    caplog: pytest.LogCaptureFixture,
) -> None:
    memory = EpisodicMemory()
    told: list[Stored | Degraded] = []

    def fail(_: object) -> None:
        raise ValueError("key sk-123")

    memory.observe(fail)
    memory.observe(told.append)
    episode = memory.store("text")
    assert told == [Stored(episode.id, "episodic", "text")]
    assert "Who observes memory has failed: ValueError" in caplog.text
    assert "sk-123" not in caplog.text


def test_what_comes_and_goes_without_a_store_leaves_nothing_to_be_saved() -> None:
    memory = EpisodicMemory(5)
    for number in range(100):
        episode = memory.store(f"text {number}")
        memory.touch([episode.id])
    memory.forget(episode.id)
    changes = memory.take_changes()
    assert changes.removed == []
    assert len(changes.changed) == 4
    assert [record.added for record in changes.changed] == [{"recalls": 1}] * 4


@given(st.text(st.characters(codec=None), max_size=40), st.text(max_size=40))
def test_any_text_can_be_remembered_and_asked_for(text: str, query: str) -> None:
    assume(text.strip())
    memory = EpisodicMemory()
    memory.store(text)
    [found] = memory.recall(query)
    assert found.text == text.strip()
    assert 0 <= found.score <= 1
