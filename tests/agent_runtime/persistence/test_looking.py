"""Looking at sessions changes nothing; deleting one reaches nothing of other places."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest

from agent_runtime.events import Event
from agent_runtime.persistence import FileStore, SessionStore, SqliteStore, StoreError
from folder_state import state_of
from session_events import ended, started, steps
from stores import KINDS, AnyStore, opened, process

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")


def write(store: SessionStore, session: str = "a", text: str = "x" * 1_000) -> None:
    for batch in steps(session, 200, text=text):
        store.append(session, batch)


def look(store: AnyStore) -> None:
    """Everything that can be asked."""
    assert [summary.steps for summary in store.survey()[0]] == [200]
    assert store.summary("a").input
    assert sum(1 for _ in store.events("a")) == 401
    store.load_memory("helper")


def test_looking_at_a_long_session_writes_nothing(tmp_path: Path) -> None:
    write(FileStore(tmp_path, sync=False))
    # as it comes out of a repository, in which nobody keeps notes
    (tmp_path / "sessions" / "a" / "summary.json").unlink()
    before = state_of(tmp_path)
    look(FileStore(tmp_path))
    assert state_of(tmp_path) == before


def test_a_session_that_is_a_link_is_not_deleted_through_it(tmp_path: Path) -> None:
    there = FileStore(tmp_path / "there", sync=False)
    there.append("a", [started("a")])
    there.append("a", [ended("a", 1)])
    here = FileStore(tmp_path / "here", sync=False)
    here.append("b", [started("b")])
    (tmp_path / "here" / "sessions" / "a").symlink_to(tmp_path / "there" / "sessions" / "a")
    before = state_of(tmp_path)
    with pytest.raises(StoreError, match=r"sessions/a is a link.* leads to .*Nothing was deleted"):
        here.delete("a")
    assert state_of(tmp_path) == before
    (tmp_path / "here" / "sessions" / "a").unlink()
    (tmp_path / "here" / "sessions" / "a").symlink_to("b")
    with pytest.raises(StoreError, match="is a link"):
        here.delete("a")
    assert [summary.id for summary in here.sessions()] == ["b"]


def test_a_folder_of_sessions_that_is_a_link_is_not_deleted_from(tmp_path: Path) -> None:
    there = FileStore(tmp_path / "there", sync=False)
    there.append("a", [started("a")])
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "sessions").symlink_to(tmp_path / "there" / "sessions")
    before = state_of(tmp_path)
    with pytest.raises(StoreError, match="is a link"):
        FileStore(tmp_path / "here").delete("a")
    assert state_of(tmp_path) == before


def test_a_lock_that_is_a_link_makes_no_file_elsewhere(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "here", sync=False)
    store.append("a", [started("a")])
    (tmp_path / "here" / "sessions" / "a" / "lock").symlink_to(tmp_path / "made")
    with contextlib.suppress(StoreError):
        store.delete("a")
    assert not (tmp_path / "made").exists()


def test_locks_of_a_database_that_are_behind_a_link_are_left_alone(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs" / "a"
    theirs.parent.mkdir()
    theirs.write_text("precious")
    with SqliteStore(tmp_path / "runtime.sqlite", sync=False) as store:
        store.append("a", [started("a")])
        (tmp_path / "runtime.sqlite.leases").symlink_to(theirs.parent)
        with pytest.raises(StoreError, match=r"runtime\.sqlite\.leases is a link"):
            store.delete("a")
    assert theirs.read_text() == "precious"


def test_a_journal_is_read_while_it_is_written(tmp_path: Path) -> None:
    opened("file", tmp_path).append("a", [started("a")])
    with process("file", tmp_path, "append", "a", "3000") as writer:
        assert writer.stdout is not None
        kept = opened("file", tmp_path)
        for _ in range(30):
            said = int(writer.stdout.readline())
            for store in (kept, opened("file", tmp_path)):
                ([summary], problems) = store.survey()
                assert problems == []
                assert summary.last_at >= 100.0 + said
                events = [event["seq"] for event in store.events("a")]
                assert events == list(range(len(events)))
                assert len(events) > said


def test_a_clock_that_was_set_back_changes_no_order_of_events(tmp_path: Path) -> None:
    for kind in KINDS:
        store = opened(kind, tmp_path)
        store.append("a", [started("a", at=5_000.0)])
        store.append("a", [ended("a", 1), started_again("a", 2)])
        (summary,) = store.sessions()
        assert (summary.started_at, summary.last_at) == (5_000.0, 0.0)
        assert [event["seq"] for event in store.events("a")] == [0, 1, 2]


def started_again(session: str, seq: int) -> Event:
    return {"type": "session_resumed", "session": session, "seq": seq, "step": 1, "at": 0.0}
