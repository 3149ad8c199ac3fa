"""A circuit breaker: after some failures in a row nothing is tried for a while, then one probe.

Our own because the libraries that were looked at do not hold what it is for: `purgatory` lets any
number of calls through when half open, and reads and writes Redis in separate steps; `pybreaker`
keeps a lock for as long as a call runs and knows asyncio only through Tornado; `aiobreaker` hides
the failure that opens it, lets any number of probes through and is not kept up. None takes a
clock, and all know two ends of a call only: a cancelled one would count as failed or as fine.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from agent_runtime.orchestrator.breaker_state import (
    Admission,
    BreakerBackend,
    BreakerRules,
    BreakerState,
    MemoryBackend,
    Verdict,
)

_T = TypeVar("_T")


class CircuitOpenError(Exception):
    """Not tried, because what was tried lately failed. `retry_after`: seconds until it may be."""

    def __init__(self, key: str, state: BreakerState, retry_after: float) -> None:
        super().__init__(f"{key} failed too often; the next try is in {retry_after:.1f} s.")
        self.key = key
        self.state = state
        self.retry_after = retry_after
        self.may_have_run = False


def every_exception_fails(error: BaseException) -> Verdict:
    """A cancel or the end of the process says nothing about the other side; all else is failure."""
    return "failure" if isinstance(error, Exception) else "none"


class Attempt:
    """A call that was let through. `state` is the breaker's when that was done."""

    def __init__(self, breaker: CircuitBreaker, admission: Admission) -> None:
        self.state = admission.state
        self._breaker = breaker
        self._token = admission.token

    async def works(self) -> None:
        """Say before the end that the other side works, so that a long probe holds up nobody."""
        breaker = self._breaker
        await breaker.backend.settle(breaker.key, breaker.rules, self._token, "success")


class CircuitBreaker:
    """Lets calls through to `key` while it works.

    `threshold` failures in a row open it; `recovery` seconds later one call is let through as a
    probe, and its verdict closes or opens it again. While the probe runs, all others are turned
    away. A probe that has not ended after `probe_limit` seconds (its process was killed) makes
    room for another. `judge` says what an exception means. The result of a call that was let
    through before the breaker changed its state does not count any more.

    Breakers with the same key and backend are one; making one is cheap. ValueError for limits
    that make no sense.

        async with breaker.attempt():
            ...
    """

    def __init__(
        self,
        key: str,
        *,
        threshold: int = 5,
        recovery: float = 30.0,
        probe_limit: float = 600.0,
        backend: BreakerBackend | None = None,
        judge: Callable[[BaseException], Verdict] = every_exception_fails,
    ) -> None:
        self.key = key
        self.rules = BreakerRules(threshold, recovery, probe_limit)
        self.backend: BreakerBackend = MemoryBackend() if backend is None else backend
        self._judge = judge

    async def state(self) -> BreakerState:
        """Where it stands; asking changes nothing."""
        return await self.backend.state(self.key, self.rules)

    @asynccontextmanager
    async def attempt(self) -> AsyncGenerator[Attempt, None]:
        """Run the block if that is allowed, and remember how it ended.

        CircuitOpenError otherwise. The block's own exception is raised on as it is. A block that
        takes long can say earlier that the other side works: see Attempt.
        """
        admission = await self.backend.admit(self.key, self.rules)
        if not admission.allowed:
            raise CircuitOpenError(self.key, admission.state, admission.retry_after)
        verdict: Verdict = "none"
        try:
            yield Attempt(self, admission)
            verdict = "success"
        except BaseException as error:
            verdict = self._judge(error)
            raise
        finally:
            await self.backend.settle(self.key, self.rules, admission.token, verdict)

    async def call(self, work: Callable[[], Awaitable[_T]]) -> _T:
        """What `work` gives, tried as `attempt` does."""
        async with self.attempt():
            return await work()
