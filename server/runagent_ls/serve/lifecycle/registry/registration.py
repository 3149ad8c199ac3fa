"""Our agent in the platform's registry, so that `runagent` and its clients find it by its id.

The row is what `runagent config --register-agent` and `runagent serve` write. Nothing here is done
unless the user asks for it.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from runagent_ls.agents.targets.registry import BUSY_WAIT_S, Registry
from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.lifecycle.registry import leftovers
from runagent_ls.serve.lifecycle.registry.schema import INDEXES, TABLES
from runagent_ls.serve.plan import AgentPlan
from runagent_ls.serve.state import Failure, StartFailedError

_PLACEHOLDER: Final = {"host": "localhost", "port": 8000, "status": "initialized"}
"""Where an agent is that was registered and never served, as the platform writes it."""
_CHANGED: Final = ("host", "port", "framework", "status", "deployed_at", "updated_at")
"""What serving changes of a row that is there."""
_OURS: Final = ("host", "port", "status", "deployed_at")
"""What tells whether a row is as we left it; runs change others."""
_FINGERPRINTED: Final = "runagent.config.json"

_Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Registration:
    """A row that says where the agent is served. `before` is what `withdraw` puts back."""

    registry: Registry
    agent_id: str
    written: _Row
    before: _Row

    def withdraw(self) -> None:
        """The row as it was before, unless somebody else has changed it since; never raises."""
        ours = {name: self.written[name] for name in _OURS}
        with contextlib.suppress(sqlite3.Error), _open(self.registry.path, "rw") as database:
            columns = _columns(database)
            known = {name: value for name, value in ours.items() if name in columns}
            where = " AND ".join(f"{name} IS ?" for name in known)
            before = {name: value for name, value in self.before.items() if name in columns}
            assignments = ", ".join(f"{name} = ?" for name in before)
            database.execute(
                f"UPDATE agents SET {assignments} WHERE agent_id = ? AND {where}",  # noqa: S608
                [*before.values(), self.agent_id, *known.values()],
            )
        leftovers.forget(self.registry, self.agent_id)


def register(plan: AgentPlan, host: str, port: int, registry: Registry) -> Registration:
    """Write where the agent is served; makes the registry when there is none. Blocks.

    Raises StartFailedError when the registry cannot be written.
    """
    now = _moment(datetime.now())
    serving: _Row = {
        "host": host,
        "port": port,
        "framework": plan.framework,
        "status": "serving",
        "deployed_at": now,
        "updated_at": now,
    }
    try:
        registry.path.parent.mkdir(parents=True, exist_ok=True)
        with _open(registry.path, "rwc") as database:
            _make_tables(database)
            before = _write(database, plan, serving, registry)
            # before the row is there for others: a kill in between leaves a file that fits no row
            ours = {name: serving[name] for name in _OURS}
            leftovers.keep(registry, plan.agent_id, ours, before)
        return Registration(registry, plan.agent_id, serving, before)
    except (sqlite3.Error, OSError) as error:
        raise StartFailedError(
            Failure(
                "DATABASE_ERROR",
                f"The registry {registry.path} cannot be written ({error}).",
                "Serve without --register, or name another folder in RUNAGENT_CACHE_DIR.",
            )
        ) from error


def ports_in(registry: Registry, but_of: str) -> set[int]:
    """The ports of all agents of a registry but one; empty for a registry that cannot be read."""
    try:
        with contextlib.closing(_connected(registry.path, "ro")) as database:
            found = database.execute("SELECT port FROM agents WHERE agent_id != ?", [but_of])
            return {port for (port,) in found if isinstance(port, int)}
    except sqlite3.Error:
        return set()


def _make_tables(database: sqlite3.Connection) -> None:
    for statement in TABLES:
        database.execute(statement)
    for statement in INDEXES:
        # a registry of another client may lack the column
        with contextlib.suppress(sqlite3.OperationalError):
            database.execute(statement)


def _write(
    database: sqlite3.Connection, plan: AgentPlan, serving: _Row, registry: Registry
) -> _Row:
    """What `withdraw` is to put back."""
    columns = _columns(database)
    served = {name: value for name, value in serving.items() if name in columns}
    database.row_factory = sqlite3.Row
    found = database.execute("SELECT * FROM agents WHERE agent_id = ?", [plan.agent_id]).fetchone()
    if found is not None:
        assignments = ", ".join(f"{name} = ?" for name in served)
        database.execute(
            f"UPDATE agents SET {assignments} WHERE agent_id = ?",  # noqa: S608 - our own names
            [*served.values(), plan.agent_id],
        )
        before: _Row = {name: found[name] for name in _CHANGED if name in columns}
        return leftovers.before_leftover(registry, plan.agent_id, before) or before
    row = {**_registered(plan, database), **serving}
    kept = {name: value for name, value in row.items() if name in columns}
    names, marks = ", ".join(kept), ", ".join("?" * len(kept))
    database.execute(
        f"INSERT INTO agents ({names}) VALUES ({marks})",  # noqa: S608 - our own names
        list(kept.values()),
    )
    return {**_PLACEHOLDER, "deployed_at": None}


def _registered(plan: AgentPlan, database: sqlite3.Connection) -> _Row:
    """The row of an agent that was registered a moment ago."""
    config = plan.config
    return {
        "agent_id": plan.agent_id,
        "agent_path": str(plan.folder.resolve()),
        "remote_status": "initialized",
        "is_local": 1,
        "run_count": 0,
        "success_count": 0,
        "error_count": 0,
        "created_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "agent_name": plan.name,
        "description": config.get("description"),
        "template": config.get("template"),
        "version": plan.version,
        "initialized_at": _moment(_created(config.get("created_at"))),
        "config_fingerprint": _fingerprint(plan.folder / _FINGERPRINTED),
        "project_id": _active_project(database),
    }


def _created(value: JsonValue) -> datetime:
    """As the loader reads it: what is no moment is now."""
    with contextlib.suppress(ValueError, OverflowError, OSError):
        if isinstance(value, str):
            return datetime.fromisoformat(value.replace("Z", "+00:00"))
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
    return datetime.now()


def _moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%d %H:%M:%S.%f")


def _fingerprint(path: Path) -> str | None:
    try:
        # as text, so that both kinds of line ends count as one
        return hashlib.sha256(path.read_text(encoding="utf-8").encode()).hexdigest()
    except (OSError, ValueError):
        return None


def _active_project(database: sqlite3.Connection) -> object:
    found = database.execute(
        "SELECT value FROM user_metadata WHERE key = 'active_project_id'"
    ).fetchone()
    return None if found is None else found[0]


def _columns(database: sqlite3.Connection) -> set[str]:
    """Registries made by other clients of the platform have fewer."""
    return {str(row[1]) for row in database.execute("PRAGMA table_info(agents)")}


@contextlib.contextmanager
def _open(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """All or nothing, and closed again at once."""
    with contextlib.closing(_connected(path, mode)) as database, database:
        database.execute("BEGIN IMMEDIATE")
        yield database


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_WAIT_S, isolation_level=None)
