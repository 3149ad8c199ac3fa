"""Which recording processes still live: each holds a lock on a file of its own.

The operating system lets go of the lock when the process ends, however it ends, so a run whose
lock is free was interrupted. Process numbers would not do: they are used again.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path
from typing import IO

_SUFFIX = ".writers"
_NAME = re.compile(r"[0-9a-f]{32}")


def _try_lock(file: IO[bytes], *, shared: bool = False) -> bool:
    """Take the lock without waiting; False when another holder has it, or there are no locks.

    Shared locks let several processes look at the same time (not on Windows, where one of them
    takes a dead process for a living one until it looks again).
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
            fcntl.flock(file.fileno(), kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class WriterLock:
    """The lock of this process on `name`, held until `release`."""

    def __init__(self, database: Path) -> None:
        """Raises OSError when no lock file can be made beside `database`."""
        self.name = os.urandom(16).hex()
        folder = database.with_name(database.name + _SUFFIX)
        folder.mkdir(mode=0o700, exist_ok=True)
        self._path = folder / self.name
        descriptor = os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600)
        self._file = os.fdopen(descriptor, "r+b")
        if not _try_lock(self._file):
            # A file system without locks: better interrupted too early than running for ever.
            self._path.unlink(missing_ok=True)

    def release(self) -> None:
        """Give the lock back and remove its file."""
        # Windows cannot remove an open file, so it is closed first; nobody takes it in between
        # for anything but a dead one, which it then is.
        self._file.close()
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def is_alive(database: Path, name: str) -> bool:
    """Whether the process that holds the lock `name` still lives."""
    if not _NAME.fullmatch(name):
        return False
    path = database.with_name(database.name + _SUFFIX) / name
    try:
        with path.open("r+b") as file:
            return not _try_lock(file, shared=True)
    except OSError:
        return False


def forget(database: Path, name: str) -> None:
    """Remove the lock file of a process that is dead."""
    if _NAME.fullmatch(name):
        with contextlib.suppress(OSError):
            (database.with_name(database.name + _SUFFIX) / name).unlink(missing_ok=True)
