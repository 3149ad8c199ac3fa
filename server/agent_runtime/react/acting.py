"""The acting half of a step: tools are called, and what came of it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from agent_runtime.config import AgentConfig
from agent_runtime.events import Action, Checkpoint, Event, Observation, StepStarted
from agent_runtime.persistence.store import UnsavableError
from agent_runtime.react.cancels import CancelWatch
from agent_runtime.react.changes import change_events
from agent_runtime.react.opening import Opened
from agent_runtime.react.parsing import Call
from agent_runtime.tools.registry import ToolRegistry
from agent_runtime.tools.result import ToolResult, failed


class Acting:
    """Calls what the model wants and completes the step.

    The next step begins in the save that completes one: a flush to the disk for each would cost
    more than all else.
    """

    def __init__(
        self, config: AgentConfig, tools: ToolRegistry, opened: Opened, watch: CancelWatch
    ) -> None:
        self._config = config
        self._tools = tools
        self._opened = opened
        self._log = opened.log
        self._state = opened.log.state
        self._watch = watch

    def beginning(self) -> list[Event]:
        """The events of a run up to the first question to the model."""
        events = [*self._opened.first, *self._left_by_kill()]
        if not self._state.is_step_open and self._state.answer is None:
            events += self._step_after(self._state.steps)
        return events

    def actions(self, calls: Sequence[Call]) -> list[Action]:
        """What is to be kept before any of it is done."""
        return [
            Action(
                **self._log.stamp(),
                type="action",
                call=f"{self._state.step}.{number}",
                tool=call.tool,
                arguments=call.arguments,
            )
            for number, call in enumerate(calls, 1)
        ]

    async def finish_step(self) -> None:
        """What is left of a step in which the session stopped."""
        if self._state.open.waiting:
            await self.act()
        elif self._state.open.is_answered:
            await self._log.keep(*self._completed())

    async def act(self) -> None:
        """Calls what waits, in order. The last observation completes the step."""
        for action in self._state.open.waiting:
            await self._log.room()
            self._watch.check()
            try:
                outcome = await self._tools.call(
                    action["tool"], action["arguments"], time_limit=self._config.tool_time_limit
                )
            except asyncio.CancelledError:
                outcome = _interrupted("It was stopped while this ran.")
                if self._watch.is_cancelled:
                    # the step is not complete: no checkpoint
                    observation = self._observation(action, outcome)
                    with suppress(UnsavableError):
                        await self._keep_observed(action, [observation, *self.changes()])
                    raise
            await self._keep_observed(action, self._observed(action, outcome))

    async def _keep_observed(self, action: Action, events: Sequence[Event]) -> None:
        """UnsavableError when no store takes what the call has changed. That it was made is kept,
        so that nobody makes it again; with what it has in mind now the session cannot go on."""
        try:
            await self._log.keep(*events)
        except UnsavableError as error:
            outcome = failed("permanent", f"What this changed could not be kept: {error}")
            await self._log.keep(self._observation(action, outcome))
            raise

    def not_understood(self, problem: str) -> list[Event]:
        """What the model is told when it wants nothing that can be done."""
        return [self._observation(None, failed("malformed", problem)), *self._completed()]

    def changes(self) -> list[Event]:
        """What the session's memory and graph went through since this was last asked."""
        return change_events(self._log, self._opened.context)

    def _left_by_kill(self) -> list[Event]:
        """What is to be observed of the call that may have run when the process was killed."""
        waiting = self._state.open.waiting
        if not waiting or not self._opened.was_killed:
            return []
        # calls are made one after another: only the first can have begun
        tool = self._tools.get(waiting[0]["tool"])
        was_there = waiting[0]["tool"] in self._state.tools
        if not was_there or (tool is not None and tool.repeatable):
            return []
        return self._observed(waiting[0], _interrupted("The process ended while this ran."))

    def _observed(self, action: Action, outcome: ToolResult) -> list[Event]:
        events: list[Event] = [self._observation(action, outcome), *self.changes()]
        if len(self._state.open.waiting) == 1:
            events += self._completed()
        return events

    def _observation(self, action: Action | None, outcome: ToolResult) -> Observation:
        return Observation(
            **self._log.stamp(),
            type="observation",
            call=None if action is None else action["call"],
            tool=None if action is None else action["tool"],
            **outcome.fields(),
        )

    def _completed(self) -> list[Event]:
        """The end of the step, and the beginning of the next one."""
        checkpoint = Checkpoint(**self._log.stamp(), type="checkpoint")
        return [checkpoint, *self._step_after(self._state.step)]

    def _step_after(self, step: int) -> list[Event]:
        """None when it is not allowed, or nobody waits for it any more."""
        if step >= self._config.max_iterations or self._watch.is_cancelled:
            return []
        return [StepStarted(**self._log.stamp(step + 1), type="step_started")]


def _interrupted(what: str) -> ToolResult:
    """Of a call whose end nobody saw."""
    return failed("interrupted", f"{what} It is not known whether it was done.")
