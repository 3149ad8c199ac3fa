"""The heart of a batch: takes items as they come, and keeps as many calls in flight as help."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from agent_runtime.orchestrator.metrics import Metrics
from runagent_ls.agents.batch.availability import Availability, GaveUpError, StoppedError
from runagent_ls.agents.batch.calls import Calls, RefusedError
from runagent_ls.agents.batch.checkpoint import Checkpoint
from runagent_ls.agents.batch.feeder import Feeder
from runagent_ls.agents.batch.health import HealthWatch
from runagent_ls.agents.batch.inputs import count_in_background, read_inputs
from runagent_ls.agents.batch.items import Item
from runagent_ls.agents.batch.one_at_a_time import OneAtATime
from runagent_ls.agents.batch.overlap import OverlapMeter
from runagent_ls.agents.batch.pace import Pace
from runagent_ls.agents.batch.plan import BatchPlan, BatchProgress
from runagent_ls.agents.batch.records import Record
from runagent_ls.agents.batch.report import BatchEnd, BatchReport, Tally
from runagent_ls.agents.batch.resuming import check_item
from runagent_ls.agents.batch.stopping import BatchStop
from runagent_ls.agents.batch.verdicts import outcome_unknown
from runagent_ls.agents.batch.writer import CheckpointWriter
from runagent_ls.agents.errors import AgentError, ValidationError
from runagent_ls.agents.targets.target import Target

PROGRESS_S: Final = 0.2
COUNTING_S: Final = 1.0
"""So long the report of a batch that ended early waits for the number of its items."""

OnProgress = Callable[[BatchProgress], None]


class Dispatch:
    """One run of a batch over an open checkpoint. `run` once."""

    def __init__(
        self,
        plan: BatchPlan,
        resolve_target: Callable[[], Awaitable[Target]],
        checkpoint: Checkpoint,
        writer: CheckpointWriter,
        *,
        tally: Tally,
        say: Callable[[str], None],
        stop: BatchStop,
        metrics: Metrics,
    ) -> None:
        self._plan = plan
        self._checkpoint = checkpoint
        self._writer = writer
        self._tally = tally
        self._say = say
        self._stop = stop
        self._availability = Availability(plan, resolve_target, say, stop)
        self._calls = Calls(plan, self._availability, writer, stop, metrics)
        self._meter = OverlapMeter(plan.concurrency)
        self._health = HealthWatch()
        self._pace = Pace()
        self._resumed = tally.done
        self._passed = 0
        self._total: int | None = None
        self._total_is_known = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._slot_freed = asyncio.Event()
        self._ended_early: Exception | None = None
        self._watch: asyncio.Task[None] | None = None

    async def run(self, on_progress: OnProgress | None, notices: list[str]) -> BatchReport:
        """Go through all items; the report says how far that came."""
        begun = time.monotonic()
        self._calls.on_begin = self._call_begins
        self._calls.on_answer = self._call_answered
        self._calls.on_silence = self._call_silent
        if self._plan.input is not None:
            count_in_background(self._plan.input, self._plan.input_format, self._know_total)
        else:
            self._total_is_known.set()  # nobody can count what has not come yet
        read = partial(
            read_inputs, self._plan.input, self._plan.input_format, self._plan.input_schema
        )
        feeder = Feeder(read)
        ticking = asyncio.ensure_future(self._tick(on_progress))
        try:
            await self._take_all(feeder)
            await self._wait_for_running()
        finally:
            feeder.stop()
            await self._leave_running()
            for task in (ticking, self._watch):
                if task is not None:
                    task.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await task
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(COUNTING_S):
                await self._total_is_known.wait()
        if on_progress is not None:
            on_progress(self._progress())
        return self._report(time.monotonic() - begun, notices)

    async def _take_all(self, feeder: Feeder) -> None:
        next_item = asyncio.ensure_future(feeder.next())
        stopping = asyncio.ensure_future(self._stop.until_finishing())
        try:
            while not self._is_to_end:
                await asyncio.wait({next_item, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if self._stop.finishing or not next_item.done():
                    return
                item = next_item.result()
                if item is None:
                    self._know_total(self._passed)
                    return
                await self._take(item)
                next_item = asyncio.ensure_future(feeder.next())
        finally:
            for task in (next_item, stopping):
                task.cancel()
            await asyncio.wait({next_item, stopping})

    async def _take(self, item: Item) -> None:
        """Pass over what has ended, write down what cannot be called, begin to call the rest."""
        check_item(self._plan, self._checkpoint, item)
        self._passed = item.index + 1
        state = self._checkpoint.table.state(item.index)
        may_repeat = self._plan.repeat_unsafe
        if state is not None and not (state == "unknown" and may_repeat):
            return
        if item.index in self._checkpoint.in_flight and not may_repeat:
            reason = "The batch ended while this call was in flight"
            await self._finish(Record(item, "unknown", error=outcome_unknown(reason).to_message()))
            return
        problem = self._problem(item)
        if problem is not None:
            await self._finish(Record(item, "failed", error=problem.to_message()))
            return
        while len(self._tasks) >= self._meter.limit and not self._is_to_end:
            self._slot_freed.clear()
            await self._slot_freed.wait()
        if self._is_to_end:
            return
        try:
            await self._first_contact()
        except StoppedError:
            return
        except GaveUpError as error:
            self._ended_early = error
            return
        task = asyncio.create_task(self._call(item))
        self._tasks.add(task)
        task.add_done_callback(self._task_ended)

    @property
    def _is_to_end(self) -> bool:
        """Nothing new is to be begun; `_tick` sees to it that who waits looks again."""
        return self._stop.finishing or self._ended_early is not None

    def _problem(self, item: Item) -> AgentError | None:
        if item.problem is not None:
            return ValidationError(
                f"This item cannot be read: {item.problem}.",
                suggestion="Correct the line, and run it in a batch of its own.",
            )
        if self._plan.check is None:
            return None
        problems = list(self._plan.check(item.args, item.kwargs))
        if not problems:
            return None
        return ValidationError(
            " ".join(problems),
            suggestion="Correct the inputs; --send-anyway calls the function all the same.",
            details={"problems": list(problems)},
        )

    async def _call(self, item: Item) -> None:
        with contextlib.suppress(StoppedError):
            await self._finish(await self._calls.record_of(item))

    async def _finish(self, record: Record) -> None:
        await self._writer.finish(record)
        self._tally.add(record.summary())

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._slot_freed.set()
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._ended_early = self._ended_early or error

    async def _wait_for_running(self) -> None:
        """Until every call has ended; not longer than allowed once the batch is to stop."""
        leaving = asyncio.ensure_future(self._stop.until_leaving())
        try:
            deadline: float | None = None
            while self._tasks and not self._stop.leaving:
                if self._stop.finishing and deadline is None:
                    deadline = time.monotonic() + self._plan.finish_within
                if deadline is not None and time.monotonic() >= deadline:
                    return
                await asyncio.wait(
                    {*self._tasks, leaving},
                    timeout=PROGRESS_S,
                    return_when=asyncio.FIRST_COMPLETED,
                )
        finally:
            leaving.cancel()

    async def _leave_running(self) -> None:
        """Let go of what still runs; each call gets its record as one of unknown outcome."""
        if not self._tasks:
            return
        self._stop.now()
        self._calls.leave()
        await asyncio.wait(self._tasks)

    def _call_begins(self, index: int) -> None:
        self._meter.begin(index, time.monotonic())
        self._health.call_begins()

    def _call_answered(self, index: int) -> None:
        remaining = None if self._total is None else self._total - self._passed
        known = self._measured() is not None
        self._meter.end(index, time.monotonic(), remaining)
        measured = self._measured()
        if measured is not None and not known:
            self._say(measured.sentence())
        self._slot_freed.set()

    def _call_silent(self, index: int) -> None:
        self._meter.forget(index)

    def _measured(self) -> OneAtATime | None:
        health = self._health
        return self._meter.result(health.idle_ms, health.busy_ms, health.busy_checks)

    async def _first_contact(self) -> None:
        """Find the agent, and learn how quickly it answers while nothing runs."""
        target = await self._availability.target()
        if self._watch is None and self._plan.concurrency > 1 and not target.cloud:
            await self._health.before(target)
            self._watch = asyncio.create_task(self._health.meanwhile(target))

    async def _tick(self, on_progress: OnProgress | None) -> None:
        while True:
            await asyncio.sleep(PROGRESS_S)
            if on_progress is not None:
                on_progress(self._progress())
            self._meter.tick(time.monotonic())
            self._slot_freed.set()

    def _progress(self) -> BatchProgress:
        tally = self._tally
        rate = self._pace.rate(tally.done - self._resumed, self._availability.paused_s)
        left = None if self._total is None else max(self._total - tally.done, 0)
        return BatchProgress(
            tally.done,
            self._total,
            tally.failed + len(tally.unknown),
            len(self._tasks),
            rate,
            None if rate is None or left is None else left / rate,
            self._availability.paused,
        )

    def _know_total(self, total: int) -> None:
        self._total = total
        self._total_is_known.set()

    def _report(self, wall_s: float, notices: list[str]) -> BatchReport:
        early = self._ended_early
        if early is not None and not isinstance(early, GaveUpError | RefusedError):
            raise early
        end: BatchEnd = "interrupted" if self._stop.finishing else "finished"
        if early is not None:
            end = "gave-up" if isinstance(early, GaveUpError) else "refused"
        not_run = None if self._total is None else max(self._total - self._tally.done, 0)
        return BatchReport(
            self._plan.tag,
            end if not_run != 0 else "finished",
            self._tally,
            self._resumed,
            not_run,
            wall_s,
            self._availability.paused_s,
            self._measured(),
            None if early is None else early.error,
            tuple(notices),
        )
