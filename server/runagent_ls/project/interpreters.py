"""Which Python runs an agent. Looks only; nothing is started."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final, Literal, TypeAlias

Origin: TypeAlias = Literal["given", "project", "activated", "path", "own"]
"""`project`: an environment in the agent's folder or above it; `activated`: VIRTUAL_ENV; `path`:
found on PATH; `own`: the Python that runs this program."""

ENVIRONMENT_FOLDERS: Final = (".venv", "venv")
COMMANDS: Final = ("python3", "python")
MAX_PARENTS: Final = 32

_IN_ENVIRONMENT: Final = (
    ("Scripts/python.exe", "python.exe")
    if sys.platform == "win32"
    else ("bin/python", "bin/python3")
)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python. `path` is absolute; links are kept, for they are what makes an environment.

    `problem` says in plain words why `path` cannot be started, where that is plain to see.
    `broken` are environments that would have come first, but whose Python is gone.
    """

    path: FilePath
    origin: Origin
    problem: str | None = None
    broken: tuple[FilePath, ...] = ()


def find(
    folder: FilePath,
    wanted: FilePath | None = None,
    workspace: FilePath | None = None,
    environment: Mapping[str, str] | None = None,
) -> Interpreter:
    """The Python for the agent in `folder`. Never raises.

    `wanted` is a Python or the folder of an environment and is taken as it is, also when it cannot
    be started. Otherwise: `.venv` or `venv` in `folder` or in one of its parents up to `workspace`
    (without one: up to the folder that has `.git`, else up to the current folder), VIRTUAL_ENV,
    `python3` or `python` on PATH, our own. `environment` stands in for the process's own variables.
    """
    variables = os.environ if environment is None else environment
    if wanted is not None:
        return _given(wanted)
    broken: list[FilePath] = []
    for candidate, origin in _candidates(_absolute(folder), workspace, variables):
        usable = _usable_in(candidate)
        if usable is not None:
            return Interpreter(usable, origin, broken=tuple(broken))
        if _is_environment(candidate):
            broken.append(candidate)
    for command in COMMANDS:
        found = shutil.which(command, path=variables.get("PATH", os.defpath))
        if found and _problem(FilePath(found)) is None:
            return Interpreter(_absolute(FilePath(found)), "path", broken=tuple(broken))
    own = FilePath(sys.executable)
    return Interpreter(own, "own", _problem(own), tuple(broken))


def _given(wanted: FilePath) -> Interpreter:
    path = _absolute(wanted)
    if path.is_dir():
        inside = _usable_in(path)
        if inside is None:
            names = " or ".join(_IN_ENVIRONMENT)
            return Interpreter(path, "given", f"is a folder without {names}")
        return Interpreter(inside, "given")
    return Interpreter(path, "given", _problem(path))


def _candidates(
    folder: FilePath, workspace: FilePath | None, variables: Mapping[str, str]
) -> Iterator[tuple[FilePath, Origin]]:
    for parent in _parents(folder, workspace):
        for name in ENVIRONMENT_FOLDERS:
            yield parent / name, "project"
    activated = variables.get("VIRTUAL_ENV")
    if activated:
        yield _absolute(FilePath(activated)), "activated"


def _parents(folder: FilePath, workspace: FilePath | None) -> list[FilePath]:
    """The folder and those above it that belong to the same work, nearest first."""
    above = [folder, *folder.parents][:MAX_PARENTS]
    if workspace is not None:
        top = _absolute(workspace)
        return [it for it in above if it.is_relative_to(top)] or [folder]
    top_at = next((at for at, it in enumerate(above) if os.path.lexists(it / ".git")), None)
    if top_at is None:
        here = _absolute(FilePath())
        top_at = above.index(here) if here in above else 0
    return above[: top_at + 1]


def _usable_in(environment: FilePath) -> FilePath | None:
    """The Python of an environment; None when it is not there or cannot be started."""
    candidates = (environment / name for name in _IN_ENVIRONMENT)
    return next((it for it in candidates if _problem(it) is None), None)


def _is_environment(folder: FilePath) -> bool:
    """Whether this is what is left of an environment, and no folder of that name by chance."""
    names = ("pyvenv.cfg", *_IN_ENVIRONMENT)
    return any(os.path.lexists(folder / name) for name in names)


def _problem(path: FilePath) -> str | None:
    """Why a file cannot be started, as far as its place on disk tells."""
    if not os.path.lexists(path):
        return "is not there"
    try:
        size = path.stat().st_size
    except (OSError, ValueError):
        return "is a link that leads nowhere" if path.is_symlink() else "cannot be reached"
    if not path.is_file():
        return "is no file"
    # On Windows `python` may be an empty stand-in that opens the store.
    if not size:
        return "is an empty file"
    return None if os.access(path, os.X_OK) else "is not executable"


def _absolute(path: FilePath) -> FilePath:
    """Absolute and without `..`, but with its links."""
    try:
        return FilePath(os.path.abspath(path))  # noqa: PTH100 resolve() would follow links
    except (OSError, ValueError):
        return path
