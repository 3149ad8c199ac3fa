"""What agents remember, in the database of a `SqliteStore`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Final

from agent_runtime.persistence.batch import decoded_json
from agent_runtime.persistence.records import MemoryChange, decoded_record, encoded_change
from agent_runtime.persistence.sqlite_database import Database
from agent_runtime.persistence.sqlite_tables import text_key
from agent_runtime.persistence.store import MemoryRecord, StoreError

_PAGE_CHARACTERS: Final = 1024 * 1024


def load(database: Database, agent: str) -> list[MemoryRecord]:
    """All of it, the oldest first. StoreError."""
    query = "SELECT record FROM memory WHERE agent = ? ORDER BY number"

    def read(connection: sqlite3.Connection) -> list[MemoryRecord]:
        rows = connection.execute(query, (text_key(agent),))
        return [decoded_record(decoded_json(text)) for (text,) in rows]

    with _explained(database, agent):
        return database.read(read)


def changes(database: Database, agent: str) -> Iterator[MemoryChange]:
    """The same, some of it at a time. StoreError."""
    after = -1
    while True:
        with _explained(database, agent):
            after, records = database.read(partial(_page, agent=agent, after=after))
        if not records:
            return
        yield MemoryChange((), records)


def _page(connection: sqlite3.Connection, agent: str, after: int) -> tuple[int, list[MemoryRecord]]:
    # in the order of the table, which needs no room for sorting
    query = "SELECT number, record FROM memory WHERE +agent = ? AND number > ? ORDER BY number"
    found: list[MemoryRecord] = []
    size = 0
    for number, text in connection.execute(query, (text_key(agent), after)):
        found.append(decoded_record(decoded_json(text)))
        after, size = number, size + len(text)
        if size > _PAGE_CHARACTERS:
            break
    return after, found


@contextmanager
def _explained(database: Database, agent: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, TypeError) as error:
        raise StoreError(
            f"{database.path} is damaged: what {agent!r} remembers cannot be read."
        ) from error


def save(
    connection: sqlite3.Connection,
    agent: str,
    changed: Sequence[MemoryRecord],
    removed: Sequence[str],
) -> None:
    """Forgets `removed`, then adds or replaces `changed`."""
    connection.executemany(
        "DELETE FROM memory WHERE agent = ? AND id = ?",
        [(text_key(agent), text_key(name)) for name in removed],
    )
    for record in changed:
        key = (text_key(agent), text_key(record.id))
        kept = None
        if record.added:
            query = "SELECT record FROM memory WHERE agent = ? AND id = ?"
            kept = connection.execute(query, key).fetchone()
        connection.execute(
            "INSERT INTO memory (agent, id, record) VALUES (?, ?, ?)"
            " ON CONFLICT (agent, id) DO UPDATE SET record = excluded.record",
            (*key, encoded_change(record, kept and str(kept[0]))),
        )
