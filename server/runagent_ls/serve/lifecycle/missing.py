"""What an agent needs and its Python lacks, as one command that would install it."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from runagent_ls.serve.lifecycle.events import RequirementsMissing
from runagent_ls.serve.plan import AgentPlan
from runagent_ls.serve.state import Failure

LIMIT_S: Final = 10.0
"""A failed start waits no longer than this to be told how to mend it."""


class RequirementsCheck:
    """Tells what is missing, again when that may have changed."""

    def __init__(self, report: Callable[[RequirementsMissing], None]) -> None:
        self._report = report
        self._seen: tuple[bytes | None, ...] | None = None
        self._told: RequirementsMissing | None = None

    async def look(self, plan: AgentPlan, failure: Failure | None) -> None:
        """After a start or a reload that ended with `failure`: asks the interpreter when the files
        are others than at the last time, or a module was not found."""
        seen = await asyncio.to_thread(_contents, plan.folder)
        failed = failure if failure is not None and is_missing_module(failure) else None
        if seen == self._seen and failed is None:
            return
        self._seen = seen
        missing = await requirements_missing(plan, failed)
        if missing is not None and missing != self._told:
            self._report(missing)
        self._told = missing


def requirement_files(folder: Path) -> tuple[Path, ...]:
    """Where an agent says what it needs; they need not be there."""
    return (folder / "requirements.txt", folder / "pyproject.toml")


async def requirements_missing(
    plan: AgentPlan, failure: Failure | None = None
) -> RequirementsMissing | None:
    """What is not installed: of the requirements the agent names, else the module that a start
    failed for. None when nothing is missing, or when the interpreter cannot be asked."""
    from runagent_ls.serve.requirements import InterpreterUnusableError, check_requirements

    try:
        async with asyncio.timeout(None if failure is None else LIMIT_S):
            needed = await check_requirements(plan.folder, plan.interpreter)
    except (InterpreterUnusableError, TimeoutError):
        return None
    if needed.unmet:
        missing = tuple(str(each) for each in needed.unmet)
        return RequirementsMissing(missing, needed.command or ())
    return None if failure is None else _of_failure(plan, failure)


def with_command(failure: Failure, missing: RequirementsMissing) -> Failure:
    """The failure with the command as its suggestion, unless it has one."""
    if failure.suggestion is not None or not missing.command:
        return failure
    return replace(failure, suggestion=f"Install what is missing: {shlex.join(missing.command)}")


def is_missing_module(failure: Failure) -> bool:
    return failure.exception == "ModuleNotFoundError"


def _of_failure(plan: AgentPlan, failure: Failure) -> RequirementsMissing | None:
    from runagent_ls.serve.requirements.command import usual_command
    from runagent_ls.serve.verification.observing import missing_module

    module = missing_module(failure)
    command = () if module is None else usual_command(plan.interpreter, module)
    return RequirementsMissing((command[-1],), command) if command else None


def _contents(folder: Path) -> tuple[bytes | None, ...]:
    found: list[bytes | None] = []
    for path in requirement_files(folder):
        found.append(None)
        with contextlib.suppress(OSError):
            found[-1] = path.read_bytes()
    return tuple(found)
