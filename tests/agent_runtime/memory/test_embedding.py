"""Vectors come from functions of users: async, slow, broken, or of another model than before."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import pytest

from agent_runtime.memory import Embed, SemanticMemory, recall_within

MEANINGS = {"dog": [1.0, 0.1], "canine": [1.0, 0.0], "invoice": [0.0, 1.0]}


async def meaning(text: str) -> Sequence[float]:
    await asyncio.sleep(0)
    return MEANINGS[text]


class Meaning:
    async def __call__(self, text: str) -> Sequence[float]:
        return await meaning(text)


def later(text: str) -> Awaitable[Sequence[float]]:
    return meaning(text)


def words(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]


def filled(embed: Embed) -> SemanticMemory:
    memory = SemanticMemory(embed=embed)
    memory.set("pet", "dog")
    memory.set("paper", "invoice")
    return memory


def nearest(memory: SemanticMemory) -> str:
    return memory.search("canine", limit=1)[0].fact.key


@pytest.mark.parametrize(
    "embed", [meaning, Meaning(), later, partial(meaning), MEANINGS.__getitem__]
)
def test_a_function_may_be_sync_or_async(embed: Embed, caplog: pytest.LogCaptureFixture) -> None:
    assert nearest(filled(embed)) == "pet"
    assert words(caplog) == []


async def test_so_it_may_where_an_event_loop_runs() -> None:
    assert nearest(filled(meaning)) == "pet"
    assert await asyncio.to_thread(lambda: nearest(filled(meaning))) == "pet"


def test_an_async_function_always_runs_in_the_same_loop() -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    async def embed(text: str) -> list[float]:
        loops.append(asyncio.get_running_loop())
        return [1.0]

    memory = SemanticMemory(embed=embed)

    async def within() -> None:
        memory.set("two", "text")

    memory.set("one", "text")
    asyncio.run(within())
    thread = threading.Thread(target=memory.search, args=("text",))
    thread.start()
    thread.join()
    assert len(loops) == 3
    assert len(set(loops)) == 1


def fails(error: BaseException) -> Callable[[str], Any]:
    def embed(text: str) -> Any:
        raise error

    return embed


def fails_later(error: BaseException) -> Callable[[str], Any]:
    async def embed(text: str) -> Any:
        raise error

    return embed


def test_calls_that_hang_in_threads_are_not_added_to_without_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    release, begun = threading.Event(), threading.Semaphore(0)

    def hang(text: str) -> Sequence[float]:
        begun.release()
        release.wait(60)
        return [1.0]

    try:
        for number in range(10):  # each in a memory of its own, as of an agent that is built anew
            SemanticMemory(embed=hang, embed_limit=0.02).set(f"key {number}", "text")
        for _ in range(8):
            assert begun.acquire(timeout=60)
        assert not begun.acquire(blocking=False)
        kinds = [said.partition("(")[2].partition(")")[0] for said in words(caplog)]
        assert kinds == ["TimeoutError"] * 8 + ["StillHangingError"] * 2
    finally:
        release.set()


@pytest.mark.parametrize("failing", [fails, fails_later])
@pytest.mark.parametrize(
    "error",
    [
        ConnectionError("key sk-123 is wrong"),
        SystemExit(1),
        asyncio.CancelledError(),
        StopIteration(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_function_that_fails_leaves_it_to_words(
    failing: Callable[[BaseException], Embed],
    error: BaseException,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    memory = SemanticMemory(embed=failing(error))
    assert memory.set("office", "The office is in Lisbon.").vector is None
    assert [one.fact.key for one in memory.search("Where is the office?")] == ["office"]
    found = recall_within("Where is the office?", [memory], max_recalls=5, max_tokens=100)
    assert [one.id for one in found.memories] == ["fact:office"]
    assert len(words(caplog)) == 3
    assert "searched by words" in words(caplog)[0]
    assert "sk-123" not in caplog.text  # at no level
    assert nearest(filled(meaning)) == "pet"  # what it raised has ended nothing


@pytest.mark.parametrize("given", [[], "text", [float("nan")], None, 5])
def test_what_is_no_vector_is_none(given: Any, caplog: pytest.LogCaptureFixture) -> None:
    memory = SemanticMemory(embed=lambda _: given)
    assert memory.set("office", "Lisbon").vector is None
    assert len(words(caplog)) == 1


def test_a_function_that_does_not_answer_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    release = threading.Event()

    def embed(text: str) -> list[float]:
        release.wait(30)
        return [1.0]

    async def never(text: str) -> list[float]:
        await asyncio.Event().wait()
        return [1.0]

    for slow in (embed, never):
        memory = SemanticMemory(embed=slow, embed_limit=0.05)
        assert memory.set("office", "Lisbon").vector is None
    release.set()
    assert ["TimeoutError" in one for one in words(caplog)] == [True, True]


def test_facts_of_another_model_are_found_by_words_until_they_are_set_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    old = SemanticMemory(embed=lambda _: [1.0, 0.0])
    old.set("office", "The office is in Lisbon.")
    records = old.take_changes().changed
    asked = [0.0, 1.0, 0.0]
    memory = SemanticMemory(embed=lambda _: asked)
    memory.load(records)

    memory.set("lunch", "Lunch is at noon.")
    scores = {one.fact.key: one.score for one in memory.search("the office")}
    assert scores["lunch"] == 1
    assert 0 < scores["office"] <= 1
    assert [one.fact.key for one in memory.search("noon")] == ["lunch"]
    assert any(
        "vectors of another model, and are found by words only: 1." in one for one in words(caplog)
    )

    memory.set("office", "The office is in Lisbon.")
    caplog.clear()
    assert len(memory.search("noon")) == 2
    assert words(caplog) == []
    with pytest.raises(ValueError, match="3 numbers, this one has 1"):
        memory.search(vector=[1])
    with pytest.raises(ValueError, match="embed_limit"):
        SemanticMemory(embed_limit=0)
