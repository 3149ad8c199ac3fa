"""Which agents a client call means, and which calls mean an agent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath

from runagent_ls.features.graph.places import Place
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.model import AgentProject
from runagent_ls.pyfile.model import Proof


def means(snapshot: Snapshot, call: ClientCall, project: AgentProject) -> Proof:
    """Whether a call goes to this agent.

    Unknown where its id is not written in the call, or is that of several agents.
    """
    if call.agent_id is None:
        return Proof.UNKNOWN
    if call.agent_id.value != project.agent_id:
        return Proof.REFUTED
    copies = len(snapshot.configs_with_id(call.agent_id.value))
    return Proof.PROVEN if copies == 1 else Proof.UNKNOWN


def projects_meant(snapshot: Snapshot, call: ClientCall) -> Iterator[AgentProject]:
    """Projects with the tag of a call that it may go to, those around its file first."""
    if call.tag is None:
        return
    projects = [snapshot.project(config) for config in _configs_meant(snapshot, call)]
    for project in sorted(projects, key=lambda it: not call.file.is_relative_to(it.root)):
        if project.entrypoint_of(call.tag.value) is not None:
            yield project


def _configs_meant(snapshot: Snapshot, call: ClientCall) -> tuple[FilePath, ...]:
    if call.agent_id is not None:
        return snapshot.configs_with_id(call.agent_id.value)
    return snapshot.configs_with_tag(call.tag.value) if call.tag is not None else ()


def calls_of(snapshot: Snapshot, project: AgentProject, tag: str) -> Iterator[Place]:
    """The tag in all calls that may go to this agent."""
    for call in snapshot.calls_with_tag(tag):
        if call.tag is not None and means(snapshot, call, project) is not Proof.REFUTED:
            yield Place.of(call.file, call.tag.span, call.span)
