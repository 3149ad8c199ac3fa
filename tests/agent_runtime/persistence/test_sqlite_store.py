"""What is in the file of a `SqliteStore`, and what it says of files that others have been at."""

from __future__ import annotations

import gc
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from agent_runtime.persistence import (
    MemoryRecord,
    SessionNotFoundError,
    SqliteStore,
    StoreError,
    sqlite_database,
)
from agent_runtime.persistence.sqlite_database import Database
from limited_files import no_file_longer_than
from session_events import started, steps, thought


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runtime.sqlite"


@pytest.fixture
def store(path: Path) -> SqliteStore:
    return SqliteStore(path, sync=False)


def saved(store: SqliteStore, count: int, session: str = "a") -> None:
    for batch in steps(session, count):
        store.append(session, batch)


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_people_can_ask_the_tables(store: SqliteStore, path: Path) -> None:
    saved(store, 2)
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT id, json_extract(event, '$.type') FROM events"
            " JOIN sessions ON session = number ORDER BY seq"
        ).fetchall()
    types = ["session_started", "thought", "checkpoint", "thought", "checkpoint"]
    assert rows == [("a", name) for name in types]


def test_the_database_of_another_program_is_left_alone(store: SqliteStore, path: Path) -> None:
    change(path, "CREATE TABLE theirs (x)")
    before = path.read_bytes()
    for action in (store.sessions, lambda: store.append("a", [started("a")])):
        with pytest.raises(StoreError, match="database of another program"):
            action()
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_named(store: SqliteStore, path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)
    for action in (store.sessions, lambda: store.append("a", [started("a")])):
        with pytest.raises(StoreError, match=r"runtime\.sqlite is no database"):
            action()
    assert path.read_bytes().startswith(b"Dear diary")


def test_an_empty_file_is_a_store_without_sessions(store: SqliteStore, path: Path) -> None:
    path.touch()
    assert store.sessions() == []
    with pytest.raises(SessionNotFoundError):
        store.events("a")
    assert path.stat().st_size == 0
    store.append("a", [started("a")])
    assert len(store.sessions()) == 1


def test_a_newer_database_is_left_alone(store: SqliteStore, path: Path) -> None:
    saved(store, 1)
    store.close()
    change(path, "PRAGMA user_version = 2")
    with pytest.raises(StoreError, match="another version: 2, and not 1"):
        store.sessions()


def test_what_is_no_file_is_not_waited_for(store: SqliteStore, path: Path) -> None:
    os.mkfifo(path)
    for action in (store.sessions, lambda: store.append("a", [started("a")])):
        with pytest.raises(StoreError, match="is no file"):
            action()


@pytest.mark.parametrize("word", [b"CREATE TABL\x80", b"\x80REATE TABLE"])
def test_a_damaged_table_is_named_whatever_its_bytes(
    store: SqliteStore, path: Path, word: bytes
) -> None:
    saved(store, 1)
    store.close()
    data = path.read_bytes()
    assert data.count(b"CREATE TABLE sessions") == 1
    path.write_bytes(data.replace(b"CREATE TABLE sessions", word + b" sessions"))
    for again in (SqliteStore(path), SqliteStore(path, read_only=True)):
        with pytest.raises(StoreError, match=r"runtime\.sqlite is damaged"):
            again.sessions()


def test_a_damaged_database_is_named(store: SqliteStore, path: Path) -> None:
    saved(store, 200)
    store.close()
    data = bytearray(path.read_bytes())
    data[4096 * 2 :] = b"\xab" * len(data[4096 * 2 :])
    path.write_bytes(data)
    with pytest.raises(StoreError, match=r"runtime\.sqlite (is damaged|cannot be used)"):
        list(store.events("a"))


DAMAGED_ROWS = {
    "no JSON": "UPDATE events SET event = 'nonsense' WHERE seq = 1",
    "a number": "UPDATE events SET event = 7 WHERE seq = 1",
    "a blob": "UPDATE events SET event = x'ff' WHERE seq = 1",
    "another event": "UPDATE events SET event = replace(event, '\"seq\":1', '\"seq\":9')",
    "a missing one": "DELETE FROM events WHERE seq = 1",
}


@pytest.mark.parametrize("statement", DAMAGED_ROWS.values(), ids=DAMAGED_ROWS)
def test_a_damaged_event_is_named(store: SqliteStore, path: Path, statement: str) -> None:
    saved(store, 2)
    change(path, statement)
    with pytest.raises(StoreError, match=r"is damaged: event [01] of session 'a' cannot be read"):
        list(store.events("a"))


@pytest.mark.parametrize("progress", ["nonsense", "{}", "7", "x", ""])
def test_a_damaged_session_hides_no_other(store: SqliteStore, path: Path, progress: str) -> None:
    saved(store, 1)
    saved(store, 1, "other")
    change(path, f"UPDATE sessions SET progress = '{progress}' WHERE id = 'a'")  # noqa: S608 - ours
    sessions, problems = store.survey()
    assert [summary.id for summary in sessions] == ["other"]
    assert "'a'" in problems[0]
    with pytest.raises(StoreError, match="is damaged"):
        store.append("a", [thought("a", 3)])
    store.delete("a")
    assert store.survey()[1] == []


