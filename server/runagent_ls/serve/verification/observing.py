"""From what the runtime reported to facts about a project."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.project.observation import (
    Fault,
    FaultKind,
    Observation,
    ObservedEntrypoint,
    Step,
)
from runagent_ls.serve.state import EntrypointReport, Failure, Frame
from runagent_ls.serve.verification.verification import Verification

_NO_MODULE: Final = re.compile(r"No module named '([^']+)'")
_NO_OBJECT: Final = re.compile(r"Object '.*' not found in ", re.DOTALL)
_ENDED: Final = frozenset({"SystemExit", "KeyboardInterrupt", "GeneratorExit"})


def observed(project: AgentProject, verification: Verification) -> AgentProject:
    """The project with what the runtime said of it. Pure: reads nothing, runs nothing."""
    by_tag = {report.tag: report for report in verification.reports}
    failure = verification.failure
    if failure is not None and failure.tag is not None:
        by_tag.setdefault(failure.tag, EntrypointReport(failure.tag, False, failure=failure))
    seen = tuple(
        _entrypoint(entrypoint, by_tag[entrypoint.tag])
        for entrypoint in project.entrypoints
        if entrypoint.kind == "python" and entrypoint.tag in by_tag
    )
    told = any(it.fault is not None for it in seen)
    whole = None if failure is None or (failure.tag and told) else fault_of(failure)
    observation = Observation(verification.interpreter, verification.python, seen, whole)
    return replace(project, observation=observation)


def fault_of(failure: Failure) -> Fault:
    """The failure of a start, sorted by what went wrong."""
    missing = None
    if failure.exception == "ModuleNotFoundError":
        match = _NO_MODULE.search(failure.message)
        missing = match[1] if match else None
    return Fault(
        kind=_kind(failure),
        message=failure.message,
        exception=failure.exception,
        steps=tuple(_step(frame) for frame in failure.frames),
        suggestion=failure.suggestion,
        exit_code=failure.exit_code,
        missing=missing,
    )


def _kind(failure: Failure) -> FaultKind:
    if failure.exception in _ENDED:
        return "exit"
    if failure.code == "TIMEOUT":
        return "timeout"
    if failure.exit_code is not None:
        return "died"
    if failure.exception is None:
        return "configuration"
    if failure.frames:
        return "raised"
    if _NO_OBJECT.match(failure.message):
        return "name"
    return "attribute" if failure.exception == "AttributeError" and failure.tag else "raised"


def _entrypoint(entrypoint: Entrypoint, report: EntrypointReport) -> ObservedEntrypoint:
    failure = report.failure
    at = None
    if report.file is not None and report.line is not None:
        at = Step(report.file, report.line)
    return ObservedEntrypoint(
        value=entrypoint.value,
        exists=report.exists if failure is None else None,
        callable=report.callable,
        streams=report.streams,
        kind=report.kind,
        at=at,
        fault=fault_of(failure) if failure is not None else None,
    )


def _step(frame: Frame) -> Step:
    return Step(frame.file, frame.line, frame.text)
