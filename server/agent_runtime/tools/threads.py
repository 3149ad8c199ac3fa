"""Running what blocks without blocking the event loop, and without waiting for it at the end."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeAlias, TypeVar
from weakref import WeakKeyDictionary, WeakSet

_T = TypeVar("_T")
_Jobs: TypeAlias = SimpleQueue[Callable[[], None]]

_IDLE_S: Final = 10.0
"""So long a thread waits for more to do."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[_T]):
    """What a call gave, or what it raised: a future cannot hold each exception (StopIteration)."""

    value: _T | None = None
    error: BaseException | None = None


_ALL_LEFT: Final[WeakSet[LeftBehind]] = WeakSet()


class LeftBehind:
    """Calls that nobody waits for any more, as long as they go on. Safe for several threads."""

    MOST: Final = 8
    """Where so many go on, no further one should be begun."""

    def __init__(self) -> None:
        self.forget()
        _ALL_LEFT.add(self)

    def forget(self) -> None:
        """In a process that was forked none of them goes on."""
        self._ended: list[Callable[[], bool]] = []
        self._lock = threading.Lock()

    def add(self, ended: Callable[[], bool]) -> None:
        """One more; `ended` tells whether it goes on no longer."""
        with self._lock:
            self._ended.append(ended)

    @property
    def is_full(self) -> bool:
        """Whether `MOST` of them have not ended yet."""
        with self._lock:
            self._ended = [ended for ended in self._ended if not ended()]
            return len(self._ended) >= self.MOST


_OF_FUNCTIONS: Final[WeakKeyDictionary[object, dict[object, LeftBehind]]] = WeakKeyDictionary()


def left_behind_of(function: Callable[..., object]) -> LeftBehind:
    """Calls of the function that were left behind, whoever made them: an agent that is built anew
    for each question must not leave eight threads for each. Methods count for their object."""
    owner: object = function
    part: object = None
    if inspect.ismethod(function):
        owner, part = function.__self__, function.__func__
    try:
        return _OF_FUNCTIONS.setdefault(owner, {}).setdefault(part, LeftBehind())
    except TypeError:  # what has no hash, or no weak references
        return LeftBehind()


class _Threads:
    """As many threads as there are calls at once; those that are done wait for the next one.

    No `ThreadPoolExecutor`: calls that never return would use it up, and the interpreter waits for
    its threads when it ends.
    """

    def __init__(self) -> None:
        self._idle: list[_Jobs] = []
        self.forget()

    def run(self, job: Callable[[], None]) -> None:
        with self._lock:
            jobs = self._idle.pop() if self._idle else None
        if jobs is None:
            jobs = SimpleQueue()
            threading.Thread(target=self._serve, args=(jobs,), daemon=True).start()
        jobs.put(job)

    def forget(self) -> None:
        """In a process that was forked there is none of the threads."""
        self._lock = threading.Lock()
        self._idle = []

    def _serve(self, jobs: _Jobs) -> None:
        while True:
            try:
                job = jobs.get(timeout=_IDLE_S)
            except Empty:
                with self._lock:
                    if jobs in self._idle:  # otherwise a job is on its way
                        self._idle.remove(jobs)
                        return
                continue
            job()
            del job  # and what it holds
            with self._lock:
                self._idle.append(jobs)


_THREADS = _Threads()


def _forget_all() -> None:
    _THREADS.forget()
    for left in list(_ALL_LEFT):
        left.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


def job_of(work: Callable[[], _T]) -> tuple[asyncio.Future[Outcome[_T]], Callable[[], None]]:
    """What `work` will give, and what has to be called in another thread for it: that has the
    caller's context variables. Cancelling the future does not stop the thread."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Outcome[_T]] = loop.create_future()
    context = contextvars.copy_context()

    def deliver(outcome: Outcome[_T]) -> None:
        if not done.done():
            done.set_result(outcome)

    def job() -> None:
        try:
            outcome = Outcome(context.run(work))
        except BaseException as error:  # noqa: BLE001 - handed over to the one who waits
            outcome = Outcome(error=error)
        with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
            loop.call_soon_threadsafe(deliver, outcome)

    return done, job


def start_in_thread(work: Callable[[], _T], name: str) -> asyncio.Future[Outcome[_T]]:
    """Calls `work` in another thread, with the caller's context variables.

    Cancelling the future does not stop the thread. RuntimeError when the system allows no further
    thread.
    """
    done, job = job_of(work)

    def run() -> None:
        threading.current_thread().name = name
        job()

    _THREADS.run(run)
    return done


async def call_in_thread(work: Callable[[], _T], name: str, left: LeftBehind) -> Outcome[_T]:
    """The same, awaited. A cancel leaves the thread behind, and `left` knows of it until it ends.

    RuntimeError when the system allows no further thread.
    """
    ended = threading.Event()

    def tracked() -> _T:
        try:
            return work()
        finally:
            ended.set()

    running = start_in_thread(tracked, name)
    try:
        return await running
    except asyncio.CancelledError:
        left.add(ended.is_set)
        raise
