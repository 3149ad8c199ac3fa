"""Files that are damaged, foreign, newer, full or locked: runs go on, one message is said."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.agents.history import (
    History,
    HistoryError,
    Query,
    RunRecord,
    database,
    transcript,
    writer,
)
from runagent_ls.agents.history.blocks import Block
from runagent_ls.agents.history.schema import APPLICATION_ID, STEPS, VERSION

from .conftest import OpenHistory, completed, items, record_run

LIMIT_S = 30.0


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline


def run_unrecorded(history: History) -> None:
    """A run whose recording fails, from beginning to end."""
    recorder = history.begin(RunRecord("t_stream", "stream"))
    recorder.output(items(["a"]))
    assert history.flush()
    recorder.output(items(["b"], first=1))
    recorder.end(completed(2))
    assert history.flush()


def test_a_damaged_file_is_moved_aside_and_kept(
    open_history: OpenHistory, path: Path, troubles: list[str]
) -> None:
    history = open_history()
    record_run(history, RunRecord("t_stream", "stream"), ["x" * 1000] * 300)
    assert history.close()
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = os.urandom(len(damaged) - 4096)
    path.write_bytes(damaged)
    history = open_history()
    record_run(history, RunRecord("after", "run"))
    (run,) = history.list().runs
    assert run.tag == "after"
    (aside,) = (it for it in path.parent.iterdir() if ".damaged-" in it.name and it.stat().st_size)
    assert aside.read_bytes()[4096:8192] == damaged[4096:8192]
    (message,) = troubles
    assert "was damaged" in message
    assert str(aside) in message


def test_a_damaged_file_cannot_be_read_and_is_left(open_history: OpenHistory, path: Path) -> None:
    path.parent.mkdir()
    content = b"SQLite format 3\0" + os.urandom(8000)
    path.write_bytes(content)
    with pytest.raises(HistoryError, match="damaged"):
        open_history().list()
    assert path.read_bytes() == content


def test_a_file_of_somebody_else_is_left(
    open_history: OpenHistory, path: Path, troubles: list[str]
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    content = path.read_bytes()
    history = open_history()
    run_unrecorded(history)
    assert path.read_bytes() == content
    (message,) = troubles
    assert "another program" in message
    with pytest.raises(HistoryError, match="another program"):
        history.list()


def test_a_newer_file_is_left(open_history: OpenHistory, path: Path, troubles: list[str]) -> None:
    history = open_history()
    record_run(history, RunRecord("t", "run"))
    assert history.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    content = path.read_bytes()
    history = open_history()
    run_unrecorded(history)
    run_unrecorded(history)
    assert path.read_bytes() == content
    (message,) = troubles
    assert "newer version" in message
    with pytest.raises(HistoryError, match="newer version"):
        history.list()


@pytest.mark.parametrize("version", range(1, VERSION))
def test_an_older_file_is_brought_up(open_history: OpenHistory, path: Path, version: int) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        for step in STEPS[:version]:
            connection.executescript(step)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute(
            "INSERT INTO runs (history_id, writer, kind, tag, inputs, state, started_at,"
            " updated_at) VALUES ('a1', '', 'run', 'old', ?, 'completed', ?, 0)",
            ('{"args": [], "kwargs": {"q": "needle"}}', time.time()),
        )
        connection.commit()
    history = open_history()
    assert history.get("a1").kwargs == {"q": "needle"}
    assert [match.run.tag for match in history.search("needle")] == ["old"]
    record_run(history, RunRecord("new", "run"))
    assert [run.tag for run in history.list().runs] == ["new", "old"]
    assert [match.run.tag for match in history.search("needle")] == ["old"]


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Make each connection that is opened from now on begin with a statement."""
    original = database._connect

    def fail_with(statement: str) -> None:
        def connect(path: Path, mode: str) -> sqlite3.Connection:
            connection = original(path, mode)
            connection.execute(statement)
            return connection

        monkeypatch.setattr(database, "_connect", connect)

    yield fail_with
    monkeypatch.undo()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("PRAGMA max_page_count = 1", "disk is full"),
        ("PRAGMA query_only = 1", "may not be written"),
    ],
)
def test_a_disk_that_takes_nothing(
    open_history: OpenHistory,
    troubles: list[str],
    faulty: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
    said: str,
) -> None:
    record_run(open_history(), RunRecord("before", "run"))
    monkeypatch.setattr(writer, "_PAUSE_AFTER_TROUBLE_S", 0.0)
    history = open_history()
    faulty(statement)
    begun = time.perf_counter()
    # large enough for new pages
    for _ in range(3):
        recorder = history.begin(RunRecord("t_stream", "stream"))
        recorder.output(items(["x" * 100_000]))
        recorder.end(completed(1))
        assert history.flush()
    assert time.perf_counter() - begun < LIMIT_S
    assert len(troubles) == 1
    assert said in troubles[0]
    assert [run.tag for run in history.list().runs] == ["before"]


