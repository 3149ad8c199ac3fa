"""The workers of one agent: the one that takes runs, the next one, and those that only finish."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from runagent_ls.serve.plan import AgentPlan, DebugPlan, Limits, PythonEntrypoint
from runagent_ls.serve.state import Failure, StartFailedError, State
from runagent_ls.serve.supervisor.active import ActiveRun
from runagent_ls.serve.supervisor.deaths import Death
from runagent_ls.serve.supervisor.logs import OnText
from runagent_ls.serve.supervisor.runs import RunFailedError
from runagent_ls.serve.supervisor.worker_link import About, WorkerLink

STOPPED: Final = "The agent was stopped."
_EARLY_S: Final = 10.0
"""A worker that ends sooner, and while nothing runs, will most likely end so again."""
_MOST_EARLY_DEATHS: Final = 3
_LOOK_S: Final = 0.5
_KILL_S: Final = 5.0
"""For the system to end a process that was killed."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How the agent is; see `Status`."""

    state: State
    since: datetime
    stale_since: datetime | None = None
    failure: Failure | None = None


class Fleet:
    """Starts, replaces and ends workers. One replacement is under way at most: a later one takes
    the place of an earlier. `changed` is called after each change of `condition`. `wanted` is the
    plan that was asked for last, `served` the one that took over last."""

    def __init__(
        self,
        plan: AgentPlan,
        limits: Limits,
        debug: DebugPlan | None,
        on_text: OnText,
        changed: Callable[[], None],
    ) -> None:
        self.wanted = plan
        self.served = plan
        self.condition = Condition("stopped", _now())
        self.current: WorkerLink | None = None
        self.newest: WorkerLink | None = None
        self._limits = limits
        self._debug = debug
        self._on_text = on_text
        self._changed = changed
        self._workers: set[WorkerLink] = set()
        self._replacing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._early_deaths = 0
        self._stale_since: datetime | None = None
        self._moved: asyncio.Future[None] | None = None

    @property
    def about(self) -> About:
        """Of the worker that answers, or else of the one that failed last."""
        worker = self.current or self.newest
        return About(None, ()) if worker is None else worker.about

    async def start(self, plan: AgentPlan) -> None:
        """Starts a worker for `plan`, which takes over when it can take runs. Returns when that is
        decided, or what a later call asked for; `condition` tells."""
        self.wanted = plan
        self._early_deaths = 0
        self._replace()
        while self._replacing is not None:
            await asyncio.wait({self._replacing})

    def refuse(self, failure: Failure) -> None:
        """As after a `start` that failed with `failure`."""
        if self.current is not None and self._replacing is not None:
            self._replacing.cancel()
            self._replacing = None
        if self._replacing is None:
            self._not_replaced(failure)

    def usable_now(self) -> WorkerLink | None:
        """The worker for a new run, when no wait is needed."""
        worker = self.current
        if worker is None or self.condition.state in {"stopping", "stopped"}:
            return None
        return None if worker.blocked and self._replacing is not None else worker

    async def usable(self) -> WorkerLink:
        """As `usable_now`, after waiting for a worker that is being started. RunFailedError when
        none will come."""
        while (worker := self.usable_now()) is None:
            if self.condition.state in {"stopping", "stopped"}:
                raise RunFailedError("cancelled", STOPPED)
            if self._replacing is None:
                failure = self.condition.failure
                raise RunFailedError("died", failure.message if failure else "Nothing is served.")
            if self._moved is None:
                self._moved = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._moved)
        return worker

    def would_not_end(self, worker: WorkerLink, active: ActiveRun) -> None:
        """A run goes on although it was asked to end: its worker is replaced. A debugger may hold
        it, then it is left alone."""
        if self._debug is None and worker.alive:
            worker.stuck.add(active)
            if worker is not self.current:
                active.give_up()
                return
            worker.blocked = True
            self._watch(self._unblock_if_free(worker))
            if self._replacing is None:
                self._replace()

    async def stop(self, grace_s: float) -> None:
        """Lets runs finish for `grace_s`, asks the others to end, then kills what is left."""
        self._enter("stopping")
        if (replacing := self._replacing) is not None:
            replacing.cancel()
            await asyncio.wait({replacing})
            self._replacing = None
        workers = set(self._workers)
        for worker in workers:
            worker.retire()
        if grace_s > 0 and not await _all_gone(workers, grace_s):
            for worker in workers:
                worker.end_runs(RunFailedError("cancelled", STOPPED))
            await _all_gone(workers, self._limits.cancel_s)
        for worker in workers:
            worker.kill("ended")
        await _all_gone(workers, _KILL_S)
        for task in self._tasks:
            task.cancel()
        self.current = None
        self._enter("stopped")

    def _not_replaced(self, failure: Failure) -> None:
        """The next one cannot be started: the old one goes on, if there is one."""
        if self.current is None:
            self._enter("failed", failure)
            return
        self._stale_since = self._stale_since or _now()
        self._enter("stale", failure)
        if self.current.stuck:
            self._watch(self._end_if_blocked(self.current))

    def end_all(self) -> None:
        """Ends every worker at once, whatever it runs."""
        for worker in set(self._workers):
            worker.end_runs(RunFailedError("cancelled", STOPPED))
            worker.kill("ended")

    # What workers tell

    def worker_died(self, worker: WorkerLink, death: Death) -> None:
        self._workers.discard(worker)
        if worker is not self.current or self.condition.state in {"stopping", "stopped"}:
            return
        self.current = None
        if self._replacing is not None:
            self._enter("starting")
            return
        early = worker.age_s < _EARLY_S and not worker.died_in_run
        self._early_deaths = self._early_deaths + 1 if early else 0
        if self._early_deaths >= _MOST_EARLY_DEATHS:
            self._enter("failed", death.failure())
        else:
            self._replace()

    def worker_told(self, worker: WorkerLink) -> None:
        if worker is self.newest:
            self._changed()

    # Replacing

    def _replace(self) -> asyncio.Task[None]:
        if self._replacing is not None:
            self._replacing.cancel()
        self._replacing = asyncio.create_task(self._start_next(self.wanted))
        self._enter("starting" if self.current is None else "reloading")
        return self._replacing

    async def _start_next(self, plan: AgentPlan) -> None:
        worker = None
        try:
            if any(isinstance(each, PythonEntrypoint) for each in plan.entrypoints):
                worker = WorkerLink(plan, self._limits, self._debug, self, self._on_text)
                self._workers.add(worker)
                self.newest = worker
                await worker.start()
        except StartFailedError as error:
            self._replacing = None
            self._not_replaced(error.failure)
        else:
            self._replacing = None
            self._take_over(worker, plan)

    def _take_over(self, worker: WorkerLink | None, plan: AgentPlan) -> None:
        old, self.current = self.current, worker
        self.served = plan
        self._stale_since = None
        self._enter("ready")
        if old is not None:
            old.retire()
            for active in old.stuck:
                active.give_up()
            self._watch(self._see_off(old))
        if worker is not None and not worker.alive:
            self.worker_died(worker, worker.gone.result())

    async def _see_off(self, old: WorkerLink) -> None:
        """Until the last run of a worker that takes no more has ended. Runs that will not stop
        get no time, and others with them only as long as they can still go on."""
        while old.alive and (going := [run for run in old.runs.values() if run not in old.stuck]):
            if old.stuck and not await old.is_free(self._limits.cancel_s):
                await asyncio.wait({old.gone}, timeout=self._limits.stop_s)
                break
            waited: set[asyncio.Future[Any]] = {old.gone, *(run.ended for run in going)}
            await asyncio.wait(waited, timeout=_LOOK_S, return_when=asyncio.FIRST_COMPLETED)
        if not old.runs:
            await asyncio.wait({old.gone}, timeout=self._limits.stop_s)
        old.kill("stuck" if old.runs else "ended")

    async def _unblock_if_free(self, worker: WorkerLink) -> None:
        """Until it answers nobody is sent to a worker that a run may have blocked."""
        await worker.is_free(None)
        worker.blocked = False
        self._wake()

    async def _end_if_blocked(self, worker: WorkerLink) -> None:
        if not await worker.is_free(self._limits.cancel_s):
            worker.kill("stuck")

    def _watch(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _enter(self, state: State, failure: Failure | None = None) -> None:
        stale_since = self._stale_since if state == "stale" else None
        self.condition = Condition(state, _now(), stale_since, failure)
        self._wake()
        self._changed()

    def _wake(self) -> None:
        """Those who wait for a worker look again."""
        if self._moved is not None:
            self._moved.set_result(None)
            self._moved = None


async def _all_gone(workers: set[WorkerLink], limit_s: float) -> bool:
    waited = {worker.gone for worker in workers if worker.alive}
    if waited:
        _, still = await asyncio.wait(waited, timeout=limit_s)
        return not still
    return True


def _now() -> datetime:
    return datetime.now(UTC)
