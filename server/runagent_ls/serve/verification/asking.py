"""One worker that imports an agent, says what it found, and is ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from runagent_ls.serve.plan import AgentPlan, Limits
from runagent_ls.serve.state import EntrypointReport, Failure, StartFailedError
from runagent_ls.serve.supervisor.deaths import Death
from runagent_ls.serve.supervisor.worker_link import WorkerLink

DUMP_S: Final = 2.0
"""For a worker to write where it stands, and to end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker said; `failure` is why it said nothing of some entrypoints, `lent`
    whether the agent was lent the agent runtime."""

    python: str | None
    reports: tuple[EntrypointReport, ...]
    failure: Failure | None = None
    lent: bool = False


async def ask(plan: AgentPlan, limits: Limits) -> Answer:
    """Import the agent of `plan` in a worker of its own. Nothing of it is left afterwards."""
    link = _Asked(plan, replace(limits, start_s=limits.start_s + DUMP_S))
    late = asyncio.get_running_loop().call_later(limits.start_s, link.abort)
    failure: Failure | None = None
    try:
        await link.start()
    except StartFailedError as failed:
        failure = failed.failure
        if link.aborted and not link.about.entrypoints:
            failure = _too_late(failure, limits)
    finally:
        late.cancel()
        if link.alive:
            link.kill("ended")
            await asyncio.shield(link.gone)
    return Answer(link.about.python, link.about.entrypoints, failure, link.about.lent)


class _Asked(WorkerLink):
    """A worker that is only asked what it has."""

    def __init__(self, plan: AgentPlan, limits: Limits) -> None:
        super().__init__(plan, limits, None, _Nobody(), lambda _run, _stream, _text: None)
        self.aborted = False

    def abort(self) -> None:
        """The time is over: let it say where it stands."""
        self.aborted = True
        if sys.platform != "win32" and self.pid:
            _leave_no_core(self.pid)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGABRT)


class _Nobody:
    """Whom the worker tells what is of no interest here."""

    def worker_died(self, worker: WorkerLink, death: Death) -> None:
        return

    def worker_told(self, worker: WorkerLink) -> None:
        return


def _too_late(failure: Failure, limits: Limits) -> Failure:
    """`failure` is that of the process that was aborted, with where it stood."""
    return Failure(
        "START_TIMEOUT",
        f"The agent was not imported within {limits.start_s:g} seconds.",
        "Look at what its files do when they are imported: whatever waits for something belongs"
        " into a function.",
        frames=failure.frames,
    )


def _leave_no_core(pid: int) -> None:
    """A process that is aborted may leave an image of its memory, in the agent's folder."""
    if sys.platform == "linux":
        import resource

        try:
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
        except OSError:
            return


def interpreter_failure(interpreter: Path, reason: str) -> Failure:
    """The interpreter is none, or too old."""
    return Failure(
        "INTERPRETER_ERROR",
        f"The agent cannot run in the Python at {interpreter}: {reason}.",
        "Choose another Python interpreter for this agent.",
    )
