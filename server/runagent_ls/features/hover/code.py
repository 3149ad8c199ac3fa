"""Hover in code: on functions that are entrypoints, and on what client code names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.graph.clients import means, projects_meant
from runagent_ls.features.graph.environment import env_file_subject
from runagent_ls.features.graph.in_python import code_subject, function_subject
from runagent_ls.features.graph.subjects import (
    AgentIdSubject,
    CallTagSubject,
    EnvironmentSubject,
    FunctionSubject,
    Named,
    Subject,
)
from runagent_ls.features.hover.agents import agent_link, callers_line
from runagent_ls.features.hover.blocks import joined, listed
from runagent_ls.features.hover.entrypoint import entrypoint_blocks, mode
from runagent_ls.features.hover.environment import env_file_blocks, read_blocks
from runagent_ls.features.hover.model import Happened, Hover, HoverBlock
from runagent_ls.features.markup.content import Code, Inline, Line, Prose, Strong, Text
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.model import AgentProject
from runagent_ls.project.surroundings import ENV_FILE
from runagent_ls.pyfile.model import Proof

_MOST_EXPOSURES: Final = 8
_MOST_AGENTS: Final = 5


def code_hover(snapshot: Snapshot, path: FilePath, offset: int) -> Hover | None:
    """What an offset of code, or of an agent's `.env`, has to do with agents."""
    subject: Subject | None
    if path.name == ENV_FILE:
        subject = env_file_subject(snapshot, path, offset)
    else:
        subject = code_subject(snapshot, path, offset)
    blocks: tuple[HoverBlock, ...] = ()
    match subject:
        case EnvironmentSubject() if path.name == ENV_FILE:
            blocks = env_file_blocks(subject)
        case CallTagSubject(call=call):
            blocks = _call_blocks(snapshot, call)
        case AgentIdSubject(agent_id=agent_id):
            blocks = _agent_blocks(snapshot, agent_id)
        case EnvironmentSubject():
            blocks = read_blocks(subject)
        case None if path.suffix == ".py":
            subject = function_subject(snapshot, path, offset)
            blocks = () if subject is None else _exposed_blocks(snapshot, subject)
    return Hover(subject.origin, blocks) if subject is not None and blocks else None


# --- functions --------------------------------------------------------------------------------


def _exposed_blocks(snapshot: Snapshot, subject: FunctionSubject) -> tuple[HoverBlock, ...]:
    """A paragraph for each entrypoint that the function is."""
    blocks: list[HoverBlock] = []
    for named in subject.named_by[:_MOST_EXPOSURES]:
        blocks += _exposure(snapshot, named)
    if len(subject.named_by) > _MOST_EXPOSURES:
        more = len(subject.named_by) - _MOST_EXPOSURES
        blocks.append(Line((Text(f"And by {more} more entrypoints."),)))
    return tuple(blocks)


def _exposure(snapshot: Snapshot, named: Named) -> Iterator[HoverBlock]:
    project, entrypoint = named.project, named.entrypoint
    if not entrypoint.tag:
        return
    rest = (entrypoint.module or "").split(".")[len(named.parts) :]
    whose: list[Inline] = [Text("Its "), Code(".".join(rest)), Text(" is exposed")]
    yield Line(
        (
            *(whose if any(rest) else [Text("Exposed")]),
            Text(" as "),
            Code(entrypoint.tag),
            Text(" of agent "),
            agent_link(project, entrypoint),
            Text(f" · {mode(entrypoint)}"),
        )
    )
    callers = callers_line(snapshot, project, entrypoint.tag)
    if callers is not None:
        yield callers
    yield Happened(project.config_path, entrypoint.tag)


# --- client code ------------------------------------------------------------------------------


def _call_blocks(snapshot: Snapshot, call: ClientCall) -> tuple[HoverBlock, ...]:
    """What a tag in client code calls: the function if the agent is certain, else who it may be."""
    if call.tag is None:
        return ()
    tag = call.tag.value
    projects = list(projects_meant(snapshot, call))
    if not projects:
        return _no_such_tag(snapshot, call, tag)
    doubtful = means(snapshot, call, projects[0]) is Proof.UNKNOWN
    head = Line((Text("May call " if doubtful else "Calls "), *_agents(tag, projects)))
    if len(projects) > 1:
        return (head,)
    entrypoint = projects[0].entrypoint_of(tag)
    known = entrypoint_blocks(projects[0], entrypoint) if entrypoint is not None else ()
    return joined(((head,), known))


def _agents(tag: str, projects: list[AgentProject]) -> list[Inline]:
    """`greet` of agent a, b or 3 others."""
    pieces: list[Inline] = [Code(tag), Text(" of agent ")]
    for number, project in enumerate(projects[:_MOST_AGENTS]):
        last = number == len(projects) - 1
        pieces += [Text(" or " if last else ", ")] if number else []
        pieces.append(agent_link(project, project.entrypoint_of(tag)))
    if len(projects) > _MOST_AGENTS:
        pieces.append(Text(f" or {len(projects) - _MOST_AGENTS} others"))
    return pieces


def _no_such_tag(snapshot: Snapshot, call: ClientCall, tag: str) -> tuple[HoverBlock, ...]:
    """Said only of an agent that is known: others may be elsewhere."""
    if call.agent_id is None:
        return ()
    for project in _with_id(snapshot, call.agent_id.value):
        tags = tuple(it.tag for it in project.entrypoints if it.tag)
        known: list[Inline] = [Text(": it has "), *listed(tags)] if tags else []
        return (Line((Text("Agent "), agent_link(project), Text(" has no "), Code(tag), *known)),)
    return ()


def _agent_blocks(snapshot: Snapshot, agent_id: str) -> tuple[HoverBlock, ...]:
    """The agent of an id: what it is and what it can be asked."""
    blocks: list[HoverBlock] = []
    for project in _with_id(snapshot, agent_id):
        value = project.document.value
        description = value.get("description") if isinstance(value, dict) else None
        tags = tuple(it.tag for it in project.entrypoints if it.tag)
        offers: list[Inline] = [Text(" · "), *listed(tags)] if tags else []
        blocks.append(Line((Strong("Agent"), Text(" "), agent_link(project), *offers)))
        if isinstance(description, str) and description not in ("", project.agent_name):
            blocks.append(Prose(description))
        blocks.append(Happened(project.config_path, None))
    return tuple(blocks)


def _with_id(snapshot: Snapshot, agent_id: str) -> list[AgentProject]:
    if not agent_id:
        return []
    return [
        snapshot.project(config) for config in snapshot.configs_with_id(agent_id)[:_MOST_AGENTS]
    ]
