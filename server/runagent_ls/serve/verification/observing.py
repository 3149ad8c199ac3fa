"""From what the runtime reported to facts about a project."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.project.observation import (
    Fault,
    FaultKind,
    Observation,
    ObservedEntrypoint,
    Step,
)
from runagent_ls.serve.requirements.command import usual_command
from runagent_ls.serve.state import EntrypointReport, Failure, Frame
from runagent_ls.serve.verification.verification import Verification

_NO_MODULE: Final = re.compile(r"No module named '([^']+)'")
_NO_OBJECT: Final = re.compile(r"Object '.*' not found in ", re.DOTALL)
_NO_FILE: Final = re.compile(r"Entry point (?:file not found|must be a Python file): ")
_BY_CODE: Final[dict[str, FaultKind]] = {
    "START_TIMEOUT": "timeout",
    "PROCESS_ENDED": "died",
    "MEMORY_LIMIT": "died",
    "INTERPRETER_ERROR": "interpreter",
}
_ENDED: Final = frozenset({"SystemExit", "KeyboardInterrupt", "GeneratorExit"})


def observed(project: AgentProject, verification: Verification) -> AgentProject:
    """The project with what the runtime said of it. Pure: reads nothing, runs nothing."""
    return replace(project, observation=observation_of(project, verification))


def observation_of(project: AgentProject, verification: Verification) -> Observation:
    """What the runtime said, about the entrypoints as they stand in `project`."""
    failure = verification.failure
    if failure is not None and failure.code == "CANCELLED":
        failure = None  # somebody stopped it, which says nothing of the agent
    by_tag = {report.tag: report for report in verification.reports}
    if failure is not None and all(it.failure is None for it in by_tag.values()):
        # Reports of a worker that goes on with the files as they were before.
        by_tag = {}
    if failure is not None and failure.tag is not None:
        by_tag.setdefault(failure.tag, EntrypointReport(failure.tag, False, failure=failure))
    faults = _Faults(verification, project.config_path)
    seen = tuple(
        _entrypoint(entrypoint, by_tag[entrypoint.tag], faults)
        for entrypoint in project.entrypoints
        if entrypoint.kind == "python" and entrypoint.tag in by_tag
    )
    told = failure is None or (failure.tag and any(it.fault is not None for it in seen))
    whole = faults.of(failure) if failure is not None and not told else None
    return Observation(verification.interpreter, verification.python, seen, whole)


def missing_module(failure: Failure) -> str | None:
    """The module that was not found, when that is what went wrong."""
    if failure.exception != "ModuleNotFoundError":
        return None
    match = _NO_MODULE.search(failure.message)
    return match[1] if match else None


class _Faults:
    """Failures of a start, sorted by what went wrong."""

    def __init__(self, verification: Verification, config_path: Path) -> None:
        self._verification = verification
        self._config_path = config_path

    def of(self, failure: Failure) -> Fault:
        module = missing_module(failure)
        # A place in the configuration is where an entrypoint is named, unless it is at fault.
        steps = tuple(_step(frame) for frame in failure.frames if frame.file != self._config_path)
        imported = any(frame.function == "<module>" for frame in failure.frames)
        kind = _kind(failure, imported=imported, ran=bool(steps))
        if kind == "configuration":
            steps = tuple(_step(frame) for frame in failure.frames)
        return Fault(
            kind=kind,
            message=failure.message,
            exception=failure.exception,
            steps=steps,
            suggestion=failure.suggestion,
            exit_code=failure.exit_code,
            missing=module,
            install=self._install(module) if module is not None else (),
        )

    def _install(self, module: str) -> tuple[str, ...]:
        known = self._verification.installs
        if known:
            return known.get(module, ())
        return usual_command(self._verification.interpreter, module)


def _kind(failure: Failure, *, imported: bool, ran: bool) -> FaultKind:
    """`imported`: top-level code of a file was on the way; `ran`: any code of the agent was."""
    if failure.code in _BY_CODE:
        return _BY_CODE[failure.code]
    if failure.exception in _ENDED:
        return "exit"
    if failure.exception is None:
        return "configuration"
    if imported:
        return "raised"
    if ran and failure.tag is not None:
        return "attribute"
    if failure.exception == "AttributeError" and failure.tag is not None:
        return "name" if _NO_OBJECT.match(failure.message) else "attribute"
    return "configuration" if _NO_FILE.match(failure.message) else "raised"


def _entrypoint(
    entrypoint: Entrypoint, report: EntrypointReport, faults: _Faults
) -> ObservedEntrypoint:
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
        fault=faults.of(failure) if failure is not None else None,
    )


def _step(frame: Frame) -> Step:
    return Step(frame.file, frame.line, frame.text)
