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
from runagent_ls.serve.verification.stacks import frames_in

DUMP_S: Final = 2.0
"""For a worker to write where it stands, and to end."""

_MOST_KEPT: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker said; `failure` is why it said nothing of some entrypoints."""

    python: str | None
    reports: tuple[EntrypointReport, ...]
    failure: Failure | None = None


async def ask(plan: AgentPlan, limits: Limits) -> Answer:
    """Import the agent of `plan` in a worker of its own. Nothing of it is left afterwards."""
    link = _Asked(plan, replace(limits, start_s=limits.start_s + DUMP_S))
    late = asyncio.get_running_loop().call_later(limits.start_s, link.abort)
    failure: Failure | None = None
    try:
        await link.start()
    except StartFailedError as failed:
        failure = failed.failure
        if not link.about.entrypoints:
            failure = _explained(failure, link, plan, limits)
    finally:
        late.cancel()
        if link.alive:
            link.kill("ended")
            await asyncio.shield(link.gone)
    return Answer(link.about.python, link.about.entrypoints, failure)


class _Asked(WorkerLink):
    """A worker that is only asked what it has; keeps the last of what it writes to stderr."""

    def __init__(self, plan: AgentPlan, limits: Limits) -> None:
        super().__init__(plan, limits, None, _Nobody(), lambda _run, _stream, _text: None)
        self.aborted = False
        self.errors = ""

    def stderr_arrived(self, text: str) -> None:
        self.errors = (self.errors + text)[-_MOST_KEPT:]
        super().stderr_arrived(text)

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


def _explained(failure: Failure, link: _Asked, plan: AgentPlan, limits: Limits) -> Failure:
    """The failure of a worker that did not come to an answer, with where it stood."""
    frames = frames_in(link.errors, plan.folder)
    if link.aborted:
        return Failure(
            "START_TIMEOUT",
            f"The agent was not imported within {limits.start_s:g} seconds.",
            "Look at what its files do when they are imported: whatever waits for something"
            " belongs into a function.",
            frames=frames,
        )
    # Behind the first line comes what it wrote last, which is then the stack.
    message = failure.message.partition("\n")[0] if frames else failure.message
    return replace(failure, message=message, frames=failure.frames or frames)


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
