"""Agents in words: what they are called, and who calls them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.graph.clients import means
from runagent_ls.features.graph.in_config import entry_place
from runagent_ls.features.graph.places import Place
from runagent_ls.features.markup.content import FileLink, Inline, Line, Text
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.file_source import FileSource
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.text.lines import line_index

_MOST_CALLS: Final = 5


def agent_link(project: AgentProject, entrypoint: Entrypoint | None = None) -> FileLink:
    """The agent's name; leads to its configuration, to an entrypoint's tag there."""
    place = None if entrypoint is None else entry_place(project, entrypoint, "tag")
    lines = line_index(project.document.text)
    at = None if place is None else lines.position(place.span.start)
    return FileLink(project.agent_name, project.config_path, at)


def callers_line(snapshot: Snapshot, project: AgentProject, tag: str) -> Line | None:
    """`Called by client.py:3 and 4 more · perhaps by web/app.ts:9`; None when no call is known."""
    certain: list[Place] = []
    doubtful: list[Place] = []
    for call in snapshot.calls_with_tag(tag):
        proof = means(snapshot, call, project)
        if call.tag is not None and proof is not Proof.REFUTED:
            places = certain if proof is Proof.PROVEN else doubtful
            places.append(Place.of(call.file, call.tag.span, call.span))
    pieces: list[Inline] = []
    if certain:
        pieces += [Text("Called by "), *_links(snapshot.files, certain, project.root)]
    if doubtful:
        pieces.append(Text(" · perhaps by " if certain else "Perhaps called by "))
        pieces += _links(snapshot.files, doubtful, project.root)
    return Line(tuple(pieces)) if pieces else None


def _links(files: FileSource, places: list[Place], folder: FilePath) -> Iterator[Inline]:
    for number, place in enumerate(places[:_MOST_CALLS]):
        if number:
            yield Text(", ")
        yield place_link(files, place, folder)
    if len(places) > _MOST_CALLS:
        yield Text(f" and {len(places) - _MOST_CALLS} more")


def place_link(files: FileSource, place: Place, folder: FilePath) -> FileLink:
    """`web/client.py:3`, relative to the folder if the file lies in it."""
    at = line_index(files.read(place.file).text or "").position(place.span.start)
    inside = place.file.is_relative_to(folder)
    name = place.file.relative_to(folder).as_posix() if inside else place.file.name
    return FileLink(f"{name}:{at.line + 1}", place.file, at)
