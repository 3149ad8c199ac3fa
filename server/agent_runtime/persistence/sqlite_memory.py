"""What agents remember, in the database of a `SqliteStore`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from agent_runtime.persistence.batch import decoded_json
from agent_runtime.persistence.records import decoded_record, encoded_change
from agent_runtime.persistence.sqlite_tables import text_key
from agent_runtime.persistence.store import MemoryRecord


def load(connection: sqlite3.Connection, agent: str) -> list[MemoryRecord]:
    """The oldest first. ValueError, TypeError for what is damaged."""
    query = "SELECT record FROM memory WHERE agent = ? ORDER BY number"
    rows = connection.execute(query, (text_key(agent),))
    return [decoded_record(decoded_json(text)) for (text,) in rows]


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
