"""What has happened with agents: who serves them now, and when they were called last."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final, NamedTuple

from runagent_ls.lsp.recording import Recording
from runagent_ls.lsp.serving.servers import Servers
from runagent_ls.lsp.session import Session

if TYPE_CHECKING:  # loaded with the first question
    from runagent_ls.agents.history import History
    from runagent_ls.features.hover.activity import Activity, LastCall

LIMIT_S: Final = 0.3
"""How long a popup waits for the history, which lies on a disk."""

_RACY_NS: Final = 1_000_000_000


class Activities:
    """Asks the servers of agents and the history of runs."""

    def __init__(self, session: Session, servers: Servers, recording: Recording) -> None:
        self._session = session
        self._servers = servers
        self._recording = recording
        self._state: _State | None = None
        self._known: dict[tuple[FilePath, tuple[str, ...]], dict[str, LastCall]] = {}
        """What the history said while its file was in this state."""

    async def of(self, config: FilePath, tags: Iterable[str]) -> Activity:
        """What is known of an agent, the newest calls of these tags included."""
        from runagent_ls.features.hover.activity import Activity

        calls = await self._last_calls(config, tuple(tags))
        return Activity(time.time(), self._served_at(config), calls)

    def _served_at(self, config: FilePath) -> str | None:
        for served in self._servers.all():
            if served.config == config and served.place is not None and served.answers:
                from runagent_ls.agents.targets.address import address_of

                return address_of(served.place.host, served.place.port)
        return None

    async def _last_calls(self, config: FilePath, tags: tuple[str, ...]) -> dict[str, LastCall]:
        """Empty when the history is off, cannot be read, or takes too long."""
        if not tags or not self._session.settings_for(config).history_enabled:
            return {}
        history = self._recording.history()
        state = _state_of(history.path)
        if history.path is None or state is None:
            return {}
        if state != self._state:
            self._state, self._known = state, {}
        known = self._known.get((config, tags))
        if known is not None:
            return known
        reading = asyncio.to_thread(_read, history, str(config.parent), tags)
        try:
            found = await asyncio.wait_for(reading, LIMIT_S)
        except TimeoutError:
            return {}
        goes_on = any(it.state == "running" for it in found.values())
        if state == self._state and not goes_on and state.is_settled(time.time_ns()):
            self._known[config, tags] = found
        return found


class _State(NamedTuple):
    """Modification time, size and number of the history's file and of what SQLite puts beside it.

    Another one after each change, unless two follow one another too fast for the clock of files.
    """

    files: tuple[tuple[int, int, int], ...]

    def is_settled(self, now_ns: int) -> bool:
        """Whether a change after this one would give another state."""
        return all(modified + _RACY_NS < now_ns for modified, _, _ in self.files)


def _state_of(path: FilePath | None) -> _State | None:
    """As of now; None when there is no file."""
    if path is None or not path.is_file():
        return None
    found = []
    for name in (path, path.with_name(f"{path.name}-wal")):
        with contextlib.suppress(OSError):
            status = name.stat()
            found.append((status.st_mtime_ns, status.st_size, status.st_ino))
    return _State(tuple(found))


def _read(history: History, project: str, tags: tuple[str, ...]) -> dict[str, LastCall]:
    from runagent_ls.agents.history import HistoryError
    from runagent_ls.features.hover.activity import LastCall

    found = {}
    for tag in tags:
        try:
            run = history.newest(tag, project=project)
        except HistoryError:
            return {}
        if run is not None:
            found[tag] = LastCall(run.state, run.started_at, run.elapsed_ms, run.chunks)
    return found
