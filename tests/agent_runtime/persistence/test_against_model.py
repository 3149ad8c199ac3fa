"""Whatever is done with a store in whatever order: it says what a plain dict would say."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agent_runtime.events import Event
from agent_runtime.persistence import (
    MemoryRecord,
    SessionBusyError,
    SessionExistsError,
    SessionNotFoundError,
    StoreError,
)
from session_events import checkpoint, ended, started, thought
from stores import AnyStore, opened

SESSIONS = st.sampled_from(["a", "B", "b", "ü/../x"])
AGENTS = st.sampled_from(["helper", "Helper"])
TEXTS = st.text(max_size=30)
RECORDS = st.builds(
    MemoryRecord,
    id=st.sampled_from(["1", "2", "3", "\ud800"]),
    kind=st.sampled_from(["episodic", "semantic"]),
    fields=st.dictionaries(TEXTS, TEXTS | st.integers() | st.none(), max_size=3),
)


class StoreMachine(RuleBasedStateMachine):
    """Two open stores at the same place, used in turn, and a dict."""

    kind = ""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.stores = [self.open(), self.open()]
        self.model: dict[str, list[Event]] = {}
        self.memory: dict[str, dict[str, MemoryRecord]] = {}
        self.leases: dict[str, contextlib.ExitStack] = {}

    def open(self) -> AnyStore:
        return opened(self.kind, self.folder)

    @property
    def store(self) -> AnyStore:
        self.stores.reverse()
        return self.stores[0]

    def teardown(self) -> None:
        for lease in self.leases.values():
            lease.close()
        shutil.rmtree(self.folder)

    @rule(session=SESSIONS, agent=AGENTS, at=st.integers(0, 5), text=TEXTS)
    def begin(self, session: str, agent: str, at: int, text: str) -> None:
        event = started(session, agent=agent, at=float(at), text=text)
        if session in self.model:
            with pytest.raises(SessionExistsError):
                self.store.append(session, [event])
        else:
            self.store.append(session, [event])
            self.model[session] = [event]

    @rule(session=SESSIONS, texts=st.lists(TEXTS, max_size=4), ends=st.booleans())
    def add(self, session: str, texts: list[str], ends: bool) -> None:
        if session not in self.model:
            with pytest.raises(SessionNotFoundError):
                self.store.append(session, [thought(session, 1)])
            return
        seq = len(self.model[session])
        step = seq + 1
        events = [
            thought(session, seq + number, step=step, text=text)
            for number, text in enumerate(texts)
        ]
        last = seq + len(events)
        events.append(ended(session, last) if ends else checkpoint(session, last, step))
        self.store.append(session, events)
        self.model[session] += events

    @rule(session=SESSIONS, off=st.sampled_from([-1, 1, 2]))
    def add_what_does_not_follow(self, session: str, off: int) -> None:
        seq = len(self.model.get(session, [])) + off
        if seq > 0:
            with pytest.raises(StoreError):
                self.store.append(session, [thought(session, seq)])

    @rule(session=SESSIONS)
    def delete(self, session: str) -> None:
        if session not in self.model:
            with pytest.raises(SessionNotFoundError):
                self.store.delete(session)
        elif session in self.leases:
            with pytest.raises(SessionBusyError):
                self.store.delete(session)
        else:
            self.store.delete(session)
            del self.model[session]

    @rule(session=SESSIONS)
    def take_or_give_back(self, session: str) -> None:
        lease = self.leases.pop(session, None)
        if lease is not None:
            lease.close()
        else:
            self.leases[session] = contextlib.ExitStack()
            self.leases[session].enter_context(self.store.lease(session))

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def take_what_is_taken(self, data: st.DataObject) -> None:
        session = data.draw(st.sampled_from(sorted(self.leases)))
        with pytest.raises(SessionBusyError), self.store.lease(session):
            raise AssertionError("two have it")

    @rule(
        agent=AGENTS,
        changed=st.lists(RECORDS, max_size=3),
        removed=st.lists(st.sampled_from("123")),
    )
    def remember(self, agent: str, changed: list[MemoryRecord], removed: list[str]) -> None:
        self.store.save_memory(agent, changed, removed)
        records = self.memory.setdefault(agent, {})
        for name in removed:
            records.pop(name, None)
        records.update({record.id: record for record in changed})

    @rule()
    def open_anew(self) -> None:
        self.stores[0] = self.open()

    @rule(session=SESSIONS, after=st.integers(-2, 20))
    def read(self, session: str, after: int) -> None:
        if session in self.model:
            expected = [event for event in self.model[session] if event["seq"] > after]
            assert list(self.store.events(session, after)) == expected
        else:
            with pytest.raises(SessionNotFoundError):
                self.store.events(session)

    @invariant()
    def it_says_what_the_model_says(self) -> None:
        summaries = {summary.id: summary for summary in self.store.sessions()}
        assert set(summaries) == set(self.model)
        for session, events in self.model.items():
            assert list(self.store.events(session)) == events
            assert shown(summaries[session]) == self.expected(session, events)
        for agent, records in self.memory.items():
            assert self.store.load_memory(agent) == list(records.values())

    def expected(self, session: str, events: list[Event]) -> dict[str, Any]:
        first, last = events[0], events[-1]
        assert first["type"] == "session_started"
        steps = 0
        for event in events:
            if event["type"] == "session_ended":
                steps = event["steps"]
            elif event["type"] == "checkpoint":
                steps = max(steps, event["step"])
        has_ended = last["type"] == "session_ended"
        going = "running" if session in self.leases else "interrupted"
        return {
            "agent": first["agent"],
            "input": first["input"],
            "state": "ended" if has_ended else going,
            "reason": "answered" if has_ended else None,
            "steps": steps,
            "started_at": first["at"],
            "last_at": last["at"],
        }


def shown(summary: Any) -> dict[str, Any]:
    names = ["agent", "input", "state", "reason", "steps", "started_at", "last_at"]
    return {name: getattr(summary, name) for name in names}


class FileMachine(StoreMachine):
    kind = "file"


class SqliteMachine(StoreMachine):
    kind = "sqlite"


TestFileStore = FileMachine.TestCase
TestSqliteStore = SqliteMachine.TestCase
TestFileStore.settings = TestSqliteStore.settings = settings(
    max_examples=20, stateful_step_count=20
)
