"""From the `file` of an entrypoint to what stands on the disk."""

from __future__ import annotations

import os.path
from difflib import get_close_matches
from pathlib import Path as FilePath
from pathlib import PureWindowsPath
from typing import Final

from runagent_ls.project.model import FileState, ModuleFile
from runagent_ls.project.module_reader import RecordingReader

MAX_FOLDERS_SEARCHED: Final = 200
MAX_COMPARED: Final = 2_000


def locate(file: str, reader: RecordingReader) -> ModuleFile:
    """What `file`, as written in the configuration, is for the real loader (POSIX rules)."""
    path = _joined(reader.root, file)
    inside = path.is_relative_to(reader.root)
    absolute = file.startswith("/") or PureWindowsPath(file).is_absolute()
    kind = reader.kind(path)
    if kind == "directory":
        return ModuleFile(path, FileState.DIRECTORY, inside, absolute, _nearest(file, reader))
    if kind in {"unreadable", "special"}:
        return ModuleFile(path, FileState.UNREADABLE, inside, absolute)
    actual = _actual_case(file, reader) if inside and not absolute else None
    if kind == "missing":
        if actual is not None and actual != _relative(file):  # equal: a link that leads nowhere
            return ModuleFile(path, FileState.CASE_DIFFERS, inside, absolute, (actual,))
        return ModuleFile(path, FileState.MISSING, inside, absolute, _nearest(file, reader))
    if path.suffix != ".py":
        return ModuleFile(path, FileState.NOT_PYTHON, inside, absolute, _nearest(file, reader))
    source = reader.python(path)
    if source is None:
        return ModuleFile(path, FileState.UNREADABLE, inside, absolute)
    differs = actual is not None and actual != _relative(file)
    state = FileState.CASE_DIFFERS if differs else FileState.FOUND
    nearest = (actual,) if differs and actual is not None else ()
    return ModuleFile(path, state, inside, absolute, nearest, source=source)


def _joined(root: FilePath, file: str) -> FilePath:
    return FilePath(os.path.normpath(root / file))


def _relative(file: str) -> str:
    return os.path.normpath(file) if file else file


def _actual_case(file: str, reader: RecordingReader) -> str | None:
    """The path as the disk spells it, when only upper and lower case tell it from `file`."""
    folder, found = reader.root, []
    for part in FilePath(_relative(file)).parts:
        names = reader.listing(folder)
        same = [name for name in names if name.casefold() == part.casefold()]
        if part not in same and len(same) != 1:
            return None
        found.append(part if part in same else same[0])
        folder = folder / found[-1]
    return "/".join(found) if found else None


def _nearest(file: str, reader: RecordingReader) -> tuple[str, ...]:
    """Up to three Python files of the project whose paths or names come closest, best first."""
    wanted = file.replace("\\", "/").lstrip("/")
    wanted = wanted if wanted.endswith(".py") else f"{wanted}.py"
    paths = [path for path in _python_files(reader) if path != _relative(file)]
    if wanted in paths:
        return (wanted,)
    same_name = [path for path in paths if path.rsplit("/", 1)[-1] == wanted.rsplit("/", 1)[-1]]
    close = get_close_matches(wanted, paths[:MAX_COMPARED], n=3, cutoff=0.6)
    return tuple(dict.fromkeys([*same_name, *close]))[:3]


def _python_files(reader: RecordingReader) -> list[str]:
    found: list[str] = []
    waiting = [reader.root]
    for _ in range(MAX_FOLDERS_SEARCHED):
        if not waiting:
            break
        folder = waiting.pop(0)
        for name in reader.listing(folder):
            path = folder / name
            if name.endswith(".py"):
                found.append(path.relative_to(reader.root).as_posix())
            elif "." not in name and name not in {"node_modules", "__pycache__", "venv"}:
                waiting.extend([path] if reader.kind(path) == "directory" else [])
    return found
