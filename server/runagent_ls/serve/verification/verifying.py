"""Verifying an agent: one worker for all of it, and one per file when that one did not survive."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import Final, TypeAlias

from runagent_ls.serve.plan import AgentPlan, Limits, PythonEntrypoint
from runagent_ls.serve.requirements.installed import InterpreterUnusableError, version_of
from runagent_ls.serve.state import EntrypointReport, Failure
from runagent_ls.serve.verification.asking import Answer, ask, interpreter_failure
from runagent_ls.serve.verification.missing import install_commands
from runagent_ls.serve.verification.verification import Verification

OLDEST_PYTHON: Final = (3, 9)
"""The worker runs on it and on all that came later."""

_File: TypeAlias = tuple[PythonEntrypoint, ...]
"""The entrypoints of one file."""

_ENDED_EARLY: Final = frozenset({"START_TIMEOUT", "PROCESS_ENDED", "MEMORY_LIMIT"})


async def verify(plan: AgentPlan, limits: Limits | None = None) -> Verification:
    """Import the agent's files in its own Python and say what each entrypoint is. Never raises.

    Takes at most `limits.start_s` (60 s unless told otherwise) when all goes well; when the agent
    kills the process or does not come to an end, twice that for finding the file.
    """
    limits = limits or Limits()
    tags = {each.tag for each in plan.entrypoints if isinstance(each, PythonEntrypoint)}
    if not tags:
        return Verification(plan.interpreter)
    answer = await ask(plan, limits)
    failure = answer.failure
    if failure is not None and failure.code in _ENDED_EARLY:
        unusable = await _unusable(plan) if failure.code == "PROCESS_ENDED" else None
        answer = Answer(None, (), unusable or failure)
        if unusable is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2 * limits.start_s):
                    answer = await _narrowed(plan, failure, limits)
    failure = answer.failure or next((it.failure for it in answer.reports if it.failure), None)
    found = Verification(
        plan.interpreter,
        reports=answer.reports,
        failure=failure,
        python=answer.python,
        lent=answer.lent,
    )
    return replace(found, installs=await install_commands(found, plan))


async def _unusable(plan: AgentPlan) -> Failure | None:
    """Why the interpreter itself is of no use; None when it is fine."""
    try:
        version = await version_of(plan.interpreter)
    except InterpreterUnusableError as error:
        return interpreter_failure(plan.interpreter, str(error))
    if version >= OLDEST_PYTHON:
        return None
    old, oldest = (".".join(map(str, each)) for each in (version, OLDEST_PYTHON))
    return interpreter_failure(
        plan.interpreter, f"it is Python {old}, and agents need {oldest} or newer"
    )


async def _narrowed(plan: AgentPlan, failure: Failure, limits: Limits) -> Answer:
    """Whose fault it was that a worker did not come to an answer, and what the other files are."""
    files = _files(plan)
    guilty = files[0] if len(files) == 1 else _named(plan, files, failure)
    if guilty is None:
        return await _each_alone(plan, files, failure, limits)
    rest = replace(plan, entrypoints=tuple(it for one in files if one != guilty for it in one))
    answer = Answer(None, ())
    if rest.entrypoints:
        answer = await ask(rest, limits)
        if answer.failure is not None and answer.failure.code in _ENDED_EARLY:
            answer = await _narrowed(rest, answer.failure, limits)
    return replace(answer, reports=(*_blamed(guilty, failure), *answer.reports))


async def _each_alone(
    plan: AgentPlan, files: list[_File], failure: Failure, limits: Limits
) -> Answer:
    """As it was when no single file does it."""
    answers = [await ask(replace(plan, entrypoints=one), limits) for one in files]
    reports: list[EntrypointReport] = []
    whole: Failure | None = failure
    for one, answer in zip(files, answers, strict=True):
        if answer.failure is not None and answer.failure.code in _ENDED_EARLY:
            reports.extend(_blamed(one, answer.failure))
            whole = None
        reports.extend(answer.reports)
    python = next((it.python for it in answers if it.python), None)
    return Answer(python, tuple(reports), whole, any(it.lent for it in answers))


def _named(plan: AgentPlan, files: list[_File], failure: Failure) -> _File | None:
    """The file whose import began the steps to where the process stood."""
    if not failure.frames:
        return None
    begun = failure.frames[0].file
    return next((one for one in files if begun == plan.folder / one[0].file), None)


def _files(plan: AgentPlan) -> list[_File]:
    """The Python entrypoints, those of one file together."""
    found: dict[str, list[PythonEntrypoint]] = {}
    for each in plan.entrypoints:
        if isinstance(each, PythonEntrypoint):
            found.setdefault(each.file, []).append(each)
    return [tuple(each) for each in found.values()]


def _blamed(entrypoints: _File, failure: Failure) -> tuple[EntrypointReport, ...]:
    return tuple(
        EntrypointReport(each.tag, exists=False, failure=replace(failure, tag=each.tag))
        for each in entrypoints
    )
