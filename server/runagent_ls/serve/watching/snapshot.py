"""What a file or a folder is at one moment, so that two moments can be compared."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

RACY_NS: Final = 50_000_000
"""A change this soon after a look can leave the times of a file as they were."""

ATTEMPTS: Final = 5
"""A file that changes while it is read is read again, so often."""

MAX_NAMES: Final = 5_000
"""Of a folder with more entries, further ones are not seen to come and go."""

_SKIPPED: Final = frozenset({"__pycache__", "node_modules", "site-packages"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A file. `digest` stands for its content, None when there is no such file; `changed_at` is
    the time of its last change in seconds, 0 without a file."""

    signature: tuple[int, ...] | None = None
    digest: bytes | None = None
    changed_at: float = 0.0
    racy: bool = False


ABSENT: Final = Seen()

Sight: TypeAlias = Mapping[Path, Seen]


def look(paths: Iterable[Path], before: Sight) -> dict[Path, Seen]:
    """Each path as it is now. A file is only read when something but its content has changed."""
    return {path: _look(path, before.get(path)) for path in paths}


def modules_in(folders: Iterable[Path]) -> frozenset[Path]:
    """The Python files in the folders and in the packages right below them."""
    found: set[Path] = set()
    for folder in folders:
        for entry in _entries(folder):
            if _is_module(entry):
                found.add(Path(entry.path))
            elif _is_package(entry):
                inner = (Path(it.path) for it in _entries(Path(entry.path)) if _is_module(it))
                found.update(inner)
    return frozenset(found)


def _look(path: Path, before: Seen | None) -> Seen:
    status = _status(path)
    for _ in range(ATTEMPTS):
        if status is None:
            return ABSENT
        signature = _signature(status)
        if before is not None and before.signature == signature and not before.racy:
            return before
        digest = _digest(path)
        # One that is written meanwhile must not pass for what it was with the content of today.
        status = _status(path)
        if status is not None and _signature(status) == signature:
            break
    if status is None:
        return ABSENT
    latest = _latest_ns(status)
    racy = abs(time.time_ns() - latest) < RACY_NS
    return Seen(_signature(status), digest, latest / 1e9, racy)


def _status(path: Path) -> os.stat_result | None:
    """Of a regular file, None for anything else."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status if stat.S_ISREG(status.st_mode) else None


def _signature(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def _latest_ns(status: os.stat_result) -> int:
    # On POSIX the second time is that of the last rename or change of rights as well.
    return max(status.st_mtime_ns, status.st_ctime_ns)


def _digest(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "blake2b").digest()
    except OSError as error:
        return f"unreadable: {error.errno}".encode()


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            for _, entry in zip(range(MAX_NAMES), entries, strict=False):
                yield entry
    except (OSError, ValueError):
        return


def _is_module(entry: os.DirEntry[str]) -> bool:
    return entry.name.endswith(".py") and not entry.name.startswith(".") and _is_file(entry)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _is_package(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or entry.name in _SKIPPED:
        return False
    try:
        return entry.is_dir() and not Path(entry.path, "pyvenv.cfg").exists()
    except OSError:
        return False
