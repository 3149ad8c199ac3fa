"""The registry of local agents, a SQLite file that the `runagent` command writes. Read only.

It says where an agent was last served, never whether it still is: the health check decides.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from runagent_ls.agents.errors import RegistryError

FILE_NAME = "runagent_local.db"
BUSY_WAIT_S = 2.0
"""How long to wait while another process writes."""


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """Where an agent was last served, as it is written there. Nothing of it is checked."""

    host: str
    port: int
    status: str | None
    agent_path: str | None

    @property
    def was_served(self) -> bool:
        """False for the placeholders that `init` and `config --register-agent` write."""
        placeholder = self.host == "localhost" and self.port == 8000
        return (
            bool(self.host) and self.port > 0 and not (placeholder and self.status == "initialized")
        )


@dataclass(frozen=True, slots=True)
class Registry:
    """The registry file of one cache folder."""

    path: Path

    @classmethod
    def of_environment(cls) -> Registry:
        """In RUNAGENT_CACHE_DIR, taken as it is written, else in `~/.runagent`."""
        folder = os.environ.get("RUNAGENT_CACHE_DIR")
        return cls(Path(folder if folder is not None else Path.home() / ".runagent") / FILE_NAME)

    def find(self, agent_id: str) -> RegistryRow | None:
        """The row of an agent, None when there is none. Blocks up to BUSY_WAIT_S.

        Raises RegistryError for a file that is damaged, locked or no registry. A missing
        file is an empty registry.
        """
        import sqlite3

        if not self.path.exists():
            return None
        uri = f"file:{quote(str(self.path.absolute()))}?mode=ro"
        try:
            connection = sqlite3.connect(uri, uri=True, timeout=BUSY_WAIT_S)
            try:
                connection.row_factory = sqlite3.Row
                cursor = connection.execute("SELECT * FROM agents WHERE agent_id = ?", (agent_id,))
                row = cursor.fetchone()
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise self._unreadable(str(error)) from error
        return None if row is None else self._row(dict(row))

    def _row(self, row: dict[str, object]) -> RegistryRow:
        if "host" not in row or "port" not in row:
            raise self._unreadable("its table `agents` has no host and port")
        host, port, status, path = (row.get(k) for k in ("host", "port", "status", "agent_path"))
        return RegistryRow(
            host if isinstance(host, str) else "",
            port if isinstance(port, int) and 0 < port < 65536 else 0,
            status if isinstance(status, str) else None,
            path if isinstance(path, str) else None,
        )

    def _unreadable(self, reason: str) -> RegistryError:
        if "locked" in reason:
            said = "is being written by another program and stayed locked"
        elif "no such table" in reason or "no host" in reason:
            said = "is not a registry that this version can read"
        elif "not a database" in reason or "malformed" in reason:
            said = "is damaged"
        else:
            said = "cannot be read"
        return RegistryError(
            f"The registry of local agents {self.path} {said} ({reason}).",
            details={"path": str(self.path), "reason": reason},
        )
