"""Running what is async for callers that are not.

All of them share one event loop in a thread of its own: what is made for one loop (connections of a
provider, a guard, a deduplicator) then serves every call, whatever thread it comes from.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from concurrent.futures import CancelledError, Future, wait
from contextlib import suppress
from contextvars import Context, copy_context
from typing import Any, Generic, TypeVar

from agent_runtime.react.cancels import END_S

_T = TypeVar("_T")

_TURN_S = 0.2


class _LoopThread:
    """Starts its loop when it is first needed, and again in a forked process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0

    def loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                loop = asyncio.new_event_loop()
                threading.Thread(
                    target=_serve, args=(loop,), name="agent-runtime", daemon=True
                ).start()
                # last: who is interrupted before leaves no loop that nobody runs
                self._loop, self._pid = loop, os.getpid()
            return self._loop

    def renew_lock(self) -> None:
        self._lock = threading.Lock()


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    while True:
        # somebody's `sys.exit()` ends their run, not those of all others
        with suppress(SystemExit, KeyboardInterrupt):
            loop.run_forever()


_THREAD = _LoopThread()
if hasattr(os, "register_at_fork"):
    # another thread may have held it in the process that forked
    os.register_at_fork(after_in_child=_THREAD.renew_lock)


class _Call(Generic[_T]):
    """Work in the shared loop, from `begin` or `result` on."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, _T]], context: Context) -> None:
        self._work = work
        self._context = context
        self._task: asyncio.Task[_T] | None = None
        self._end: Future[_T] = Future()
        self._loop = _THREAD.loop()
        self.has_begun = False

    def begin(self) -> None:
        """From here on it works."""
        self.has_begun = True
        self._loop.call_soon_threadsafe(self._start)

    @property
    def is_own_thread(self) -> bool:
        """Whether waiting here would keep the loop from ever ending the work."""
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False

    def ends_within(self, seconds: float) -> bool:
        """Waits no longer than that."""
        return bool(wait([self._end], seconds).done)

    def result(self) -> _T:
        """Begins it and waits for it, in turns: between them what interrupts the thread is raised.

        It begins in here, so that nothing can interrupt the thread when it has begun, and leave it.
        """
        try:
            self.begin()
            while not wait([self._end], _TURN_S).done:
                pass
        except BaseException:
            self._loop.call_soon_threadsafe(self._cancel)
            wait([self._end], END_S)
            raise
        return self.ended()

    def ended(self) -> _T:
        """What it gave, or raised, when it has ended."""
        return self._end.result()

    def _start(self) -> None:
        self._task = self._loop.create_task(self._work(), context=self._context)
        self._task.add_done_callback(self._deliver)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
        elif not self._end.done():  # interrupted before it could be started
            self._end.set_exception(CancelledError())

    def _deliver(self, task: asyncio.Task[_T]) -> None:
        if task.cancelled():
            self._end.set_exception(CancelledError())
        elif (error := task.exception()) is not None:
            self._end.set_exception(error)
        else:
            self._end.set_result(task.result())


def run_blocking(work: Callable[[], Coroutine[Any, Any, _T]], instead: str) -> _T:
    """What `work` gives, with the caller's context variables.

    RuntimeError, naming `instead`, in a thread whose event loop would stand still meanwhile. When
    the caller is interrupted (Ctrl+C), the work is cancelled and its end awaited.
    """
    refuse_in_loop(instead)
    return _Call(work, copy_context()).result()


def iterate_blocking(
    work: Callable[[], AsyncGenerator[_T, None]], instead: str
) -> Generator[_T, None, None]:
    """The same for what is iterated over; closing it closes the work, for which ten seconds are
    waited at most."""
    refuse_in_loop(instead)
    return _iterate(work(), copy_context())


def _iterate(items: AsyncGenerator[_T, None], context: Context) -> Generator[_T, None, None]:
    async def following() -> list[_T]:
        # a list, as StopAsyncIteration is none of the work's own failures
        async for item in items:
            return [item]
        return []

    call: _Call[list[_T]] | None = None
    try:
        while found := (call := _Call(following, context)).result():
            yield found[0]
    finally:
        if (
            call is None or not call.has_begun or call.ends_within(0)
        ):  # else it was cancelled, and closes when it ends
            _close(items, context)


def _close(items: AsyncGenerator[_T, None], context: Context) -> None:
    if sys.is_finalizing():
        return  # the loop's thread does not run any more
    closing = _Call(items.aclose, context)
    closing.begin()
    # the loop's own thread is where what was forgotten may be collected
    if not closing.is_own_thread and closing.ends_within(END_S):
        closing.ended()


def refuse_in_loop(instead: str) -> None:
    """RuntimeError, naming `instead`, where an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(
        f"An event loop runs in this thread, and would stand still until the agent is done: use "
        f"{instead} here."
    )
