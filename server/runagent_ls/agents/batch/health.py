"""How long the agent takes to answer a health check, before a batch and while its calls run."""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import suppress
from typing import Final

from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.targets.target import Target

IDLE_CHECKS: Final = 5
BUSY_CHECKS: Final = 12
INTERVAL_S: Final = 0.25
UNDER_WAY_S: Final = 0.02
"""So long after a call began it has reached the function, unless it waits for another one."""


class HealthWatch:
    """Durations in milliseconds. A check that fails counts for nothing."""

    def __init__(self) -> None:
        self._idle: list[float] = []
        self._busy: list[float] = []
        self._call_began = asyncio.Event()

    @property
    def idle_ms(self) -> float | None:
        """The quickest before the batch: a slower one waited for a machine that had other work."""
        return min(self._idle, default=None)

    @property
    def busy_ms(self) -> float | None:
        """Median while calls ran."""
        return statistics.median(self._busy) if self._busy else None

    @property
    def busy_checks(self) -> int:
        """How many checks there were while calls ran."""
        return len(self._busy)

    async def before(self, target: Target) -> None:
        """Check while nothing runs."""
        async with AgentClient(target) as agent:
            await _check(agent, [])  # opens the connection, which the others need not
            for _ in range(IDLE_CHECKS):
                await _check(agent, self._idle)

    def call_begins(self) -> None:
        """A call of the batch begins; a check follows it soon, see `meanwhile`."""
        self._call_began.set()

    async def meanwhile(self, target: Target) -> None:
        """Check now and then, as often as there is something to learn.

        Always just after a call began: one that blocks the server has nearly all of its time
        before it then. At fixed times the checks could fall in step with the ends of the calls.
        """
        async with AgentClient(target) as agent:
            await _check(agent, [])
            while len(self._busy) < BUSY_CHECKS:
                self._call_began.clear()
                await self._call_began.wait()
                await asyncio.sleep(UNDER_WAY_S)
                await _check(agent, self._busy)
                await asyncio.sleep(INTERVAL_S)


async def _check(agent: AgentClient, durations: list[float]) -> None:
    begun = time.perf_counter()
    with suppress(AgentError):
        await agent.health()
        durations.append((time.perf_counter() - begun) * 1000)
