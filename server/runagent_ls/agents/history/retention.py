"""What is removed when: old runs, the oldest when there are too many, interrupted ones marked."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runagent_ls.agents.history import documents
from runagent_ls.agents.history.liveness import forget, is_alive
from runagent_ls.agents.history.records import DAY_S, Limits

if TYPE_CHECKING:
    import sqlite3

_AIM: Final = 0.9
"""Of the size limit is left, so that not every run has to remove another one."""


def mark_interrupted(connection: sqlite3.Connection, path: Path, own: str) -> None:
    """Runs whose process ended before them; inside a transaction."""
    rows = connection.execute("SELECT DISTINCT writer FROM runs WHERE state = 'running'").fetchall()
    for (writer,) in rows:
        if writer == own or is_alive(path, writer):
            continue
        runs = connection.execute(
            "SELECT history_id FROM runs WHERE state = 'running' AND writer = ?", (writer,)
        ).fetchall()
        connection.execute(
            "UPDATE runs SET state = 'interrupted', ended_at = updated_at"
            " WHERE state = 'running' AND writer = ?",
            (writer,),
        )
        for (history_id,) in runs:
            documents.finish(connection, history_id)
        forget(path, writer)


def keep_limits(connection: sqlite3.Connection, limits: Limits) -> int:
    """Remove what is too old or too much and give the space back; how many runs went."""
    old: list[int] = []
    if limits.age_days is not None:
        rows = connection.execute(
            "SELECT seq FROM runs WHERE started_at < ? AND pinned = 0 AND state <> 'running'",
            (time.time() - limits.age_days * DAY_S,),
        )
        old = [row[0] for row in rows]
    gone = remove(connection, old)
    while (size := _used_bytes(connection)) > limits.total_bytes:
        removed = remove(connection, _oldest(connection, size - int(limits.total_bytes * _AIM)))
        if not removed:
            break
        gone += removed
    return gone


def remove(connection: sqlite3.Connection, runs: list[int]) -> int:
    """Remove runs by their `seq` and give their space back to the disk; how many there were."""
    if not runs:
        return 0
    connection.execute("BEGIN IMMEDIATE")
    try:
        documents.forget(connection, runs)
        connection.executemany("DELETE FROM documents WHERE run = ?", [(run,) for run in runs])
        connection.executemany("DELETE FROM blocks WHERE run = ?", [(run,) for run in runs])
        connection.executemany("DELETE FROM runs WHERE seq = ?", [(run,) for run in runs])
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    give_back(connection)
    return len(runs)


def give_back(connection: sqlite3.Connection) -> None:
    """Shorten the file by its free pages, and the write-ahead log to nothing if nobody reads it."""
    # a step frees one page, and only a script takes all steps
    connection.executescript("PRAGMA incremental_vacuum")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _used_bytes(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _oldest(connection: sqlite3.Connection, to_free: int) -> list[int]:
    """The oldest runs whose removal frees so many bytes; never pinned or running ones."""
    rows = connection.execute(
        "SELECT runs.seq,"
        " coalesce((SELECT sum(bytes) FROM blocks WHERE blocks.run = runs.seq), 0)"
        " + coalesce(length(inputs), 0) + coalesce(length(result), 0) + coalesce(length(error), 0)"
        " + coalesce((SELECT 2 * (length(d.inputs) + length(d.output) + length(d.error))"
        "    FROM documents d WHERE d.run = runs.seq), 0)"
        " FROM runs WHERE pinned = 0 AND state <> 'running' ORDER BY started_at, runs.seq"
    )
    chosen: list[int] = []
    for seq, size in rows:
        if to_free <= 0:
            break
        chosen.append(seq)
        to_free -= size
    return chosen