def test_a_disk_that_is_full_for_a_while(
    open_history: OpenHistory,
    troubles: list[str],
    faulty: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is in the file stays, and later runs are recorded again."""
    monkeypatch.setattr(writer, "_PAUSE_AFTER_TROUBLE_S", 0.0)
    history = open_history()
    kept = history.begin(RunRecord("kept_stream", "stream"))
    kept.output(items(["kept"]))
    assert history.flush()
    assert history._writer is not None
    connection = history._writer._connection
    assert connection is not None
    connection.execute("PRAGMA max_page_count = 1")
    kept.output(items(["x" * 1_000_000], first=1))
    assert history.flush()
    assert len(troubles) == 1
    record_run(history, RunRecord("later", "run"))
    later, first = history.list().runs
    assert (later.tag, later.state) == ("later", "completed")
    assert (first.tag, first.state, first.chunks) == ("kept_stream", "interrupted", 1)
    kept.end(completed(2))
    assert history.flush()
    assert history.get(first.history_id).state == "interrupted"


def test_a_place_that_cannot_be_one(
    open_history: OpenHistory, tmp_path: Path, troubles: list[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    history = open_history(tmp_path / "file" / "history.db")
    run_unrecorded(history)
    run_unrecorded(history)
    (message,) = troubles
    assert "cannot be used" in message
    assert "RUNAGENT_LS_HISTORY" in message
    assert history.list().runs == ()


def test_a_file_that_another_process_locks_for_a_while(
    open_history: OpenHistory, path: Path, troubles: list[str]
) -> None:
    history = open_history()
    recorder = history.begin(RunRecord("t_stream", "stream"))
    assert history.flush()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        recorder.output(items(["a"]))
        assert not history.flush(0.01)
        other.execute("COMMIT")
    recorder.end(completed(1))
    assert history.flush()
    until(lambda: history.get("last").state == "completed")
    assert [chunk.value for chunk in history.chunks(history.get("last").history_id)] == ["a"]
    assert troubles == []


def test_the_last_inputs_are_waited_for_on_a_slow_disk(
    open_history: OpenHistory, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = threading.Event()
    record = writer.Writer._record
    monkeypatch.setattr(writer.Writer, "_record", lambda *it: (disk.wait(LIMIT_S), record(*it)))
    threading.Timer(4, disk.set).start()
    history = open_history()
    history.begin(RunRecord("t", "run", args=[5]))
    assert history.last_inputs("t") == ([5], {})


def test_a_run_deleted_while_it_is_recorded(
    history: History, open_history: OpenHistory, troubles: list[str]
) -> None:
    recorder = history.begin(RunRecord("t_stream", "stream"))
    recorder.output(items(["a"]))
    assert history.flush()
    assert open_history().clear() == 1
    recorder.output(items(["b"], first=1))
    recorder.end(completed(2))
    assert history.flush()
    assert history.list().runs == ()
    record_run(history, RunRecord("next", "run"))
    assert [run.tag for run in history.list().runs] == ["next"]
    assert troubles == []


def test_a_batch_that_finds_the_file_busy_is_written_again(
    history: History, monkeypatch: pytest.MonkeyPatch, troubles: list[str]
) -> None:
    """Within a transaction SQLite may give up at once where waiting would never end."""
    original = transcript._insert_block
    tried: list[int] = []

    def insert(connection: sqlite3.Connection, history_id: str, block: Block) -> None:
        original(connection, history_id, block)
        tried.append(block.first)
        if len(tried) == 2:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error

    monkeypatch.setattr(transcript, "_insert_block", insert)
    recorder = history.begin(RunRecord("t_stream", "stream"))
    recorder.output(items(["a"]))
    recorder.output(items(["b"], first=5))
    recorder.end(completed(6))
    assert history.flush()
    assert tried == [0, 5, 0, 5]
    run = history.get("last")
    assert [chunk.value for chunk in history.chunks(run.history_id)] == ["a", "b"]
    assert (run.state, run.dropped_chunks) == ("completed", 4)
    assert troubles == []


def test_names_with_half_a_character_are_recorded_with_escapes(
    open_history: OpenHistory, troubles: list[str]
) -> None:
    history = open_history()
    other = history.begin(RunRecord("other", "run"))
    record_run(history, RunRecord("t\udcff", "run", agent_id="\ud800", project_root="/p\udcff"))
    other.end(completed(0))
    assert history.flush()
    assert {run.tag for run in history.list().runs} == {"other", "t\\udcff"}
    assert {run.state for run in history.list().runs} == {"completed"}
    assert troubles == []
    with pytest.raises(HistoryError, match="half a character"):
        history.get("\udcff")
    with pytest.raises(HistoryError, match="endless number"):
        history.chunks(history.get("last").history_id, after=10**30)
    with pytest.raises(HistoryError, match="endless number"):
        history.list(Query(before=f"1.0/{10**30}"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system")
def test_a_pipe_in_the_place_of_the_history(
    open_history: OpenHistory, path: Path, troubles: list[str]
) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    history = open_history()
    with pytest.raises(HistoryError, match="is not a file"):
        history.list()
    run_unrecorded(history)
    (message,) = troubles
    assert "is not a file" in message


def test_a_file_that_is_made_while_it_is_looked_at(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    path.touch()
    monkeypatch.setattr(database, "BUSY_WAIT_S", 0.0)
    looked_at: list[str] = []

    class Slow(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if "sqlite_master" in sql and not looked_at:
                looked_at.append(sql)
                with contextlib.suppress(HistoryError):
                    database.open_for_writing(path, ours=True).close()
            return super().execute(sql, *values)

    connect = sqlite3.connect
    slow: list[type[sqlite3.Connection]] = [Slow]

    def connected(*args: Any, **options: Any) -> sqlite3.Connection:
        return connect(*args, **options, factory=slow.pop() if slow else sqlite3.Connection)

    monkeypatch.setattr(sqlite3, "connect", connected)
    database.open_for_writing(path, ours=True).close()
    assert looked_at
