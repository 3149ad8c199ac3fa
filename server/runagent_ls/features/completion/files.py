"""Python files of the project, as values of an entrypoint's `file`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.completion.edits import About
from runagent_ls.features.completion.model import Completion, Completions
from runagent_ls.features.completion.scene import Scene

MAX_SHOWN: Final = 300
"""More than anybody reads; further letters bring others."""

_UNLIKELY: Final = re.compile(
    r"(?:^|/)(?:tests?/|test_[^/]*$|[^/]*_test\.py$|conftest\.py$|setup\.py$|__\w+__\.py$)"
)
_LIKELY: Final = ("main.py", "agent.py", "agents.py", "app.py")
_HIDDEN: Final = re.compile(r"(?:^|/)(?:\.|__pycache__(?:/|$))")
_BACKSLASHES: Final = re.compile(r"\\\\?")
_DOT: Final = re.compile(r"\.(?:/|\\\\?)")


def files(scene: Scene) -> Completions:
    """Whole paths, so that a few letters of any part find the file; those nearby first.

    Of a project with more files than were looked at, the folder that is written is listed, too.
    """
    found = dict.fromkeys(python_files(scene))
    known_all = scene.project.surroundings.upload.complete
    if not known_all:
        found |= dict.fromkeys(_written_folder(scene))
    wanted = _BACKSLASHES.sub("/", scene.place.written.lower()).removeprefix("./")
    if len(found) > MAX_SHOWN:
        found = {path: None for path in found if _matches(path.lower(), wanted)}
    shown = list(found)[:MAX_SHOWN]
    items = (_completion(scene, path) for path in shown)
    return Completions(tuple(items), complete=known_all and len(shown) == len(found))


def python_files(scene: Scene) -> list[str]:
    """Paths from the agent's folder, the likeliest first. Leaves out what upload leaves out."""
    paths = scene.project.surroundings.upload.paths
    found = [path for path in paths if path.endswith(".py") and not _HIDDEN.search(path)]
    return sorted(found, key=_rank)


def _rank(path: str) -> tuple[bool, int, bool, str]:
    return bool(_UNLIKELY.search(path)), path.count("/"), path not in _LIKELY, path


def likely_paths(scene: Scene, most: int) -> list[str]:
    """The files that may hold functions for entrypoints, from the agent's folder."""
    found = (path for path in python_files(scene) if not _UNLIKELY.search(path))
    return list(islice(found, most))


def likely_files(scene: Scene, most: int) -> list[FilePath]:
    """The same as paths of the disk."""
    return [scene.project.root / path for path in likely_paths(scene, most)]


def _written_folder(scene: Scene) -> Iterator[str]:
    """What stands in the folder that is written so far: a step on the way to the file."""
    folder = scene.place.written.replace("\\", "/").rpartition("/")[0]
    if folder.startswith("/") or ".." in folder.split("/"):
        return
    for entry in scene.files.listing(scene.project.root / folder):
        path = f"{folder}/{entry.name}" if folder else entry.name
        if _HIDDEN.search(path):
            continue
        if entry.is_folder and not entry.is_link:
            yield f"{path}/"
        elif entry.name.endswith(".py"):
            yield path


def _matches(path: str, wanted: str) -> bool:
    """Whether the letters come in this order, as editors filter."""
    letters = iter(path)
    return all(letter in letters for letter in wanted)


def _completion(scene: Scene, path: str) -> Completion:
    is_folder = path.endswith("/")
    about = About("folder" if is_folder else "file", asks_again=is_folder)
    found = scene.editor.value(path, about)
    return replace(found, filter_text=found.filter_text.replace(path, _as_typed(scene, path)))


def _as_typed(scene: Scene, path: str) -> str:
    """The path in the manner of what is written: editors offer only what goes on like it."""
    written = scene.place.written
    backslashes, dot = _BACKSLASHES.search(written), _DOT.match(written)
    typed = path.replace("/", backslashes[0]) if backslashes else path
    return f"{dot[0]}{typed}" if dot else typed
