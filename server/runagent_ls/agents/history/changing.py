"""What people do to recorded runs: delete, clear, pin. Blocks; not for an event loop."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from runagent_ls.agents.history import retention
from runagent_ls.agents.history.documents import has_index

if TYPE_CHECKING:
    import sqlite3


def delete(connection: sqlite3.Connection, history_ids: Iterable[str]) -> int:
    """Remove runs so that nothing of them is left in the file; how many there were."""
    runs: list[int] = []
    for history_id in history_ids:
        found = connection.execute("SELECT seq FROM runs WHERE history_id = ?", (history_id,))
        runs += [row[0] for row in found]
    gone = retention.remove(connection, runs)
    if gone and has_index(connection):
        # the index only marks words as deleted until it is written anew
        connection.execute("INSERT INTO documents_index (documents_index) VALUES ('optimize')")
        retention.give_back(connection)
    return gone


def clear(connection: sqlite3.Connection) -> int:
    """Remove every run, pinned and running ones too; how many there were."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        count = int(connection.execute("SELECT count(*) FROM runs").fetchone()[0])
        if has_index(connection):
            connection.execute(
                "INSERT INTO documents_index (documents_index) VALUES ('delete-all')"
            )
        for table in ("documents", "blocks", "runs"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    retention.give_back(connection)
    return count


def pin(connection: sqlite3.Connection, history_id: str, pinned: bool) -> int:
    """Spare a run from the limits, or no longer; how many runs that were."""
    return connection.execute(
        "UPDATE runs SET pinned = ? WHERE history_id = ?", (pinned, history_id)
    ).rowcount
