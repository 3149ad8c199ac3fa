"""The table in its file: rows in, rows out. Blocking; for threads.

A file of our own is in WAL mode: what is committed there outlives the process however that ends,
and costs no wait for the disk. The registry stays in the mode that the platform gave it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.invocations import agent_runs
from runagent_ls.serve.invocations.agent_runs import AgentRun
from runagent_ls.serve.invocations.rows import COLUMNS, Cell

BUSY_MS: Final = 2000
"""So long a lock of somebody else is waited for, at a time."""
KEPT: Final = 10_000
"""Rows of our own file; the platform keeps all, and ends them by `db cleanup`."""
LARGEST_FILE: Final = 256 * 1024 * 1024
"""Bytes of our own file; beyond that the older half of the rows is forgotten."""
LARGEST_ANSWER: Final = 64 * 1024 * 1024
"""Characters of the rows that are read at once."""
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS agent_invocations (
    invocation_id VARCHAR NOT NULL PRIMARY KEY,
    agent_id VARCHAR NOT NULL,
    input_data TEXT NOT NULL,
    output_data TEXT,
    error_detail TEXT,
    request_timestamp DATETIME NOT NULL,
    response_timestamp DATETIME,
    execution_time_ms FLOAT,
    status VARCHAR NOT NULL,
    entrypoint_tag VARCHAR,
    sdk_type VARCHAR,
    client_info TEXT
)"""
_WRITE: Final = (
    "INSERT OR REPLACE INTO agent_invocations ("
    "invocation_id, agent_id, input_data, output_data, error_detail, request_timestamp, "
    "response_timestamp, execution_time_ms, status, entrypoint_tag, sdk_type, client_info"
    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_RECENT: Final = (
    "SELECT * FROM agent_invocations WHERE agent_id = ? AND (? IS NULL OR status = ?) "
    "ORDER BY request_timestamp DESC, rowid DESC LIMIT ?"
)
_STATS: Final = (
    "SELECT count(*), sum(status = 'completed'), sum(status = 'failed'), sum(status = 'pending'), "
    "avg(CASE WHEN status = 'completed' THEN execution_time_ms END) "
    "FROM agent_invocations WHERE agent_id = ?"
)
_FORGET: Final = (
    "DELETE FROM agent_invocations WHERE rowid <= "
    "(SELECT rowid FROM agent_invocations ORDER BY rowid DESC LIMIT 1 OFFSET ?)"
)
_FORGET_HALF: Final = (
    "DELETE FROM agent_invocations WHERE rowid <= "
    "(SELECT (min(rowid) + max(rowid)) / 2 FROM agent_invocations)"
)
_USED: Final = (
    "SELECT (page_count - freelist_count) * page_size "
    "FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
)
_JSON_COLUMNS: Final = {"input_data", "output_data", "client_info"}
_MOMENTS: Final = {"request_timestamp", "response_timestamp"}


class Database:
    """One connection; opened when it is used first, opened again after an error."""

    def __init__(self, path: Path, *, own: bool) -> None:
        """`own`: the file is ours alone, so it is created, kept private and kept small."""
        self._path = path
        self._own = own
        self._connection: sqlite3.Connection | None = None
        # so that a first row looks after those of other processes
        self._rows = KEPT
        self._chars = 0

    def write(self, rows: Sequence[tuple[Cell, ...]], runs: Sequence[AgentRun] = ()) -> None:
        """All rows or none; there when this returns. `runs` are for the registry alone. Raises
        sqlite3.Error or OSError."""
        connection = self._open()
        try:
            if len(rows) == 1 and not runs:
                connection.execute(_WRITE, rows[0])
            else:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(_WRITE, rows)
                agent_runs.write(connection, runs)
                connection.execute("COMMIT")
            self._forget_old(connection, rows)
        except BaseException:
            self.close()
            raise

    def recent(self, agent_id: str, limit: int, status: str | None) -> list[dict[str, JsonValue]]:
        """The newest first, as far as they fit into LARGEST_ANSWER. Raises sqlite3.Error or
        OSError, as everything here."""
        return list(self._read(_RECENT, (agent_id, status, status, limit)))

    def one(self, invocation_id: str) -> dict[str, JsonValue] | None:
        query = "SELECT * FROM agent_invocations WHERE invocation_id = ?"
        return next(iter(self._read(query, (invocation_id,))), None)

    def stats(self, agent_id: str) -> dict[str, JsonValue]:
        """Counts, the part of completed ones in percent, their mean time in milliseconds."""
        row = self._open().execute(_STATS, (agent_id,)).fetchone()
        total, completed, failed, pending = (int(count or 0) for count in row[:4])
        return {
            "total_invocations": total,
            "completed_invocations": completed,
            "failed_invocations": failed,
            "pending_invocations": pending,
            "success_rate": round(completed / total * 100, 2) if total else 0,
            "avg_execution_time_ms": None if row[4] is None else round(row[4], 2),
            "agent_id": agent_id,
        }

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    def _read(self, query: str, values: Iterable[Cell]) -> Iterator[dict[str, JsonValue]]:
        size = 0
        for row in self._open().execute(query, tuple(values)):
            size += characters(row)
            if size > LARGEST_ANSWER:  # no row alone is so large
                return
            yield {name: _cell(name, value) for name, value in zip(COLUMNS, row, strict=False)}

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            if self._own:
                self._create_private()
            connection = sqlite3.connect(
                self._path, BUSY_MS / 1000, isolation_level=None, check_same_thread=False
            )
            try:
                if self._own:
                    connection.execute("PRAGMA journal_mode=WAL")
                    connection.execute("PRAGMA synchronous=NORMAL")
                connection.execute(_TABLE)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _create_private(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))

    def _forget_old(
        self, connection: sqlite3.Connection, added: Sequence[tuple[Cell, ...]]
    ) -> None:
        """Now and then."""
        self._rows += len(added)
        self._chars += sum(map(characters, added))
        if not self._own or (self._rows < KEPT // 10 and self._chars < LARGEST_FILE // 8):
            return
        self._rows = self._chars = 0
        connection.execute(_FORGET, (KEPT,))
        if connection.execute(_USED).fetchone()[0] > LARGEST_FILE:
            connection.execute(_FORGET_HALF)


def characters(row: Sequence[Cell]) -> int:
    """What its texts take."""
    return sum(len(cell) for cell in row if isinstance(cell, str))


def _cell(name: str, value: Cell) -> JsonValue:
    if value is None or not isinstance(value, str):
        return value
    if name in _MOMENTS:
        return value[:10] + "T" + value[11:] if value[10:11] == " " else value
    if name not in _JSON_COLUMNS:
        return value
    try:
        read: JsonValue = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return read
