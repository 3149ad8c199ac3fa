"""How long the agent takes to answer a health check, before a batch and while its calls run."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.targets.target import Target

IDLE_CHECKS: Final = 3
BUSY_CHECKS: Final = 12
INTERVAL_S: Final = 0.25


class HealthWatch:
    """Durations in milliseconds. A check that fails counts for nothing."""

    def __init__(self) -> None:
        self._idle: list[float] = []
        self._busy: list[float] = []

    @property
    def idle_ms(self) -> float | None:
        """Median before the batch."""
        return statistics.median(self._idle) if self._idle else None

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

    async def meanwhile(self, target: Target, is_running: Callable[[], bool]) -> None:
        """Check now and then while calls run, as often as there is something to learn."""
        async with AgentClient(target) as agent:
            await _check(agent, [])
            while len(self._busy) < BUSY_CHECKS:
                await asyncio.sleep(INTERVAL_S)
                if is_running():
                    await _check(agent, self._busy)


async def _check(agent: AgentClient, durations: list[float]) -> None:
    begun = time.perf_counter()
    with suppress(AgentError):
        await agent.health()
        durations.append((time.perf_counter() - begun) * 1000)
