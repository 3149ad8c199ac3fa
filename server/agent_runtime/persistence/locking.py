"""Locks of the operating system on open files: they end with the process, however it ends."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from agent_runtime.persistence.store import StoreError

WRITE_WAIT_S: Final = 20.0
"""How long to wait while another process writes."""
_PAUSE_S: Final = 0.002
_MODE: Final = 0o600
_TRIES: Final = 100

if sys.platform == "win32":
    import msvcrt

    # Windows keeps others from reading what is locked, so the locked byte is far behind the end.
    _FAR: Final = 2**40

    def _lock(descriptor: int, *, shared: bool) -> None:
        position = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(descriptor, position, os.SEEK_SET)

else:
    import fcntl

    def _lock(descriptor: int, *, shared: bool) -> None:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)


_HELD_ELSEWHERE: Final = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}

_open_descriptors: set[int] = set()


def _close_in_child() -> None:
    # A child made by fork shares our locks, and would keep them after our end.
    for descriptor in _open_descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    _open_descriptors.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_in_child)


def open_regular(path: Path, flags: int) -> int:
    """A descriptor of a file at `path`. OSError, also for a pipe or a device, which might block,
    and for a link to a file that is to be written."""
    extra = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if flags != os.O_RDONLY:
        extra |= getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags | extra, _MODE)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, "it is no file", str(path))


@contextmanager
def locked(path: Path, *, create: bool, wait: float) -> Iterator[int | None]:
    """A descriptor of the file at `path`, to read and write, locked against everybody else.

    None when another one still has it after `wait` seconds. FileNotFoundError, also when the
    file is removed meanwhile and not to be made with its folder; StoreError where there are no
    locks.
    """
    deadline = time.monotonic() + wait
    while True:
        descriptor = _made(path) if create else open_regular(path, os.O_RDWR)
        _open_descriptors.add(descriptor)
        try:
            if not try_lock(descriptor, path):
                if time.monotonic() >= deadline:
                    yield None
                    return
                time.sleep(_PAUSE_S)
            elif _is_still(descriptor, path):
                yield descriptor
                return
        finally:
            # In a child that was made in this block it is closed already.
            if descriptor in _open_descriptors:
                _open_descriptors.discard(descriptor)
                os.close(descriptor)


def _made(path: Path) -> int:
    for _ in range(_TRIES):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Somebody may remove a folder that is still empty.
        with contextlib.suppress(FileNotFoundError):
            return open_regular(path, os.O_RDWR | os.O_CREAT)
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))


def try_lock(descriptor: int, path: Path, *, shared: bool = False) -> bool:
    """Take the lock without waiting; False when somebody else has it. StoreError."""
    try:
        _lock(descriptor, shared=shared)
    except OSError as error:
        if error.errno in _HELD_ELSEWHERE:
            return False
        raise StoreError(
            f"{path} cannot be locked: {error.strerror or error}. Keep the store on a disk of this"
            " machine."
        ) from error
    return True


def is_locked(path: Path) -> bool:
    """Whether somebody who lives holds the lock of the file; False when that cannot be known."""
    try:
        descriptor = open_regular(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not try_lock(descriptor, path, shared=True)
    except StoreError:
        return False
    finally:
        os.close(descriptor)


def _is_still(descriptor: int, path: Path) -> bool:
    """Whether the file was neither removed nor replaced before its lock was ours."""
    ours = os.fstat(descriptor)
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return (ours.st_dev, ours.st_ino) == (there.st_dev, there.st_ino)
