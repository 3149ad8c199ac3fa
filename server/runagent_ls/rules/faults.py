"""What the agent's own Python said, for the rules that pass it on.

An observation speaks of entrypoints as they were when the agent was imported; what was edited
since is not spoken of.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Final, Literal, TypeAlias

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.project.observation import Fault, FaultKind, ObservedEntrypoint, Step
from runagent_ls.rules.rule import InConfig, InFile, Issue, Place
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Position, Span

Sort: TypeAlias = FaultKind | Literal["syntax", "missing"]
"""A `FaultKind`, or what an exception says of itself: a syntax error, a module that is missing."""

LONGEST: Final = 300
"""Characters of an exception's text that are shown."""

_SYNTAX_ERRORS: Final = frozenset({"SyntaxError", "IndentationError", "TabError"})
_PLACE: Final = re.compile(r" ?\((?P<file>[^()]*), line (?P<line>\d+)\)$")


def observed_entrypoints(
    project: AgentProject,
) -> Iterator[tuple[Entrypoint, ObservedEntrypoint]]:
    """Entrypoints with what was seen of them."""
    seen = project.observation.entrypoints if project.observation is not None else ()
    for entrypoint in project.entrypoints:
        for one in seen:
            if one.value == entrypoint.value:
                yield entrypoint, one
                break


def faults(project: AgentProject, *sorts: Sort) -> Iterator[tuple[Entrypoint, Fault]]:
    """Each distinct fault of these sorts with the first entrypoint that has it. One of the agent
    as a whole comes with the first Python entrypoint."""
    told: set[object] = set()
    for entrypoint, one in observed_entrypoints(project):
        fault = one.fault
        if fault is None or sort_of(fault) not in sorts:
            continue
        # Without a place it is the file's fault, or that of the one entrypoint.
        about: object = fault.steps or entrypoint.file
        if fault.kind in {"name", "attribute"}:
            about = entrypoint.path
        if (fault.kind, fault.message, about) not in told:
            told.add((fault.kind, fault.message, about))
            yield entrypoint, fault
    whole = project.observation.fault if project.observation is not None else None
    if whole is not None and sort_of(whole) in sorts:
        first = next((it for it in project.entrypoints if it.kind == "python"), None)
        if first is not None:
            yield first, whole


def sort_of(fault: Fault) -> Sort:
    if fault.kind != "raised":
        return fault.kind
    if fault.missing is not None:
        return "missing"
    if fault.exception in _SYNTAX_ERRORS and fault.steps:
        at, last = _PLACE.search(fault.message), fault.steps[-1]
        # Reading data may raise the same, and then it is no fault of this line's grammar.
        if at is not None and (at["file"], int(at["line"])) == (last.file.name, last.line):
            return "syntax"
    return "raised"


def text_of(fault: Fault) -> str:
    """What the exception says, on one line."""
    first = next(iter(fault.message.strip().splitlines()), "")
    if sort_of(fault) == "syntax":
        first = _PLACE.sub("", first)
    return first if len(first) <= LONGEST else f"{first[:LONGEST]}..."


def issue(message: str, entrypoint: Entrypoint, fault: Fault, project: AgentProject) -> Issue:
    """`message` at the entrypoint and at the line where it went wrong, with the way there."""
    here: Place = InConfig((*entrypoint.path, "file"))
    places = [(step, place_of(step, project)) for step in fault.steps]
    last = places[-1][1] if places else None
    files = {fault.steps[-1].file} if fault.steps else set[FilePath]()
    way: list[tuple[Place, str]] = []
    for step, place in reversed(places[:-1]):
        if place is not None and step.file not in files:
            files.add(step.file)
            way.append((place, "On the way there"))
    return Issue(
        message,
        here,
        twin=last,
        related=tuple(way),
        twin_text="Where it went wrong",
        place_text="The entrypoint that needs it",
    )


def place_of(step: Step, project: AgentProject) -> InFile | None:
    """The line as it stands now: moved lines are found by their text, None when it is gone."""
    text = _text(step.file, project)
    if text is None:
        return None
    lines = LineIndex(text)
    number = step.line - 1
    if step.text is not None:
        found = [at for at in range(lines.line_count) if lines.line(at).strip() == step.text]
        if number not in found:
            if len(found) != 1:
                return None
            number = found[0]
    if not 0 <= number < lines.line_count:
        return None
    line = lines.line(number)
    start = lines.offset(Position(number, 0))
    indent = len(line) - len(line.lstrip())
    return InFile(step.file, Span(start + indent, start + max(indent, len(line.rstrip()))))


def _text(file: FilePath, project: AgentProject) -> str | None:
    if file == project.config_path:
        return project.document.text
    source = project.sources.get(file)
    if source is not None:
        return source.text
    return project.files.read(file).text if project.files is not None else None


def shown(file: FilePath, project: AgentProject) -> str:
    """A file's path as people write it in this project."""
    inside = file.is_relative_to(project.root)
    return file.relative_to(project.root).as_posix() if inside else str(file)


def available(message: str) -> list[str]:
    """The names that a file has, from the message that says which it lacks."""
    _, found, listed = message.partition("\nAvailable objects: ")
    try:
        names = ast.literal_eval(listed.strip()) if found else []
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
