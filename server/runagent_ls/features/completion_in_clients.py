"""Completion in client code: tags and ids of the workspace's agents between the quotes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.completion.model import NOTHING, Completion, Completions
from runagent_ls.features.entrypoints import signature_of
from runagent_ls.features.lenses import runnable
from runagent_ls.features.markup.content import Block, Prose, line
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.clients.half_written import half_written_calls
from runagent_ls.project.clients.model import Argument, ClientCall
from runagent_ls.project.configuration import agent_name
from runagent_ls.project.entrypoints import entrypoint_values
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.text.position import Span

_MOST: Final = 200
_MOST_LISTED: Final = 50
"""Tags of one agent that come with documentation."""
_MOST_DESCRIBED: Final = 5
"""Agents whose functions are looked at."""
_NEEDS_ESCAPES: Final = frozenset("\"'`\\$")
"""Characters that mean something in the strings of Python or JavaScript."""


def complete_in_client(snapshot: Snapshot, path: FilePath, offset: int) -> Completions:
    """What may stand in the string at an offset of a Python, TypeScript or JavaScript file."""
    found = _between_quotes(snapshot, snapshot.client_calls(path), offset)
    if found is not None:
        return found
    text = snapshot.files.read(path).text or ""
    for calls, quote in half_written_calls(path, text, offset):
        found = _between_quotes(snapshot, calls, offset)
        if found is not None:
            items = tuple(replace(it, parts=(*it.parts, quote)) for it in found.items)
            return replace(found, items=items)
    return NOTHING


def _between_quotes(
    snapshot: Snapshot, calls: Iterable[ClientCall], offset: int
) -> Completions | None:
    """None when none of the calls has a string at the offset."""
    for call in calls:
        if call.tag is not None and _holds(call.tag, offset):
            return _listed(_tags(snapshot, call, call.tag, offset))
        if call.agent_id is not None and _holds(call.agent_id, offset):
            return _listed(_agent_ids(snapshot, call, call.agent_id, offset))
    return None


def _holds(argument: Argument, offset: int) -> bool:
    return argument.plain and argument.span.start <= offset <= argument.span.end


def _listed(found: Iterator[Completion]) -> Completions:
    items = [it for it, _ in zip(found, range(_MOST + 1), strict=False)]
    return Completions(tuple(items[:_MOST]), complete=len(items) <= _MOST)


def _tags(
    snapshot: Snapshot, call: ClientCall, argument: Argument, offset: int
) -> Iterator[Completion]:
    """Those of the agent that the call names; of all agents when it does not tell which."""
    seen: set[str] = set()
    for number, config in enumerate(_configs_meant(snapshot, call)):
        # Of agents further away no more than the configuration is read.
        known = _described if number < _MOST_DESCRIBED else _named
        for completion in known(snapshot, config, argument, offset):
            if completion.label not in seen and _can_be_written(completion.label):
                seen.add(completion.label)
                yield completion


def _configs_meant(snapshot: Snapshot, call: ClientCall) -> list[FilePath]:
    """The agent of the call's id; without a literal one, those around its file come first."""
    written = call.agent_id.value if call.agent_id is not None else ""
    configs = snapshot.configs_with_id(written) if written else snapshot.configs
    return sorted(configs, key=lambda config: not call.file.is_relative_to(config.parent))


def _described(
    snapshot: Snapshot, config: FilePath, argument: Argument, offset: int
) -> Iterator[Completion]:
    """The tags of an agent with what their functions say."""
    project = snapshot.project(config)
    for number, entrypoint in enumerate(runnable(project)):
        yield replace(
            _completion(entrypoint.tag or "", argument, offset),
            detail=signature_of(entrypoint) or "",
            documentation=_documentation(project, entrypoint) if number < _MOST_LISTED else (),
        )


def _named(
    snapshot: Snapshot, config: FilePath, argument: Argument, offset: int
) -> Iterator[Completion]:
    """The tags of an agent, and its name."""
    document = snapshot.document(config)
    name = agent_name(document, config.parent)
    for value in entrypoint_values(document.value):
        tag = value.get("tag") if isinstance(value, dict) else None
        if isinstance(tag, str):
            yield replace(_completion(tag, argument, offset), detail=f"Agent {name}")


def _completion(text: str, argument: Argument, offset: int) -> Completion:
    begin = Span(argument.span.start, offset)
    return Completion(text, "enum_member", (text,), argument.span, text, insert=begin)


def _documentation(project: AgentProject, entrypoint: Entrypoint) -> tuple[Block, ...]:
    symbol = entrypoint.verdict.settled.symbol if entrypoint.verdict is not None else None
    how = "streams" if entrypoint.is_stream else "gives one result"
    head = line(f"Agent {project.agent_name} · {how}")
    return (head, Prose(symbol.docstring)) if symbol and symbol.docstring else (head,)


def _agent_ids(
    snapshot: Snapshot, call: ClientCall, argument: Argument, offset: int
) -> Iterator[Completion]:
    """Those of agents that have the call's tag come first."""
    tag = call.tag.value if call.tag is not None else None
    with_tag = set(snapshot.configs_with_tag(tag)) if tag else set()
    ordered = sorted(
        snapshot.configs,
        key=lambda config: (config not in with_tag, not call.file.is_relative_to(config.parent)),
    )
    seen: set[str] = set()
    for config in ordered:
        document = snapshot.document(config)
        value = document.value if isinstance(document.value, dict) else {}
        agent_id, described = value.get("agent_id"), value.get("description")
        if not isinstance(agent_id, str) or agent_id in seen or not _can_be_written(agent_id):
            continue
        seen.add(agent_id)
        name = agent_name(document, config.parent)
        yield replace(
            _completion(agent_id, argument, offset),
            kind="value",
            # Who knows the name of the agent types that.
            filter_text=f"{agent_id} {name}",
            detail=name,
            documentation=(Prose(described),) if isinstance(described, str) and described else (),
        )


def _can_be_written(text: str) -> bool:
    """Whether it may stand between quotes of any kind as it is."""
    return bool(text) and text.isprintable() and not _NEEDS_ESCAPES & set(text)
