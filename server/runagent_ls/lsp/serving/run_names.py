"""Runs are known to servers of ours by UUIDs, whatever the client calls them."""

from __future__ import annotations

from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

_MOST: Final = 1000
"""So many newest runs are remembered, for what they may still print."""


class RunNames:
    """Names for runs, and the way back."""

    def __init__(self) -> None:
        self._runs: dict[str, str] = {}

    def name(self, run_id: str) -> str:
        """The run's own id if it is a UUID, else one that is made of it."""
        try:
            name = str(UUID(run_id))
        except ValueError:
            name = str(uuid5(NAMESPACE_OID, run_id.encode("utf-8", "replace").hex()))
        if name != run_id:
            while len(self._runs) >= _MOST:
                del self._runs[next(iter(self._runs))]
            self._runs[name] = run_id
        return name

    def run(self, name: str | None) -> str | None:
        """The client's id of a run by its name; a name that is nobody's stays as it is."""
        return None if name is None else self._runs.get(name, name)
