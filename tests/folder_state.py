"""What a folder holds, to see whether something has changed it."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path


def state_of(folder: Path) -> dict[str, tuple[object, ...]]:
    """By path: kind and mode, time of the last change, and a digest or where a link leads."""
    return {str(path.relative_to(folder)): _state(path) for path in [folder, *folder.rglob("*")]}


def _state(path: Path) -> tuple[object, ...]:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        content = str(path.readlink())
    elif stat.S_ISREG(status.st_mode):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    else:
        content = ""
    return status.st_mode, status.st_mtime_ns, content
