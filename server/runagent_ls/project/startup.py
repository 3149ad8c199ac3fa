"""What runs when an agent starts: more than the file that its configuration names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Final
from weakref import WeakKeyDictionary

from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.project.file_source import FileSource
from runagent_ls.project.model import EarlyExit, StartupFolder
from runagent_ls.pyfile.exits import MENTIONS_EXIT
from runagent_ls.pyfile.facts import early_exit

MARKERS: Final = (
    "__init__.py", "setup.py", "pyproject.toml", "requirements.txt", ".git", "Pipfile",
    "poetry.lock",
)  # fmt: skip
LEVELS: Final = 5
"""The entrypoint's own folder and its four nearest parents are searched for a marker."""

MAX_FOLDERS: Final = 2_000
MAX_FILES_READ: Final = 500


@dataclass(slots=True)
class _Seen:
    """What was found until the disk is refreshed, by startup folder and by entrypoint's folder."""

    generation: int
    folders: dict[FilePath, StartupFolder] = field(default_factory=dict)
    of_entries: dict[FilePath, StartupFolder] = field(default_factory=dict)


_seen: WeakKeyDictionary[FileSource, _Seen] = WeakKeyDictionary()


def startup_folder(entry_folder: FilePath, files: FileSource) -> StartupFolder:
    """The folder whose Python files run with an entrypoint in `entry_folder`, looked through.

    Looked through once for all projects below it, as long as the disk is not refreshed.
    """
    seen = _seen.get(files)
    if seen is None or seen.generation != files.generation:
        seen = _seen[files] = _Seen(files.generation)
    if entry_folder not in seen.of_entries:
        folder, marker = _find(entry_folder, files)
        if folder not in seen.folders:
            seen.folders[folder] = _look_through(folder, marker, files)
        seen.of_entries[entry_folder] = seen.folders[folder]
    return seen.of_entries[entry_folder]


def _find(entry_folder: FilePath, files: FileSource) -> tuple[FilePath, str | None]:
    current = entry_folder
    for _ in range(LEVELS):
        for marker in MARKERS:
            if files.kind(current / marker) != "missing":
                return current, marker
        if current.parent == current:
            break
        current = current.parent
    return entry_folder, None


def _look_through(folder: FilePath, marker: str | None, files: FileSource) -> StartupFolder:
    environments: list[FilePath] = []
    agents: list[FilePath] = []
    exits: list[EarlyExit] = []
    waiting, looked_at, read = [folder], 0, 0
    # Below a folder with a leading dot the platform skips every file but the entrypoint's own;
    # a dot inside a name makes it look for the file in a place where it is not.
    hidden = any(part.startswith(".") for part in folder.parts)
    while waiting and looked_at < MAX_FOLDERS and not hidden and "." not in folder.name:
        current = waiting.pop()
        looked_at += 1
        entries = files.listing(current)
        names = {entry.name for entry in entries}
        if current != folder and "pyvenv.cfg" in names:
            environments.append(current)
            continue
        python = [name for name in names if name.endswith(".py") and "." not in name[:-3]]
        if python and not names.isdisjoint(CONFIG_NAMES):
            agents.append(current)
        for name in sorted(python)[: MAX_FILES_READ - read]:
            read += 1
            exits.extend(_exit_of(current / name, files))
        waiting.extend(
            current / entry.name
            for entry in reversed(entries)
            if entry.is_folder
            and not entry.is_link
            and "." not in entry.name
            and entry.name not in {"node_modules", "__pycache__"}
        )
    complete = not waiting and read < MAX_FILES_READ
    return StartupFolder(folder, marker, tuple(environments), tuple(agents), tuple(exits), complete)


def _exit_of(path: FilePath, files: FileSource) -> list[EarlyExit]:
    if not files.matches(path, MENTIONS_EXIT):
        return []
    file = files.python(path)
    found = early_exit(file) if file is not None else None
    return [EarlyExit(path, *found)] if found else []
