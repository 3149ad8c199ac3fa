"""Vectors come from functions of users: async, slow, broken, or of another model than before."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import pytest

from agent_runtime import AgentConfig, AgentRuntime, ScriptedModel
from agent_runtime.memory import Embed, SemanticMemory, recall_within

LIMIT_S = 60.0
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


class Waiting:
    """An `embed` that gives no vector before the event loop has gone on."""

    def __init__(self, *, is_async: bool) -> None:
        self.begun = threading.Event()
        self.goes_on = threading.Event()
        self.embed: Embed = self._later if is_async else self._now

    def _now(self, text: str) -> Sequence[float]:
        self.begun.set()
        assert self.goes_on.wait(LIMIT_S)
        return MEANINGS[text]

    async def _later(self, text: str) -> Sequence[float]:
        return await asyncio.to_thread(self._now, text)

    async def until_begun(self) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not self.begun.is_set():
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("is_async", [False, True])
async def test_an_event_loop_goes_on_while_a_vector_is_made(is_async: bool) -> None:
    waiting = Waiting(is_async=is_async)
    memory = SemanticMemory(embed=waiting.embed, embed_limit=LIMIT_S)
    setting = asyncio.ensure_future(memory.aset("pet", "dog", tags=["home"]))
    await waiting.until_begun()
    assert not setting.done()
    waiting.goes_on.set()
    assert (await setting).tags == {"home"}
    memory.set("paper", "invoice")

    waiting.begun.clear()
    waiting.goes_on.clear()
    searching = asyncio.ensure_future(memory.asearch("canine", limit=1))
    await waiting.until_begun()
    assert not searching.done()
    waiting.goes_on.set()
    assert [found.fact.key for found in await searching] == ["pet"]


async def test_a_cancel_while_a_vector_is_made_changes_nothing() -> None:
    waiting = Waiting(is_async=True)
    memory = SemanticMemory(embed=waiting.embed, embed_limit=LIMIT_S)
    setting = asyncio.ensure_future(memory.aset("pet", "dog"))
    await waiting.until_begun()
    setting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await setting
    waiting.goes_on.set()
    assert (await memory.aset("paper", "invoice")).vector is not None
    assert [fact.key for fact in memory.facts()] == ["paper"]


async def test_async_code_is_refused_what_other_code_is() -> None:
    memory = SemanticMemory(embed=meaning)
    await memory.aset("pet", "dog", vector=[1.0, 0.0])
    with pytest.raises(ValueError, match="2 numbers, this one has 3"):
        await memory.aset("paper", "invoice", vector=[1.0, 0.0, 0.0])
    with pytest.raises(ValueError, match="2 numbers, this one has 3"):
        await memory.asearch(vector=[1.0, 0.0, 0.0])
    with pytest.raises(ValueError, match="blank"):
        await memory.aset("paper", " ")
    assert [fact.key for fact in memory.facts()] == ["pet"]


async def test_what_an_async_tool_learns_is_told_in_the_trace() -> None:
    facts = SemanticMemory(embed=meaning)

    async def learn() -> str:
        await facts.aset("pet", "dog")
        await facts.aset("odd", "nobody has a vector for it")
        return str(len(await facts.asearch("canine")))

    model = ScriptedModel(["Action: learn", "FINAL_ANSWER: learned"])
    builder = AgentRuntime.builder().with_agent_config(AgentConfig(name="helper"))
    runtime = builder.with_model(model).with_tools(learn).with_memory(facts).build()
    types = [event["type"] async for event in runtime.astream("Learn")]
    assert types.count("memory_stored") == 2
    assert "memory_degraded" in types


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
