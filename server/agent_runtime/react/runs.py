"""The runs of a runtime that are under way, in whatever event loop, and how all of them end."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Final

from agent_runtime.react.cancels import END_S

LOG: Final = logging.getLogger("agent_runtime")


class RuntimeClosedError(RuntimeError):
    """The runtime was closed, before a run began or while it was under way."""


class Runs:
    """Counts runs in, until it is closed. Safe for several threads and event loops."""

    def __init__(self, agent: str) -> None:
        self._agent = agent
        self._lock = threading.Lock()
        self._under_way: set[_Run] = set()
        self._is_closed = False

    @contextmanager
    def one(self) -> Iterator[None]:
        """A run, which is the current task for as long as the block lasts.

        RuntimeClosedError when it must not begin any more, and in place of the cancel by which
        `aclose` ends it.
        """
        run = self._begun()
        cancelled: asyncio.CancelledError | None = None
        try:
            yield
        except asyncio.CancelledError as error:
            cancelled = error
        finally:
            with self._lock:
                self._under_way.discard(run)
            was_closed = run.leave()
        if cancelled is not None and was_closed:
            raise RuntimeClosedError(
                f"The runtime of {self._agent} was closed while it worked on this."
            ) from cancelled
        if cancelled is not None:
            raise cancelled

    async def aclose(self) -> None:
        """Cancels all runs and waits until that is kept; no other one begins."""
        with self._lock:
            self._is_closed = True
            under_way = list(self._under_way)
        for run in under_way:
            run.end()
        if under_way:
            overs = [asyncio.wrap_future(run.over) for run in under_way]
            _, others = await asyncio.wait(overs, timeout=END_S)
            if others:
                LOG.warning(
                    "The runtime of %s is closed, but something in it swallows cancels: runs that "
                    "still go on: %d.",
                    self._agent,
                    len(others),
                )

    def _begun(self) -> _Run:
        run = _Run()
        with self._lock:
            if self._is_closed:
                raise RuntimeClosedError(
                    f"The runtime of {self._agent} is closed: build another one to ask it again."
                )
            self._under_way.add(run)
        return run


class _Run:
    """The current task, as something that is to end when the runtime is closed."""

    def __init__(self) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a run is a task of asyncio")
        self.over: Future[None] = Future()
        self._task = task
        self._loop = asyncio.get_running_loop()
        self._cancels = task.cancelling()
        self._is_ended = False

    def end(self) -> None:
        """Cancels it, from whatever thread."""
        try:
            self._loop.call_soon_threadsafe(self._cancel)
        except RuntimeError:  # the loop was closed: what it left there never ends
            self.over.cancel()

    def leave(self) -> bool:
        """It is over. Whether nobody but `end` has cancelled it."""
        if not self.over.done():
            self.over.set_result(None)
        return self._is_ended and self._task.uncancel() <= self._cancels

    def _cancel(self) -> None:
        if not self.over.done():
            self._is_ended = True
            self._task.cancel()
