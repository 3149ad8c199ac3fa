"""Our own running servers: one file for each, only for this user, in the folder of our state.

A file is written when a server is ready and removed when it ends; one whose process is gone is
removed by whoever sees it. The health check decides whether a server still answers.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runagent_ls.agents.targets.hidden import Hidden
from runagent_ls.agents.targets.processes import is_running

STATE_VARIABLE: Final = "RUNAGENT_LS_STATE"
TOKEN_HEADER: Final = "X-RunAgent-Token"  # noqa: S105 - the header's name
RUN_HEADER: Final = "X-RunAgent-Run"
"""With the token: the id by which the run can be cancelled and its prints are known."""
_FOLDER: Final = "servers"
_LARGEST: Final = 64 * 1024
_MOST: Final = 1000


class ServerToken(Hidden):
    """What our own server knows its user's calls by."""

    __slots__ = ()


def headers_of(token: ServerToken | None, run_id: str | None) -> dict[str, str]:
    """What a request to a server of ours says of who asks and what for."""
    if token is None:
        return {}
    return {TOKEN_HEADER: token.reveal()} | ({} if run_id is None else {RUN_HEADER: run_id})


@dataclass(frozen=True, slots=True)
class OwnServer:
    """A server of ours. `started_at` counts seconds since 1970; `interpreter` runs the agent."""

    agent_id: str
    config_path: Path
    host: str
    port: int
    pid: int
    token: ServerToken
    started_at: float
    interpreter: Path | None = None


def state_folder() -> Path:
    """RUNAGENT_LS_STATE, else where this platform keeps the state of programs."""
    named = os.environ.get(STATE_VARIABLE, "").strip()
    if named:
        return Path(named).expanduser().absolute()
    from runagent_ls.agents.history.location import default_path

    return default_path().parent


def announce(server: OwnServer) -> None:
    """Let others find the server. Raises OSError when its file cannot be written."""
    folder = state_folder() / _FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = {
        "agentId": server.agent_id,
        "configPath": str(server.config_path),
        "host": server.host,
        "port": server.port,
        "pid": server.pid,
        "token": server.token.reveal(),
        "startedAt": server.started_at,
        "interpreter": None if server.interpreter is None else str(server.interpreter),
    }
    path = folder / f"{server.pid}.json"
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(unfinished, flags, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file)
    unfinished.replace(path)


def withdraw(pid: int) -> None:
    """Remove what `announce` wrote for a process."""
    with contextlib.suppress(OSError):
        (state_folder() / _FOLDER / f"{pid}.json").unlink(missing_ok=True)


def announced() -> list[OwnServer]:
    """All servers whose process is there, the newest first. Blocks for the disk, never raises."""
    folder = state_folder() / _FOLDER
    try:
        paths = sorted(folder.glob("*.json"))[:_MOST]
    except OSError:
        return []
    found = []
    for path in paths:
        server = _read(path)
        if server is None:
            continue
        if is_running(server.pid):
            found.append(server)
        else:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
    return sorted(found, key=lambda server: server.started_at, reverse=True)


def find(agent_id: str | None = None, config_path: Path | None = None) -> list[OwnServer]:
    """The servers of an agent, of a configuration, or of both; the newest first."""
    wanted = None if config_path is None else os.path.realpath(config_path)
    return [
        server
        for server in announced()
        if agent_id in (None, server.agent_id)
        and wanted in (None, os.path.realpath(server.config_path))
    ]


def _read(path: Path) -> OwnServer | None:
    """None for what is no record, or not our user's."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if sys.platform != "win32" and (status.st_uid != os.getuid() or status.st_mode & 0o077):
                return None
            fields = json.loads(file.read(_LARGEST))
        python = fields.get("interpreter")
        server = OwnServer(
            agent_id=fields["agentId"],
            config_path=Path(fields["configPath"]),
            host=fields["host"],
            port=fields["port"],
            pid=fields["pid"],
            token=ServerToken(fields["token"]),
            started_at=float(fields["startedAt"]),
            interpreter=None if python is None else Path(python),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    texts = (server.agent_id, server.host, server.token.reveal())
    numbers = (server.port, server.pid)
    fits = all(isinstance(it, str) for it in texts) and all(type(it) is int for it in numbers)
    return server if fits and 0 < server.port < 65536 and path.stem == str(server.pid) else None
