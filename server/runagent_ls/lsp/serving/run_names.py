"""Runs are known to servers of ours by UUIDs, whatever the client calls them.

No two calls have the same: a server remembers which call is not to begin any more.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

_MOST: Final = 1000
"""So many newest runs are remembered, for what they may still print."""


class RunNames:
    """Names for runs, and the way back."""

    def __init__(self) -> None:
        self._runs: dict[str, str] = {}

    def name(self, run_id: str) -> str:
        """For one call of the run: its own id, if that is a UUID and new, else a new one."""
        name = _uuid(run_id)
        if name is None or name in self._runs:
            name = str(uuid4())
        while len(self._runs) >= _MOST:
            del self._runs[next(iter(self._runs))]
        self._runs[name] = run_id
        return name

    def run(self, name: str | None) -> str | None:
        """The client's id of a run by its name; a name that is nobody's stays as it is."""
        return None if name is None else self._runs.get(name, name)


def _uuid(run_id: str) -> str | None:
    try:
        return str(UUID(run_id))
    except ValueError:
        return None
