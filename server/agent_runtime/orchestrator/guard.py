"""A limit on how much goes on at once: some run, some wait their turn, the rest is turned away.

`asyncio.Semaphore` lets any number wait and does not tell how many do, so the queue is our own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeAlias

OnWait: TypeAlias = Callable[[int], Awaitable[None] | None]
"""Told how many wait already."""


class BackpressureShed(Exception):  # noqa: N818 - the name says what happened
    """Turned away at once because too much is running and waiting already."""

    def __init__(self, active: int, waiting: int, hard: int) -> None:
        super().__init__(
            f"{active} calls are running and {waiting} waiting; no more than {hard} are taken."
        )
        self.active = active
        self.waiting = waiting
        self.hard = hard


@dataclass(frozen=True, slots=True)
class GuardCounts:
    """`active` and `waiting` now; the others since the guard was made.

    `admitted` got in, `waited` of them not at once; `abandoned` stopped waiting; `shed` were
    turned away; `peak` is the most that was ever active at once.
    """

    active: int
    waiting: int
    admitted: int
    waited: int
    abandoned: int
    shed: int
    peak: int


class BackpressureGuard:
    """At most `soft` at once; others wait in order of arrival; more than `hard` are turned away.

    `hard` counts those that run and those that wait. For one event loop.

        async with guard.slot():
            ...
    """

    def __init__(self, soft: int, hard: int) -> None:
        """ValueError unless 1 <= soft <= hard."""
        if not 1 <= soft <= hard:
            raise ValueError("limits must be 1 <= soft <= hard")
        self.soft = soft
        self.hard = hard
        self._active = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._admitted = self._waited = self._abandoned = self._shed = self._peak = 0

    def counts(self) -> GuardCounts:
        """How things stand, and what has happened so far."""
        return GuardCounts(
            self._active,
            len(self._queue),
            self._admitted,
            self._waited,
            self._abandoned,
            self._shed,
            self._peak,
        )

    @asynccontextmanager
    async def slot(self, on_wait: OnWait | None = None) -> AsyncIterator[None]:
        """Hold one of the places while the block runs.

        `on_wait` is told once, when the place is not free at once, how many are before this one;
        what it raises gives the place up. BackpressureShed when `hard` is reached.
        """
        await self.acquire(on_wait)
        try:
            yield
        finally:
            self.release()

    async def acquire(self, on_wait: OnWait | None = None) -> None:
        """Take a place, which `release` must give back. `slot` is the safer way."""
        if self._active + len(self._queue) >= self.hard:
            self._shed += 1
            raise BackpressureShed(self._active, len(self._queue), self.hard)
        if self._active >= self.soft:
            await self._turn(on_wait)
            self._waited += 1
        else:
            self._enter()
        self._admitted += 1

    def release(self) -> None:
        """Give a place back; the one that waits longest gets it."""
        self._active -= 1
        self._admit_next()

    async def _turn(self, on_wait: OnWait | None) -> None:
        place = asyncio.get_running_loop().create_future()
        before = len(self._queue)
        self._queue.append(place)
        try:
            told = None if on_wait is None else on_wait(before)
            if told is not None:
                await told
            await place
        except BaseException:
            self._abandoned += 1
            if place.done() and not place.cancelled():
                self.release()  # it was handed over in the same turn of the loop
            else:
                place.cancel()
                with suppress(ValueError):  # a release has passed over it already
                    self._queue.remove(place)
            raise

    def _admit_next(self) -> None:
        while self._queue and self._active < self.soft:
            place = self._queue.popleft()
            if not place.cancelled():
                self._enter()
                place.set_result(None)

    def _enter(self) -> None:
        self._active += 1
        self._peak = max(self._peak, self._active)
