"""Runs that give chunk after chunk, as fast as whoever reads them allows.

A generator runs in a thread, an async generator on the event loop. Both stop while the front has
not asked for more, so that a slow client costs no memory and holds up no other run.
"""

from __future__ import annotations

import inspect
import threading
from collections import deque
from time import perf_counter

from . import encoding, framing
from .interrupting import Interrupted
from .prints import current_run
from .runs import GRACE_S, OnLoop, Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from typing import Any

    from .channel import Channel

_TURN_S = 0.004
"""Chunks that come without a pause are written that often, by the thread that makes them: the
writer would hardly get its turn. So long an async generator may keep the event loop, too."""


class Chunks:
    """The chunks of one stream that wait for the pipe, and how many more bytes may.

    `spent` belongs to the thread that makes them, `granted` to the one that reads CREDIT.
    """

    def __init__(self, run: int, channel: Channel, credit: int | None) -> None:
        self._run = run
        self._channel = channel
        self._texts: deque[bytes] = deque()
        self._offered = False
        self._granted = float("inf") if credit is None else credit
        self._spent = 0
        self._started = perf_counter()
        self.count = 0

    def add(self, value: Any) -> None:
        self.count += 1
        text = encoding.chunk(value, self.count)
        self._texts.append(text)
        self._spent += len(text)
        if not self._offered:
            self._offered = True
            self._channel.offer(self)

    def grant(self, size: int) -> None:
        self._granted += size

    @property
    def stopped(self) -> bool:
        return self._spent >= self._granted

    def take(self) -> bytes:
        self._offered = False
        pack, next_text = framing.LENGTH.pack, self._texts.popleft
        parts: list[bytes] = []
        for _ in range(len(self._texts)):
            text = next_text()
            parts += (pack(len(text)), text)
        if not parts:
            return b""
        payload = b"".join(parts)
        return framing.frame(framing.CHUNKS, self._run, payload)

    def settle(self) -> None:
        """The stream ends: what it gave is sent before that is said."""
        if self._texts:
            self._channel.offer(self)

    def summary(self) -> bytes:
        seconds = perf_counter() - self._started
        return b'{"chunks": %d, "seconds": %.6f}' % (self.count, seconds)


class Stream(Run):
    """What a function gives, item by item, in a thread of its own."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        *_, message = args
        self._chunks = Chunks(self.number, self.worker.channel, message.get("credit"))
        self._go_on = threading.Event()
        self._closing = False

    def start(self) -> None:
        self.worker.threads.start(self._work)

    def grant(self, size: int) -> None:
        self._chunks.grant(size)
        self._go_on.set()

    def cancel(self) -> None:
        self.cancelled = True
        self._go_on.set()
        timer = threading.Timer(GRACE_S, self._interrupt_step)
        timer.daemon = True
        timer.start()

    def _interrupt_step(self) -> None:
        """The generator has not come to its next yield. What it does to clean up is left alone."""
        if not self._closing:
            self._section.interrupt()

    def _work(self) -> None:
        current_run.set(self.number)
        _, failure = self._section.perform(lambda: self._iterate(self.call()))
        self._chunks.settle()
        self.end(framing.DONE, self._chunks.summary(), failure)

    def _iterate(self, iterable: Any) -> None:
        chunks, output, now = self._chunks, self.entrypoint.output, perf_counter
        turn_ends = now() + _TURN_S
        try:
            for item in iterable:
                if chunks.stopped or self.cancelled:
                    self._wait()
                chunks.add(output(item))
                if now() > turn_ends:
                    self.flush()
                    turn_ends = now() + _TURN_S
        finally:
            self._closing = True
            if inspect.isgenerator(iterable):
                iterable.close()

    def _wait(self) -> None:
        """Until there is credit; Interrupted when the run was cancelled."""
        while self._chunks.stopped and not self.cancelled:
            self._go_on.clear()
            if self._chunks.stopped and not self.cancelled:
                self._go_on.wait()
        if self.cancelled:
            raise Interrupted


class AwaitedStream(Stream):
    """What a coroutine function returns, item by item: awaited on the loop, then in a thread."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._task: asyncio.Task[None] | None = None
        self._awaiting = False
        self._iterable: Any = None

    def start(self) -> None:
        self.worker.loop.start(self._await(), self._take_task)

    def cancel(self) -> None:
        super().cancel()
        self.worker.loop.soon(self._cancel_task)

    def call(self) -> Any:
        return self._iterable

    def _take_task(self, task: asyncio.Task[None]) -> None:
        self._task = task

    def _cancel_task(self) -> None:
        if self._awaiting and self._task is not None:
            self._task.cancel()

    async def _await(self) -> None:
        current_run.set(self.number)
        try:
            if self.cancelled:
                raise Interrupted
            self._awaiting = True
            self._iterable = await super().call()
        except BaseException as failure:
            self.end(framing.DONE, b"", failure)
            return
        finally:
            self._awaiting = False
        self.worker.threads.start(self._work)


class AsyncStream(OnLoop):
    """The items of an async generator function."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        *_, message = args
        self._chunks = Chunks(self.number, self.worker.channel, message.get("credit"))
        self._go_on: asyncio.Event | None = None

    def grant(self, size: int) -> None:
        self._chunks.grant(size)
        self.worker.loop.soon(self._wake)

    def _wake(self) -> None:
        if self._go_on is not None:
            self._go_on.set()

    async def _work(self) -> None:
        failure = None
        try:
            self._begin()
            self._section.enter()
            await self._iterate(self.call())
        except BaseException as raised:
            failure = raised
        self._section.leave()
        self._chunks.settle()
        self.end(framing.DONE, self._chunks.summary(), failure)

    async def _iterate(self, iterable: Any) -> None:
        import asyncio

        chunks, output, now = self._chunks, self.entrypoint.output, perf_counter
        self._go_on = asyncio.Event()
        turn_ends = now() + _TURN_S
        try:
            async for item in iterable:
                if chunks.stopped:
                    await self._wait()
                chunks.add(output(item))
                if now() > turn_ends:
                    self.flush()
                    await asyncio.sleep(0)
                    turn_ends = now() + _TURN_S
        finally:
            if inspect.isasyncgen(iterable):
                await iterable.aclose()

    async def _wait(self) -> None:
        assert self._go_on is not None
        while self._chunks.stopped:
            self._go_on.clear()
            if self._chunks.stopped:
                await self._go_on.wait()
