"""Reading runs back. Blocks; not for an event loop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runagent_ls.agents.history.blocks import Block, chunks_of, joined
from runagent_ls.agents.history.liveness import is_alive
from runagent_ls.agents.history.location import same_folder
from runagent_ls.agents.history.records import (
    HistoryError,
    Match,
    NewestRun,
    Page,
    Query,
    RunGroup,
    StoredChunk,
    StoredRun,
    StoredState,
)
from runagent_ls.agents.history.search import matching_runs, place_of, words_of

if TYPE_CHECKING:
    import sqlite3

LONGEST_PAGE: Final = 1000


class Reader:
    """Reads through one connection; remembers which recording processes live."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._alive: dict[str, bool] = {}

    def list(self, query: Query) -> Page:
        """The runs that fit, newest first. Raises HistoryError for a `before` that is none."""
        where, values = _conditions(query)
        limit = max(1, min(query.limit, LONGEST_PAGE))
        # `running` may turn out to be `interrupted`, so that these are told apart here
        alike = query.state in {"running", "interrupted"}
        runs: list[StoredRun] = []
        rows = self._connection.execute(
            f"SELECT * FROM runs WHERE {where} ORDER BY started_at DESC, seq DESC"
            + ("" if alike else " LIMIT ?"),
            values if alike else (*values, limit + 1),
        )
        last: sqlite3.Row | None = None
        for row in rows:
            run = self.run_of(row)
            if alike and run.state != query.state:
                continue
            if len(runs) == limit:
                assert last is not None  # noqa: S101 - limit is at least 1
                return Page(tuple(runs), f"{last['started_at']!r}/{last['seq']}")
            runs.append(run)
            last = row
        return Page(tuple(runs), None)

    def newest(self, query: Query) -> NewestRun | None:
        """The newest run that fits; reads none of its inputs and outputs, which may be large."""
        where, values = _conditions(query)
        row = self._connection.execute(
            "SELECT state, started_at, elapsed_ms, chunks, writer"
            f" FROM runs WHERE {where} ORDER BY started_at DESC, seq DESC LIMIT 1",
            values,
        ).fetchone()
        if row is None:
            return None
        return NewestRun(self._state(row), row["started_at"], row["elapsed_ms"], row["chunks"])

    def groups(self, query: Query) -> tuple[RunGroup, ...]:
        """The runs that fit, counted by entrypoint, the one that ran last first."""
        where, values = _conditions(replace(query, before=None))
        if query.state in {"running", "interrupted"}:
            condition, writers = self._running(living=query.state == "running")
            where, values = f"{where} AND {condition}", (*values, *writers)
        # with max() alone SQLite takes the other columns from the row that has it
        rows = self._connection.execute(
            "SELECT project_root, config_path, tag, count(*) AS runs,"
            " max(started_at) AS newest_at, state, writer"
            f" FROM runs WHERE {where} GROUP BY project_root, tag ORDER BY newest_at DESC, tag",
            values,
        )
        return tuple(
            RunGroup(
                row["project_root"],
                row["config_path"],
                row["tag"],
                row["runs"],
                row["newest_at"],
                self._state(row),
            )
            for row in rows
        )

    def _running(self, *, living: bool) -> tuple[str, tuple[str, ...]]:
        """What holds for rows that are still said to be running, and of processes that live or
        do not; those that are known to be interrupted count to the latter."""
        rows = self._connection.execute("SELECT DISTINCT writer FROM runs WHERE state = 'running'")
        writers = tuple(row["writer"] for row in rows if self._lives(row["writer"]) == living)
        condition = f"state = 'running' AND writer IN ({', '.join('?' * len(writers))})"
        return (condition if living else f"({condition} OR state = 'interrupted')"), writers

    def get(self, history_id: str) -> StoredRun | None:
        """The run of this id."""
        row = self._row(history_id)
        return None if row is None else self.run_of(row)

    def resolve(self, text: str) -> str | None:
        """The whole id for an id, a beginning that only one id has, or `last`."""
        if text == "last":
            found = self._connection.execute(
                "SELECT history_id FROM runs ORDER BY started_at DESC, seq DESC LIMIT 1"
            ).fetchall()
        else:
            found = self._connection.execute(
                "SELECT history_id FROM runs WHERE substr(history_id, 1, ?) = ? LIMIT 2",
                (len(text), text),
            ).fetchall()
        if len(found) == 2 and text:
            raise HistoryError(f"More than one run begins with {text}.", "Give more of its id.")
        return str(found[0][0]) if len(found) == 1 else None

    def chunks(self, history_id: str, after: int = -1) -> Iterator[StoredChunk]:
        """The chunks with an index above `after`, read as they are asked for."""
        row = self._row(history_id)
        if row is None:
            return
        blocks = self._connection.execute(
            "SELECT first, count, times, types, items FROM blocks"
            " WHERE run = ? AND first + count > ? + 1"
            " AND first >= coalesce("
            "  (SELECT max(first) FROM blocks WHERE run = ? AND first <= ?), 0)"
            " ORDER BY first",
            (row["seq"], after, row["seq"], max(after, 0)),
        )
        for block in blocks:
            yield from chunks_of(Block(*block), after)

    def search(self, text: str, query: Query) -> tuple[Match, ...]:
        """Runs that have every word of `text`. Raises HistoryError when there is no word in it."""
        words = words_of(text)
        if not words:
            raise HistoryError(f"{text!r} has no word to look for.", "Give letters or digits.")
        where, values = _conditions(replace(query, before=None))
        limit = max(1, min(query.limit, LONGEST_PAGE))
        matches: list[Match] = []
        for seq in matching_runs(self._connection, words):
            row = self._connection.execute(
                f"SELECT * FROM runs WHERE seq = ? AND {where}", (seq, *values)
            ).fetchone()
            run = None if row is None else self.run_of(row)
            if run is None or (query.state is not None and run.state != query.state):
                continue
            matches.append(Match(run, *place_of(self._connection, seq, words)))
            if len(matches) == limit:
                break
        return tuple(matches)

    def run_of(self, row: sqlite3.Row) -> StoredRun:
        """A row of `runs`; a run whose process is gone is interrupted."""
        state, ended_at = row["state"], row["ended_at"]
        if state == "running" and not self._lives(row["writer"]):
            state, ended_at = "interrupted", row["updated_at"]
        inputs = json.loads(row["inputs"])
        cut = bool(row["inputs_cut"])
        result = None if row["result"] is None else json.loads(row["result"])
        return StoredRun(
            history_id=row["history_id"],
            run_id=row["run_id"],
            kind=row["kind"],
            tag=row["tag"],
            project_root=row["project_root"],
            config_path=row["config_path"],
            agent_id=row["agent_id"],
            args=[] if cut else inputs["args"],
            kwargs={} if cut else inputs["kwargs"],
            inputs_cut=cut,
            target=None if row["target"] is None else json.loads(row["target"]),
            git_commit=row["git_commit"],
            interpreter=row["interpreter"],
            labels=json.loads(row["labels"]) if row["labels"] else {},
            state=state,
            started_at=row["started_at"],
            ended_at=ended_at,
            elapsed_ms=row["elapsed_ms"],
            first_chunk_ms=row["first_chunk_ms"],
            chunks=row["chunks"],
            dropped_chunks=row["dropped_chunks"],
            stored_bytes=row["stored_bytes"],
            has_result=row["result"] is not None,
            result=joined(result) if row["result_cut_from"] else result,
            result_cut_from=row["result_cut_from"],
            error=None if row["error"] is None else json.loads(row["error"]),
            stopped=None if row["stopped"] is None else bool(row["stopped"]),
            attempts=row["attempts"],
            pinned=bool(row["pinned"]),
            redacted=bool(row["redacted"]),
        )

    def _state(self, row: sqlite3.Row) -> StoredState:
        """A run whose process is gone is interrupted."""
        state: StoredState = row["state"]
        return "interrupted" if state == "running" and not self._lives(row["writer"]) else state

    def _lives(self, writer: str) -> bool:
        if writer not in self._alive:
            self._alive[writer] = is_alive(self._path, writer)
        return self._alive[writer]

    def _row(self, history_id: str) -> sqlite3.Row | None:
        found = self._connection.execute("SELECT * FROM runs WHERE history_id = ?", (history_id,))
        row: sqlite3.Row | None = found.fetchone()
        return row


def _conditions(query: Query) -> tuple[str, tuple[object, ...]]:
    where, values = ["1"], list[object]()
    for column, wanted in (
        ("project_root = ?", same_folder(query.project)),
        ("agent_id = ?", query.agent_id),
        ("tag = ?", query.tag),
        ("started_at >= ?", query.since),
        ("started_at < ?", query.until),
        ("pinned = ?", query.pinned),
    ):
        if wanted is not None:
            where.append(column)
            values.append(wanted)
    if query.no_project:
        where.append("project_root IS NULL")
    if query.state in {"running", "interrupted"}:
        where.append("state IN ('running', 'interrupted')")
    elif query.state is not None:
        where.append("state = ?")
        values.append(query.state)
    if query.before is not None:
        started_at, _, seq = query.before.partition("/")
        try:
            values += [float(started_at), int(seq)]
        except ValueError:
            raise HistoryError(f"{query.before!r} is no place in the list of runs.") from None
        where.append("(started_at, seq) < (?, ?)")
    return " AND ".join(where), tuple(values)
