"""The only door to the disk. What stands at a path gives a value or a message, no error."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final, Literal, Protocol, TypeAlias

from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.parsing import parse_python
from runagent_ls.text.decoding import TextProblem, decode

PathKind: TypeAlias = Literal["file", "directory", "missing", "special", "unreadable"]
"""`special`: socket, pipe or device, which are never opened; `unreadable`: no permission."""

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
"""Larger files are refused with a message."""

RACY_NS: Final = 50_000_000
"""A change this soon after a read can leave the modification time as it was."""


@dataclass(frozen=True, slots=True)
class FileText:
    """A file, read: either `text`, or an `error` in plain words. `problems` are of its encoding."""

    text: str | None
    error: str | None = None
    problems: tuple[TextProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder. `is_link` entries are never followed by a walk."""

    name: str
    is_folder: bool
    is_link: bool


class FileSource(Protocol):
    """What a project may ask of the disk, or of an editor's open buffers."""

    @property
    def generation(self) -> int:
        """How often `refresh` was called: what was learnt of the disk holds within one."""

    def refresh(self) -> None:
        """Tell that files may have changed since they were last looked at."""

    def kind(self, path: FilePath) -> PathKind: ...

    def read(self, path: FilePath) -> FileText:
        """The decoded text. The same object again as long as the file did not change."""

    def mentions(self, path: FilePath, text: str | re.Pattern[str]) -> bool:
        """Whether a file holds a text or a match. What is read for this alone is not kept."""

    def matches(self, path: FilePath, pattern: re.Pattern[str]) -> bool:
        """Whether a pattern is found in a file. The answer is kept, the text is not."""

    def python(self, path: FilePath) -> PyFile | None:
        """The parsed file; None when it cannot be read. The same object while unchanged."""

    def listing(self, folder: FilePath) -> Sequence[Entry]:
        """Sorted by name; empty for what is no readable folder. The same object while unchanged."""


@dataclass(slots=True)
class _Known:
    """What was seen at a path, and in which generation it was last compared with the disk."""

    generation: int
    kind: PathKind
    signature: tuple[int, int, int] | None
    racy: bool = False
    text: FileText | None = None
    entries: tuple[Entry, ...] | None = None
    matches: dict[re.Pattern[str], bool] | None = None


class DiskFiles:
    """Files of this machine, each compared with the disk at most once between two `refresh`es."""

    def __init__(self) -> None:
        self._generation = 0
        self._known: dict[FilePath, _Known] = {}
        self._python: dict[FilePath, tuple[FileText, PyFile]] = {}

    @property
    def generation(self) -> int:
        return self._generation

    def refresh(self) -> None:
        self._generation += 1

    def kind(self, path: FilePath) -> PathKind:
        return self._look(path).kind

    def read(self, path: FilePath) -> FileText:
        known = self._look(path)
        if known.text is None:
            known.text = _read(path, known)
            known.racy = _is_racy(known)
        return known.text

    def mentions(self, path: FilePath, text: str | re.Pattern[str]) -> bool:
        known = self._look(path)
        found = known.text if known.text is not None else _read(path, known)
        return found.text is not None and _holds(found.text, text)

    def matches(self, path: FilePath, pattern: re.Pattern[str]) -> bool:
        known = self._look(path)
        if known.matches is None:
            known.matches = {}
        if pattern not in known.matches:
            text = known.text
            if text is None:
                text = _read(path, known)
                known.racy = _is_racy(known)
            known.matches[pattern] = text.text is not None and bool(pattern.search(text.text))
        return known.matches[pattern]

    def python(self, path: FilePath) -> PyFile | None:
        text = self.read(path)
        parsed = self._python.get(path)
        if text.text is None:
            return None
        if parsed is None or parsed[0] is not text:
            parsed = (text, parse_python(text.text, parsed[1] if parsed else None))
            self._python[path] = parsed
        return parsed[1]

    def listing(self, folder: FilePath) -> Sequence[Entry]:
        known = self._look(folder)
        if known.entries is None:
            known.entries = _list(folder) if known.kind == "directory" else ()
            known.racy = _is_racy(known)
        return known.entries

    def _look(self, path: FilePath) -> _Known:
        known = self._known.get(path)
        if known is not None and known.generation == self._generation:
            return known
        kind, signature = _status(path)
        if known is None or known.racy or (known.kind, known.signature) != (kind, signature):
            fresh = _Known(self._generation, kind, signature)
            if known is not None and known.racy:
                _keep_equal(path, known, fresh)
            self._known[path] = known = fresh
        known.generation = self._generation
        return known


