"""A limit on how much goes on at once: some run, some wait their turn, the rest is turned away.

`asyncio.Semaphore` lets any number wait and does not tell how many do, so the queue is our own.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeAlias

from agent_runtime.limits import check_whole

OnWait: TypeAlias = Callable[[int], Awaitable[None] | None]
"""Told how many wait already."""


class BackpressureShed(Exception):  # noqa: N818 - the name says what happened
    """Turned away at once because too much is running and waiting already."""

    def __init__(self, active: int, waiting: int, hard: int) -> None:
        calls = "1 call is" if active == 1 else f"{active} calls are"
        super().__init__(
            f"{calls} running and {waiting} waiting; no more than {hard} are taken. Try again "
            "later."
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

    `hard` counts those that run and those that wait. It serves one event loop at a time: as long
    as somebody is in it there, RuntimeError in any other one.

        async with guard.slot():
            ...
    """

    def __init__(self, soft: int, hard: int) -> None:
        """ValueError unless 1 <= soft <= hard."""
        check_whole("soft", soft, 1)
        check_whole("hard", hard, 1)
        if soft > hard:
            raise ValueError("limits must be 1 <= soft <= hard")
        self.soft = soft
        self.hard = hard
        self._lock = threading.Lock()  # of the question which loop it serves
        self._loop: asyncio.AbstractEventLoop | None = None
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
        what it raises gives the place up. BackpressureShed when `hard` is reached; RuntimeError
        while it serves another event loop.
        """
        await self.acquire(on_wait)
        loop = self._loop
        try:
            yield
        finally:
            if self._loop is loop:  # a block of a loop that was closed may be collected later
                self.release()

    async def acquire(self, on_wait: OnWait | None = None) -> None:
        """Take a place, which `release` must give back. `slot` is the safer way."""
        with self._lock:
            place = self._place()
        if place is not None:
            await self._turn(place, on_wait)
            self._waited += 1
        self._admitted += 1

    def _place(self) -> asyncio.Future[None] | None:
        """One in the queue; None when there was a free one, which is taken. BackpressureShed."""
        self._serve_this_loop()
        if self._active + len(self._queue) >= self.hard:
            self._shed += 1
            raise BackpressureShed(self._active, len(self._queue), self.hard)
        if self._active < self.soft:
            self._enter()
            return None
        place = asyncio.get_running_loop().create_future()
        self._queue.append(place)
        return place

    def _serve_this_loop(self) -> None:
        """RuntimeError when somebody is in the guard in another loop: nothing would wake us up."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        if self._loop is not None and self._loop.is_closed():
            # whoever was there will never leave
            self._active = 0
            self._queue.clear()
        if self._active or self._queue:
            raise RuntimeError(
                "This BackpressureGuard is in use in another event loop, and serves one at a time. "
                "Give each event loop a guard of its own. Of an agent with a guard, use run and "
                "stream, or arun and astream in one event loop, but not both at once."
            )
        self._loop = loop

    def release(self) -> None:
        """Give a place back; the one that waits longest gets it."""
        self._active -= 1
        self._admit_next()

    async def _turn(self, place: asyncio.Future[None], on_wait: OnWait | None) -> None:
        try:
            told = None if on_wait is None else on_wait(len(self._queue) - 1)
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
