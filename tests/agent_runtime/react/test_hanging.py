"""A cancel is not held up for ever by a store or a model that hangs, and hides nothing."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from agent_runtime import (
    AgentConfig,
    AgentRuntime,
    FileStore,
    Message,
    ScriptedModel,
    SessionBusyError,
    StoreError,
)
from agent_runtime.events import Event
from agent_runtime.react import runner, store_thread
from run_python import run_python

LIMIT_S: Final = 60.0


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_thread, "_END_S", 0.05)
    monkeypatch.setattr(runner, "END_S", 0.05)


class HangingStore(FileStore):
    """A real store that hangs once: before it does what `hangs_at` names, or after it."""

    def __init__(self, folder: Path, hangs_at: str, when: str = "before") -> None:
        super().__init__(folder, sync=False)
        self.hangs, self.release = threading.Event(), threading.Event()
        self._hangs_at = hangs_at
        self._when = when

    def append(self, session: str, events: Sequence[Event]) -> None:
        self._pass("before", {event["type"] for event in events})
        super().append(session, events)
        self._pass("after", {event["type"] for event in events})

    @contextmanager
    def lease(self, session: str) -> Iterator[None]:
        self._pass("before", {"lease"})
        with super().lease(session):
            self._pass("after", {"lease"})
            yield

    def _pass(self, when: str, what: set[str]) -> None:
        if when == self._when and self._hangs_at in what and not self.hangs.is_set():
            self.hangs.set()
            assert self.release.wait(LIMIT_S)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(LIMIT_S):
        while not is_so():
            await asyncio.sleep(0.01)


async def ended(task: asyncio.Future[object], store: HangingStore) -> None:
    """Waits until it is done, and lets the store go on where it is not."""
    await asyncio.wait([task], timeout=LIMIT_S / 2)
    if not task.done():
        store.release.set()
        await asyncio.wait([task])
        pytest.fail("The cancel has waited for the store.")


def noting(store: FileStore, noted: list[str], **limits: float) -> AgentRuntime:
    def note() -> str:
        noted.append("noted")
        return "done"

    return (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper", **limits))  # type: ignore[arg-type]
        .with_model(ScriptedModel(lambda r: REPLIES[len(r.messages) > 2]))
        .with_tools(note)
        .with_store(store)
        .build()
    )


REPLIES: Final = ("Action: note", "FINAL_ANSWER: it is noted")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("hangs_at", ["lease", "session_started", "action", "observation"])
async def test_a_cancel_is_not_held_up_by_a_store_that_hangs(
    tmp_path: Path, hangs_at: str, when: str, caplog: pytest.LogCaptureFixture
) -> None:
    store, noted = HangingStore(tmp_path, hangs_at, when), list[str]()
    runtime = noting(store, noted)
    task: asyncio.Future[object] = asyncio.ensure_future(runtime.arun("Note", session_id="one"))
    await until(store.hangs.is_set)
    with caplog.at_level(logging.WARNING, "agent_runtime"):
        task.cancel()
        await ended(task, store)
    assert task.cancelled()
    assert "run of session 'one' was cancelled, and its store has not ended" in caplog.text
    if (hangs_at, when) != ("lease", "before"):
        # what hangs may yet be saved: nobody else may work on the session
        with pytest.raises(SessionBusyError):
            await runtime.arun("Note", session_id="one")
    store.release.set()
    await until(lambda: can_be_leased(store))

    # what was saved is there, what was not is not, and what may have been done is not repeated
    kept = list(store.events("one")) if store.sessions() else []
    assert [event["seq"] for event in kept] == list(range(len(kept)))
    assert "session_ended" not in [event["type"] for event in kept]
    assert (await runtime.arun("Note", session_id="one")).answer == "it is noted"
    # of an action that is kept nobody knows whether it was done
    assert noted == ([] if hangs_at == "action" else ["noted"])


def can_be_leased(store: FileStore) -> bool:
    try:
        with store.lease("one"):
            return True
    except SessionBusyError:
        return False


async def test_nor_by_one_that_hangs_at_the_end_that_the_cancel_brings(tmp_path: Path) -> None:
    store, asked = HangingStore(tmp_path, "session_ended"), asyncio.Event()

    async def think(_: Sequence[Message]) -> str:
        asked.set()
        await asyncio.Event().wait()
        return "never"

    builder = AgentRuntime.builder().with_agent_config(AgentConfig(name="helper"))
    runtime = builder.with_model(think).with_store(store).build()
    task: asyncio.Future[object] = asyncio.ensure_future(runtime.arun("Go", session_id="one"))
    await asked.wait()
    task.cancel()
    await ended(task, store)
    assert task.cancelled()
    store.release.set()
    await until(lambda: can_be_leased(store))
    assert store.summary("one").reason == "cancelled"


async def test_nor_is_closing_a_stream(tmp_path: Path) -> None:
    store = HangingStore(tmp_path, "session_ended")

    async def think(_: Sequence[Message]) -> str:
        await asyncio.Event().wait()
        return "never"

    builder = AgentRuntime.builder().with_agent_config(AgentConfig(name="helper"))
    stream = builder.with_model(think).with_store(store).build().astream("Go")
    assert (await anext(stream))["type"] == "session_started"
    closing: asyncio.Future[object] = asyncio.ensure_future(stream.aclose())
    await ended(closing, store)
    store.release.set()


async def test_a_limit_of_time_says_that_the_store_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, loop = HangingStore(tmp_path, "action"), asyncio.get_running_loop()
    task: asyncio.Future[object] = asyncio.ensure_future(
        noting(store, [], time_limit=3600).arun("Note", session_id="one")
    )
    await until(store.hangs.is_set)
    now = loop.time
    monkeypatch.setattr(loop, "time", lambda: now() + 3600)
    await ended(task, store)
    with pytest.raises(StoreError, match="has not ended an earlier call for session 'one'"):
        await task
    store.release.set()


async def test_closing_a_stream_waits_no_longer_than_the_limit_for_a_model_that_is_deaf(
    caplog: pytest.LogCaptureFixture,
) -> None:
    enough, over = asyncio.Event(), asyncio.Event()

    async def deaf(_: Sequence[Message]) -> str:
        while not enough.is_set():
            with suppress(asyncio.CancelledError):
                await enough.wait()
        over.set()
        return "FINAL_ANSWER: at last"

    builder = AgentRuntime.builder().with_agent_config(AgentConfig(name="helper"))
    stream = builder.with_model(deaf).build().astream("Go")
    while (await anext(stream))["type"] != "step_started":
        pass
    with caplog.at_level(logging.WARNING, "agent_runtime"):
        closing = asyncio.ensure_future(stream.aclose())
        await asyncio.wait([closing], timeout=LIMIT_S / 2)
    has_waited = not closing.done()
    enough.set()
    await closing
    await over.wait()
    assert not has_waited
    assert "a run of helper any more, but something in it swallows cancels" in caplog.text


SCRIPT = """
import asyncio, os, threading
from agent_runtime import AgentConfig, AgentRuntime, FileStore, ScriptedModel
from agent_runtime.react import store_thread

store_thread._END_S = 0.05
hangs = threading.Event()

class Hanging(FileStore):
    def append(self, session, events):
        hangs.set()
        threading.Event().wait()

async def main():
    runtime = (AgentRuntime.builder().with_agent_config(AgentConfig(name="h"))
        .with_model(ScriptedModel(["FINAL_ANSWER: 1"]))
        .with_store(Hanging(os.environ["STORE"])).build())
    task = asyncio.ensure_future(runtime.arun("Go"))
    while not hangs.is_set():
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    print("cancelled" if task.cancelled() else "not cancelled")

asyncio.run(main())
"""


def test_nor_does_it_keep_the_program_from_ending(tmp_path: Path) -> None:
    assert run_python(SCRIPT, STORE=str(tmp_path)).stdout.strip() == "cancelled"
