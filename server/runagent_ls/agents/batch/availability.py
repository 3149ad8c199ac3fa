"""Whether the agent can be called now, and what to do while it cannot: pause, ask again, go on or
give up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from agent_runtime.orchestrator.breaker import CircuitBreaker, CircuitOpenError
from agent_runtime.orchestrator.retry import RetryPolicy
from runagent_ls.agents.batch.plan import BatchPlan
from runagent_ls.agents.batch.stopping import BatchStop
from runagent_ls.agents.batch.verdicts import is_gone, is_silent, is_timeout
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.targets.target import Target

RECOVERY_S: Final = 5.0
"""How long an agent that answers health checks but no calls is left alone before the next one."""
FAILURES_IN_A_ROW: Final = 5
"""And at least two for each call that may be in flight, since those fail together."""
_PAUSES: Final = RetryPolicy(base=0.25, cap=5.0, jitter=0.2)
_REFUSES_EVERYBODY: Final = frozenset({"AUTHENTICATION_ERROR", "PERMISSION_ERROR"})


class GaveUpError(Exception):
    """The agent did not come back in time; `error` is what was found last."""

    def __init__(self, error: AgentError) -> None:
        super().__init__(error.message)
        self.error = error


class StoppedError(Exception):
    """The batch was asked to stop before the call was begun."""


class _UnansweredError(Exception):
    """What the breaker counts."""


@dataclass(slots=True)
class Attempt:
    """One call that may be made now. `error` is to be set to how it failed."""

    target: Target
    error: AgentError | None = None


class Availability:
    """Lets calls through while the agent is there. One for all calls of a batch.

    `say` gets one sentence when the batch pauses and one when it goes on.
    """

    def __init__(
        self,
        plan: BatchPlan,
        resolve_target: Callable[[], Awaitable[Target]],
        say: Callable[[str], None],
        stop: BatchStop,
    ) -> None:
        self._plan = plan
        self._resolve = resolve_target
        self._say = say
        self._stop = stop
        self._asking = asyncio.Lock()
        self._target: Target | None = None
        self._was_there = False
        self._gave_up: GaveUpError | None = None
        self._breaker = self._new_breaker()
        self._failing_since: float | None = None
        self._last_error: AgentError | None = None
        self._paused_since: float | None = None
        self._paused_before = 0.0

    @property
    def paused(self) -> bool:
        """Whether the agent is being waited for."""
        return self._paused_since is not None

    @property
    def paused_s(self) -> float:
        """Seconds spent waiting so far."""
        since = self._paused_since
        return self._paused_before + (0.0 if since is None else time.monotonic() - since)

    @asynccontextmanager
    async def attempt(self) -> AsyncGenerator[Attempt, None]:
        """Wait until a call may be made, and learn from how it ends.

        Raises GaveUpError when the agent stays away (at once when it was never there or refuses
        everybody), StoppedError when the batch is asked to stop before.
        """
        while True:
            attempt = Attempt(await self.target())
            try:
                async with self._breaker.attempt():
                    yield attempt
                    self._learn(attempt)
            except CircuitOpenError as closed:
                await self._wait_for_recovery(closed.retry_after)
                continue
            except _UnansweredError:
                pass
            return

    async def target(self) -> Target:
        """Where the agent is; waits while it is gone. Raises as `attempt` does."""
        async with self._asking:
            if self._target is None:
                self._target = await self._found()
            return self._target

    def _learn(self, attempt: Attempt) -> None:
        error = attempt.error
        if error is not None and (is_gone(error) or is_silent(error)):
            if self._target is attempt.target:
                self._target = None  # it is asked for its health before the next call
            if not is_timeout(error):
                self._failing_since = self._failing_since or time.monotonic()
                self._last_error = error
                raise _UnansweredError
        elif self._failing_since is not None:
            self._failing_since = None
            self._go_on("calls are answered again, going on")

    async def _wait_for_recovery(self, seconds: float) -> None:
        error = self._last_error or AgentError("Calls got no answer.")
        if self._has_waited_enough(self._failing_since):
            self._gave_up = GaveUpError(error)
        self._check()
        self._begin_pause(f"calls got no answer several times: {error.message}")
        await self._sleep(min(seconds, RECOVERY_S))

    async def _found(self) -> Target:
        begun = time.monotonic()
        attempt = 0
        while True:
            self._check()
            try:
                target = await self._resolve()
            except AgentError as error:
                hopeless = not self._was_there or error.code in _REFUSES_EVERYBODY
                if hopeless or self._has_waited_enough(begun):
                    self._gave_up = GaveUpError(error)
                    continue
                self._begin_pause(error.message)
            else:
                self._was_there = True
                if attempt:
                    # what failed before says nothing about an agent that has just come back
                    self._breaker = self._new_breaker()
                    self._failing_since = None
                    self._go_on(f"the agent is back at {target.address}, going on")
                return target
            attempt += 1
            await self._sleep(_PAUSES.delay(attempt))

    def _check(self) -> None:
        if self._gave_up is not None:
            self._end_pause()
            raise self._gave_up
        if self._stop.finishing:
            self._end_pause()
            raise StoppedError

    def _has_waited_enough(self, since: float | None) -> bool:
        return since is not None and time.monotonic() - since >= self._plan.give_up_after

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stop.until_finishing()
        except TimeoutError:
            return
        self._check()

    def _begin_pause(self, why: str) -> None:
        if self._paused_since is None:
            self._paused_since = time.monotonic()
            self._say(f"paused: {why} Waiting up to {self._plan.give_up_after:g} s for the agent.")

    def _go_on(self, said: str) -> None:
        if self._paused_since is not None:
            self._say(said)
        self._end_pause()

    def _end_pause(self) -> None:
        self._paused_before = self.paused_s
        self._paused_since = None

    def _new_breaker(self) -> CircuitBreaker:
        threshold = max(FAILURES_IN_A_ROW, 2 * self._plan.concurrency)
        return CircuitBreaker(self._plan.tag, threshold=threshold, recovery=RECOVERY_S)
