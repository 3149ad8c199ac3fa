"""How a batch is asked to stop."""

from __future__ import annotations

import asyncio


class BatchStop:
    """`finish`: begin nothing new, let running calls end. `now`: leave those as well.

    For one event loop. Both may be called any number of times, from that loop.
    """

    def __init__(self) -> None:
        self._finishing = asyncio.Event()
        self._leaving = asyncio.Event()

    @property
    def finishing(self) -> bool:
        """Nothing new is begun any more."""
        return self._finishing.is_set()

    @property
    def leaving(self) -> bool:
        """Running calls are left as well."""
        return self._leaving.is_set()

    def finish(self) -> None:
        """Begin nothing new."""
        self._finishing.set()

    def now(self) -> None:
        """Begin nothing new, and wait for nothing."""
        self._finishing.set()
        self._leaving.set()

    async def until_finishing(self) -> None:
        """Wait for either wish."""
        await self._finishing.wait()

    async def until_leaving(self) -> None:
        """Wait for `now`."""
        await self._leaving.wait()
