"""Working on a session alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from agent_runtime.persistence.locking import locked
from agent_runtime.persistence.store import SessionBusyError

_WAIT_S: Final = 0.15
"""Whoever makes a list just now may touch the lock for a moment."""


@contextmanager
def leased(path: Path, session: str) -> Iterator[None]:
    """The lock file `path` of `session` is ours in this block. SessionBusyError, OSError."""
    with locked(path, create=True, wait=_WAIT_S) as mine:
        if mine is None:
            raise SessionBusyError(
                f"Another run works on session {session!r}. Wait until it ends, or stop it."
            )
        yield
