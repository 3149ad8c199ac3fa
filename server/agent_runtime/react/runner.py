"""One run of an agent: its session is opened, goes on to its end, and is closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from agent_runtime.config import AgentConfig
from agent_runtime.events import Event
from agent_runtime.metrics import RunMetrics, RuntimeMetrics
from agent_runtime.orchestrator.guard import BackpressureShed
from agent_runtime.parts import BuildError, Parts
from agent_runtime.react.cancels import END_S
from agent_runtime.react.channel import Channel
from agent_runtime.react.event_log import EventLog
from agent_runtime.react.loop import Ending, ReactLoop
from agent_runtime.react.model_calls import ModelCalls
from agent_runtime.react.opening import Opening, Start
from agent_runtime.react.parsing import well_formed
from agent_runtime.react.remembering import Remembering, session_tools
from agent_runtime.react.runs import LOG, Runs
from agent_runtime.result import RunResult
from agent_runtime.session import in_session
from agent_runtime.tools.registry import ToolRegistry


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is asked for."""

    question: str
    session_id: str | None = None
    resume_from_step: int | None = None


class Runner:
    """What all runs of an agent share. BuildError when a part is missing."""

    def __init__(self, parts: Parts) -> None:
        if parts.config is None:
            raise BuildError("The agent has no configuration: call with_agent_config(...) first.")
        if parts.model is None:
            raise BuildError("The agent has no model: call with_model(...) before build().")
        self.config: AgentConfig = parts.config
        self._runs = Runs(parts.config.name)
        self._store = parts.store
        self._guard = parts.guard
        self.metrics = RuntimeMetrics() if parts.metrics is None else parts.metrics
        self._tools = _registry([*parts.tools, *session_tools(parts)], parts.config.name)
        self._remembering = Remembering(parts, parts.config)
        self._model = ModelCalls.of(
            parts.model,
            parts.retry,
            parts.breaker,
            parts.deduplicator,
            parts.config.model_time_limit,
        )

    async def stream(self, wanted: Wanted) -> AsyncGenerator[Event, None]:
        """The events of a run. Closing it, or a cancel, cancels the run and waits for its end, ten
        seconds at most."""
        channel = Channel()
        task = asyncio.create_task(self.run(wanted, channel), name="agent-run")
        task.add_done_callback(lambda _: channel.close())
        try:
            while (event := await channel.get()) is not None:
                yield event
        finally:
            channel.abandon()
            await self._ended(task)
        task.result()

    async def run(self, wanted: Wanted, channel: Channel | None = None) -> RunResult:
        """The whole run; its events go into the channel, too."""
        _check(wanted)
        async with AsyncExitStack() as stack:
            stack.enter_context(self._runs.one())
            if self._guard is not None:
                try:
                    await stack.enter_async_context(self._guard.slot())
                except BackpressureShed:
                    self.metrics.shed()
                    raise
            counted = stack.enter_context(self.metrics.run(self.config.name))
            opening = self._opening(wanted, channel, counted)
            opened = await stack.enter_async_context(
                opening.without_store() if self._store is None else opening.within(self._store)
            )
            stack.enter_context(in_session(opened.context))
            loop = ReactLoop(self.config, self._model, self._tools, self._remembering, opened)
            ending = await loop.run()
        return _result(opened.log, ending)

    async def aclose(self) -> None:
        """Ends all runs, and closes what the model of a provider has opened."""
        from agent_runtime.providers.sdk_model import SdkModel

        await self._runs.aclose()
        if isinstance(self._model.model, SdkModel):
            await self._model.model.aclose()

    async def _ended(self, task: asyncio.Task[RunResult]) -> None:
        """Cancels what still goes on, and waits until that is kept."""
        task.add_done_callback(_seen)  # whoever closes the stream has seen enough
        if task.done():
            return
        task.cancel()
        _, others = await asyncio.wait([task], timeout=END_S)
        if others:
            LOG.warning(
                "Nobody takes the events of a run of %s any more, but something in it swallows "
                "cancels: it still goes on.",
                self.config.name,
            )

    def _opening(self, wanted: Wanted, channel: Channel | None, counted: RunMetrics) -> Opening:
        return Opening(
            Start(
                self.config.name,
                well_formed(wanted.question),
                well_formed(self._model.model.name),
                self._tools.names,
                self.config.max_iterations,
            ),
            wanted.session_id,
            wanted.resume_from_step,
            self.config.max_history_tokens,
            self._remembering,
            channel,
            counted.saw,
        )


def _check(wanted: Wanted) -> None:
    """TypeError for what is read from JSON, say, and is something else."""
    session, step = wanted.session_id, wanted.resume_from_step
    if not isinstance(wanted.question, str):
        raise TypeError(f"a question is text, not {type(wanted.question).__name__}")
    if session is not None and not isinstance(session, str):
        raise TypeError(f"a session_id is text or None, not {type(session).__name__}")
    if step is not None and type(step) is not int:
        raise TypeError(f"resume_from_step is a whole number or None, not {type(step).__name__}")


def _registry(tools: Sequence[ToolRegistry | Callable[..., object]], agent: str) -> ToolRegistry:
    registry = ToolRegistry()
    for one in tools:
        if isinstance(one, ToolRegistry):
            registry.include(one, agent=agent)
        else:
            registry.add(one)
    return registry


def _result(log: EventLog, ending: Ending) -> RunResult:
    state = log.state
    return RunResult(
        log.session,
        ending.reason,
        state.answer,
        state.step,
        state.tool_calls,
        state.tokens,
        ending.error,
        ending.cause,
    )


def _seen(task: asyncio.Task[RunResult]) -> None:
    """What it failed with is not told a second time, as something that nobody has looked at."""
    if not task.cancelled():
        task.exception()
