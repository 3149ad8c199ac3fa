"""One item of a batch, from the mark that its call begins to the record of its end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from agent_runtime.orchestrator.dedup import Deduplicator
from agent_runtime.orchestrator.metrics import Metrics
from agent_runtime.orchestrator.retry import RetryPolicy
from runagent_ls.agents.batch.availability import Availability, StoppedError
from runagent_ls.agents.batch.collecting import Collector
from runagent_ls.agents.batch.items import Item
from runagent_ls.agents.batch.plan import BatchPlan
from runagent_ls.agents.batch.records import Record
from runagent_ls.agents.batch.stopping import BatchStop
from runagent_ls.agents.batch.verdicts import (
    is_busy,
    is_gone,
    is_refusal_of_all,
    is_silent,
    outcome_unknown,
)
from runagent_ls.agents.batch.writer import CheckpointWriter
from runagent_ls.agents.call import Call
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.policy import may_repeat
from runagent_ls.agents.runs import RunOutcome, execute
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.values import JsonValue

REMEMBERED: Final = 1024
"""Results that may serve again for identical inputs."""
_FOR_EVER_S: Final = 2.0**31

OnCall = Callable[[int], None]
"""Told the index of the item."""


class RefusedError(Exception):
    """The agent takes no call of this kind, whatever the item: `error` says why."""

    def __init__(self, error: AgentError) -> None:
        super().__init__(error.message)
        self.error = error


class _FailedError(Exception):
    """Keeps a failure from serving again."""

    def __init__(self, record: Record) -> None:
        super().__init__(record.state)
        self.record = record


class Calls:
    """Calls items and repeats what is safe to repeat. Several items may be called at once.

    `on_begin` is told before each call, `on_answer` or `on_silence` after it.
    """

    def __init__(
        self,
        plan: BatchPlan,
        availability: Availability,
        writer: CheckpointWriter,
        stop: BatchStop,
        metrics: Metrics,
    ) -> None:
        self._plan = plan
        self._availability = availability
        self._writer = writer
        self._stop = stop
        self._metrics = metrics
        self._retry = RetryPolicy(repeatable=lambda _: True)
        self._running: set[asyncio.Task[RunOutcome]] = set()
        self._shared: Deduplicator[Record] = Deduplicator(ttl=_FOR_EVER_S, max_size=REMEMBERED)
        self.on_begin: OnCall = _ignore
        self.on_answer: OnCall = _ignore
        self.on_silence: OnCall = _ignore

    async def record_of(self, item: Item) -> Record:
        """Call the item and say how that ended.

        Raises RefusedError, GaveUpError or StoppedError when it was certainly not called and
        stays open, BatchError when the journal cannot be written.
        """
        if not self._plan.deduplicate:
            return await self._call(item)
        called = False

        async def work() -> Record:
            nonlocal called
            called = True
            record = await self._call(item)
            if record.state != "completed":
                raise _FailedError(record)
            return record

        try:
            key = json.dumps([item.args, item.kwargs], sort_keys=True)
            record = await self._shared.run(key, work)
        except _FailedError as failed:
            record = failed.record
        return record if called else replace(record, item=item, attempts=0, shared=True)

    def leave(self) -> None:
        """Give up the calls that run."""
        for task in self._running:
            task.cancel()

    async def _call(self, item: Item) -> Record:
        attempts = 0
        while True:
            collected = Collector()
            async with self._availability.attempt() as attempt:
                if self._stop.finishing:
                    raise StoppedError
                await self._writer.start(item.index, item.sha256)
                outcome = await self._execute(item, attempt.target, collected, attempts > 0)
                attempt.error = outcome.error
            error = outcome.error
            attempts += 1
            if error is not None and not error.may_have_run:
                # the mark must not make it look as if the function might have run
                await self._writer.release(item.index)
            if error is not None and is_refusal_of_all(error):
                raise RefusedError(error)
            if error is not None and is_gone(error):
                attempts -= 1  # it waits for the agent, which `attempt` does
                if is_busy(error) and not await self._pause(self._retry.delay(1, error)):
                    raise StoppedError
            elif error is None or not await self._wait_to_repeat(error, collected, attempts):
                return await self._record(item, outcome, collected, attempts)

    async def _execute(
        self, item: Item, target: Target, collected: Collector, repeated: bool
    ) -> RunOutcome:
        async def known_target() -> Target:
            return target

        plan = self._plan
        call = Call(
            plan.tag, item.args, item.kwargs, plan.user_id, plan.persistent_memory, plan.extra
        )
        session = self._metrics.begin(plan.tag)
        if repeated:
            session.retried()
        self.on_begin(item.index)
        task = asyncio.ensure_future(execute(call, known_target, collected, plan.timeouts))
        self._running.add(task)
        if self._stop.leaving:
            task.cancel()
        try:
            outcome = await task
        finally:
            self._running.discard(task)
        error = outcome.error
        unanswered = outcome.state == "cancelled" or (
            error is not None and (is_gone(error) or is_silent(error))
        )
        (self.on_silence if unanswered else self.on_answer)(item.index)
        session.output(outcome.chunks, collected.size)
        session.end(outcome.state, None if error is None else error.code)
        return outcome

    async def _wait_to_repeat(self, error: AgentError, collected: Collector, attempts: int) -> bool:
        """Whether the item is to be called again; the pause before that is over then."""
        unsafe = self._plan.repeat_unsafe
        # chunks that nobody has seen yet can be thrown away
        is_safe = may_repeat(error, begun=collected.running, shown=False, unsafe=unsafe)
        if attempts > self._plan.retries or not is_safe or not self._retry.allows(error):
            return False
        return await self._pause(self._retry.delay(attempts, error))

    async def _pause(self, seconds: float) -> bool:
        """False when the batch is asked to stop meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                await self._stop.until_finishing()
        except TimeoutError:
            return True
        return False

    async def _record(
        self, item: Item, outcome: RunOutcome, collected: Collector, attempts: int
    ) -> Record:
        error = outcome.error
        if outcome.state == "cancelled":
            if not collected.begun:
                await self._writer.release(item.index)
                raise StoppedError
            error = outcome_unknown("The batch was stopped while this call was running")
        unknown = outcome.state == "cancelled" or (error is not None and is_silent(error))
        streams = self._plan.tag.endswith("_stream")
        return Record(
            item,
            "completed" if error is None else "unknown" if unknown else "failed",
            outcome.elapsed_ms,
            attempts,
            has_value=error is None or bool(collected.chunks),
            value=collected.chunks if streams else _value(outcome),
            error=None if error is None else error.to_message(),
            first_chunk_ms=outcome.first_chunk_ms,
            unknown_frames=collected.unknown_frames,
        )


def _value(outcome: RunOutcome) -> JsonValue:
    return None if outcome.result is None else outcome.result.value


def _ignore(index: int) -> None:
    """Nobody listens."""
