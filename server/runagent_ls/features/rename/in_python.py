"""Names in Python files that entrypoints go through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.changes import RefusedError
from runagent_ls.features.rename.functions import (
    FunctionRename,
    ModuleName,
    named_by,
    projects_that_spell,
)
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.text.position import Span

_WORD: Final = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class PythonSubject:
    """A name that stands at `origin` of the file that was asked about."""

    origin: Span
    rename: FunctionRename


def python_subject(snapshot: Snapshot, path: FilePath, offset: int) -> PythonSubject | None:
    """The name at an offset of a Python file, if some entrypoint goes through it.

    None for all other names: they are the Python extension's.
    """
    if path.suffix != ".py":
        return None
    span = _word_at(snapshot.files.read(path).text or "", offset)
    if span is None:
        return None
    word = (snapshot.files.read(path).text or "")[span.start : span.end]
    for target in dict.fromkeys(_targets(snapshot, path, word)):
        rename = FunctionRename(snapshot, target)
        if span in rename.found.spans.get(path, ()):
            return PythonSubject(span, rename)
    return None


def _word_at(text: str, offset: int) -> Span | None:
    start = offset
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    match = _WORD.match(text, start)
    return Span(*match.span()) if match is not None else None


def _targets(snapshot: Snapshot, path: FilePath, word: str) -> Iterator[ModuleName]:
    """The names spelt like this that entrypoints of projects around the file go through."""
    for project in _projects(snapshot, path, word):
        for entrypoint in project.entrypoints:
            parts = _parts(entrypoint)
            for at, part in enumerate(parts, 1):
                if part == word:
                    try:
                        yield named_by(snapshot, entrypoint, parts[:at])
                    except RefusedError:
                        continue  # a member: the Python extension's


def _projects(snapshot: Snapshot, path: FilePath, word: str) -> Iterator[AgentProject]:
    """Those the file is part of, else all: a test beside an agent may use its functions."""
    found = list(snapshot.projects_of(path))
    yield from found or projects_that_spell(snapshot, word)


def _parts(entrypoint: Entrypoint) -> tuple[str, ...]:
    return tuple(entrypoint.module.split(".")) if entrypoint.module else ()