@pytest.mark.parametrize("record", ["nonsense", "[]", '{"id": "1", "kind": "other", "fields": {}}'])
def test_damaged_memory_is_named(store: SqliteStore, path: Path, record: str) -> None:
    store.save_memory("helper", [MemoryRecord("1", "semantic", {})], [])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE memory SET record = ?", (record,))
    with pytest.raises(StoreError, match="what 'helper' remembers cannot be read"):
        store.load_memory("helper")


def test_a_full_disk_leaves_nothing_half(store: SqliteStore, path: Path) -> None:
    saved(store, 2)
    full = path.with_name("runtime.sqlite-wal").stat().st_size + 5000
    unable = r"runtime\.sqlite cannot be used: .* Nothing was changed"
    with no_file_longer_than(full), pytest.raises(StoreError, match=unable):
        store.append("a", [thought("a", 5), thought("a", 6, text="x" * 9000)])
    assert len(list(store.events("a"))) == 5
    store.append("a", [thought("a", 5)])
    assert [event["seq"] for event in SqliteStore(path).events("a")] == list(range(6))


def test_a_full_disk_says_what_to_do(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for session in ("a", "b"):
        saved(store, 30, session)
    connect = sqlite_database.connect

    def full(path: Path, *, create: bool, sync: bool) -> sqlite3.Connection:
        connection = connect(path, create=create, sync=sync)
        connection.execute("PRAGMA max_page_count = 1")  # so many as there are
        return connection

    monkeypatch.setattr(sqlite_database, "connect", full)
    with SqliteStore(path) as filled:
        with pytest.raises(StoreError, match=r"is full\. Nothing was changed\. Make room"):
            filled.append("a", [thought("a", 61, text="x" * 100_000)])
        assert len(list(filled.events("a"))) == 61
        # there is room on the disk for the log, and in the file for what comes next
        filled.delete("b")
        filled.append("a", [thought("a", 61)])
    assert len(list(SqliteStore(path).events("a"))) == 62


def test_a_disk_without_room_for_the_log_cannot_delete(store: SqliteStore, path: Path) -> None:
    for session in ("a", "b"):
        saved(store, 30, session)
    full = path.with_name("runtime.sqlite-wal").stat().st_size
    unable = r"runtime\.sqlite cannot be used: .* Nothing was changed"
    with no_file_longer_than(full), pytest.raises(StoreError, match=unable):
        SqliteStore(path).delete("a")
    assert len(list(store.events("a"))) == 61
    store.delete("a")
    assert [summary.id for summary in SqliteStore(path).sessions()] == ["b"]


def test_a_database_that_was_removed_is_made_anew(store: SqliteStore, path: Path) -> None:
    saved(store, 1)
    for file in path.parent.iterdir():
        file.unlink()
    assert store.sessions() == []
    store.append("a", [started("a")])
    assert len(SqliteStore(path).sessions()) == 1


def test_a_deleted_session_does_not_simply_end_for_a_reader(store: SqliteStore) -> None:
    saved(store, 100)
    reading = store.events("a")
    next(reading)
    store.delete("a")
    saved(store, 100)
    with pytest.raises(SessionNotFoundError):
        list(reading)


def test_deleting_leaves_nothing_of_the_session(store: SqliteStore, path: Path) -> None:
    store.append("a", [started("a", text="Where is the treasure?")])
    store.save_memory("helper", [MemoryRecord("1", "semantic", {"text": "treasure"})], [])
    store.close()
    assert b"treasure" in path.read_bytes()
    store.delete("a")
    store.save_memory("helper", [], ["1"])
    store.close()
    assert b"treasure" not in path.read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_nobody_else_may_read_what_agents_were_told(store: SqliteStore, path: Path) -> None:
    saved(store, 1)
    with store.lease("a"):
        files = [file for file in path.parent.rglob("*") if file.is_file()]
        names = {"runtime.sqlite", "runtime.sqlite-wal", "runtime.sqlite-shm", "a"}
        assert {file.name for file in files} == names
        assert {file.stat().st_mode & 0o077 for file in files} == {0}


def test_a_closed_store_opens_again(store: SqliteStore) -> None:
    with store:
        saved(store, 1)
    assert len(list(store.events("a"))) == 3
    store.close()
    store.close()


@pytest.mark.filterwarnings("error::ResourceWarning")
def test_reading_where_nothing_is_leaves_nothing_open(store: SqliteStore) -> None:
    store.sessions()
    gc.collect()


def test_a_store_in_memory_would_keep_nothing() -> None:
    with pytest.raises(ValueError, match="a runtime without a store"):
        SqliteStore(":memory:")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no process is made by fork here")
def test_a_child_made_by_fork_uses_the_store_on_its_own(store: SqliteStore, path: Path) -> None:
    saved(store, 1)
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        try:
            store.append("a", [thought("a", 3)])
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    store.append("a", [thought("a", 4)])
    assert len(list(SqliteStore(path).events("a"))) == 5


def test_what_nobody_closed_is_closed_with_the_store(tmp_path: Path) -> None:
    database = Database(tmp_path / "runtime.sqlite", sync=False)
    with database.writing() as connection:
        pass
    del database
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
        connection.execute("SELECT 1")
