"""All refactorings that there are at one place of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath

from runagent_ls.features.refactoring.create_file import create_file
from runagent_ls.features.refactoring.create_function import create_function
from runagent_ls.features.refactoring.expose import expose
from runagent_ls.features.refactoring.generate_agent_id import generate_agent_id
from runagent_ls.features.refactoring.migrate import is_legacy, migrate
from runagent_ls.features.refactoring.move_to_env import move_secrets_to_env, move_to_env
from runagent_ls.features.refactoring.offer import Offer
from runagent_ls.features.refactoring.split import split
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.document import Path
from runagent_ls.project.discovery import SKIPPED_FOLDERS
from runagent_ls.project.model import AgentProject, Entrypoint


def offers(snapshot: Snapshot, file: FilePath, offset: int) -> Iterator[Offer]:
    """Refactorings at a code point offset of a configuration or a Python file."""
    projects = tuple(snapshot.projects_of(file))
    for project in projects:
        if project.config_path == file:
            yield from _in_config(snapshot, project, offset)
            return
    around = [it for it in projects if file.is_relative_to(it.root)]
    if file.suffix == ".py" and around:
        nearest = max(around, key=lambda it: len(it.root.parts))
        if not _is_foreign(file.relative_to(nearest.root)):
            yield from expose(nearest, file, offset, snapshot.files)


def _is_foreign(relative: FilePath) -> bool:
    """Whether a file lies in a virtual environment or another folder of somebody else's code."""
    return any(it.startswith(".") or it in SKIPPED_FOLDERS for it in relative.parts[:-1])


def _in_config(snapshot: Snapshot, project: AgentProject, offset: int) -> Iterator[Offer]:
    # A cursor behind the last character of a value is still meant to be in it.
    paths = (project.document.path_at(at)[0] for at in (offset, max(offset - 1, 0)))
    yield from filter(None, _at_path(snapshot, project, max(paths, key=len)))


def _at_path(snapshot: Snapshot, project: AgentProject, path: Path) -> Iterator[Offer | None]:
    match path:
        case ("agent_id", *_):
            yield generate_agent_id(snapshot, project)
        case ("env_vars", str(name), *_):
            yield move_to_env(project, name)
            yield move_secrets_to_env(project)
        case ("env_vars",):
            yield move_secrets_to_env(project)
        case () | ("agent_architecture",) | ("agent_architecture", "entrypoints"):
            yield migrate(project)
        case _ if (entrypoint := project.entrypoint_at(path)) is not None:
            yield from _at_entrypoint(snapshot, project, entrypoint)


def _at_entrypoint(
    snapshot: Snapshot, project: AgentProject, entrypoint: Entrypoint
) -> Iterator[Offer | None]:
    yield create_function(snapshot, project, entrypoint)
    yield create_file(snapshot, project, entrypoint)
    yield split(project, entrypoint)
    if is_legacy(entrypoint):
        yield migrate(project)
