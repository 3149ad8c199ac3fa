"""The platform's older record of plain runs, `agent_runs`, and the agent's counters beside it.

Only the registry has them. Streams are neither recorded there nor counted.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from runagent_ls.agents.values import JsonValue

if TYPE_CHECKING:
    from runagent_ls.agents.history.redaction.redactor import Redactor

_INSERT: Final = (
    "INSERT INTO agent_runs (agent_id, input_data, output_data, success, error_message, "
    "execution_time, started_at, completed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_COUNT: Final = (
    "UPDATE agents SET run_count = coalesce(run_count, 0) + 1, "
    "success_count = coalesce(success_count, 0) + ?, "
    "error_count = coalesce(error_count, 0) + ?, last_run = ?, updated_at = ? WHERE agent_id = ?"
)

_log = logging.getLogger(__name__)


class AgentRun(NamedTuple):
    """One row. `output_data` is the structured string as JSON, `execution_time` in seconds, `at`
    the moment of the end: the platform takes that for the start as well."""

    agent_id: str
    input_data: str
    output_data: str | None
    success: bool
    error_message: str | None
    execution_time: float
    at: str


def recorded_output(output: str, redactor: Redactor, largest: int) -> str | None:
    """A structured string for its column, without secrets; None for one that is too large."""
    if len(output) > largest:
        return None
    return json.dumps(_clean(output, redactor) if redactor.suspicious(output) else output)


def write(connection: sqlite3.Connection, runs: Iterable[AgentRun]) -> None:
    """In the transaction that is open. Leaves out what a registry of another client has no place
    for; raises sqlite3.Error for all else."""
    for run in runs:
        connection.execute("SAVEPOINT agent_run")
        try:
            connection.execute(_INSERT, (*run, run.at))
            counts = (run.success, not run.success, run.at, run.at, run.agent_id)
            connection.execute(_COUNT, counts)
        except (sqlite3.OperationalError, sqlite3.IntegrityError) as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            connection.execute("ROLLBACK TO agent_run")
            _log.debug("a run is not counted in the registry: %s", error)
        connection.execute("RELEASE agent_run")


def _clean(output: str, redactor: Redactor) -> str:
    try:
        structured = json.loads(output)
        payload: JsonValue = json.loads(structured["payload"])
        return json.dumps({**structured, "payload": json.dumps(redactor.value(payload))})
    except (ValueError, TypeError, KeyError, RecursionError):
        return redactor.text(output)
