"""The registry of local agents, a SQLite file that the `runagent` command writes. Read only.

It says where an agent was last served, never whether it still is: the health check decides. It
also holds what `runagent setup` stored about the user.
"""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from runagent_ls.agents.errors import RegistryError
from runagent_ls.agents.values import JsonValue, parse

FILE_NAME = "runagent_local.db"
LEGACY_FILE_NAME = "user_data.json"
"""Where the user's configuration was before it moved into the registry."""
BUSY_WAIT_S = 2.0
"""How long to wait while another process writes."""
_LOOK_AGAIN_S = 0.003
_LARGEST_LEGACY_FILE = 1024 * 1024


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
    """The registry file of one cache folder. Its methods block up to BUSY_WAIT_S."""

    path: Path

    @classmethod
    def of_environment(cls) -> Registry:
        """In RUNAGENT_CACHE_DIR, taken as it is written, else in `~/.runagent`."""
        folder = os.environ.get("RUNAGENT_CACHE_DIR")
        return cls(Path(folder if folder is not None else Path.home() / ".runagent") / FILE_NAME)

    def find(self, agent_id: str) -> RegistryRow | None:
        """The row of an agent, None when there is none.

        Raises RegistryError for a file that is damaged, locked or no registry. A missing
        file is an empty registry.
        """
        rows = self._rows("SELECT * FROM agents WHERE agent_id = ?", agent_id)
        return self._row(rows[0]) if rows else None

    def user_configuration(self) -> dict[str, JsonValue]:
        """What `runagent` stored about the user: `api_key`, `base_url`, `user_email`, ...

        As the platform reads it: of the file that came before the registry only while the
        registry holds nothing. Raises RegistryError as `find` does.
        """
        try:
            rows = self._rows("SELECT key, value FROM user_metadata")
        except RegistryError as error:
            if "no such table" not in error.message:
                raise
            rows = []
        stored = {str(row["key"]): _json_of(row["value"]) for row in rows}
        return stored or self._legacy_configuration()

    def is_signed_in(self) -> bool | None:
        """Whether a server that uses this registry sends each run to the cloud as well.

        None when that depends on the variables it was started with. Raises RegistryError.
        """
        stored = self.user_configuration()
        if not (stored.get("user_email") and stored.get("user_id")):
            return False
        return True if stored.get("api_key") else None

    def invocations(
        self, agent_id: str, limit: int, status: str | None = None
    ) -> list[dict[str, object]]:
        """The newest rows of runs of an agent, as they are stored. Raises RegistryError."""
        query = "SELECT * FROM agent_invocations WHERE agent_id = ?"
        values: list[str | int] = [agent_id]
        if status:
            query += " AND status = ?"
            values.append(status)
        query += " ORDER BY request_timestamp DESC, rowid DESC LIMIT ?"  # times are whole seconds
        return self._rows(query, *values, limit)

    def invocation(self, invocation_id: str) -> dict[str, object] | None:
        """The stored row of one run. Raises RegistryError."""
        query = "SELECT * FROM agent_invocations WHERE invocation_id = ?"
        return next(iter(self._rows(query, invocation_id)), None)

    def _legacy_configuration(self) -> dict[str, JsonValue]:
        path = self.path.parent / LEGACY_FILE_NAME
        try:
            if not path.is_file() or path.stat().st_size > _LARGEST_LEGACY_FILE:
                return {}
            stored = parse(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stored if isinstance(stored, dict) else {}

    def _rows(self, query: str, *values: str | int) -> list[dict[str, object]]:
        """Of a file that is opened anew each time, so that nothing keeps it locked."""
        import sqlite3

        try:
            mode = self.path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise self._unreadable(str(error)) from error
        if not stat.S_ISREG(mode):  # opening a pipe would wait for its other end
            raise self._unreadable("it is not a file")
        uri = f"file:{quote(str(self.path.absolute()))}?mode=ro"
        deadline = time.monotonic() + BUSY_WAIT_S
        while True:
            try:
                connection = sqlite3.connect(uri, uri=True, timeout=0)
                try:
                    connection.row_factory = sqlite3.Row
                    return [dict(row) for row in connection.execute(query, values).fetchall()]
                finally:
                    connection.close()
            except UnicodeEncodeError:  # half a character, which no stored text can have
                return []
            except sqlite3.Error as error:
                # SQLite's own waiting sleeps so long in between that a busy writer starves it
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise self._unreadable(str(error)) from error
            time.sleep(_LOOK_AGAIN_S)

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


def _json_of(value: object) -> JsonValue:
    """A stored value; text that is no JSON stands for itself, as for the platform."""
    if not isinstance(value, str):
        return None
    try:
        return parse(value)
    except ValueError:
        return value
