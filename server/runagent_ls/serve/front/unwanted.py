"""Runs that were cancelled before they came."""

from __future__ import annotations

from typing import Final

_MOST: Final = 1000
"""So many newest are remembered; most of them have ended and never come."""


class Unwanted:
    """A request may arrive after the word that its run is to end. It is refused then, so that the
    answer to that word stays true."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}

    def add(self, run_id: str) -> None:
        """It is not to begin, should it come."""
        self._ids[run_id] = None
        while len(self._ids) > _MOST:
            del self._ids[next(iter(self._ids))]

    def came(self, run_id: str) -> bool:
        """A run has come: whether it is not to begin. It is answered with that, and forgotten."""
        return self._ids.pop(run_id, self) is None
