"""Where the files and functions that an entrypoint names are."""

from __future__ import annotations

import os.path
from pathlib import Path as FilePath

from runagent_ls.features.graph.places import Place
from runagent_ls.features.graph.python_names import PythonNames
from runagent_ls.project.file_source import FileSource
from runagent_ls.project.model import AgentProject, Entrypoint, FileState


def named_file(project: AgentProject, entrypoint: Entrypoint, files: FileSource) -> FilePath | None:
    """The file that `file` of an entrypoint names, if it is there."""
    if not entrypoint.file or "\0" in entrypoint.file:
        return None
    path = FilePath(os.path.normpath(project.root / entrypoint.file))
    found = entrypoint.module_file
    if found is not None and found.state is FileState.CASE_DIFFERS and found.nearest:
        path = project.root / found.nearest[0]
    return path if files.kind(path) == "file" else None


def code_places(
    files: FileSource,
    project: AgentProject,
    entrypoint: Entrypoint,
    parts: tuple[str, ...],
    *,
    declared: bool = False,
) -> tuple[Place, ...]:
    """Where the first `parts` of an entrypoint's `module` are defined, or only imported."""
    path = named_file(project, entrypoint, files)
    if path is None or path.suffix != ".py" or not parts or not all(parts):
        return ()
    names = PythonNames(path, project.root, files)
    return names.declarations(parts) if declared else names.definitions(parts)


def functions_of(
    files: FileSource, project: AgentProject, entrypoint: Entrypoint, *, declared: bool = False
) -> tuple[Place, ...]:
    """What an entrypoint calls."""
    parts = tuple((entrypoint.module or "").split("."))
    return code_places(files, project, entrypoint, parts, declared=declared)
