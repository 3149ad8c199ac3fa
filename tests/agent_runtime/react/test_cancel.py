"""A cancel at each moment leaves a journal that tells the truth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from agent_runtime import AgentConfig, AgentRuntime, FileStore, ScriptedModel, StoreError
from agent_runtime.events import Event
from agent_runtime.model import ModelRequest

REPLIES = [
    'Thought: first\nAction: note\nAction Input: {"text": "one"}\n'
    'Action: note\nAction Input: {"text": "two"}',
    "I have lost my way",
    'Thought: third\nAction: note\nAction Input: {"text": "three"}',
    "Thought: done\nFINAL_ANSWER: noted",
]


def scripted(request: ModelRequest) -> str:
    """By what was said before, so that a fork goes on rightly."""
    return REPLIES[sum(message.role == "assistant" for message in request.messages)]


class Moments:
    """Calls `act` at one of the moments of a run, which are numbered as they come."""

    def __init__(self, wanted: int, act: Callable[[], object]) -> None:
        self.passed = 0
        self._wanted = wanted
        self._act = act

    def pass_one(self) -> None:
        self.passed += 1
        if self.passed == self._wanted:
            self._act()


class WatchedStore(FileStore):
    """A real store in which the moments before and after each append can be met."""

    def __init__(self, folder: Path, moments: Moments) -> None:
        super().__init__(folder, sync=False)
        self._moments = moments

    def append(self, session: str, events: Sequence[Event]) -> None:
        self._moments.pass_one()
        super().append(session, events)
        self._moments.pass_one()


async def run_until(folder: Path, moment: int) -> tuple[bool, list[str], int]:
    """Whether it was cancelled, what the tool has noted, and how many moments there were."""
    noted: list[str] = []
    loop = asyncio.get_running_loop()
    task: asyncio.Task[object] | None = None

    def cancel() -> None:
        assert task is not None
        loop.call_soon_threadsafe(task.cancel)

    moments = Moments(moment, cancel)

    async def note(text: str) -> str:
        moments.pass_one()
        await asyncio.sleep(0)
        noted.append(text)
        moments.pass_one()
        await asyncio.sleep(0)
        return "noted"

    async def think(messages: Sequence[object]) -> str:
        moments.pass_one()
        await asyncio.sleep(0)
        return scripted(ModelRequest(messages))  # type: ignore[arg-type]  # they are messages

    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(think)
        .with_tools(note)
        .with_store(WatchedStore(folder, moments))
        .build()
    )
    task = asyncio.ensure_future(runtime.arun("Note it", session_id="one"))
    try:
        await task
    except asyncio.CancelledError:
        return True, noted, moments.passed
    return False, noted, moments.passed


def check_truth(events: list[Event], noted: list[str]) -> None:
    assert [event["seq"] for event in events] == list(range(len(events)))
    actions = {e["call"]: e["arguments"]["text"] for e in events if e["type"] == "action"}
    observed = [e for e in events if e["type"] == "observation" and e["tool"] is not None]
    calls = [str(e["call"]) for e in observed]
    assert len(set(calls)) == len(calls)
    done = [actions[str(e["call"])] for e in observed if e["ok"]]
    unknown = [actions[str(e["call"])] for e in observed if e.get("error") == "interrupted"]
    assert len(unknown) <= 1
    # all that was observed has happened; what may have happened is not hidden
    assert noted[: len(done)] == done
    assert noted[len(done) :] in ([], unknown)


async def test_at_each_moment(tmp_path: Path) -> None:
    cancelled, noted, moments = await run_until(tmp_path / "whole", 0)
    assert not cancelled
    assert noted == ["one", "two", "three"]
    assert moments > 25
    reasons = set()
    for moment in range(1, moments + 1):
        folder = tmp_path / str(moment)
        cancelled, noted, _ = await run_until(folder, moment)
        store = FileStore(folder)
        events = list(store.events("one"))
        check_truth(events, noted)
        last = events[-1]
        assert last["type"] == "session_ended"
        reasons.add(last["reason"])
        assert (last["reason"] == "answered") == ("final_answer" in [e["type"] for e in events])
        assert cancelled or last["reason"] == "answered"
        await check_fork(store, events)
    assert reasons == {"cancelled", "answered"}


async def check_fork(store: FileStore, events: list[Event]) -> None:
    """The session can go on where it stopped; what was done, or may have been, is not repeated."""
    steps = max((e["step"] for e in events if e["type"] == "checkpoint"), default=0)
    observed = len([e for e in events if e["type"] == "observation" and e["call"] is not None])
    again: list[str] = []

    def note(text: str) -> str:
        again.append(text)
        return "noted"

    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(ScriptedModel(scripted))
        .with_tools(note)
        .with_store(store)
        .build()
    )
    result = await runtime.arun("Note it", session_id="one", resume_from_step=steps)
    assert result.answer == "noted"
    assert again == ["one", "two", "three"][observed:]
    assert list(store.events("one")) == events
    forked = list(store.events(result.session))
    assert [event["seq"] for event in forked] == list(range(len(forked)))
    assert forked[0]["type"] == "session_started"
    assert forked[0]["forked_from"] == {"session": "one", "step": steps}


async def test_closing_the_stream_cancels_and_waits_for_the_journal(tmp_path: Path) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def wait_for_it() -> str:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return "never"

    store = FileStore(tmp_path, sync=False)
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(ScriptedModel(["Action: wait_for_it"]))
        .with_tools(wait_for_it)
        .with_store(store)
        .build()
    )
    stream = runtime.astream("Wait", session_id="one")
    async for event in stream:
        if event["type"] == "action":
            await began.wait()
            break
    await stream.aclose()
    assert ended.is_set()
    kept = list(store.events("one"))
    *_, observation, end = kept
    assert (observation["type"], end["type"]) == ("observation", "session_ended")
    assert observation.get("error") == "interrupted"
    assert end.get("reason") == "cancelled"


async def test_a_tool_that_swallows_the_cancel_does_not_keep_the_run_going() -> None:
    began = asyncio.Event()

    async def stubborn() -> str:
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "I go on"
        return "never"

    asked = 0

    def think(_: object) -> str:
        nonlocal asked
        asked += 1
        return "Action: stubborn"

    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper", max_iterations=3))
        .with_model(think)
        .with_tools(stubborn)
        .build()
    )
    task = asyncio.ensure_future(runtime.arun("Go"))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asked == 1


async def test_a_model_that_swallows_the_cancel_does_not_keep_the_run_going() -> None:
    asked = asyncio.Event()
    done: list[str] = []

    async def stubborn(_: object) -> str:
        if asked.is_set():
            return "FINAL_ANSWER: it went on"
        asked.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return "Action: look"

    def look() -> str:
        done.append("looked")
        return "nothing"

    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper", max_iterations=3))
        .with_model(stubborn)
        .with_tools(look)
        .build()
    )
    task = asyncio.ensure_future(runtime.arun("Go"))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == []


class FullStore(FileStore):
    """A real store on a disk that has no room for an end."""

    def append(self, session: str, events: Sequence[Event]) -> None:
        if events[0]["type"] == "session_ended":
            raise StoreError("No space left on device.")
        super().append(session, events)


async def test_a_cancel_stays_one_when_it_cannot_be_kept(tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def think(_: object) -> str:
        asked.set()
        await asyncio.Event().wait()
        return "never"

    store = FullStore(tmp_path, sync=False)
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(think)
        .with_store(store)
        .build()
    )
    task = asyncio.ensure_future(runtime.arun("Go"))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [summary.state for summary in store.sessions()] == ["interrupted"]


async def test_what_was_cancelled_inside_a_tool_or_the_model_is_no_cancel_of_the_run() -> None:
    def cancelled_future() -> asyncio.Future[str]:
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        future.cancel()
        return future

    async def look() -> str:
        return await cancelled_future()

    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(ScriptedModel(["Action: look", "FINAL_ANSWER: nothing"]))
        .with_tools(look)
        .build()
    )
    assert (await runtime.arun("Go")).answer == "nothing"

    async def think(_: object) -> str:
        return await cancelled_future()

    broken = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(think)
        .build()
    )
    result = await broken.arun("Go")
    assert result.reason == "failed"
    assert result.error == "The model's own work was cancelled."


async def test_a_run_after_a_cancel_that_was_caught_is_not_cancelled() -> None:
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(ScriptedModel(["FINAL_ANSWER: still here"]))
        .build()
    )

    async def outer() -> str | None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return (await runtime.arun("Are you there?")).answer
        return None

    task = asyncio.ensure_future(outer())
    await asyncio.sleep(0)
    task.cancel()
    assert await task == "still here"
