"""Agents in words: what they are called, and who calls them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.graph.clients import calls_of
from runagent_ls.features.graph.in_config import entry_place
from runagent_ls.features.graph.places import Place
from runagent_ls.features.markup.content import FileLink, Inline, Line, Text
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.file_source import FileSource
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.text.lines import line_index

_MOST_CALLS: Final = 5


def agent_link(project: AgentProject, entrypoint: Entrypoint | None = None) -> FileLink:
    """The agent's name; leads to its configuration, to an entrypoint's tag there."""
    place = None if entrypoint is None else entry_place(project, entrypoint, "tag")
    lines = line_index(project.document.text)
    at = None if place is None else lines.position(place.span.start)
    return FileLink(project.agent_name, project.config_path, at)


def callers_line(snapshot: Snapshot, project: AgentProject, tag: str) -> Line | None:
    """`Called by client.py:3, web/app.ts:9 and 4 more`; None when no call is known."""
    places = list(calls_of(snapshot, project, tag))
    if not places:
        return None
    pieces: list[Inline] = [Text("Called by ")]
    for number, place in enumerate(islice(places, _MOST_CALLS)):
        pieces += [Text(", ")] if number else []
        pieces.append(place_link(snapshot.files, place, project.root))
    if len(places) > _MOST_CALLS:
        pieces.append(Text(f" and {len(places) - _MOST_CALLS} more"))
    return Line(tuple(pieces))


def place_link(files: FileSource, place: Place, folder: FilePath) -> FileLink:
    """`web/client.py:3`, relative to the folder if the file lies in it."""
    at = line_index(files.read(place.file).text or "").position(place.span.start)
    inside = place.file.is_relative_to(folder)
    name = place.file.relative_to(folder).as_posix() if inside else place.file.name
    return FileLink(f"{name}:{at.line + 1}", place.file, at)
