"""Create the file that an entrypoint names, with the functions that are looked for in it."""

from __future__ import annotations

import os.path
import sys
from pathlib import Path as FilePath

from runagent_ls.features.changes import Change, CreateFile
from runagent_ls.features.refactoring.callers import caller_parameters
from runagent_ls.features.refactoring.create_function import agree, can_be_made
from runagent_ls.features.refactoring.offer import QUICK_FIX, Offer
from runagent_ls.features.refactoring.stubs import stub
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.model import AgentProject, Entrypoint, FileState
from runagent_ls.text.lines import newline_of


def create_file(snapshot: Snapshot, project: AgentProject, entrypoint: Entrypoint) -> Offer | None:
    """Make the file with a function for every entrypoint that names it.

    None unless it is a path of a Python file below the agent's folder where nothing stands.
    """
    at, file = entrypoint.module_file, entrypoint.file
    if at is None or file is None or at.state is not FileState.MISSING:
        return None
    if not _is_plain(file) or not at.inside_project or not _has_room(snapshot, at.path, project):
        return None
    users = [
        it
        for it in project.entrypoints
        if it.module_file is not None and it.module_file.path == at.path
    ]
    if not all(it.module and can_be_made(it.module) and agree(project, it) for it in users):
        return None
    stubs: dict[str, str] = {}
    for it in users:
        name = it.module or ""
        if name not in stubs:
            inputs = caller_parameters(snapshot, project, it.tag or "")
            stubs[name] = stub(name, inputs, streams=it.is_stream, is_async=False)
    text = "\n\n\n".join(stubs.values()) + "\n"
    text = text.replace("\n", newline_of(project.document.text))
    removes = frozenset({"file-not-found"})
    return Offer(
        f"Create file {file}", QUICK_FIX, Change(creates=(CreateFile(at.path, text),)), removes
    )


def _is_plain(file: str) -> bool:
    """Whether a path is written as the loader reads it on every system, and names a module that
    hides none of Python's own."""
    if (
        not file.endswith(".py")
        or "\\" in file
        or os.path.normpath(file) != file.removeprefix("./")
    ):
        return False
    parts = file.removeprefix("./").split("/")
    if any(part.startswith(("..", ".")) or part != part.strip() for part in parts):
        return False
    return parts[-1].removesuffix(".py") not in sys.stdlib_module_names


def _has_room(snapshot: Snapshot, path: FilePath, project: AgentProject) -> bool:
    """Whether everything between the agent's folder and the file is a folder or not there."""
    folders = [it for it in path.parents if it != project.root and it.is_relative_to(project.root)]
    return all(snapshot.files.kind(it) in {"directory", "missing"} for it in folders)
