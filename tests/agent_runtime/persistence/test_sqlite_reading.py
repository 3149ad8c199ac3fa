"""A `SqliteStore` that is only read: where nothing can be written, or may be; hostile files."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent_runtime.persistence import MemoryRecord, SqliteStore, StoreError
from folder_state import state_of
from read_only import read_only, writable_folder
from session_events import started, steps, thought
from stores import process

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")


@pytest.fixture
def folder() -> Iterator[Path]:
    with writable_folder() as folder:
        yield folder


def path_in(folder: Path) -> Path:
    return folder / "runtime.sqlite"


def write(store: SqliteStore, session: str = "a", count: int = 100) -> None:
    for batch in steps(session, count):
        store.append(session, batch)


def leave_closed(folder: Path) -> None:
    with SqliteStore(path_in(folder), sync=False) as store:
        write(store)


def leave_killed(folder: Path) -> None:
    """With a log that has not come into the database, as a kill leaves it."""
    with SqliteStore(path_in(folder), sync=False) as store:
        store.append("a", [started("a")])
    with process("sqlite", folder, "append", "a", "20") as writer:
        assert writer.stdout is not None
        while int(writer.stdout.readline()) < 200:
            pass
    assert path_in(folder).with_name("runtime.sqlite-wal").stat().st_size


def leave_without_index(folder: Path) -> None:
    """As it is after somebody has copied what seemed worth it."""
    leave_killed(folder)
    path_in(folder).with_name("runtime.sqlite-shm").unlink()


LEFT = {"closed": leave_closed, "killed": leave_killed, "no index": leave_without_index}


def look(store: SqliteStore) -> None:
    """Everything that can be asked."""
    ([summary], problems) = store.survey()
    assert (summary.id, problems) == ("a", [])
    events = list(store.events("a"))
    assert [event["seq"] for event in events] == list(range(len(events)))
    assert len(events) >= 201
    assert store.summary("a").last_at == events[-1]["at"]
    assert store.load_memory("helper") == []


@pytest.mark.parametrize("left", LEFT)
@pytest.mark.parametrize("asked_to", [True, False])
def test_a_disk_that_cannot_be_written_is_read(folder: Path, left: str, asked_to: bool) -> None:
    LEFT[left](folder)
    before = state_of(folder)
    with read_only(folder):
        with SqliteStore(path_in(folder), read_only=asked_to) as store:
            look(store)
            with pytest.raises(StoreError, match="Nothing was changed"):
                store.append("a", [thought("a", store_end(store))])
            look(store)
        assert {path.name for path in folder.iterdir()} == set(before) - {"."}


def store_end(store: SqliteStore) -> int:
    return sum(1 for _ in store.events("a"))


@pytest.mark.parametrize("left", LEFT)
def test_reading_changes_nothing(folder: Path, left: str) -> None:
    LEFT[left](folder)
    before = state_of(folder)
    with SqliteStore(path_in(folder), read_only=True) as store:
        look(store)
        actions: list[Callable[[], object]] = [
            lambda: store.append("b", [started("b")]),
            lambda: store.save_memory("helper", [MemoryRecord("1", "semantic", {})], []),
            lambda: store.delete("a"),
        ]
        for action in actions:
            with pytest.raises(StoreError, match="to be read only"):
                action()
        look(store)
    assert state_of(folder) == before


def test_a_reader_keeps_up_with_a_writer(folder: Path) -> None:
    store = SqliteStore(path_in(folder), read_only=True)
    assert store.survey() == ([], [])
    for number in range(30):
        with SqliteStore(path_in(folder), sync=False) as writer:
            write(writer, f"s{number}", 2)
            if number % 2:
                assert len(store.survey()[0]) == number + 1
        assert len(store.survey()[0]) == number + 1
        assert len(list(store.events(f"s{number}"))) == 5
    path_in(folder).unlink()
    assert store.survey() == ([], [])
    store.close()


def test_a_reader_beside_a_process_that_writes(folder: Path) -> None:
    with SqliteStore(path_in(folder), sync=False) as store:
        store.append("a", [started("a")])
    with process("sqlite", folder, "append", "a", "3000") as writer:
        assert writer.stdout is not None
        for _ in range(20):
            said = int(writer.stdout.readline())
            with SqliteStore(path_in(folder), read_only=True) as reader:
                assert reader.summary("a").last_at >= 100.0 + said
                events = [event["seq"] for event in reader.events("a")]
            assert events == list(range(len(events)))
            assert len(events) > said
    with SqliteStore(path_in(folder), sync=False) as store:
        store.append("b", [started("b")])
        assert len(store.sessions()) == 2


@pytest.mark.parametrize("size", [1, 16, 100, 511])
def test_a_short_file_of_others_is_left_alone(folder: Path, size: int) -> None:
    path_in(folder).write_bytes(b"x" * size)
    store = SqliteStore(path_in(folder))
    for action in (
        store.sessions,
        lambda: store.append("a", [started("a")]),
        SqliteStore(path_in(folder), read_only=True).sessions,
    ):
        with pytest.raises(StoreError, match=r"runtime\.sqlite is no database"):
            action()
    assert path_in(folder).read_bytes() == b"x" * size


HOSTILE = {
    "a view": """
        ALTER TABLE sessions RENAME TO theirs;
        CREATE VIEW sessions AS
            WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
            SELECT x AS id, 'a' AS agent, 1.0 AS started_at, '' AS progress, x AS number FROM n;
    """,
    "a column that is made up": """
        DROP TABLE sessions;
        CREATE TABLE sessions (number INTEGER PRIMARY KEY, id TEXT, agent TEXT, started_at REAL,
            progress TEXT AS (hex(zeroblob(400000000))));
    """,
    "a trigger": """
        CREATE TRIGGER theirs BEFORE DELETE ON sessions BEGIN DELETE FROM memory; END;
    """,
}


@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE)
def test_tables_that_are_none_are_not_asked(folder: Path, script: str) -> None:
    leave_closed(folder)
    with closing(sqlite3.connect(path_in(folder))) as connection:
        connection.executescript(script)
    for store in (SqliteStore(path_in(folder)), SqliteStore(path_in(folder), read_only=True)):
        for action in (store.survey, lambda: store.delete("a")):  # noqa: B023 - called at once
            with pytest.raises(StoreError, match="has other tables than a store of sessions"):
                action()
        store.close()


DAMAGED = {
    "no text": "UPDATE sessions SET progress = CAST(x'ff00fe' AS TEXT) WHERE id = 'b'",
    "a number": "UPDATE sessions SET progress = 5 WHERE id = 'b'",
    "an id of bytes": "UPDATE sessions SET id = x'ff' WHERE id = 'b'",
    "an id that is no text": "UPDATE sessions SET id = CAST(x'ff22' AS TEXT) WHERE id = 'b'",
    "very much": "UPDATE sessions SET progress = hex(zeroblob(1000000)) WHERE id = 'b'",
    "no time": """
        UPDATE sessions SET progress = replace(progress, '"started_at":100.0', '"started_at":1e999')
        WHERE id = 'b'
    """,
    "before all times": """
        UPDATE sessions SET progress = replace(progress, '"last_at":', '"last_at":-')
        WHERE id = 'b'
    """,
}


@pytest.mark.parametrize("statement", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_row_hides_no_other(folder: Path, statement: str) -> None:
    leave_closed(folder)
    with SqliteStore(path_in(folder), sync=False) as store:
        write(store, "b", 2)
    with closing(sqlite3.connect(path_in(folder), isolation_level=None)) as connection:
        connection.execute(statement)
    with SqliteStore(path_in(folder), read_only=True) as store:
        sessions, problems = store.survey()
    assert [summary.id for summary in sessions] == ["a"]
    assert len(problems) == 1
