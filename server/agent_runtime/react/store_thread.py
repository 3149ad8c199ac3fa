"""Calling a store, which blocks, without blocking the event loop."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import Final, TypeAlias, TypeVar

from agent_runtime.persistence.store import StoreError
from agent_runtime.react.cancels import END_S, CancelWatch
from agent_runtime.react.runs import LOG
from agent_runtime.tools.threads import Outcome, job_of

_T = TypeVar("_T")
_Jobs: TypeAlias = SimpleQueue[Callable[[], None] | None]

_END_S: Final = END_S - 1.0
"""So long a run that is cancelled waits for its store: a second less than whoever cancelled it
waits for the run, so that they see its end."""


class StoreThread:
    """Calls a store for one run, in one thread, one call after the other, each to its end.

    A cancel waits until the call is over: otherwise nobody could say whether something was saved.
    A store that hangs must not hold it up for ever, though: after nine seconds the call is left
    behind, and no other one begins but those of `finish`.
    """

    def __init__(self, session: str) -> None:
        self._session = session
        self._jobs: _Jobs = SimpleQueue()
        self._watch = CancelWatch()
        self._limit: float | None = None
        self._has_thread = False
        self._is_left = False
        # also when the run is dropped together with its event loop
        self._end = weakref.finalize(self, self._jobs.put, None)

    async def call(self, work: Callable[[], _T]) -> _T:
        """What `work` gives. A cancel in between is raised when it has ended, whatever it gave.

        StoreError when an earlier call was left behind.
        """
        if self._is_left:
            raise StoreError(
                f"The store has not ended an earlier call for session {self._session!r}, so that "
                "nothing else is asked of it. What it was to save may still be saved."
            )
        return await self._ended(self._begun(work))

    async def finish(self, work: Callable[[], object]) -> None:
        """The same for what has to follow all else. After a call that was left behind it is done
        when that has ended, and not waited for."""
        running = self._begun(work)
        if not self._is_left:
            await self._ended(running)

    def end(self) -> None:
        """No more calls come."""
        self._end()

    def _begun(self, work: Callable[[], _T]) -> asyncio.Future[Outcome[_T]]:
        running, job = job_of(work)
        if not self._has_thread:
            # no `ThreadPoolExecutor`: the interpreter waits for its threads when it ends
            threading.Thread(
                target=_serve, args=(self._jobs,), name="agent-store", daemon=True
            ).start()
            self._has_thread = True
        self._jobs.put(job)
        return running

    async def _ended(self, running: asyncio.Future[Outcome[_T]]) -> _T:
        cancelled: asyncio.CancelledError | None = None
        while not running.done():
            left_s = self._left_s()
            if left_s == 0:
                self._leave()
                raise cancelled or asyncio.CancelledError
            try:
                await asyncio.wait([running], timeout=left_s)
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled
        return _unpacked(running.result())

    def _left_s(self) -> float | None:
        """So long a call is waited for; None when nothing was cancelled."""
        if not self._watch.is_cancelled:
            self._limit = None
            return None
        now = asyncio.get_running_loop().time()
        if self._limit is None:  # for all calls that follow a cancel together
            self._limit = now + _END_S
        return max(0.0, self._limit - now)

    def _leave(self) -> None:
        self._is_left = True
        LOG.warning(
            "The run of session %r was cancelled, and its store has not ended a call since. What "
            "it was to save may still be saved; until it has ended, nobody else can work on the "
            "session.",
            self._session,
        )


def _serve(jobs: _Jobs) -> None:
    while (job := jobs.get()) is not None:
        job()
        del job  # and what it holds


def _unpacked(outcome: Outcome[_T]) -> _T:
    if outcome.error is None:
        return outcome.value  # type: ignore[return-value]  # without an error it is what was given
    if not isinstance(outcome.error, Exception):
        # SystemExit would end the program, a cancel the run
        raise StoreError(f"The store raised {type(outcome.error).__name__}.") from outcome.error
    raise outcome.error
