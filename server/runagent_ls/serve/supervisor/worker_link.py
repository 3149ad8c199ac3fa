"""One worker, spoken to: its runs by number, what it says about itself, and its end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from runagent_ls.serve.plan import AgentPlan, DebugPlan, Limits, PythonEntrypoint
from runagent_ls.serve.state import EntrypointReport, Failure, StartFailedError
from runagent_ls.serve.supervisor import crashes, payloads
from runagent_ls.serve.supervisor.active import ActiveRun
from runagent_ls.serve.supervisor.deaths import Cause, Death
from runagent_ls.serve.supervisor.frame_reader import FrameReader, NoFrameError
from runagent_ls.serve.supervisor.load_message import load_message
from runagent_ls.serve.supervisor.logs import Logs, OnText
from runagent_ls.serve.supervisor.memory import watch_memory
from runagent_ls.serve.supervisor.process import WorkerProcess
from runagent_ls.serve.supervisor.runs import RunFailedError
from runagent_ls.serve.supervisor.secrets import clean_failure, clean_reports
from runagent_ls.serve.worker import framing

LONGEST: Final = 256 * 1024 * 1024
"""Bytes of one payload that are kept. A worker may claim 4 GB, and this process has to survive."""


@dataclass(frozen=True, slots=True)
class About:
    """What a worker says: `failure` is why it can take no runs, `lent` whether the agent has the
    agent runtime from us."""

    python: str | None
    entrypoints: tuple[EntrypointReport, ...]
    failure: Failure | None = None
    lent: bool = False


class Owner(Protocol):
    """Whom a worker tells what concerns more than one run."""

    def worker_died(self, worker: WorkerLink, death: Death) -> None:
        """After all of its runs have been told."""

    def worker_told(self, worker: WorkerLink) -> None:
        """It said something about itself: that a debugger may attach."""


class WorkerLink:
    """Usable after `start`. `about` is known as far as the worker has come."""

    def __init__(
        self,
        plan: AgentPlan,
        limits: Limits,
        debug: DebugPlan | None,
        owner: Owner,
        on_text: OnText,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.plan = plan
        self.runs: dict[int, ActiveRun] = {}
        self.stuck: set[ActiveRun] = set()
        self.blocked = False
        self.died_in_run = False
        self.files: set[Path] = set()
        self._started_at = loop.time()
        self.about = About(None, ())
        self._answered: asyncio.Future[None] = loop.create_future()
        self.gone: asyncio.Future[Death] = loop.create_future()
        self.debug_port: int | None = None
        self._limits = limits
        self._debug = debug
        self._owner = owner
        self._logs = Logs(on_text)
        self._reader = FrameReader(self._on_frame, self._on_too_long, LONGEST)
        self._numbers: dict[ActiveRun, int] = {}
        self._cause: Cause = "exit"
        self._process: WorkerProcess | None = None
        self._memory: asyncio.Task[None] | None = None
        self._free: asyncio.Future[None] | None = None

    async def start(self) -> None:
        """StartFailedError when the agent cannot be imported, takes too long or dies; nothing is
        left of its process then."""
        process = self._process = await WorkerProcess.spawn(self.plan, self)
        try:
            self._send(framing.LOAD, 0, load_message(self.plan, self._limits, self._debug))
            if self._limits.memory_bytes is not None:
                watch = watch_memory(process.pid, self._limits.memory_bytes, self._too_much_memory)
                self._memory = asyncio.create_task(watch)
            await self._answer()
        except BaseException:
            self.kill("ended")
            await asyncio.shield(self.gone)
            raise

    @property
    def pid(self) -> int:
        return 0 if self._process is None else self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and not self.gone.done()

    @property
    def age_s(self) -> float:
        return asyncio.get_running_loop().time() - self._started_at

    def begin(self, active: ActiveRun, streams: bool) -> None:
        """RunFailedError when the arguments cannot be sent, or a reload took the entrypoint away
        while the run waited."""
        run = active.run
        if not isinstance(self.plan.entrypoint(run.tag), PythonEntrypoint):
            raise RunFailedError("raised", f"The agent has no function with the tag '{run.tag}'.")
        message = {
            "id": run.id,
            "tag": run.tag,
            "args": run.args,
            "kwargs": run.kwargs,
            "streams": streams,
            "credit": active.window,
        }
        try:
            payload = json.dumps(message).encode("ascii")
        except (ValueError, TypeError, RecursionError) as refused:
            raise RunFailedError("raised", f"The arguments cannot be sent: {refused}") from refused
        self._reader.last_run += 1
        number = self._reader.last_run
        self.runs[number] = active
        self._numbers[active] = number
        self._send_bytes(framing.RUN, number, payload)
        active.begin(lambda size: self._send(framing.CREDIT, number, {"bytes": size}))

    def cancel(self, active: ActiveRun) -> None:
        if (number := self._numbers.get(active)) is not None:
            self._send(framing.CANCEL, number, {})

    def end_runs(self, error: RunFailedError) -> None:
        """Answers all that go on and asks them to end."""
        for active in list(self.runs.values()):
            active.fail(error)
            self.cancel(active)

    def retire(self) -> None:
        """No more runs; it ends when the last has ended."""
        self._send(framing.SHUTDOWN, 0, {})

    def kill(self, cause: Cause) -> None:
        if self.alive and self._process is not None:
            self._cause = cause
            self._process.kill()

    async def is_free(self, limit_s: float | None) -> bool:
        """Whether its event loop turns, or it is gone: an answer came in time."""
        if self._free is None or self._free.done():
            self._free = asyncio.get_running_loop().create_future()
            self._send(framing.PING, 0, {})
        waited: set[asyncio.Future[Any]] = {self._free, self.gone}
        done, _ = await asyncio.wait(waited, timeout=limit_s, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)

    # What its process tells

    def bytes_arrived(self, data: bytes) -> None:
        self._reader.feed(data)

    def stderr_arrived(self, text: str) -> None:
        self._logs.write(None, "stderr", text)

    def process_gone(self, returncode: int, pipe_closed: bool, garbage: bool) -> None:
        if self._memory is not None:
            self._memory.cancel()
        cause = self._cause
        if cause == "exit" and (garbage or pipe_closed):
            cause = "garbage" if garbage else "pipe-closed"
        written = self._logs.tail
        frames = crashes.frames_in(written, self.plan.folder)
        death = Death(cause, returncode, self._limits.memory_bytes, written, frames)
        self._logs.close()
        self.died_in_run = bool(self.runs)
        for active in list(self.runs.values()):
            active.fail(death.run_error())
            active.end()
        self.runs.clear()
        self._numbers.clear()
        self.gone.set_result(death)
        self._owner.worker_died(self, death)

    # Frames

    def _on_frame(self, kind: int, number: int, payload: bytes) -> None:
        active = self.runs.get(number)
        if kind == framing.CHUNKS:
            if active is not None:
                active.take_chunks(payload)
        elif kind == framing.LOG:
            fields = payloads.fields_of(payload)
            text = payloads.text(fields, "text") or ""
            stream = "stderr" if fields.get("stream") == "stderr" else "stdout"
            self._logs.write(None if active is None else active.run.id, stream, text)
        elif kind in _ENDS:
            if active is not None:
                self._on_end(kind, active, payload)
        else:
            _ABOUT_ITSELF[kind](self, payloads.fields_of(payload))

    def _on_end(self, kind: int, active: ActiveRun, payload: bytes) -> None:
        if kind == framing.RESULT:
            active.take_result(payload)
        elif kind == framing.DONE:
            fields = payloads.fields_of(payload)
            active.take_done(payloads.number(fields, "chunks") or 0, payloads.seconds(fields))
        else:
            active.fail(payloads.run_failure(payloads.fields_of(payload)))
        self._ended(active)

    def _on_too_long(self, kind: int, number: int, length: int) -> None:
        active = self.runs.get(number)
        if active is None or kind not in {framing.RESULT, framing.CHUNKS, framing.ERROR}:
            raise NoFrameError
        size = length // (1024 * 1024)
        active.fail(RunFailedError("raised", f"The output is too large: {size} MB."))
        if kind == framing.CHUNKS:
            self.cancel(active)
        else:
            self._ended(active)

    def _ended(self, active: ActiveRun) -> None:
        del self.runs[self._numbers.pop(active)]
        self.stuck.discard(active)
        active.end()

    def _on_answer(self, fields: payloads.Fields) -> None:
        self._on_files(fields)
        variables, failure = self.plan.environment, payloads.failure(fields.get("failure"))
        self.about = About(
            payloads.text(fields, "python"),
            clean_reports(payloads.reports(fields), variables),
            failure and clean_failure(failure, variables),
            fields.get("lent") is True,
        )
        if not self._answered.done():
            self._answered.set_result(None)

    def _on_files(self, fields: payloads.Fields) -> None:
        self.files.update(payloads.paths(fields))

    def _on_debug(self, fields: payloads.Fields) -> None:
        self.debug_port = payloads.number(fields, "port")
        if self.debug_port is not None:
            self._owner.worker_told(self)

    def _on_pong(self, _fields: payloads.Fields) -> None:
        if self._free is not None and not self._free.done():
            self._free.set_result(None)

    # Starting

    async def _answer(self) -> None:
        """A debugger may hold the import as long as it likes."""
        limit = None if self._debug is not None else self._limits.start_s
        waited: set[asyncio.Future[Any]] = {self._answered, self.gone}
        await asyncio.wait(waited, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if self._answered.done():
            if self.about.failure is not None:
                raise StartFailedError(self.about.failure)
            return
        if self.gone.done():
            raise StartFailedError(
                clean_failure(self.gone.result().failure(), self.plan.environment)
            )
        raise StartFailedError(
            Failure(
                "START_TIMEOUT",
                f"The agent was not imported within {self._limits.start_s:g} seconds.",
                suggestion="Look at what its files do when they are imported: whatever waits for "
                "something belongs into a function.",
            )
        )

    def _too_much_memory(self) -> None:
        self.kill("memory")

    def _send(self, kind: int, number: int, message: dict[str, Any]) -> None:
        self._send_bytes(kind, number, json.dumps(message).encode("ascii"))

    def _send_bytes(self, kind: int, number: int, payload: bytes) -> None:
        if self._process is not None:
            self._process.write(framing.frame(kind, number, payload))


_ENDS: Final = frozenset({framing.RESULT, framing.DONE, framing.ERROR})
_ABOUT_ITSELF: Final[dict[int, Callable[[WorkerLink, payloads.Fields], None]]] = {
    framing.READY: WorkerLink._on_answer,
    framing.FAILED: WorkerLink._on_answer,
    framing.FILES: WorkerLink._on_files,
    framing.DEBUG: WorkerLink._on_debug,
    framing.PONG: WorkerLink._on_pong,
}
