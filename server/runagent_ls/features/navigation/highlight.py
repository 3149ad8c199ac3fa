"""Other places of the same file that mean what stands at the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath

from runagent_ls.features.graph.code_places import named_file
from runagent_ls.features.graph.in_config import entry_place, module_place
from runagent_ls.features.graph.places import Place
from runagent_ls.features.graph.subject_at import subject_at
from runagent_ls.features.graph.subjects import (
    AgentIdSubject,
    CallTagSubject,
    EnvironmentSubject,
    FileSubject,
    ModuleSubject,
    Named,
    Subject,
    TagSubject,
)
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.model import Entrypoint
from runagent_ls.pyfile.environment import environment_reads
from runagent_ls.text.position import Span


def highlights(snapshot: Snapshot, path: FilePath, offset: int) -> tuple[Span, ...]:
    """Equal tags, modules and files of a configuration, or equal strings of client calls.

    In the order of the text; empty where nothing of an agent stands.
    """
    subject = subject_at(snapshot, path, offset, functions=False)
    if subject is None:
        return ()
    return tuple(sorted({subject.origin, *_equal(snapshot, subject, path)}))


def _equal(snapshot: Snapshot, subject: Subject, path: FilePath) -> Iterator[Span]:
    match subject:
        case TagSubject() | FileSubject() | ModuleSubject():
            yield from (place.span for place in _in_config(snapshot, subject) if place)
        case CallTagSubject(call=call):
            yield from _equal_tags(snapshot.client_calls(path), call)
        case AgentIdSubject(agent_id=agent_id):
            for call in snapshot.client_calls(path):
                if call.agent_id is not None and call.agent_id.value == agent_id:
                    yield call.agent_id.span
        case EnvironmentSubject(name=name):
            source = snapshot.files.python(path) if path.suffix == ".py" else None
            reads = environment_reads(source) if source is not None else ()
            yield from (read.span for read in reads if read.name == name)


def _in_config(
    snapshot: Snapshot, subject: TagSubject | FileSubject | ModuleSubject
) -> Iterator[Place | None]:
    project, asked = subject.project, subject.entrypoint
    file = named_file(project, asked, snapshot.files)

    def same_file(other: Entrypoint) -> bool:
        if other.file == asked.file:
            return True
        return file is not None and named_file(project, other, snapshot.files) == file

    for it in project.entrypoints:
        match subject:
            case TagSubject(tag=tag) if it.tag == tag:
                yield entry_place(project, it, "tag")
            case FileSubject() if same_file(it):
                yield entry_place(project, it, "file")
            case ModuleSubject(parts=parts):
                begins = tuple((it.module or "").split("."))[: len(parts)] == parts
                if begins and same_file(it):
                    yield module_place(Named(project, it, parts))


def _equal_tags(calls: tuple[ClientCall, ...], call: ClientCall) -> Iterator[Span]:
    """The same tag in other calls, unless they certainly go to another agent."""
    wanted = call.agent_id.value if call.agent_id is not None else None
    for other in calls:
        given = other.agent_id.value if other.agent_id is not None else None
        differs = wanted is not None and given is not None and wanted != given
        if other.tag and call.tag and other.tag.value == call.tag.value and not differs:
            yield other.tag.span
