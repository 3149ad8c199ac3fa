"""Takes runs for an agent and gives back what came of them, whatever the agent's code does."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from agent_runtime.orchestrator import BackpressureGuard, BackpressureShed
from runagent_ls.serve.plan import AgentPlan, DebugPlan, Limits
from runagent_ls.serve.state import Failure, StartFailedError, Status
from runagent_ls.serve.supervisor.active import ActiveRun, Call, Stream
from runagent_ls.serve.supervisor.fleet import STOPPED, Fleet
from runagent_ls.serve.supervisor.runs import (
    Listener,
    Output,
    OverloadedError,
    Run,
    RunFailedError,
)
from runagent_ls.serve.supervisor.worker_link import WorkerLink

_REPLACED_S: Final = 5.0
"""How much longer a cancel waits to see the worker of a stuck run replaced and gone."""
_CANCELLED: Final = "The run was cancelled."


class Supervisor:
    """One served agent. For one event loop.

    Start it before anything else; `stop` frees everything. All of its processes end with `stop`,
    and by themselves when this process ends in any way.
    """

    def __init__(
        self,
        plan: AgentPlan,
        limits: Limits,
        listener: Listener,
        debug: DebugPlan | None = None,
    ) -> None:
        self._limits = limits
        self._listener = listener
        self._debugged = debug is not None
        self._fleet = Fleet(plan, limits, debug, listener.logged, self._told)
        self._turns = BackpressureGuard(limits.at_once, limits.at_once + limits.waiting)
        self._active: dict[str, ActiveRun] = {}
        self._workers: dict[ActiveRun, WorkerLink] = {}
        self._queued: dict[str, asyncio.Task[None]] = {}
        self._mean_s = 0.0
        self._stopping: asyncio.Task[None] | None = None

    @property
    def plan(self) -> AgentPlan:
        """What is served now; after a failed reload still the old plan."""
        return self._fleet.served

    @property
    def files(self) -> frozenset[Path]:
        """The agent's own modules that were imported, by the worker that answers and by the newest
        one as far as it came."""
        return frozenset().union(
            *(each.files for each in (self._fleet.current, self._fleet.newest) if each is not None)
        )

    @property
    def lends_runtime(self) -> bool:
        """Whether the agent that answers works with an agent runtime that its Python lacks."""
        return self._fleet.about.lent

    @property
    def status(self) -> Status:
        fleet, condition = self._fleet, self._fleet.condition
        about = fleet.about
        return Status(
            state=condition.state,
            since=condition.since,
            stale_since=condition.stale_since,
            failure=condition.failure,
            worker_pid=None if fleet.current is None else fleet.current.pid,
            python=about.python,
            entrypoints=about.entrypoints,
            debug_port=None if fleet.newest is None else fleet.newest.debug_port,
            running=len(self._active) - len(self._queued),
            waiting=len(self._queued),
        )

    async def start(self) -> None:
        """Returns when the agent takes runs. StartFailedError says why it does not."""
        await self.reload(self._fleet.wanted)
        condition = self._fleet.condition
        if condition.state in {"failed", "stopping", "stopped"}:
            raise StartFailedError(condition.failure or Failure("CANCELLED", STOPPED))

    async def reload(self, plan: AgentPlan) -> None:
        """Starts a new worker for `plan` beside the one that answers, which then takes over, while
        runs that go on finish where they are. When it cannot start, the old one goes on and the
        state is `stale`. Of calls at the same time the last wins. Never raises."""
        if self._stopping is None:
            await self._fleet.start(plan)

    def reload_failed(self, failure: Failure) -> None:
        """There is no plan to reload: the old worker goes on, as after a reload that failed."""
        if self._stopping is None:
            self._fleet.refuse(failure)

    async def stop(self, grace_s: float | None = None) -> None:
        """Lets runs finish for `grace_s` seconds (`Limits.stop_s` when None), then ends them and
        every process. Further calls wait for the first; one without grace ends it at once."""
        if self._stopping is None:
            grace = self._limits.stop_s if grace_s is None else grace_s
            for run_id, queued in self._queued.items():
                self._active[run_id].cancelling = True
                queued.cancel()
            self._stopping = asyncio.create_task(self._fleet.stop(grace))
        elif grace_s == 0:
            self._fleet.end_all()
        await asyncio.shield(self._stopping)

    async def call(self, run: Run) -> Output:
        """Runs a plain entrypoint. RunFailedError and OverloadedError; when the caller is
        cancelled, so is the run."""
        call = Call(run)
        await self._begin(call, streams=False)
        try:
            return await call.outcome
        except asyncio.CancelledError:
            self._leave(call)
            raise

    @asynccontextmanager
    async def stream(self, run: Run) -> AsyncIterator[Stream]:
        """Runs a streaming entrypoint; leaving the block ends it. Errors as `call`, those of the
        run out of the iteration."""
        stream = Stream(run)
        await self._begin(stream, streams=True)
        try:
            yield stream
        finally:
            self._leave(stream)

    async def cancel(self, run_id: str) -> bool:
        """Whether the run has really ended; False also when there is none. Its caller is answered
        at the latest when a run has had its time to end."""
        active = self._active.get(run_id)
        if active is None:
            return False
        active.cancelling = True
        queued = self._queued.get(run_id)
        if queued is not None and not queued.done():
            queued.cancel()
            return True
        self._ask_to_end(active)
        await asyncio.wait({active.ended}, timeout=self._limits.cancel_s)
        if not active.ended.done():
            active.fail(RunFailedError("cancelled", _CANCELLED))
            await asyncio.wait({active.ended}, timeout=_REPLACED_S)
        return active.ended.done()

    # A run's way

    async def _begin(self, active: ActiveRun, *, streams: bool) -> None:
        run_id = active.run.id
        if run_id in self._active:
            raise ValueError(f"a run {run_id} goes on already")
        self._active[run_id] = active
        try:
            worker = self._fleet.usable_now()
            if worker is not None and self._turns.counts().active < self._turns.soft:
                await self._turns.acquire()  # does not wait
                self._hand_over(active, worker, streams)
            else:
                await self._wait_for_turn(active, streams)
        except BaseException:
            if not active.begun:
                del self._active[run_id]
            raise

    async def _wait_for_turn(self, active: ActiveRun, streams: bool) -> None:
        queued = asyncio.create_task(self._queue(active, streams))
        self._queued[active.run.id] = queued
        try:
            await queued
        except asyncio.CancelledError:
            if active.begun:  # it had just begun
                self._leave(active)
            if active.cancelling and not _is_cancelled():
                stopping = self._stopping is not None
                raise RunFailedError("cancelled", STOPPED if stopping else _CANCELLED) from None
            raise
        finally:
            del self._queued[active.run.id]

    async def _queue(self, active: ActiveRun, streams: bool) -> None:
        """Until there is a place and a worker. Both are taken at once, or a worker that dies
        meanwhile would be handed a run."""
        try:
            await self._turns.acquire()
        except BackpressureShed as shed:
            wait = math.ceil(self._mean_s * (shed.waiting + 1) / self._turns.soft)
            raise OverloadedError(str(shed), min(60, max(1, wait))) from shed
        try:
            worker = await self._fleet.usable()
        except BaseException:
            self._turns.release()
            raise
        self._hand_over(active, worker, streams)

    def _hand_over(self, active: ActiveRun, worker: WorkerLink, streams: bool) -> None:
        """To a worker that is alive; a place was taken."""
        try:
            worker.begin(active, streams)
        except BaseException:
            self._turns.release()
            raise
        self._workers[active] = worker
        active.ended.add_done_callback(lambda _: self._workers.pop(active))
        active.freed.add_done_callback(lambda _: self._free_place(active))
        if self._limits.run_s is not None and not self._debugged:
            loop = asyncio.get_running_loop()
            active.timers.append(loop.call_later(self._limits.run_s, self._over_time, active))

    def _over_time(self, active: ActiveRun) -> None:
        limit = self._limits.run_s
        active.fail(RunFailedError("timeout", f"The run took longer than {limit:g} seconds."))
        self._ask_to_end(active)

    def _leave(self, active: ActiveRun) -> None:
        """Its caller waits no longer."""
        if not active.ended.done():
            active.fail(RunFailedError("cancelled", _CANCELLED))
            self._ask_to_end(active)

    def _ask_to_end(self, active: ActiveRun) -> None:
        worker = self._workers.get(active)
        if worker is None or active.asked_to_end or active.ended.done():
            return
        active.asked_to_end = True
        worker.cancel(active)
        loop = asyncio.get_running_loop()
        late = loop.call_later(self._limits.cancel_s, self._fleet.would_not_end, worker, active)
        active.timers.append(late)

    def _free_place(self, active: ActiveRun) -> None:
        del self._active[active.run.id]
        self._turns.release()
        self._mean_s += (active.elapsed_s - self._mean_s) / 8

    def _told(self) -> None:
        self._listener.status_changed(self.status)


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
