"""Expose a function of a Python file as an entrypoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.changes import Change
from runagent_ls.features.refactoring.collecting import collector
from runagent_ls.features.refactoring.config_edits import (
    appended_entrypoint,
    config_edits,
    free_tag,
)
from runagent_ls.features.refactoring.create_function import insertion_edits
from runagent_ls.features.refactoring.exposable import exposable_at
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

_WEBHOOKS: Final = "n8n"
"""The framework that takes no functions."""


def expose(
    project: AgentProject, file: FilePath, offset: int, files: FileSource
) -> Iterator[Offer]:
    """Add the function whose `def` stands on the line at `offset` to the configuration.

    Nothing unless it certainly can be called there; a method needs an object at the top level of
    its file. A generator gets a tag that streams, or two entrypoints, one of which answers in one
    piece; what certainly returns a list is offered either way.
    """
    source = files.python(file)
    found = exposable_at(source, offset) if source is not None else None
    if source is None or found is None or not _takes_functions(project):
        return
    trial = _Trial(project, file, source, found.function, files)
    known = [it for it in project.entrypoints if trial.is_reached_by(it)]
    for streams in (False, True):
        if any(it.is_stream == streams for it in known):
            continue
        tag = free_tag(project, found.function.name, streams=streams)
        entries = (trial.entry(module, tag) for module in found.modules)
        entry = next((it for it in entries if trial.works(it)), None)
        if entry is None:
            continue
        made = appended_entrypoint(project.document, entry)
        if made:
            what = "an entrypoint" if tag == entry["module"] else f"the entrypoint {tag}"
            title = f"Expose {entry['module']} as {what}"
            yield Offer(title, REWRITE_EXPOSE, Change(config_edits(project, made)))
        if streams and not known:
            yield from _both_ways(trial, entry)


def _both_ways(trial: _Trial, streaming: dict[str, JsonValue]) -> Iterator[Offer]:
    """A generator with a second function that collects what it yields, each an entrypoint."""
    project, name = trial.project, trial.function.name
    collects = collector(trial.source, name) if streaming["module"] == name else None
    if collects is None:
        return
    plain = trial.entry(collects.name, free_tag(project, name, streams=False))
    steps = Steps(project.document)
    for entry in (plain, streaming):
        made = appended_entrypoint(steps.document, entry)
        if not made:
            return
        steps.take(made)
    title = f"Expose {name} as the entrypoints {plain['tag']} and {streaming['tag']}"
    insertion = insertion_edits(trial.file, trial.source.text, collects)
    edits = (*insertion, *config_edits(project, steps.replacements()))
    yield Offer(title, REWRITE_EXPOSE, Change(edits))


def _takes_functions(project: AgentProject) -> bool:
    webhooks = any(it.kind == "webhook" for it in project.entrypoints)
    return project.config_error is None and project.framework != _WEBHOOKS and not webhooks


@dataclass(frozen=True, slots=True)
class _Trial:
    """A function that entrypoints are tried with."""

    project: AgentProject
    file: FilePath
    source: PyFile
    function: Symbol
    files: FileSource

    def entry(self, module: str, tag: str) -> dict[str, JsonValue]:
        relative = self.file.relative_to(self.project.root).as_posix()
        return {"file": relative, "module": module, "tag": tag}

    def is_reached_by(self, entrypoint: Entrypoint) -> bool:
        """Whether an entrypoint addresses the function, under whatever name."""
        found = entrypoint.resolution
        if found is None or found.symbol is None:
            return False
        return found.defined_in == self.file and found.symbol.span == self.function.span

    def works(self, entry: dict[str, JsonValue]) -> bool:
        """Whether the entrypoint would load, answer as its tag promises, and no rule object."""
        reader = RecordingReader(self.project.root, self.files)
        (made,) = build_entrypoints([entry], reader, Verdicts(reader), (), files_hold=False)
        if self.source.syntax_error is not None:
            return self._reads_well(made)
        found = made.resolution
        if found is None or not self.is_reached_by(made):
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
            for issue in rule.check_entrypoint(made, self.project)
        )

    def _reads_well(self, made: Entrypoint) -> bool:
        """The same in a file that is broken elsewhere, judged by the function's own text alone."""
        function, layout = self.function, self.source.layout
        pieces = layout.pieces if layout is not None else ()
        before = [it for it in pieces if it.start <= function.span.start]
        is_read = bool(before) and before[-1].block is not None
        plain = function.certain and not (function.rebound or function.decorators)
        top_level = made.module == function.name
        return is_read and plain and top_level and function.is_generator == made.is_stream
