"""A fork of a long session is there as a whole or not at all, whatever happens to its copying."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from agent_runtime import AgentConfig, AgentRuntime, ScriptedModel
from agent_runtime.events import Event
from agent_runtime.persistence import SessionExistsError, StoreError
from limited_files import no_file_longer_than
from session_events import started, steps, thought
from stores import KINDS, AnyStore, opened

STEPS = 1_500
QUESTION = "What is 2 + 2?"


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return cast(str, request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path) -> AnyStore:
    """With a long session that can be forked."""
    store = opened(kind, tmp_path)
    with store.creating("long") as append:
        for batch in steps("long", STEPS):
            append(batch)
    return store


class WatchedStore:
    """Passes on to another store; calls `at_copy` when that many events were read to be copied."""

    def __init__(self, store: AnyStore, count: int, at_copy: Callable[[], object]) -> None:
        self._store = store
        self._count = count
        self._at_copy = at_copy
        self._reads = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def events(self, session: str, after: int = -1) -> Iterator[Event]:
        self._reads += 1
        for number, event in enumerate(self._store.events(session, after)):
            # read once to see how the session stands
            if self._reads == 2 and number == self._count:
                self._at_copy()
            yield event


def agent(store: Any) -> AgentRuntime:
    return (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper", max_iterations=STEPS + 5))
        .with_model(ScriptedModel(["FINAL_ANSWER: 4"]))
        .with_store(store)
        .build()
    )


def fork(store: Any, step: int = STEPS - 1) -> str:
    return agent(store).run(QUESTION, session_id="long", resume_from_step=step).session


def only_the_long_one_is_there(kind: str, folder: Path) -> AnyStore:
    store = opened(kind, folder)
    sessions, problems = store.survey()
    assert [(it.id, it.steps) for it in sessions] == [("long", STEPS)]
    assert problems == []
    return store


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no process is made by fork here")
@pytest.mark.parametrize("count", [0, 1_001, 2 * STEPS - 2])
def test_killed_while_it_is_copied(kind: str, store: AnyStore, tmp_path: Path, count: int) -> None:
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            fork(WatchedStore(store, count, lambda: os.kill(os.getpid(), signal.SIGKILL)))
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    again = only_the_long_one_is_there(kind, tmp_path)
    whole = fork(again)
    assert again.summary(whole).steps == STEPS
    events = list(again.events(whole))
    assert [event["seq"] for event in events] == list(range(len(events)))
    assert {event["session"] for event in events} == {whole}
    assert again.summary(whole).forked_from == {"session": "long", "step": STEPS - 1}
    # nor is anything left on the disk for ever
    parts = [path for path in tmp_path.rglob("*") if path.name.endswith(".part")]
    assert parts == []
    if kind == "file":
        names = {path.name for path in (tmp_path / "runtime" / "sessions").iterdir()}
        assert names == {"long", whole}


async def test_cancelled_while_it_is_copied(kind: str, store: AnyStore, tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    shown: list[Event] = []

    async def watch() -> None:
        events = agent(watched).astream(QUESTION, session_id="long", resume_from_step=STEPS - 1)
        async for event in events:
            shown.append(event)

    watched = WatchedStore(store, 1_500, lambda: loop.call_soon_threadsafe(running.cancel))
    running = asyncio.ensure_future(watch())
    with pytest.raises(asyncio.CancelledError):
        await running
    # nobody was told of a session that there never was
    assert shown == []
    again = only_the_long_one_is_there(kind, tmp_path)
    again.append("other", [started("other")])
    if kind == "file":
        names = {path.name for path in (tmp_path / "runtime" / "sessions").iterdir()}
        assert names == {"long", "other"}


def test_a_full_disk_while_it_is_copied(kind: str, store: AnyStore, tmp_path: Path) -> None:
    longest = max(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    room = {"file": longest // 2, "sqlite": longest + 50_000}[kind]
    with no_file_longer_than(room), pytest.raises(StoreError, match=r"cannot be used") as full:
        fork(store)
    assert kind == "sqlite" or os.strerror(errno.EFBIG) in str(full.value)
    again = only_the_long_one_is_there(kind, tmp_path)
    assert again.summary(fork(again)).steps == STEPS


def test_it_is_seen_when_it_is_whole(kind: str, store: AnyStore, tmp_path: Path) -> None:
    others = opened(kind, tmp_path)
    with store.creating("new") as append:
        append([started("new")])
        append([])
        append([thought("new", 1)])
        assert [it.id for it in others.sessions()] == ["long"]
    assert {it.id for it in others.sessions()} == {"long", "new"}
    assert [event["seq"] for event in others.events("new")] == [0, 1]
    store.append("new", [thought("new", 2)])
    assert len(list(others.events("new"))) == 3
    with pytest.raises(SessionExistsError, match="'new'"), store.creating("new") as append:
        append([started("new")])
    assert len(list(others.events("new"))) == 3


def test_what_fails_leaves_nothing(kind: str, store: AnyStore, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), store.creating("new") as append:
        append([started("new")])
        raise ZeroDivisionError
    with (
        pytest.raises(StoreError, match=r"cannot be the next one"),
        store.creating("new") as append,
    ):
        append([started("new")])
        append([thought("new", 5)])
    with store.creating("new"):
        pass
    only_the_long_one_is_there(kind, tmp_path)
    store.append("new", [started("new")])
    assert len(list(store.events("new"))) == 1
