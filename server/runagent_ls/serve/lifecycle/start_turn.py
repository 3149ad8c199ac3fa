"""Editors that start the same agent at the same moment do so one after the other.

Who has the turn holds a lock on a file; whoever comes next finds the server that came of it. The
operating system gives the lock back when its holder ends, however it ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from runagent_ls.agents.batch.lock import try_lock
from runagent_ls.agents.targets.own_servers import state_folder


class StartTurn:
    """The right to start an agent, until `end`."""

    def __init__(self, path: Path, descriptor: int | None) -> None:
        """`descriptor` None: there is nothing to hold, so there is no order either."""
        self._path = path
        self._descriptor = descriptor

    def end(self) -> None:
        """Let others start the agent. May be called again."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            # Windows does not remove what is open; there the empty file stays
            with contextlib.suppress(OSError):
                self._path.unlink()
            os.close(descriptor)


def take_turn(config_path: Path) -> StartTurn | None:
    """The turn to start this agent; None while somebody else has it. Does not wait.

    Where no lock can be made everybody has the turn: an agent that is served twice is better than
    one that is not.
    """
    folder = state_folder() / "starting"
    name = hashlib.sha256(os.path.realpath(config_path).encode("utf-8", "surrogateescape"))
    path = folder / f"{name.hexdigest()}.lock"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:
        return StartTurn(path, None)
    # a file that was removed meanwhile is locked by nobody else any more, and by us for nothing
    if try_lock(descriptor) and _is_there(path, descriptor):
        return StartTurn(path, descriptor)
    os.close(descriptor)
    return None if _has_locks(folder) else StartTurn(path, None)


def _is_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _has_locks(folder: Path) -> bool:
    """Some file systems refuse every lock, which looks as if somebody had it."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            return try_lock(file.fileno())
    except OSError:
        return False
