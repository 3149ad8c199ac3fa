"""One run of an entrypoint: called, encoded, and told how it ended.

Functions run in threads, coroutines on the event loop, as the platform's server runs them.
"""

from __future__ import annotations

import struct
import threading

from . import encoding, extracting, failures, framing
from .interrupting import Interrupted, Section
from .prints import current_run

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from typing import Any

    from .channel import Channel
    from .event_loop import EventLoop
    from .failures import OwnFiles
    from .prints import Prints
    from .threads import Threads

GRACE_S = 0.5
"""For a run that was asked to end at its next yield or await, before it is interrupted."""


class Entrypoint:
    """What a tag stands for. `extractor` is compiled; empty: the output as it is."""

    def __init__(self, target: Any, extractor: dict[str, Any]) -> None:
        self.target = target
        self._extractor = extractor

    def output(self, value: Any) -> Any:
        """The output or chunk that is sent for what the function gave."""
        return extracting.extract(value, self._extractor) if self._extractor else value


class Worker:
    """What all runs share. `ended` is told when the front knows of a run's end."""

    def __init__(
        self,
        channel: Channel,
        prints: Prints,
        loop: EventLoop,
        threads: Threads,
        *,
        own: OwnFiles,
        ended: Callable[[Run], None],
    ) -> None:
        self.channel = channel
        self.prints = prints
        self.loop = loop
        self.threads = threads
        self.own = own
        self.ended = ended


class Run:
    """What one RUN frame asks for."""

    def __init__(
        self, worker: Worker, number: int, entrypoint: Entrypoint, message: dict[str, Any]
    ) -> None:
        self.worker = worker
        self.number = number
        self.entrypoint = entrypoint
        self.args: Any = message["args"]
        self.kwargs: Any = message["kwargs"]
        self.cancelled = False
        self._section = Section()

    def start(self) -> None:
        """Returns at once; from the reader's thread, as `cancel`."""
        raise NotImplementedError

    def cancel(self) -> None:
        raise NotImplementedError

    def call(self) -> Any:
        """What the agent's code returns, a coroutine for instance."""
        return self.entrypoint.target(*self.args, **self.kwargs)

    def flush(self) -> None:
        """Writes what is waiting; a frame must not be interrupted in the middle."""
        self._section.leave()
        self.worker.channel.flush()
        self._section.enter()

    def end(self, kind: int, payload: bytes, failure: BaseException | None) -> None:
        """Tells the front how it ended: with a frame of `kind`, or with a failure."""
        self.worker.prints.settle(self.number)
        if failure is None:
            try:
                self.worker.channel.send(kind, self.number, payload)
            except (MemoryError, struct.error):
                failure = MemoryError(
                    f"The output of {len(payload)} bytes is too large to be sent."
                )
        if failure is not None:
            self.worker.channel.tell(framing.ERROR, self.number, self._error(failure))
        self.worker.ended(self)

    def _error(self, exception: BaseException) -> dict[str, object]:
        if self.cancelled and isinstance(exception, (Interrupted, GeneratorExit, _cancelled())):
            return failures.cancelled()
        call = (self.entrypoint.target, self.args, self.kwargs)
        try:
            return failures.error_of(exception, self.worker.own, call)
        except BaseException:  # what the exception says of itself is the agent's code
            return failures.error_of(_unreadable(), self.worker.own)


class Call(Run):
    """A plain call in a thread."""

    def start(self) -> None:
        self.worker.threads.start(self._work)

    def cancel(self) -> None:
        self.cancelled = True
        self._section.interrupt()

    def _work(self) -> None:
        current_run.set(self.number)
        payload, failure = self._section.perform(self._encoded)
        self.end(framing.RESULT, payload, failure)

    def _encoded(self) -> bytes:
        if self.cancelled:
            raise Interrupted
        return encoding.result(self.entrypoint.output(self.call()))


class OnLoop(Run):
    """A run that is a task of the event loop."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._task: asyncio.Task[None] | None = None
        self._begun = False
        self._heard = False

    def start(self) -> None:
        self.worker.loop.start(self._work(), self._take_task)

    def cancel(self) -> None:
        self.cancelled = True
        self._heard = False
        self.worker.loop.soon(self._cancel_task)
        timer = threading.Timer(GRACE_S, self._interrupt_blocked)
        timer.daemon = True
        timer.start()

    async def _work(self) -> None:
        """Sends the end of the run, whatever it is."""
        raise NotImplementedError

    def _take_task(self, task: asyncio.Task[None]) -> None:
        self._task = task

    def _begin(self) -> None:
        self._begun = True
        current_run.set(self.number)
        if self.cancelled:
            raise Interrupted

    def _cancel_task(self) -> None:
        self._heard = True
        if self._begun and self._task is not None:
            self._task.cancel()

    def _interrupt_blocked(self) -> None:
        """The loop has not come to the cancellation: the agent's code holds it."""
        if not self._heard and self.worker.loop.is_in(self._task):
            self._section.interrupt()


class AsyncCall(OnLoop):
    """A call of a coroutine function."""

    async def _work(self) -> None:
        payload, failure = b"", None
        try:
            self._begin()
            self._section.enter()
            payload = encoding.result(self.entrypoint.output(await self.call()))
        except BaseException as raised:
            failure = raised
        self._section.leave()
        self.end(framing.RESULT, payload, failure)


def _unreadable() -> Exception:
    return RuntimeError("What the agent raised cannot be read: it fails when it is looked at.")


def _cancelled() -> type[BaseException]:
    import asyncio

    return asyncio.CancelledError
