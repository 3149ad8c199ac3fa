"""Where `Run`, `Stream` and `Debug` stand: on the entry of the config and on the function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Range, Span


@dataclass(frozen=True, slots=True)
class Lens:
    """What can be clicked. `title` names the tag as well when a line carries several."""

    range: Range
    title: str
    config_path: FilePath
    tag: str
    streams: bool
    debug_title: str | None
    """None where no Python code of the project answers."""


def runnable(project: AgentProject) -> Iterator[Entrypoint]:
    """Entrypoints that can be addressed: with a tag, the first of equal ones."""
    seen: set[str] = set()
    for entrypoint in project.entrypoints:
        if entrypoint.tag and entrypoint.kind != "unknown" and entrypoint.tag not in seen:
            seen.add(entrypoint.tag)
            yield entrypoint


def config_lenses(project: AgentProject) -> tuple[Lens, ...]:
    """Lenses in the configuration file of `project`."""
    lines = LineIndex(project.document.text)
    places = ((project.document.span(item.path), item) for item in runnable(project))
    return tuple(_lenses(project, lines, places))


def python_lenses(project: AgentProject, file: FilePath) -> tuple[Lens, ...]:
    """Lenses in a Python file: above each function that an entrypoint resolves to."""
    source = project.sources.get(file)
    if source is None:
        return ()
    places = []
    for item in runnable(project):
        resolution = item.resolution
        if resolution is None or resolution.symbol is None or resolution.defined_in != file:
            continue
        places.append((resolution.symbol.span, item))
    return tuple(_lenses(project, LineIndex(source.text), places)) if places else ()


def _lenses(
    project: AgentProject, lines: LineIndex, places: Iterable[tuple[Span, Entrypoint]]
) -> Iterator[Lens]:
    by_line: dict[int, list[tuple[Range, Entrypoint]]] = {}
    for span, item in places:
        found = lines.range(span)
        by_line.setdefault(found.start.line, []).append((found, item))
    for line in sorted(by_line):
        for found, item in by_line[line]:
            verb = "Stream" if item.is_stream else "Run"
            suffix = "" if len(by_line[line]) == 1 else f" {item.tag}"
            yield Lens(
                found,
                verb + suffix,
                project.config_path,
                item.tag or "",
                item.is_stream,
                "Debug" + suffix if item.kind == "python" else None,
            )


def lens_facts(project: AgentProject) -> tuple[object, ...]:
    """What the lenses of a project depend on; equal facts mean that none need be asked anew."""
    return tuple((item.tag, item.kind, item.file, item.module) for item in runnable(project))
