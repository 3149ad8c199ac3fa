"""What the files of an agent ask for. What is not understood is left out: nothing is guessed."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runagent_ls.project.file_source import DiskFiles, FileSource

if TYPE_CHECKING:
    from packaging.requirements import Requirement

REQUIREMENTS: Final = "requirements.txt"
PYPROJECT: Final = "pyproject.toml"
MAX_FILES: Final = 50

_COMMENT: Final = re.compile(r"(^|\s)#.*$")
_OPTIONS: Final = re.compile(r"\s--?[A-Za-z]")
_INCLUDE: Final = re.compile(r"^(?:-r\s*|--requirement[\s=]\s*)(.+)$")


@dataclass(frozen=True, slots=True)
class Declared:
    """A requirement where it stands; `line` counts from 1."""

    requirement: Requirement
    file: Path
    line: int


def declared_by(folder: Path, files: FileSource | None = None) -> tuple[Declared, ...]:
    """The requirements of `requirements.txt`, what it includes, and of `pyproject.toml`."""
    source = files or DiskFiles()
    asked = [*_requirements_file(folder / REQUIREMENTS, source, set())]
    asked.extend(_project_file(folder / PYPROJECT, source))
    return tuple(asked)


def _requirements_file(path: Path, files: FileSource, seen: set[Path]) -> Iterator[Declared]:
    if path in seen or len(seen) >= MAX_FILES or files.kind(path) != "file":
        return
    seen.add(path)
    for number, line in _logical_lines(files.read(path).text or ""):
        included = _INCLUDE.match(line)
        if included is not None:
            name = included[1].strip().strip("\"'")
            if "://" not in name:
                beside = Path(os.path.normpath(path.parent / name))
                yield from _requirements_file(beside, files, seen)
            continue
        requirement = None if line.startswith("-") else _parse(_OPTIONS.split(line)[0])
        if requirement is not None:
            yield Declared(requirement, path, number)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, continued ones joined, with the number of their first."""
    begun, first = "", 0
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not begun:
            first = number
        # As pip does: a comment line ends what was to be continued.
        if line.endswith("\\") and not _COMMENT.search(line):
            begun += line[:-1]
            continue
        whole = _COMMENT.sub("", begun + line).strip()
        begun = ""
        if whole:
            yield first, whole
    if begun.strip():
        yield first, begun.strip()


def _project_file(path: Path, files: FileSource) -> Iterator[Declared]:
    text = files.read(path).text if files.kind(path) == "file" else None
    if text is None:
        return
    try:
        project = tomllib.loads(text).get("project")
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    listed = project.get("dependencies") if isinstance(project, dict) else None
    lines = text.split("\n")
    for item in listed if isinstance(listed, list) else ():
        requirement = _parse(item) if isinstance(item, str) else None
        if requirement is not None:
            at = next((number for number, line in enumerate(lines, 1) if item in line), 1)
            yield Declared(requirement, path, at)


def _parse(text: str) -> Requirement | None:
    """None for paths, addresses without a name, and what is no requirement."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text.strip())
    except InvalidRequirement:
        return None
