"""A run that goes on in a worker: what its caller waits for, and whether it has really ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, TypeAlias

from runagent_ls.serve.supervisor.frame_reader import texts_of
from runagent_ls.serve.supervisor.runs import Output, Run, RunFailedError
from runagent_ls.serve.worker import framing

WINDOW: Final = 1024 * 1024
"""Bytes of chunks that a worker may send ahead of the one who reads them."""

Grant: TypeAlias = Callable[[int], None]
"""Lets the worker send so many more bytes of this run."""


class ActiveRun:
    """`answered`: its caller has the result or the failure. `ended`: resolved when the function
    runs no longer, which may be later, or when its process is gone. `freed`: resolved when another
    run may have its place, which is when it has ended or was given up."""

    window = 0

    def __init__(self, run: Run) -> None:
        self.run = run
        self.begun_at = time.perf_counter()
        self.answered = False
        self.cancelling = False
        self.asked_to_end = False
        self.begun = False
        self.timers: list[asyncio.TimerHandle] = []
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.freed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def begin(self, grant: Grant) -> None:
        """A worker has it now; its time runs."""
        self.begun = True
        self.begun_at = time.perf_counter()

    @property
    def elapsed_s(self) -> float:
        return time.perf_counter() - self.begun_at

    def take_result(self, data: bytes) -> None:
        """The output of a plain call."""

    def take_chunks(self, payload: bytes) -> None:
        """Some chunks of a stream; NoFrameError when they are none."""

    def take_done(self, count: int, seconds: float) -> None:
        """A stream has ended by itself."""

    def fail(self, error: RunFailedError) -> None:
        """Tells the caller, who hears only the first answer."""

    def end(self) -> None:
        """The function runs no longer."""
        for timer in self.timers:
            timer.cancel()
        if not self.ended.done():
            self.ended.set_result(None)
        self.give_up()

    def give_up(self) -> None:
        """It goes on in a worker that was replaced, and counts no longer."""
        if not self.freed.done():
            self.freed.set_result(None)


class Call(ActiveRun):
    """A plain call."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.outcome: asyncio.Future[Output] = asyncio.get_running_loop().create_future()

    def take_result(self, data: bytes) -> None:
        self.answered = True
        if not self.outcome.done():
            self.outcome.set_result(Output(data.decode("utf-8", "replace"), self.elapsed_s))

    def fail(self, error: RunFailedError) -> None:
        self.answered = True
        error.seconds = self.elapsed_s
        if not self.outcome.done():
            self.outcome.set_exception(error)


class Stream(ActiveRun):
    """Chunks as they come. Each step of the iteration gives all that have arrived, as texts ready
    for a WebSocket; a failure is raised after the chunks before it.

    `chunks` and `seconds` are known when the iteration has ended by itself. No more than a window
    of bytes is held here: the function waits for its reader.
    """

    window = WINDOW

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.chunks = 0
        self.seconds = 0.0
        self._arrived: list[bytes] = []
        self._size = 0
        self._owed = 0
        self._grant: Grant | None = None
        self._waiting: asyncio.Future[None] | None = None
        self._error: RunFailedError | None = None

    def begin(self, grant: Grant) -> None:
        super().begin(grant)
        self._grant = grant

    def __aiter__(self) -> Stream:
        return self

    async def __anext__(self) -> list[bytes]:
        while not self._arrived:
            if self._error is not None:
                raise self._error
            if self.answered:
                raise StopAsyncIteration
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        texts, self._arrived = self._arrived, []
        self._give_back()
        return texts

    def take_chunks(self, payload: bytes) -> None:
        if not self.answered:
            texts = texts_of(payload)
            self._arrived += texts
            self._size += len(payload) - framing.LENGTH.size * len(texts)
            self._wake()

    def take_done(self, count: int, seconds: float) -> None:
        if not self.answered:
            self.answered = True
            self.chunks, self.seconds = count, seconds
            self._wake()

    def fail(self, error: RunFailedError) -> None:
        if not self.answered:
            self.answered = True
            error.seconds = self.seconds = self.elapsed_s
            self._error = error
            self._wake()

    def _give_back(self) -> None:
        """Credit in large pieces: a frame for each batch would cost more than the batch."""
        self._owed += self._size
        self._size = 0
        if self._owed >= self.window // 2 and self._grant is not None and not self.answered:
            self._grant(self._owed)
            self._owed = 0

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
