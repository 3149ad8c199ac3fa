"""Expose a function of a Python file as an entrypoint."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.changes import Change
from runagent_ls.features.refactoring.collecting import collector
from runagent_ls.features.refactoring.config_edits import (
    appended_entrypoint,
    config_edits,
    free_tag,
)
from runagent_ls.features.refactoring.create_function import insertion_edit
from runagent_ls.features.refactoring.offer import REWRITE_EXPOSE, Offer
from runagent_ls.features.refactoring.stepwise import Steps
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.project.entrypoints import build_entrypoints
from runagent_ls.project.file_source import FileSource
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.project.module_reader import RecordingReader
from runagent_ls.project.verdicts import Verdicts
from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.model import Proof, Symbol
from runagent_ls.rules.registry import all_rules

_DEFINITION: Final = re.compile(r"(?:async[ \t\f]+)?def[ \t\f]+(?P<name>[^\W\d]\w*)")
_WEBHOOKS: Final = "n8n"
"""The framework that takes no functions."""


def expose(
    project: AgentProject, file: FilePath, offset: int, files: FileSource
) -> Iterator[Offer]:
    """Add the function whose `def` stands on the line at `offset` to the configuration.

    Nothing unless it certainly can be called there. A generator gets a tag that streams, or two
    entrypoints, one of which answers in one piece; what certainly returns a list is offered either
    way.
    """
    function, source = _function_at(file, offset, files), files.python(file)
    if function is None or source is None or not _takes_functions(project):
        return
    known = [it for it in project.entrypoints if _is_at(it, file, function)]
    for streams in (False, True):
        if any(it.is_stream == streams for it in known):
            continue
        entry = _entry(project, file, function.name, streams=streams)
        works = _works(project, file, function, entry, files)
        if not works and not _reads_well(source, function, streams=streams):
            continue
        made = appended_entrypoint(project.document, entry)
        if made:
            tag = entry["tag"]
            what = "an entrypoint" if tag == function.name else f"the entrypoint {tag}"
            title = f"Expose {function.name} as {what}"
            yield Offer(title, REWRITE_EXPOSE, Change(config_edits(project, made)))
        if works and streams and not known:
            yield from _both_ways(project, file, source, function)


def _entry(
    project: AgentProject, file: FilePath, name: str, *, streams: bool
) -> dict[str, JsonValue]:
    relative = file.relative_to(project.root).as_posix()
    return {"file": relative, "module": name, "tag": free_tag(project, name, streams=streams)}


def _both_ways(
    project: AgentProject, file: FilePath, source: PyFile, function: Symbol
) -> Iterator[Offer]:
    """A generator with a second function that collects what it yields, each an entrypoint."""
    collects = collector(source, function.name)
    if collects is None:
        return
    plain = _entry(project, file, function.name, streams=False) | {"module": collects.name}
    streaming = _entry(project, file, function.name, streams=True)
    steps = Steps(project.document)
    for entry in (plain, streaming):
        made = appended_entrypoint(steps.document, entry)
        if not made:
            return
        steps.take(made)
    title = f"Expose {function.name} as the entrypoints {plain['tag']} and {streaming['tag']}"
    edits = (
        insertion_edit(file, source.text, collects),
        *config_edits(project, steps.replacements()),
    )
    yield Offer(title, REWRITE_EXPOSE, Change(edits))


def _function_at(file: FilePath, offset: int, files: FileSource) -> Symbol | None:
    """The top-level function defined on the line at an offset.

    The line is looked at first: this is asked wherever the cursor goes.
    """
    text = files.read(file).text
    if text is None:
        return None
    start = 1 + max(text.rfind(end, 0, offset) for end in "\r\n")
    found = _DEFINITION.match(text, start)
    source = files.python(file) if found is not None else None
    if found is None or source is None:
        return None
    symbol = source.symbols.get(found["name"])
    is_here = symbol is not None and symbol.span.start == found.start("name")
    return symbol if is_here and symbol is not None and symbol.kind == "function" else None


def _takes_functions(project: AgentProject) -> bool:
    webhooks = any(it.kind == "webhook" for it in project.entrypoints)
    return project.config_error is None and project.framework != _WEBHOOKS and not webhooks


def _is_at(entrypoint: Entrypoint, file: FilePath, function: Symbol) -> bool:
    """Whether an entrypoint addresses a function, under whatever name."""
    found = entrypoint.resolution
    if found is None or found.symbol is None:
        return False
    return found.defined_in == file and found.symbol.span == function.span


def _works(
    project: AgentProject,
    file: FilePath,
    function: Symbol,
    entry: dict[str, JsonValue],
    files: FileSource,
) -> bool:
    """Whether the entrypoint would load, answer as its tag promises, and leave no rule uneasy."""
    reader = RecordingReader(project.root, files)
    (made,) = build_entrypoints([entry], reader, Verdicts(reader), (), files_hold=False)
    found = made.resolution
    if found is None or not _is_at(made, file, function):
        return False
    if not found.exists is found.is_callable is Proof.PROVEN:
        return False
    if made.is_stream and found.streams is not Proof.PROVEN:
        return False
    if not made.is_stream and found.gives_generator is Proof.PROVEN:
        return False
    return not any(
        (issue.severity or rule.severity) in {"error", "warning"}
        for rule in all_rules()
        if rule.check_entrypoint is not None
        for issue in rule.check_entrypoint(made, project)
    )


def _reads_well(source: PyFile, function: Symbol, *, streams: bool) -> bool:
    """The same for a file that is broken elsewhere, judged by the function's own text alone."""
    if source.syntax_error is None or source.layout is None:
        return False
    pieces = [it for it in source.layout.pieces if it.start <= function.span.start]
    is_read = bool(pieces) and pieces[-1].block is not None
    plain = function.certain and not (function.rebound or function.decorators)
    return is_read and plain and function.is_generator == streams