class OverlayFiles:
    """Another source with the texts of open editors laid over it."""

    def __init__(self, base: FileSource) -> None:
        self._base = base
        self._open: dict[FilePath, FileText] = {}
        self._python: dict[FilePath, tuple[FileText, PyFile]] = {}

    def open(self, path: FilePath, text: str) -> None:
        """Let `text` stand for the file until `close`."""
        self.change(path, text)

    def change(self, path: FilePath, text: str) -> None:
        """Replace the text of an open file; opens it when it was not open."""
        known = self._open.get(path)
        if known is None or known.text != text:
            self._open[path] = FileText(text)

    def close(self, path: FilePath) -> None:
        """Look at the base again. Nothing happens when the file was not open."""
        self._open.pop(path, None)
        self._python.pop(path, None)

    @property
    def generation(self) -> int:
        return self._base.generation

    def refresh(self) -> None:
        self._base.refresh()

    def kind(self, path: FilePath) -> PathKind:
        return "file" if path in self._open else self._base.kind(path)

    def read(self, path: FilePath) -> FileText:
        return self._open.get(path) or self._base.read(path)

    def mentions(self, path: FilePath, text: str | re.Pattern[str]) -> bool:
        known = self._open.get(path)
        if known is None or known.text is None:
            return self._base.mentions(path, text)
        return _holds(known.text, text)

    def matches(self, path: FilePath, pattern: re.Pattern[str]) -> bool:
        known = self._open.get(path)
        if known is None or known.text is None:
            return self._base.matches(path, pattern)
        return bool(pattern.search(known.text))

    def python(self, path: FilePath) -> PyFile | None:
        text = self._open.get(path)
        if text is None or text.text is None:
            return self._base.python(path)
        parsed = self._python.get(path)
        if parsed is None or parsed[0] is not text:
            previous = parsed[1] if parsed else self._base.python(path)
            parsed = (text, parse_python(text.text, previous))
            self._python[path] = parsed
        return parsed[1]

    def listing(self, folder: FilePath) -> Sequence[Entry]:
        return self._base.listing(folder)


def _holds(text: str, part: str | re.Pattern[str]) -> bool:
    return part in text if isinstance(part, str) else part.search(text) is not None


def _status(path: FilePath) -> tuple[PathKind, tuple[int, int, int] | None]:
    try:
        found = os.stat(path)  # noqa: PTH116 half the time of Path.stat, at every edit
    except PermissionError:
        return "unreadable", None
    except (OSError, ValueError):  # also too many links, a name too long, a NUL in the name
        return "missing", None
    signature = (found.st_mtime_ns, found.st_size, found.st_ino)
    if stat.S_ISDIR(found.st_mode):
        return "directory", signature
    return ("file" if stat.S_ISREG(found.st_mode) else "special"), signature


def _read(path: FilePath, known: _Known) -> FileText:
    if known.kind != "file":
        return FileText(None, _NOT_A_FILE[known.kind])
    if known.signature is not None and known.signature[1] > MAX_FILE_BYTES:
        return FileText(None, f"is larger than {MAX_FILE_BYTES // 1024 // 1024} MB")
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except PermissionError:
        return FileText(None, _NOT_A_FILE["unreadable"])
    except OSError as error:
        return FileText(None, f"cannot be read: {error.strerror or type(error).__name__}")
    if len(data) > MAX_FILE_BYTES:
        return FileText(None, f"is larger than {MAX_FILE_BYTES // 1024 // 1024} MB")
    decoded = decode(data, mark_allowed=path.suffix != ".json")
    return FileText(decoded.text, None, decoded.problems)


_NOT_A_FILE: Final[dict[PathKind, str]] = {
    "directory": "is a folder, not a file",
    "missing": "is not there",
    "special": "is no regular file (a pipe, socket or device)",
    "unreadable": "cannot be read: permission denied",
    "file": "cannot be read",
}


def _list(folder: FilePath) -> tuple[Entry, ...]:
    try:
        with os.scandir(folder) as found:
            entries = [Entry(item.name, _is_folder(item), item.is_symlink()) for item in found]
    except OSError:
        return ()
    return tuple(sorted(entries, key=lambda entry: entry.name))


def _is_folder(item: os.DirEntry[str]) -> bool:
    """A link that cannot be followed, such as one to itself, must not hide what lies beside it."""
    try:
        return item.is_dir()
    except OSError:
        return False


def _is_racy(known: _Known) -> bool:
    return known.signature is not None and time.time_ns() - known.signature[0] < RACY_NS


def _keep_equal(path: FilePath, known: _Known, fresh: _Known) -> None:
    """Read again what may have changed unseen, but hand out the old object when it did not."""
    if known.text is not None:
        again = _read(path, fresh)
        fresh.text = known.text if again == known.text else again
    if known.entries is not None:
        listed = _list(path) if fresh.kind == "directory" else ()
        fresh.entries = known.entries if listed == known.entries else listed
    fresh.racy = _is_racy(fresh)
