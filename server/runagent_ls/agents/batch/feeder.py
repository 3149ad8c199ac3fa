"""Items read in a thread of their own, so that a slow disk or pipe never holds up running calls."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from runagent_ls.agents.batch.items import Item
from runagent_ls.agents.batch.plan import BatchError

AHEAD: Final = 64
"""Items read before they are asked for."""


class Feeder:
    """Hands on what `read` gives, one by one, never more than AHEAD items ahead.

    `read` is called in the thread. `stop` lets go of the thread; one that waits for standard
    input stays behind, as a daemon, since nothing can wake it.
    """

    def __init__(self, read: Callable[[], Iterator[Item]]) -> None:
        self._read = read
        self._loop = asyncio.get_running_loop()
        self._room = threading.Semaphore(AHEAD)
        self._items: deque[Item] = deque()
        self._arrived = asyncio.Event()
        self._ended = False
        self._stopped = False
        self._failure: BatchError | None = None
        threading.Thread(target=self._work, name="batch-reader", daemon=True).start()

    async def next(self) -> Item | None:
        """The next item, None after the last. Raises the BatchError that reading ended in."""
        while not self._items:
            if self._failure is not None:
                raise self._failure
            if self._ended:
                return None
            self._arrived.clear()
            await self._arrived.wait()
        self._room.release()
        return self._items.popleft()

    def stop(self) -> None:
        """No more items are wanted."""
        self._stopped = True
        self._room.release()

    def _work(self) -> None:
        # stays if reading ends in a way that nobody thought of: the batch must not wait for ever
        failure: BatchError | None = BatchError("The inputs cannot be read any further.")
        try:
            for item in self._read():
                self._room.acquire()
                if self._stopped:
                    return
                self._tell(partial(self._items.append, item))
            failure = None
        except BatchError as error:
            failure = error
        except OSError as error:
            failure = BatchError(f"The inputs cannot be read any further: {error}.")
        finally:
            self._tell(partial(self._end, failure))

    def _end(self, failure: BatchError | None) -> None:
        self._ended = True
        self._failure = failure

    def _tell(self, change: Callable[[], None]) -> None:
        def apply() -> None:
            change()
            self._arrived.set()

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(apply)
