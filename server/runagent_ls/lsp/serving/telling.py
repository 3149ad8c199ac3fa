"""What the client hears of served agents, no faster than people can take it in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Final, Protocol

from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.serving.served import Served
from runagent_ls.lsp.session import ERROR, INFO, LOG, WARNING, Session

_PAUSE_S: Final = 0.1
"""Between two messages of a kind about one agent; the first comes at once."""
_MOST_LINES: Final = 1000
_MOST_CHARACTERS: Final = 256 * 1024
"""Of what an agent printed within a pause; more is left out, and that is said."""


class Teller(Protocol):
    """How one kind of client is told."""

    def status(self, served: Served) -> None: ...

    def step(self, served: Served, step: str, message: str) -> None: ...

    def log(self, config: FilePath, lines: list[Json]) -> None: ...

    def requirements(
        self, config: FilePath, missing: Sequence[str], command: Sequence[str]
    ) -> None:
        """The agent's Python lacks something, which `command` would install."""


class ShellTeller:
    """Tells the RunAgent shell by `runagent/serve/event`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def status(self, served: Served) -> None:
        message = served.to_message(self._session.uris.uri, agent_id_of(self._session, served))
        self._send(served.config, "status", {"status": message})

    def step(self, served: Served, step: str, message: str) -> None:
        self._send(served.config, "step", {"step": {"step": step, "message": message}})

    def log(self, config: FilePath, lines: list[Json]) -> None:
        self._send(config, "log", {"lines": lines})

    def requirements(
        self, config: FilePath, missing: Sequence[str], command: Sequence[str]
    ) -> None:
        found = {"missing": list(missing), "command": list(command)}
        self._send(config, "requirements", {"requirements": found})

    def _send(self, config: FilePath, kind: str, more: Json) -> None:
        message = {"configUri": self._session.uris.uri(config), "kind": kind, **more}
        self._session.protocol.notify_raw("runagent/serve/event", message)


class PlainTeller:
    """Tells any other editor by its log, and shows what somebody has to know."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._states: dict[FilePath, tuple[str, object]] = {}

    def status(self, served: Served) -> None:
        status, name = served.status, served.config.parent.name
        told = (status.state, status.failure)
        if self._states.get(served.config) == told:
            return
        self._states[served.config] = told
        reason = status.failure.message if status.failure is not None else ""
        if status.state == "failed":
            self._session.show(ERROR, f"{name} is not served: {reason}")
        elif status.state == "stale":
            text = f"{name} goes on with the code of before, for the new one fails: {reason}"
            self._session.show(WARNING, text)
        else:
            self._session.log(INFO, f"{name} is {status.state}.")

    def step(self, served: Served, step: str, message: str) -> None:
        self._session.log(INFO, f"{served.config.parent.name}: {message}")

    def log(self, config: FilePath, lines: list[Json]) -> None:
        text = "\n".join(line["text"] for line in lines)
        self._session.log(LOG, f"{config.parent.name}: {text}")

    def requirements(
        self, config: FilePath, missing: Sequence[str], command: Sequence[str]
    ) -> None:
        text = f"{config.parent.name} needs {', '.join(missing)}. To install: {' '.join(command)}"
        self._session.show(WARNING, text)


class Slowly:
    """Hands on what a busy agent tells. Changes of state come at once, counts and prints in
    batches."""

    def __init__(self, served: Served, teller: Teller) -> None:
        self._served = served
        self._teller = teller
        self._told: object = None
        self._status_is_new = False
        self._lines: list[Json] = []
        self._characters = 0
        self._left_out = 0
        self._timer: asyncio.TimerHandle | None = None

    def status(self) -> None:
        status = self._served.status
        facts = (status.state, status.failure, status.debug_port, self._served.place)
        if facts != self._told:
            self._told = facts
            self._status_is_new = False
            self._teller.status(self._served)
        else:
            self._status_is_new = True
            self._later()

    def log(self, lines: Sequence[Json]) -> None:
        for line in lines:
            self._characters += len(line["text"])
            if len(self._lines) >= _MOST_LINES or self._characters > _MOST_CHARACTERS:
                self._left_out += 1
            else:
                self._lines.append(line)
        self._later()

    def flush(self) -> None:
        """Tell what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        lines, self._lines, self._characters = self._lines, [], 0
        if self._left_out:
            text = f"({self._left_out} more pieces of output are left out)"
            last = lines[-1] if lines else {"atMs": 0}
            lines.append({"runId": None, "stream": "server", "text": text, "atMs": last["atMs"]})
            self._left_out = 0
        if lines:
            self._teller.log(self._served.config, lines)
        if self._status_is_new:
            self._status_is_new = False
            self._teller.status(self._served)

    def _later(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_PAUSE_S, self.flush)


def agent_id_of(session: Session, served: Served) -> str | None:
    """The id that the configuration says, when no server has told one."""
    if served.place is not None:
        return served.place.agent_id
    return session.workspace.project(served.config).agent_id
