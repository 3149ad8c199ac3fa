"""Equal calls made once: those that wait share one, and a result serves again for a while."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from agent_runtime.limits import check_pause, check_whole

_T = TypeVar("_T")


@dataclass(slots=True, eq=False)
class _Flight(Generic[_T]):
    task: asyncio.Task[_T]
    waiters: int = 0


@dataclass(frozen=True, slots=True)
class DedupCounts:
    """`in_flight` and `cached` now; since the start: `begun`, and `shared` or `reused` instead."""

    in_flight: int
    cached: int
    begun: int
    shared: int
    reused: int


class Deduplicator(Generic[_T]):
    """Gives equal keys one result.

    While the work for a key goes on, everybody who asks for it waits for the same; afterwards the
    result is reused for `ttl` seconds, at most `max_size` of them (the least used go first). A
    failure goes to all who wait and is not kept. Who is cancelled leaves the others alone; when
    the last one leaves, the work is cancelled and its end awaited. All get the same object, so
    nobody may change it. Threads may share it; what is in flight is shared within an event loop
    only. `clock` in seconds.
    """

    def __init__(
        self, *, ttl: float = 0.0, max_size: int = 1024, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`ttl` 0 shares only what is in flight. ValueError for limits that make no sense."""
        from cachetools import TTLCache

        check_pause("ttl", ttl, may_be_endless=True)
        check_whole("max_size", max_size, 0)
        self._results: TTLCache[Hashable, _T] = TTLCache(max_size, ttl, timer=clock)
        self._lock = threading.Lock()  # of the results: expiring ones are taken out while reading
        self._keeps = ttl > 0 and max_size > 0
        self._flights: dict[Hashable, _Flight[_T]] = {}
        self._begun = self._shared = self._reused = 0

    def counts(self) -> DedupCounts:
        """How things stand, and what has happened so far."""
        with self._lock:
            cached = len(self._results)
        return DedupCounts(len(self._flights), cached, self._begun, self._shared, self._reused)

    def forget(self, key: Hashable | None = None) -> None:
        """Reuse and share no more what began before: of `key`, or everything when None.

        Those who wait already still get their result.
        """
        with self._lock:
            if key is None:
                self._results.clear()
                self._flights.clear()
            else:
                self._results.pop(key, None)
                self._flights.pop(key, None)

    async def run(self, key: Hashable, work: Callable[[], Awaitable[_T]]) -> _T:
        """What `work` gives, or what it gave for an equal key. TypeError for an unhashable key."""
        flight = self._flights.get(key)
        if flight is not None and flight.task.done():
            self._land(key, flight)
            flight = None
        if flight is not None and flight.task.get_loop() is not asyncio.get_running_loop():
            flight = None  # nothing would wake us up here when it lands there
        if flight is None:
            try:
                with self._lock:
                    result = self._results[key]
            except KeyError:
                flight = self._begin(key, work)
            else:
                self._reused += 1
                return result
        else:
            self._shared += 1
        return await self._join(key, flight)

    def _begin(self, key: Hashable, work: Callable[[], Awaitable[_T]]) -> _Flight[_T]:
        async def fly() -> _T:
            return await work()

        self._begun += 1
        flight = self._flights[key] = _Flight(asyncio.create_task(fly()))
        flight.task.add_done_callback(lambda _: self._land(key, flight))
        return flight

    async def _join(self, key: Hashable, flight: _Flight[_T]) -> _T:
        flight.waiters += 1
        try:
            await asyncio.wait([flight.task])  # being cancelled here does not cancel the task
        finally:
            flight.waiters -= 1
            if flight.waiters == 0 and not flight.task.done():
                if self._flights.get(key) is flight:
                    del self._flights[key]  # who asks from now on gets a new one
                flight.task.cancel()
                await asyncio.wait([flight.task])
        return flight.task.result()

    def _land(self, key: Hashable, flight: _Flight[_T]) -> None:
        # asking for the exception tells asyncio that somebody knows of it
        done = not flight.task.cancelled() and flight.task.exception() is None
        if self._flights.get(key) is flight:
            self._flights.pop(key, None)
            if done and self._keeps:
                with self._lock:
                    self._results[key] = flight.task.result()
