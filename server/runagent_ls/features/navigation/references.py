"""All uses of an agent's tags, functions, files, ids and variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath

from runagent_ls.features.graph.clients import calls_of, projects_meant
from runagent_ls.features.graph.code_places import code_places, functions_of, named_file
from runagent_ls.features.graph.environment import reads_of, settings_of
from runagent_ls.features.graph.in_config import agent_id_place, entry_place, module_place
from runagent_ls.features.graph.in_python import entries_naming
from runagent_ls.features.graph.places import Place, distinct
from runagent_ls.features.graph.python_uses import python_uses
from runagent_ls.features.graph.subject_at import subject_at
from runagent_ls.features.graph.subjects import (
    AgentIdSubject,
    CallTagSubject,
    EnvironmentSubject,
    FileSubject,
    FunctionSubject,
    ModuleSubject,
    Named,
    Subject,
    TagSubject,
)
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.model import AgentProject


def references(
    snapshot: Snapshot, path: FilePath, offset: int, *, with_declaration: bool = True
) -> tuple[Place, ...]:
    """Uses of what stands at `offset` (code points) of a file, configurations first.

    Calls whose agent cannot be told are among them. A tag and an id are declared by the
    configuration, a function by its definition. What the Python extension finds by itself is left
    to it when Python code is asked about.
    """
    subject = subject_at(snapshot, path, offset)
    if subject is None:
        return ()
    declared, used = _uses(snapshot, subject)
    return distinct([*(declared if with_declaration else ()), *used])


def _uses(snapshot: Snapshot, subject: Subject) -> tuple[Iterable[Place], Iterable[Place]]:
    """Where a subject is declared, and where it is used."""
    match subject:
        case TagSubject(project=project, tag=tag):
            return _tag(snapshot, [project], tag)
        case CallTagSubject(call=call, tag=tag):
            projects = list(projects_meant(snapshot, call))
            if projects:
                return _tag(snapshot, projects, tag)
            return (), _equal_calls(snapshot, call, tag)
        case FileSubject(project=project, entrypoint=entrypoint):
            return (), _file(snapshot, named_file(project, entrypoint, snapshot.files))
        case ModuleSubject(project=project, entrypoint=entrypoint, parts=parts):
            return _module(snapshot, Named(project, entrypoint, parts))
        case AgentIdSubject(agent_id=agent_id):
            return _agent(snapshot, agent_id)
        case EnvironmentSubject(name=name, projects=projects):
            settings = [it for project in projects for it in settings_of(project, name)]
            return settings, (it for project in projects for it in reads_of(project, name))
        case FunctionSubject(named_by=named_by):
            return (), _named(snapshot, named_by)


def _tag(
    snapshot: Snapshot, projects: Iterable[AgentProject], tag: str
) -> tuple[list[Place], list[Place]]:
    declared: list[Place] = []
    used: list[Place] = []
    for project in projects:
        entrypoints = [it for it in project.entrypoints if it.tag == tag]
        places = [entry_place(project, it, "tag") for it in entrypoints]
        declared += [place for place in places if place is not None]
        used += [it for one in entrypoints for it in functions_of(snapshot.files, project, one)]
        used += calls_of(snapshot, project, tag)
    return declared, used


def _equal_calls(snapshot: Snapshot, call: ClientCall, tag: str) -> Iterator[Place]:
    """Calls of the same tag of an agent that is not in the workspace."""
    wanted = call.agent_id.value if call.agent_id is not None else None
    for other in snapshot.calls_with_tag(tag):
        same = (other.agent_id.value if other.agent_id is not None else None) == wanted
        if other.tag is not None and same:
            yield Place.of(other.file, other.tag.span, other.span)


def _file(snapshot: Snapshot, path: FilePath | None) -> Iterator[Place]:
    for project in snapshot.projects_of(path) if path is not None else ():
        for entrypoint in project.entrypoints:
            if named_file(project, entrypoint, snapshot.files) == path:
                place = entry_place(project, entrypoint, "file")
                if place is not None:
                    yield place


def _module(snapshot: Snapshot, named: Named) -> tuple[list[Place], list[Place]]:
    """From a configuration: the definition, entries, client calls, imports and uses in Python."""
    files, project, entrypoint = snapshot.files, named.project, named.entrypoint
    defined = list(code_places(files, project, entrypoint, named.parts))
    bound = code_places(files, project, entrypoint, named.parts, declared=True)
    in_python = [*bound, *(it for place in defined for it in python_uses(snapshot, place))]
    definitions = {(place.file, place.span) for place in defined}
    used = [it for it in in_python if (it.file, it.span) not in definitions]
    by_function = [
        it for place in defined for it in entries_naming(snapshot, place.file, place.span)
    ]
    same = [named, *by_function]
    return defined, [*_named(snapshot, same), *used]


def _named(snapshot: Snapshot, named_by: Iterable[Named]) -> Iterator[Place]:
    """The entries that name a function, then the calls of their tags."""
    entries = list(named_by)
    places = (module_place(named) for named in entries)
    yield from (place for place in places if place is not None)
    for named in entries:
        whole = ".".join(named.parts) == named.entrypoint.module
        if whole and named.entrypoint.tag:
            yield from calls_of(snapshot, named.project, named.entrypoint.tag)


def _agent(snapshot: Snapshot, agent_id: str) -> tuple[list[Place], list[Place]]:
    projects = [snapshot.project(config) for config in snapshot.configs_with_id(agent_id)]
    declared = [place for project in projects if (place := agent_id_place(project)) is not None]
    used = [
        Place.of(call.file, call.agent_id.span, call.span)
        for call in snapshot.calls_with_id(agent_id)
        if call.agent_id is not None
    ]
    return declared, used
