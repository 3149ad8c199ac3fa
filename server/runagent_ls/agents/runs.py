"""One run from the click to its outcome, the same for the editor and the command line."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from runagent_ls.agents.call import Call, Chunk, RunResult, StreamEvent, UnknownFrame
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.target import Target
from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.agents.values import JsonValue, for_display

RunState: TypeAlias = Literal["resolving", "connecting", "running"]
EndState: TypeAlias = Literal["completed", "failed", "cancelled"]


@dataclass(slots=True)
class OutputItem:
    """One chunk or unknown frame, numbered together; `at_ms` since the run was asked for.

    For `text` the value is a string. `raw` is the text as it came.
    """

    index: int
    at_ms: float
    type: Literal["text", "value", "unknown-frame"]
    value: JsonValue
    raw: str


class Sink(Protocol):
    """Where a run's progress goes. Nothing more is read from the agent while a call waits."""

    async def state(self, state: RunState, target: Target | None) -> None: ...

    async def output(self, items: Sequence[OutputItem]) -> None:
        """What arrived together, in order, at least one item."""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended. `result` for a completed call only, `error` for a failed run only.

    `stopped`, for a cancelled run: whether the agent's function does not go on. `chunks` counts
    chunks, not unknown frames. Times in milliseconds since the run was asked for.
    """

    state: EndState
    target: Target | None
    elapsed_ms: float
    chunks: int
    first_chunk_ms: float | None = None
    result: RunResult | None = None
    error: AgentError | None = None
    stopped: bool | None = None

    def to_message(self, run_id: str) -> dict[str, JsonValue]:
        """`RunOutcome` of schemas/protocol.schema.json."""
        message: dict[str, JsonValue] = {
            "runId": run_id,
            "state": self.state,
            "target": None if self.target is None else self.target.to_message(),
            "elapsedMs": round(self.elapsed_ms, 3),
            "chunks": self.chunks,
        }
        if self.result is not None:
            message["value"] = for_display(self.result.value)
        if self.error is not None:
            message["error"] = self.error.to_message()
        if self.first_chunk_ms is not None:
            message["firstChunkMs"] = round(self.first_chunk_ms, 3)
        if self.stopped is not None:
            message["stopped"] = self.stopped
        return message


async def execute(
    call: Call,
    resolve_target: Callable[[], Awaitable[Target]],
    sink: Sink,
    timeouts: Timeouts | None = None,
    *,
    stream: bool | None = None,
) -> RunOutcome:
    """Run `call` and report it to `sink`; every failure of the agent is an outcome.

    `stream` says what was asked for; None lets the tag decide. A tag of the other kind fails
    before anything is looked for. Cancelling the task ends the run with the outcome `cancelled`
    instead of raising, so limit the time through `timeouts`, not with `asyncio.timeout`. What
    the sink raises is raised on, with the connection closed.
    """
    run = _Run(call, sink, timeouts or Timeouts(), call.streams if stream is None else stream)
    try:
        return await run.finish(resolve_target)
    except AgentError as error:
        return run.outcome("failed", error=error)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        while task is not None and task.cancelling():
            task.uncancel()
        return run.outcome("cancelled", stopped=run.stops_when_left)


class _Run:
    def __init__(self, call: Call, sink: Sink, timeouts: Timeouts, stream: bool) -> None:
        self._call = call
        self._sink = sink
        self._timeouts = timeouts
        self._stream = stream
        self._begun = time.perf_counter()
        self._target: Target | None = None
        self._chunks = 0
        self._items = 0
        self._first_chunk_ms: float | None = None
        self._running = False

    @property
    def stops_when_left(self) -> bool:
        """A stream's generator ends with its connection; a plain call's function does not."""
        return self._stream or not self._running

    def outcome(
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
        )

    async def finish(self, resolve_target: Callable[[], Awaitable[Target]]) -> RunOutcome:
        if self._stream:
            self._call.require_stream()
        else:
            self._call.require_plain()
        await self._sink.state("resolving", None)
        self._target = await resolve_target()
        await self._sink.state("connecting", self._target)
        async with AgentClient(self._target, self._timeouts) as agent:
            if self._stream:
                await self._read(agent)
                return self.outcome("completed")
            await self._enter_running()
            return self.outcome("completed", result=await agent.run(self._call))

    async def _read(self, agent: AgentClient) -> None:
        async with aclosing(agent.stream_batches(self._call)) as batches:
            async for batch in batches:
                # the first word of the server says that the function is being called
                if not self._running:
                    await self._enter_running()
                items = self._items_of(batch)
                if items:
                    await self._sink.output(items)

    async def _enter_running(self) -> None:
        self._running = True
        await self._sink.state("running", self._target)

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
