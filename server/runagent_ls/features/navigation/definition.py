"""Go to definition and to declaration."""

from __future__ import annotations

import os.path
from pathlib import Path as FilePath

from runagent_ls.features.navigation.in_config import config_subject
from runagent_ls.features.navigation.places import START, Jump, Place
from runagent_ls.features.navigation.python_names import PythonNames
from runagent_ls.features.navigation.subjects import (
    FileSubject,
    ModuleSubject,
    Subject,
    TagSubject,
)
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.project.file_source import FileSource
from runagent_ls.project.model import AgentProject, Entrypoint, FileState


def definition(snapshot: Snapshot, path: FilePath, offset: int) -> Jump | None:
    """Where what stands at `offset` (code points) of a file is really defined.

    Names are followed through imports. None where nothing is known, or no file is there.
    """
    return _jump(snapshot, path, offset, declared=False)


def declaration(snapshot: Snapshot, path: FilePath, offset: int) -> Jump | None:
    """Like `definition`, but of an imported name the import, where the entrypoint's file has it."""
    return _jump(snapshot, path, offset, declared=True)


def _jump(snapshot: Snapshot, path: FilePath, offset: int, *, declared: bool) -> Jump | None:
    subject = subject_at(snapshot, path, offset)
    if subject is None:
        return None
    targets = _targets(snapshot, subject, declared=declared)
    return Jump(subject.origin, targets) if targets else None


def subject_at(snapshot: Snapshot, path: FilePath, offset: int) -> Subject | None:
    """What stands at an offset of a file."""
    if path.name in CONFIG_NAMES:
        return config_subject(snapshot.project(path), offset)
    return None


def _targets(snapshot: Snapshot, subject: Subject, *, declared: bool) -> tuple[Place, ...]:
    match subject:
        case FileSubject(project=project, entrypoint=entrypoint, file=file):
            found = named_file(project, entrypoint, file, snapshot.files)
            return (Place.of(found, START),) if found is not None else ()
        case ModuleSubject(project=project, entrypoint=entrypoint, parts=parts):
            return function_places(snapshot.files, project, entrypoint, parts, declared=declared)
        case TagSubject(project=project, entrypoint=entrypoint):
            parts = tuple((entrypoint.module or "").split("."))
            return function_places(snapshot.files, project, entrypoint, parts, declared=declared)


def named_file(
    project: AgentProject, entrypoint: Entrypoint, file: str, files: FileSource
) -> FilePath | None:
    """The file that `file` of an entrypoint names, if it is there."""
    path = FilePath(os.path.normpath(project.root / file))
    found = entrypoint.module_file
    if found is not None and found.state is FileState.CASE_DIFFERS and found.nearest:
        path = project.root / found.nearest[0]
    return path if files.kind(path) == "file" else None


def function_places(
    files: FileSource,
    project: AgentProject,
    entrypoint: Entrypoint,
    parts: tuple[str, ...],
    *,
    declared: bool = False,
) -> tuple[Place, ...]:
    """Where the first `parts` of an entrypoint's `module` are defined or declared."""
    if entrypoint.file is None or not all(parts):
        return ()
    path = named_file(project, entrypoint, entrypoint.file, files)
    if path is None or path.suffix != ".py":
        return ()
    names = PythonNames(path, project.root, files)
    return names.declarations(parts) if declared else names.definitions(parts)
