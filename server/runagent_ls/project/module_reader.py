"""Reading Python files for a project, and remembering what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.file_source import FileSource
from runagent_ls.pyfile.file import PyFile

MAX_PYTHON_CHARACTERS: Final = 5_000_000
"""A longer file is treated as one that cannot be read: nothing is said about its content."""


class RecordingReader:
    """A `ModuleReader` over a `FileSource` that can tell later whether its answers still hold."""

    def __init__(self, root: FilePath, files: FileSource) -> None:
        self.root = root
        self._files = files
        self.sources: dict[FilePath, PyFile | None] = {}
        self._kinds: dict[FilePath, str] = {}
        self._listings: dict[FilePath, tuple[object, tuple[str, ...]]] = {}

    def python(self, path: FilePath) -> PyFile | None:
        if path not in self.sources:
            self.sources[path] = self._parsed(path)
        return self.sources[path]

    def kind(self, path: FilePath) -> str:
        if path not in self._kinds:
            self._kinds[path] = self._files.kind(path)
        return self._kinds[path]

    def is_file(self, path: FilePath) -> bool:
        return self.kind(path) == "file"

    def listing(self, folder: FilePath) -> Sequence[str]:
        if folder not in self._listings:
            entries = self._files.listing(folder)
            self._listings[folder] = (entries, tuple(entry.name for entry in entries))
        return self._listings[folder][1]

    def still_holds(self, files: FileSource) -> bool:
        """True when every question asked so far would get the same answer now."""
        self._files = files
        return (
            all(self._parsed(path) is seen for path, seen in self.sources.items())
            and all(files.kind(path) == seen for path, seen in self._kinds.items())
            and all(files.listing(path) is seen[0] for path, seen in self._listings.items())
        )

    def _parsed(self, path: FilePath) -> PyFile | None:
        parsed = self._files.python(path)
        too_long = parsed is not None and len(parsed.text) > MAX_PYTHON_CHARACTERS
        return None if too_long else parsed
