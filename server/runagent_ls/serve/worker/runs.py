"""One run of an entrypoint: called, and told how it ended.

Functions run in threads, coroutines on the event loop, as the platform's server runs them.
Generators run in a thread each, so that a slow one holds up nobody.
"""

from __future__ import annotations

import inspect
import threading
import time

from . import encoding, failures, framing
from .prints import current_run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .channel import Channel
    from .failures import OwnFiles


class Run:
    """What one RUN frame asks for. `ended` is called once, when the front knows the end."""

    def __init__(
        self,
        number: int,
        target: Callable[..., Any],
        message: dict[str, Any],
        channel: Channel,
        *,
        own: OwnFiles,
        ended: Callable[[Run], None],
    ) -> None:
        self.number = number
        self.target = target
        self.args = message["args"]
        self.kwargs = message["kwargs"]
        self.channel = channel
        self._own = own
        self._ended = ended

    def succeed(self, kind: int, payload: bytes) -> None:
        self.channel.send(kind, self.number, payload)
        self._ended(self)

    def fail(self, exception: BaseException) -> None:
        self.channel.tell(framing.ERROR, self.number, failures.error_of(exception, self._own))
        self._ended(self)


class Call(Run):
    """A plain call in a thread."""

    def work(self) -> None:
        current_run.set(self.number)
        try:
            payload = encoding.result(self.target(*self.args, **self.kwargs))
        except BaseException as failure:
            self.fail(failure)
        else:
            self.succeed(framing.RESULT, payload)


class AsyncCall(Run):
    """A call of a coroutine function, on the event loop."""

    async def work(self) -> None:
        current_run.set(self.number)
        try:
            payload = encoding.result(await self.target(*self.args, **self.kwargs))
        except BaseException as failure:
            self.fail(failure)
        else:
            self.succeed(framing.RESULT, payload)


class Stream(Run):
    """Items of whatever the function gives, in a thread."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chunks = Chunks(self.number, self.channel)

    def work(self) -> None:
        current_run.set(self.number)
        started = time.perf_counter()
        try:
            for item in self.target(*self.args, **self.kwargs):
                self.chunks.add(encoding.chunk(item))
        except BaseException as failure:
            self.fail(failure)
        else:
            self.succeed(framing.DONE, self.chunks.summary(started))


class AsyncStream(Stream):
    """Items of an async generator function, on the event loop."""

    async def work(self) -> None:  # type: ignore[override]
        current_run.set(self.number)
        started = time.perf_counter()
        try:
            async for item in self.target(*self.args, **self.kwargs):
                self.chunks.add(encoding.chunk(item))
        except BaseException as failure:
            self.fail(failure)
        else:
            self.succeed(framing.DONE, self.chunks.summary(started))


class Chunks:
    """The chunks of one stream that wait for the pipe."""

    def __init__(self, run: int, channel: Channel) -> None:
        self._run = run
        self._channel = channel
        self._texts: list[bytes] = []
        self._offered = False
        self.count = 0

    def add(self, text: bytes) -> None:
        self._texts.append(text)
        self.count += 1
        if not self._offered:
            self._offered = True
            self._channel.offer(self)

    def take(self) -> bytes:
        self._offered = False
        texts, self._texts = self._texts, []
        if not texts:
            return b""
        pack = framing.LENGTH.pack
        payload = b"".join([part for text in texts for part in (pack(len(text)), text)])
        return framing.frame(framing.CHUNKS, self._run, payload)

    def summary(self, started: float) -> bytes:
        seconds = time.perf_counter() - started
        return b'{"chunks": %d, "seconds": %r}' % (self.count, seconds)


def run_class(target: object, streams: bool) -> type[Run]:
    if inspect.isasyncgenfunction(target) and streams:
        return AsyncStream
    if streams:
        return Stream
    return AsyncCall if inspect.iscoroutinefunction(target) else Call


def start_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="runagent-run", daemon=True).start()
