"""Which agents a client call means, and which calls mean an agent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runagent_ls.features.navigation.places import Place
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.model import AgentProject
from runagent_ls.pyfile.model import Proof


def means(call: ClientCall, project: AgentProject) -> Proof:
    """Whether a call goes to this agent; unknown where its id is not written in the call."""
    if call.agent_id is None:
        return Proof.UNKNOWN
    return Proof.PROVEN if call.agent_id.value == project.agent_id else Proof.REFUTED


def projects_meant(snapshot: Snapshot, call: ClientCall) -> Iterator[AgentProject]:
    """Projects with the tag of a call that it may go to, those around its file first."""
    if call.tag is None:
        return
    projects = [snapshot.project(config) for config in snapshot.configs]
    for project in sorted(projects, key=lambda it: not call.file.is_relative_to(it.root)):
        if means(call, project) is Proof.REFUTED:
            continue
        if any(it.tag == call.tag.value for it in project.entrypoints):
            yield project


def calls_of(snapshot: Snapshot, project: AgentProject, tag: str) -> Iterator[Place]:
    """The tag in all calls that may go to this agent."""
    for call in snapshot.calls_with_tag(tag):
        if call.tag is not None and means(call, project) is not Proof.REFUTED:
            yield Place.of(call.file, call.tag.span, call.span)


def calls_naming(
    snapshot: Snapshot, projects: Iterable[AgentProject], agent_id: str
) -> Iterator[Place]:
    """The agent's id in calls of the tags that its configurations have."""
    tags = {it.tag for project in projects for it in project.entrypoints if it.tag}
    for tag in sorted(tags):
        for call in snapshot.calls_with_tag(tag):
            if call.agent_id is not None and call.agent_id.value == agent_id:
                yield Place.of(call.file, call.agent_id.span, call.span)
