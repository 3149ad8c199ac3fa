"""A runtime that is closed ends what it has begun, and nothing else."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from agent_runtime import (
    AgentConfig,
    AgentRuntime,
    BackpressureGuard,
    FileStore,
    Message,
    RuntimeBuilder,
    RuntimeClosedError,
    ScriptedModel,
    SqliteStore,
    StoreError,
)
from agent_runtime.events import Event
from agent_runtime.react import runs
from agent_runtime.runtime import Configured

LIMIT_S = 60.0


class Thinking:
    """A model that never answers. `asked` is set when it was asked."""

    def __init__(self) -> None:
        self.asked = threading.Event()

    async def __call__(self, messages: Sequence[Message]) -> str:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    async def until_asked(self) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not self.asked.is_set():
                await asyncio.sleep(0.01)


def agent(model: Thinking | ScriptedModel) -> RuntimeBuilder[Configured]:
    return AgentRuntime.builder().with_agent_config(AgentConfig(name="helper")).with_model(model)


async def test_a_run_under_way_ends_and_its_session_says_so(tmp_path: Path) -> None:
    store, model = FileStore(tmp_path), Thinking()
    async with agent(model).with_store(store).build() as runtime:
        running = asyncio.ensure_future(runtime.arun("Go", session_id="one"))
        await model.until_asked()
    # the end was awaited: nothing has to be waited for here
    assert [event["type"] for event in store.events("one")][-1] == "session_ended"
    assert store.summary("one").reason == "cancelled"
    with pytest.raises(RuntimeClosedError, match="helper was closed while it worked"):
        await running
    assert running.cancelling() == 0


async def test_after_the_end_every_call_says_that_it_is_closed() -> None:
    runtime = agent(ScriptedModel(["FINAL_ANSWER: 1"] * 9)).build()
    assert (await runtime.arun("?")).answer == "1"
    await runtime.aclose()
    await runtime.aclose()

    async def streamed() -> object:
        return [event async for event in runtime.astream("?")]

    asking: list[Callable[[], Awaitable[object]]] = [
        lambda: runtime.arun("?"),
        streamed,
        lambda: asyncio.to_thread(runtime.run, "?"),
        lambda: asyncio.to_thread(lambda: list(runtime.stream("?"))),
    ]
    for ask in asking:
        with pytest.raises(RuntimeClosedError, match=r"helper is closed: build another one"):
            await ask()


async def test_who_reads_a_stream_is_told_and_not_cancelled() -> None:
    model = Thinking()
    runtime = agent(model).build()
    seen: list[str] = []
    with pytest.raises(RuntimeClosedError):
        async for event in runtime.astream("Go"):
            seen.append(event["type"])
            if event["type"] == "step_started":
                await model.until_asked()
                await runtime.aclose()
    assert seen == ["session_started", "step_started", "session_ended"]
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


def test_threads_that_wait_are_told() -> None:
    model = Thinking()
    told: list[BaseException] = []

    def ask() -> None:
        try:
            runtime.run("Go")
        except RuntimeClosedError as error:
            told.append(error)

    with agent(model).build() as runtime:
        asking = threading.Thread(target=ask)
        asking.start()
        assert model.asked.wait(LIMIT_S)
    asking.join(LIMIT_S)
    assert len(told) == 1
    with pytest.raises(RuntimeClosedError):
        runtime.run("Go")


async def test_who_waits_for_the_guard_waits_no_longer() -> None:
    model = Thinking()
    async with agent(model).with_guard(BackpressureGuard(soft=1, hard=2)).build() as runtime:
        running = [asyncio.ensure_future(runtime.arun(f"Go {n}")) for n in range(2)]
        await model.until_asked()
    for one in running:
        with pytest.raises(RuntimeClosedError):
            await one


async def test_a_cancel_by_the_caller_stays_one() -> None:
    model = Thinking()
    runtime = agent(model).build()
    running = asyncio.ensure_future(runtime.arun("Go"))
    await model.until_asked()
    running.cancel()
    await runtime.aclose()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_tool_may_close_the_runtime_that_calls_it() -> None:
    def leave() -> str:
        runtime.close()
        return "left"

    runtime = agent(ScriptedModel(["Action: leave"])).with_tools(leave).build()
    with pytest.raises(RuntimeClosedError):
        await runtime.arun("Leave")


async def test_a_store_stays_open_for_others(tmp_path: Path) -> None:
    with SqliteStore(tmp_path / "runtime.sqlite") as store:
        for name in ("one", "two"):
            builder = agent(ScriptedModel(["FINAL_ANSWER: 1"])).with_store(store)
            async with builder.build() as runtime:
                await runtime.arun("?", session_id=name)
        assert {one.id for one in store.sessions()} == {"one", "two"}


@pytest.mark.parametrize("error", [OSError("gone"), StoreError("gone")])
async def test_a_store_that_fails_at_the_end_does_not_hide_that_it_is_closed(
    tmp_path: Path, error: Exception
) -> None:
    class Failing(FileStore):
        def append(self, session: str, events: Sequence[Event]) -> None:
            if events[-1]["type"] == "session_ended":
                raise error
            super().append(session, events)

    model = Thinking()
    async with agent(model).with_store(Failing(tmp_path)).build() as runtime:
        running = asyncio.ensure_future(runtime.arun("Go", session_id="one"))
        await model.until_asked()
    with pytest.raises(RuntimeClosedError):
        await running
    assert FileStore(tmp_path).summary("one").state == "interrupted"


async def test_what_does_not_end_is_waited_for_no_longer_than_the_limit(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(runs, "END_S", 0.05)
    asked, enough = asyncio.Event(), asyncio.Event()

    async def deaf(messages: Sequence[Message]) -> str:
        asked.set()
        while not enough.is_set():
            try:
                await enough.wait()
            except asyncio.CancelledError:
                continue
        return "FINAL_ANSWER: at last"

    builder = AgentRuntime.builder().with_agent_config(AgentConfig(name="helper"))
    runtime = builder.with_model(deaf).build()
    running = asyncio.ensure_future(runtime.arun("Go"))
    await asked.wait()
    with caplog.at_level(logging.WARNING, "agent_runtime"):
        await runtime.aclose()
    assert "runs that still go on: 1" in caplog.text
    enough.set()
    assert (await running).answer == "at last"
    assert running.cancelling() == 0


async def test_where_an_event_loop_runs_the_way_to_close_is_named() -> None:
    runtime = agent(ScriptedModel([])).build()
    with pytest.raises(RuntimeError, match=r"use await runtime.aclose\(\) or async with here"):
        runtime.close()
    with pytest.raises(RuntimeError, match="async with"), runtime:
        raise AssertionError("it must not begin")
