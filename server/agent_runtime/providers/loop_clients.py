"""Clients that keep connections, one for each event loop: connections belong to the loop that made
them, and a loop that ends must not leave them open."""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar
from weakref import WeakSet


class Closes(Protocol):
    """What has connections, and can close them."""

    async def aclose(self) -> None:
        """Closes them."""


_T = TypeVar("_T", bound=Closes)

_ELSEWHERE_S: Final = 1.0
"""So long another loop may take to close its client: it may stand still, or end just now."""


@dataclass(slots=True)
class _Kept(Generic[_T]):
    """The client of one loop, which alone changes this. `keeper` closes it when it is closed."""

    client: _T
    keeper: AsyncGenerator[_T, None]
    users: int = 0
    is_retired: bool = False


class LoopClients(Generic[_T]):
    """Makes a client for each event loop that asks for one, and closes it before the loop ends.

    Safe for several threads at once.
    """

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._kept: dict[asyncio.AbstractEventLoop, _Kept[_T]] = {}
        _ALL.add(self)

    @asynccontextmanager
    async def using(self) -> AsyncIterator[_T]:
        """The client of the loop that runs. `aclose` waits for the end of the block."""
        kept = await self._of_loop()
        kept.users += 1
        try:
            yield kept.client
        finally:
            kept.users -= 1
            if kept.is_retired and not kept.users:
                await kept.keeper.aclose()

    async def aclose(self) -> None:
        """Closes the clients of all loops; those in use, as soon as they are not. The next one who
        asks is given another."""
        here = asyncio.get_running_loop()
        for loop in self.loops():
            if loop is here:
                await self.aclose_here()
            elif loop.is_running():
                with suppress(Exception):
                    closing = asyncio.run_coroutine_threadsafe(self.aclose_here(), loop)
                    async with asyncio.timeout(_ELSEWHERE_S):
                        await asyncio.wrap_future(closing)

    async def aclose_here(self, *, at_once: bool = False) -> None:
        """The same for the loop that runs; `at_once` also when it is in use."""
        with self._lock:
            kept = self._kept.pop(asyncio.get_running_loop(), None)
        if kept is not None:
            kept.is_retired = True
            if at_once or not kept.users:
                await kept.keeper.aclose()

    def loops(self) -> list[asyncio.AbstractEventLoop]:
        """Those that have a client."""
        with self._lock:
            return list(self._kept)

    async def _of_loop(self) -> _Kept[_T]:
        loop = asyncio.get_running_loop()
        with self._lock:
            known = self._kept.get(loop)
            if known is not None:
                return known
            for ended in [one for one in self._kept if one.is_closed()]:
                del self._kept[ended]
            client = self._make()
            kept = self._kept[loop] = _Kept(client, self._keeper(loop, client))
            # a generator that was begun is closed by whoever ends the loop, and before that when
            # nobody has it any more; nothing else tells of a loop's end. It does not wait here
            await anext(kept.keeper)
            return kept

    async def _keeper(
        self, loop: asyncio.AbstractEventLoop, client: _T
    ) -> AsyncGenerator[_T, None]:
        try:
            yield client
        finally:
            with self._lock:
                kept = self._kept.get(loop)
                if kept is not None and kept.client is client:
                    del self._kept[loop]
            await client.aclose()


_ALL: Final = WeakSet[LoopClients[Any]]()


@atexit.register
def _close_all() -> None:
    """A loop in a thread of its own may go on for as long as the process does."""
    for clients in list(_ALL):
        for loop in clients.loops():
            if loop.is_running():
                with suppress(Exception):
                    closing = clients.aclose_here(at_once=True)
                    asyncio.run_coroutine_threadsafe(closing, loop).result(_ELSEWHERE_S)
