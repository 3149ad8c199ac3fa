"""Go to definition, to declaration and to implementation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.graph.clients import projects_meant
from runagent_ls.features.graph.code_places import code_places, functions_of, named_file
from runagent_ls.features.graph.environment import reads_of, settings_of
from runagent_ls.features.graph.in_config import agent_id_place, entry_place
from runagent_ls.features.graph.places import START, Jump, Place, distinct
from runagent_ls.features.graph.subject_at import subject_at
from runagent_ls.features.graph.subjects import (
    AgentIdSubject,
    CallTagSubject,
    EnvironmentSubject,
    FileSubject,
    ModuleSubject,
    Subject,
    TagSubject,
)
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.model import AgentProject


def definition(snapshot: Snapshot, path: FilePath, offset: int) -> Jump | None:
    """Where what stands at `offset` (code points) of a file is really defined.

    Names are followed through imports. None where nothing is known, or no file is there.
    """
    subject = subject_at(snapshot, path, offset, functions=False)
    return _jump(subject, _targets(snapshot, subject, path, declared=False)) if subject else None


def declaration(snapshot: Snapshot, path: FilePath, offset: int) -> Jump | None:
    """Like `definition`, but of an imported name the import, where the entrypoint's file has it."""
    subject = subject_at(snapshot, path, offset, functions=False)
    return _jump(subject, _targets(snapshot, subject, path, declared=True)) if subject else None


def implementation(snapshot: Snapshot, path: FilePath, offset: int) -> Jump | None:
    """The function behind a tag, also from client code."""
    subject = subject_at(snapshot, path, offset, functions=False)
    match subject:
        case CallTagSubject(call=call, tag=tag):
            projects = projects_meant(snapshot, call)
            return _jump(subject, _functions(snapshot, projects, tag))
        case TagSubject() | ModuleSubject():
            return _jump(subject, _targets(snapshot, subject, path, declared=False))
    return None


FINDERS: Final[Mapping[str, Callable[[Snapshot, FilePath, int], Jump | None]]] = {
    "definition": definition,
    "declaration": declaration,
    "implementation": implementation,
}
"""By the names that LSP has for them."""


def _jump(subject: Subject, targets: Iterable[Place]) -> Jump | None:
    found = distinct(targets)
    return Jump(subject.origin, found) if found else None


def _targets(
    snapshot: Snapshot, subject: Subject, path: FilePath, *, declared: bool
) -> Iterable[Place]:
    files = snapshot.files
    match subject:
        case FileSubject(project=project, entrypoint=entrypoint):
            found = named_file(project, entrypoint, files)
            return (Place.of(found, START),) if found is not None else ()
        case ModuleSubject(project=project, entrypoint=entrypoint, parts=parts):
            return code_places(files, project, entrypoint, parts, declared=declared)
        case TagSubject(project=project, entrypoint=entrypoint):
            return functions_of(files, project, entrypoint, declared=declared)
        case CallTagSubject(call=call, tag=tag):
            return _entries(projects_meant(snapshot, call), tag)
        case AgentIdSubject(agent_id=agent_id):
            return _agents(snapshot, agent_id, path)
        case EnvironmentSubject():
            return _variable(subject, path)
    return ()  # a function's own name is the Python extension's


def _functions(snapshot: Snapshot, projects: Iterable[AgentProject], tag: str) -> Iterator[Place]:
    for project in projects:
        for entrypoint in project.entrypoints:
            if entrypoint.tag == tag:
                yield from functions_of(snapshot.files, project, entrypoint)


def _entries(projects: Iterable[AgentProject], tag: str) -> Iterator[Place]:
    """The entrypoint that a call of a tag reaches: of equal ones the first."""
    for project in projects:
        entrypoint = project.entrypoint_of(tag)
        place = entry_place(project, entrypoint, "tag") if entrypoint is not None else None
        if place is not None:
            yield place


def _agents(snapshot: Snapshot, agent_id: str, path: FilePath) -> Iterator[Place]:
    for config in snapshot.configs_with_id(agent_id):
        place = agent_id_place(snapshot.project(config))
        if place is not None and config != path:
            yield place


def _variable(subject: EnvironmentSubject, path: FilePath) -> list[Place]:
    """Where a variable gets its value; from there, or where it gets none, where it is read."""
    places = [it for project in subject.projects for it in settings_of(project, subject.name)]
    elsewhere = [it for it in places if (it.file, it.span) != (path, subject.origin)]
    if elsewhere:
        return elsewhere
    return [it for project in subject.projects for it in reads_of(project, subject.name)]
