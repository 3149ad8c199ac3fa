"""Environment variables: where they get their value and who reads them, never the value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from runagent_ls.features.graph.environment import reads_of, settings_of
from runagent_ls.features.graph.places import Place
from runagent_ls.features.graph.subjects import EnvironmentSubject
from runagent_ls.features.hover.agents import agent_link, place_link
from runagent_ls.features.markup.content import Block, Inline, Line, Text
from runagent_ls.project.model import AgentProject

_MOST: Final = 5


def configured_blocks(project: AgentProject, name: str) -> tuple[Block, ...]:
    """About a key of `env_vars`: what wins over it, and which code reads it."""
    others = [it for it in settings_of(project, name) if it.file != project.config_path]
    pieces = (Text("Set in "), *_links(project, others[-1:]), Text(", which wins over this."))
    return ((Line(pieces),) if others else ()) + _reads(project, name)


def env_file_blocks(subject: EnvironmentSubject) -> tuple[Block, ...]:
    """About a name in `.env`: what it wins over, and which code reads it."""
    reads = (block for it in subject.projects for block in _reads(it, subject.name))
    return (*_set_lines(subject), *reads)


def read_blocks(subject: EnvironmentSubject) -> tuple[Block, ...]:
    """About a name that code asks for: where it is set for each agent that the code belongs to."""
    return tuple(_set_lines(subject))


def _reads(project: AgentProject, name: str) -> tuple[Block, ...]:
    reads = list(islice(reads_of(project, name), _MOST + 1))
    return (Line((Text("Read in "), *_links(project, reads))),) if reads else ()


def _set_lines(subject: EnvironmentSubject) -> Iterator[Line]:
    for project in subject.projects:
        places = list(settings_of(project, subject.name))
        if not places:
            continue
        # Of several, `.env` comes first and wins; of its lines the last one.
        files = [it for it in places if it.file == places[0].file]
        over = [it for it in places if it.file != places[0].file]
        pieces: list[Inline] = [Text("Set for agent "), agent_link(project), Text(" in ")]
        pieces += _links(project, files[-1:])
        if over:
            pieces += [Text(", which wins over "), *_links(project, over[:1])]
        yield Line(tuple(pieces))


def _links(project: AgentProject, places: Iterable[Place]) -> list[Inline]:
    pieces: list[Inline] = []
    for number, place in enumerate(places):
        if number == _MOST:
            pieces.append(Text(" and more"))
            break
        pieces += [Text(", ")] if number else []
        if project.files is not None:
            pieces.append(place_link(project.files, place, project.root))
    return pieces
