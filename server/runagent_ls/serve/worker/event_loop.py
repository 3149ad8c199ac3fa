"""The event loop in the main thread, on which all coroutines of the agent run."""

from __future__ import annotations

import sys
import threading

from . import ending
from .interrupting import Interrupted

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine
    from typing import Any


class EventLoop:
    """Made before it runs: importing asyncio takes longer than the start of most agents, so it is
    left until the front knows that the agent is ready."""

    def __init__(self) -> None:
        self._there = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._make_task: type[asyncio.Task[None]]
        self._stopped = False
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self) -> None:
        """Runs until `stop`, whatever a callback of the agent raises."""
        import asyncio

        self._make_task = asyncio.Task
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._there.set()
        while not self._stopped and not self._loop.is_closed():
            try:
                self._loop.run_forever()
            except Interrupted:
                continue  # it came when the run that it was meant for had given way
            except Exception:
                # Not what a callback raised, but the loop itself: its descriptors were closed.
                sys.excepthook(*sys.exc_info())
                ending.end_group()
            except BaseException:
                sys.excepthook(*sys.exc_info())

    def stop(self) -> None:
        """Also before it runs; never waits."""
        self._stopped = True
        if self._there.is_set():
            self.soon(self.loop.stop)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Waits until there is one."""
        self._there.wait()
        assert self._loop is not None
        return self._loop

    def soon(self, callback: Callable[..., object], *args: Any) -> None:
        """From any thread."""
        self.loop.call_soon_threadsafe(callback, *args)

    def start(
        self, work: Coroutine[Any, Any, None], told: Callable[[asyncio.Task[None]], None]
    ) -> None:
        """Makes a task of `work`; `told` gets it before its first step."""

        def begin() -> None:
            task = self._make_task(work, loop=self.loop)  # whatever factory the agent has set
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            told(task)

        self.soon(begin)

    def is_in(self, task: asyncio.Task[None] | None) -> bool:
        """Whether the task is the one that the loop is executing right now."""
        import asyncio

        return task is not None and asyncio.current_task(self.loop) is task
