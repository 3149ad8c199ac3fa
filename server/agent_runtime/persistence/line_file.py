"""Files that only grow, by whole lines: each line is one thing that happened, or it did not."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from agent_runtime.persistence.locking import WRITE_WAIT_S, locked, open_regular
from agent_runtime.persistence.store import StoreError

LONGEST_LINE: Final = 64 * 1024 * 1024
"""Bytes of a line, so that no file can fill the memory of whoever reads it."""
_READ_AHEAD: Final = 256 * 1024
_A_LINE: Final = 4 * 1024
"""Bytes that are read at once where one line is wanted."""


@dataclass(frozen=True, slots=True)
class Line:
    """`data` without its end; `start` and `end` are where the line and the next one begin."""

    data: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LineFile:
    """An open file of lines. What follows the last line end never happened."""

    path: Path
    descriptor: int

    def size(self) -> int:
        """In bytes, with what follows the last line end."""
        return os.fstat(self.descriptor).st_size

    def beginning(self, most: int) -> bytes:
        """Its first bytes, `most` of them unless it is shorter."""
        with os.fdopen(os.dup(self.descriptor), "rb") as file:
            file.seek(0)
            return file.read(most)

    def lines(self, start: int = 0, *, read_ahead: int = _READ_AHEAD) -> Iterator[Line]:
        """Whole lines from `start`, where one must begin. StoreError for one that is too long, or
        that was not written before others that were.

        One iteration at a time: they share the position in the file.
        """
        with os.fdopen(os.dup(self.descriptor), "rb", buffering=read_ahead) as file:
            position = file.seek(start)
            while data := file.readline(LONGEST_LINE + 1):
                if len(data) > LONGEST_LINE:
                    raise StoreError(f"{self.path} is damaged: a line after byte {position}.")
                if not data.endswith(b"\n"):
                    return
                if _was_never_written(data):
                    self._check_is_last(position, file)
                    return
                yield Line(data[:-1], position, position + len(data))
                position += len(data)

    def _check_is_last(self, position: int, rest: BinaryIO) -> None:
        while (data := rest.readline(LONGEST_LINE)).endswith(b"\n"):
            if not _was_never_written(data):
                raise StoreError(
                    f"{self.path} is damaged: the line at byte {position} has zeros, and others"
                    " follow. Repair the file, or move it away."
                )

    def first_line(self, start: int = 0) -> Line | None:
        """The first whole line from `start`."""
        return next(self.lines(start, read_ahead=_A_LINE), None)

    def line_between(self, start: int, end: int) -> bytes | None:
        """The line that begins and ends there; None when it does not."""
        before = min(start, 1)
        os.lseek(self.descriptor, start - before, os.SEEK_SET)
        data = os.read(self.descriptor, before + end - start)
        is_line = len(data) == before + end - start and data.endswith(b"\n")
        return data[before:-1] if is_line and data[:before] in {b"", b"\n"} else None

    def add(self, data: bytes, at: int, *, sync: bool) -> int:
        """Writes a line at `at`, the end of the last whole one; where the next one begins.

        All of it is on the disk (with `sync`, also after a power cut), or OSError and nothing is.
        """
        try:
            if self.size() != at:
                os.ftruncate(self.descriptor, at)
            os.lseek(self.descriptor, at, os.SEEK_SET)
            write_all(self.descriptor, data + b"\n")
            if sync:
                flush(self.descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                os.ftruncate(self.descriptor, at)
            raise
        return at + len(data) + 1


def _was_never_written(line: bytes) -> bool:
    """A power cut can leave room for a line, filled with zeros, which JSON does not have."""
    return b"\0" in line


@contextmanager
def reading(path: Path) -> Iterator[LineFile]:
    """The file, to read it while others may write. OSError."""
    descriptor = open_regular(path, os.O_RDONLY)
    try:
        yield LineFile(path, descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def writing(path: Path, *, create: bool) -> Iterator[LineFile]:
    """The file, with nobody else writing. OSError; StoreError when it stays busy."""
    with locked(path, create=create, wait=WRITE_WAIT_S) as descriptor:
        if descriptor is None:
            raise StoreError(f"{path} is being written by another program all the time. Try again.")
        yield LineFile(path, descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """A disk that is nearly full takes a part without an error."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def flush(descriptor: int) -> None:
    """On the disk; without what the file's dates need, where the system can leave that out."""
    getattr(os, "fdatasync", os.fsync)(descriptor)


def flush_folder(folder: Path) -> None:
    """So that new names in it survive a power cut as well; Windows cannot, and need not."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, data: bytes, *, sync: bool) -> None:
    """The file holds `data` afterwards, or what it held before. OSError."""
    fresh = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        try:
            write_all(descriptor, data)
            if sync:
                flush(descriptor)
        finally:
            os.close(descriptor)
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise
    if sync:
        flush_folder(path.parent)
