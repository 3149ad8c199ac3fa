"""Calls of one function, plain or async, that are waited for no longer than they may take."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Final

from agent_runtime.tools.errors import ToolError
from agent_runtime.tools.threads import LeftBehind, Outcome, call_in_thread, left_behind_of

_GRACE_S: Final = 1.0
"""So long a coroutine that was cancelled may take to clean up."""


class Caller:
    """Calls one function, any number of times at once. Others may have callers of it, too."""

    def __init__(self, function: Callable[..., object], name: str) -> None:
        self._name = name
        self._is_async = is_async(function)
        self._left = left_behind_of(function)

    async def call(self, work: Callable[[], object], limit: float | None) -> object:
        """What `work`, a call of the function, gives; its own exceptions are raised.

        What is not async runs in a thread. After `limit` seconds TimeoutError, which says whether
        the work was stopped: a thread cannot be. A cancel is passed on to a coroutine, whose end
        is awaited for a second.
        """
        if self._left.is_full:
            raise ToolError(
                f"{LeftBehind.MOST} earlier calls have not ended yet, so no other one is begun.",
                transient=True,
            )
        running = asyncio.ensure_future(_outcome(work) if self._is_async else self._in_thread(work))
        try:
            await asyncio.wait([running], timeout=limit)
        except asyncio.CancelledError:
            await self._stop(running)
            raise
        if running.done():
            return _unpacked(running.result())
        stopped = await self._stop(running)
        and_now = "it was stopped" if stopped else "it cannot be stopped and may still be running"
        raise TimeoutError(f"No result within {limit:g} s; {and_now}.")

    async def _stop(self, running: asyncio.Future[Outcome[object]]) -> bool:
        """Ends the work, if that is possible."""
        running.cancel()
        await asyncio.wait([running], timeout=_GRACE_S)
        if not running.done():
            loop = asyncio.get_running_loop()
            self._left.add(lambda: running.done() or loop.is_closed())
        return running.done() and self._is_async

    async def _in_thread(self, work: Callable[[], object]) -> Outcome[object]:
        try:
            outcome = await call_in_thread(work, f"tool {self._name}", self._left)
        except RuntimeError:
            return Outcome(error=ToolError("No further thread can be begun.", transient=True))
        if inspect.isawaitable(outcome.value):  # of a plain function that calls an async one
            result = outcome.value
            return await _outcome(lambda: result)
        return outcome


def is_async(function: Callable[..., object]) -> bool:
    """Whether a call gives a coroutine: functions, partials, and objects with `__call__`."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - what it would run is looked at
    )


async def _outcome(work: Callable[[], object]) -> Outcome[object]:
    try:
        result = work()
        return Outcome(await result if inspect.isawaitable(result) else result)
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        return Outcome(error=error)  # what the function waited for was cancelled, not the call
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - handed over to the one who waits
        return Outcome(error=error)


def _unpacked(outcome: Outcome[object]) -> object:
    error = outcome.error
    if error is None:
        return outcome.value
    if isinstance(error, asyncio.CancelledError):
        raise ToolError("What it waited for was cancelled.", transient=True) from error
    if isinstance(error, StopIteration | StopAsyncIteration) or not isinstance(error, Exception):
        # SystemExit would end the program, the others mean something to whoever awaits
        raise ToolError(f"It raised {type(error).__name__}.") from error
    raise error
