"""One run from the click to its outcome, the same for the editor and the command line."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

from runagent_ls.agents.call import Call, Chunk, RunResult, StreamEvent, UnknownFrame
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import AgentError, TimedOutError
from runagent_ls.agents.outcome import EndState, OutputItem, RunOutcome, RunState, Sink
from runagent_ls.agents.policy import (
    CallPolicy,
    circuit_open,
    key_of,
    may_repeat,
    overloaded,
)
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts

if TYPE_CHECKING:  # loaded with the part of a policy that needs it
    from agent_runtime.orchestrator import Attempt, Retry, Session

__all__ = ["EndState", "OutputItem", "ResolveTarget", "RunOutcome", "RunState", "Sink", "execute"]

_UNNOTICED_S = 0.05
"""So little time does not make the numbers in messages uneven."""

_T = TypeVar("_T")

ResolveTarget: TypeAlias = Callable[[], Awaitable[Target]]


async def execute(
    call: Call,
    resolve_target: ResolveTarget,
    sink: Sink,
    timeouts: Timeouts | None = None,
    *,
    stream: bool | None = None,
    policy: CallPolicy | None = None,
) -> RunOutcome:
    """Run `call` and report it to `sink`; every failure of the agent is an outcome.

    `stream` says what was asked for; None lets the tag decide. A tag of the other kind fails
    before anything is looked for. Cancelling the task ends the run with the outcome `cancelled`
    instead of raising, so limit the time through `timeouts`, not with `asyncio.timeout`; its
    `total` holds for all attempts together. What the sink raises is raised on, with the
    connection closed. Without a `policy` the agent is called once and nothing is counted.
    """
    streams = call.streams if stream is None else stream
    policy = policy or CallPolicy()
    run = _Run(call, sink, timeouts or Timeouts(), streams, policy)
    if policy.metrics is None:
        return await run.to_its_end(resolve_target)
    with policy.metrics.session(call.tag) as run.session:
        outcome = await run.to_its_end(resolve_target)
        run.session.end(outcome.state, None if outcome.error is None else outcome.error.code)
    return outcome


class _Run:
    def __init__(
        self, call: Call, sink: Sink, timeouts: Timeouts, stream: bool, policy: CallPolicy
    ) -> None:
        self.session: Session | None = None
        self._call = call
        self._sink = sink
        self._timeouts = timeouts
        self._stream = stream
        self._policy = policy
        self._begun = time.perf_counter()
        self._turn_ms = 0.0
        self._target: Target | None = None
        self._attempts = 0
        self._chunks = 0
        self._items = 0
        self._first_chunk_ms: float | None = None
        self._running = False
        self._may_go_on = False
        self._admitted: Attempt | None = None

    async def to_its_end(self, resolve_target: ResolveTarget) -> RunOutcome:
        try:
            if self._stream:
                self._call.require_stream()
            else:
                self._call.require_plain()
            async with self._turn():
                self._turn_ms = self._now_ms()
                result = await self._repeated(lambda: self._attempt(resolve_target))
            return self._outcome("completed", result=result)
        except AgentError as error:
            return self._outcome("failed", error=error)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            while task is not None and task.cancelling():
                task.uncancel()
            # a stream's generator ends with its connection; a plain call's function does not
            goes_on = not self._stream and (self._running or self._may_go_on)
            return self._outcome("cancelled", stopped=not goes_on)

    def _outcome(
        self,
        state: EndState,
        *,
        result: RunResult | None = None,
        error: AgentError | None = None,
        stopped: bool | None = None,
    ) -> RunOutcome:
        return RunOutcome(
            state,
            self._target,
            self._now_ms(),
            self._chunks,
            self._first_chunk_ms,
            result,
            error,
            stopped,
            self._attempts,
        )

    @asynccontextmanager
    async def _turn(self) -> AsyncGenerator[None, None]:
        guard = self._policy.guard
        if guard is None:
            yield
            return
        from agent_runtime.orchestrator import BackpressureShed

        try:
            await guard.acquire(lambda before: self._sink.state("waiting", None))
        except BackpressureShed as shed:
            if self.session is not None:
                self.session.shed()
            raise overloaded(shed) from shed
        try:
            yield
        finally:
            guard.release()

    async def _repeated(self, attempt: Callable[[], Awaitable[_T]]) -> _T:
        retry = self._policy.retry_within(self._timeouts.total, self._may_repeat)
        if retry is None:
            return await attempt()
        return await retry.run(attempt, self._before_retry)

    def _may_repeat(self, error: Exception) -> bool:
        return may_repeat(
            error,
            begun=self._running,
            shown=self._items > 0,
            unsafe=self._policy.repeat_unsafe,
        )

    async def _before_retry(self, retry: Retry) -> None:
        self._may_go_on |= not isinstance(retry.error, AgentError) or retry.error.may_have_run
        self._running = False
        if self.session is not None:
            self.session.retried()
        await self._sink.state("waiting", self._target)

    async def _attempt(self, resolve_target: ResolveTarget) -> RunResult | None:
        self._admitted = None
        await self._sink.state("resolving", None)
        self._target = target = await self._resolved(resolve_target)
        await self._sink.state("connecting", target)
        timeouts = self._limits()
        if self._stream:
            await self._protected(target, lambda: self._read(target, timeouts))
            return None

        async def ask() -> RunResult:
            async with AgentClient(target, timeouts) as agent:
                return await agent.run(self._call)

        await self._enter_running()
        shared = self._policy.deduplicator
        if shared is None:
            return await self._protected(target, ask)
        key = key_of(target, self._call, self._timeouts)
        return await shared.run(key, lambda: self._protected(target, ask))

    async def _resolved(self, resolve_target: ResolveTarget) -> Target:
        total = self._limits().total
        # a little more, for the search's own limits can say where it looked
        limit = asyncio.timeout(None if total is None else total + _UNNOTICED_S)
        try:
            async with limit:
                return await resolve_target()
        except TimeoutError:
            if not limit.expired():
                raise
            raise TimedOutError(
                f"The agent was not found within {self._timeouts.total:g} s, which is the limit.",
                details={"limit": "total", "seconds": self._timeouts.total},
                kind="timeout-total",
                may_have_run=False,
            ) from None

    async def _protected(self, target: Target, work: Callable[[], Awaitable[_T]]) -> _T:
        if self._policy.breaker is None:
            self._attempts += 1
            return await work()
        from agent_runtime.orchestrator import CircuitOpenError

        try:
            async with self._policy.breaker(target).attempt() as self._admitted:
                self._attempts += 1
                return await work()
        except CircuitOpenError as refused:
            self._running = False
            raise circuit_open(refused, target) from refused

    async def _read(self, target: Target, timeouts: Timeouts) -> None:
        pipeline = None if self._policy.pipeline is None else self._policy.pipeline.start()
        async with (
            AgentClient(target, timeouts) as agent,
            aclosing(agent.stream_batches(self._call)) as batches,
        ):
            async for batch in batches:
                # the first word of the server says that the function is being called
                if not self._running:
                    await self._enter_running()
                items = self._items_of(batch)
                if items and self.session is not None:
                    self.session.output(*_size_of(items))
                if pipeline is not None:
                    await self._hand_on(pipeline.push(items))
                elif items:
                    await self._sink.output(items)
        if pipeline is not None:
            await self._hand_on(pipeline.finish())

    async def _hand_on(self, piped: Awaitable[list[OutputItem]]) -> None:
        from agent_runtime.orchestrator import PipelineError

        try:
            items = await piped
        except PipelineError as error:
            if error.done:
                await self._sink.output(error.done)
            raise
        if items:
            await self._sink.output(items)

    async def _enter_running(self) -> None:
        self._running = True
        if self._admitted is not None:  # a stream that talks; it may go on for hours
            await self._admitted.works()
        await self._sink.state("running", self._target)

    def _limits(self) -> Timeouts:
        """What is left of the time limits, which begin with the run's turn."""
        total = self._timeouts.total
        gone = (self._now_ms() - self._turn_ms) / 1000
        if total is None or gone < _UNNOTICED_S:
            return self._timeouts
        return replace(self._timeouts, total=max(round(total - gone, 1), 0.1))

    def _items_of(self, batch: Sequence[StreamEvent]) -> list[OutputItem]:
        at_ms = self._now_ms()
        items: list[OutputItem] = []
        index = self._items
        for event in batch:
            if isinstance(event, Chunk):
                value = event.value
                kind: Literal["text", "value"] = "text" if isinstance(value, str) else "value"
                items.append(OutputItem(index, at_ms, kind, value, event.raw))
                self._chunks += 1
            elif isinstance(event, UnknownFrame):
                items.append(OutputItem(index, at_ms, "unknown-frame", None, event.raw))
            else:
                continue
            index += 1
        self._items = index
        if self._chunks and self._first_chunk_ms is None:
            self._first_chunk_ms = at_ms
        return items

    def _now_ms(self) -> float:
        return (time.perf_counter() - self._begun) * 1000


def _size_of(items: Sequence[OutputItem]) -> tuple[int, int]:
    """How many chunks, and how many bytes of output they are."""
    chunks = [item.raw for item in items if item.type != "unknown-frame"]
    return len(chunks), sum([len(raw) if raw.isascii() else len(raw.encode()) for raw in chunks])
