"""A lock on an open file, held until it is closed or the process ends, however it ends."""

from __future__ import annotations

import sys


def try_lock(descriptor: int) -> bool:
    """Take the lock; False when another process (or another open file of this one) has it."""
    try:
        _lock(descriptor)
    except OSError:
        return False
    return True


if sys.platform == "win32":
    import msvcrt
    import os

    # Windows keeps others from reading what is locked, so the locked byte is far behind the end.
    _FAR = 2**40

    def _lock(descriptor: int) -> None:
        position = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(descriptor, position, os.SEEK_SET)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
