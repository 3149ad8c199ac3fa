"""Messages over standard input and output, and a guard that keeps everything else off them.

One read hands over as many whole messages as arrived, on the event loop itself: no thread hop per
message, and it is known when the input is empty, which is the moment to check what was typed.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    import asyncio

MAX_MESSAGE_BYTES: Final = 1 << 30
_MAX_HEADER_BYTES: Final = 1 << 16
_READ_BYTES: Final = 1 << 20


class FramingError(Exception):
    """The bytes are no LSP messages, and where the next one starts cannot be told."""


def claim() -> tuple[int, BinaryIO]:
    """Take standard input and output for the protocol: `(input descriptor, output)`.

    From then on file descriptor 1, `print` and child processes write to standard error, and
    descriptor 0 is empty, so that no library and no child can break a message.
    """
    if sys.stdout is not None:
        sys.stdout.flush()
    source, sink = os.dup(0), os.dup(1)
    devnull = os.open(os.devnull, os.O_RDWR)
    os.dup2(devnull, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # started without standard error
        os.dup2(devnull, 1)
    os.close(devnull)
    sys.stdout = sys.stderr
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(source, os.O_BINARY)
        msvcrt.setmode(sink, os.O_BINARY)
    return source, os.fdopen(sink, "wb")


class Frames:
    """Cuts a byte stream into message bodies by their `Content-Length` headers."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._length: int | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield each body that is now complete. Raises `FramingError` when lost."""
        self._buffer += data
        while True:
            if self._length is None and not self._read_header():
                return
            if self._length is None:
                continue
            if len(self._buffer) < self._length:
                return
            body = bytes(memoryview(self._buffer)[: self._length])
            del self._buffer[: self._length]
            self._length = None
            yield body

    def _read_header(self) -> bool:
        """Take one header block off the buffer; false when it is not complete yet."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _MAX_HEADER_BYTES:
                raise FramingError(f"no message header in {len(self._buffer)} bytes of input")
            return False
        header = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        for line in header.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length" and value.strip().isdigit():
                length = int(value)
                if length > MAX_MESSAGE_BYTES:
                    raise FramingError(f"a message of {length} bytes was announced")
                self._length = length
        return True


class MessageInput:
    """Standard input as messages: blocking for the first ones, then on the event loop."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._frames = Frames()
        self._waiting: list[bytes] = []
        self._poll = _poller(descriptor)

    def next_blocking(self) -> bytes | None:
        """The next message, None at the end of the input. For use before the loop runs."""
        while not self._waiting:
            data = os.read(self._descriptor, _READ_BYTES)
            if not data:
                return None
            self._waiting.extend(self._frames.feed(data))
        return self._waiting.pop(0)

    def is_empty(self) -> bool:
        """True when no byte waits. Where that cannot be asked (Windows): what was read is done."""
        return self._poll is None or not self._poll.poll(0)

    def start(
        self,
        on_message: Callable[[bytes], None],
        on_pause: Callable[[], None],
        on_end: Callable[[Exception | None], None],
    ) -> None:
        """Deliver messages on the running loop. `on_pause` follows each read's last message."""
        import asyncio  # late: the first message is answered without it

        loop = asyncio.get_running_loop()

        def deliver(data: bytes) -> None:
            try:
                for body in self._frames.feed(data):
                    on_message(body)
            except FramingError as error:
                on_end(error)
                return
            on_pause()

        def readable() -> None:
            try:
                data = os.read(self._descriptor, _READ_BYTES)
            except OSError as error:
                loop.remove_reader(self._descriptor)
                on_end(error)
                return
            if data:
                deliver(data)
            else:
                loop.remove_reader(self._descriptor)
                on_end(None)

        waiting, self._waiting = self._waiting, []
        for body in waiting:
            on_message(body)
        on_pause()
        try:
            loop.add_reader(self._descriptor, readable)
        except (NotImplementedError, OSError):  # Windows; a regular file under epoll
            self._start_thread(loop, deliver, on_end)

    def _start_thread(
        self,
        loop: asyncio.AbstractEventLoop,
        deliver: Callable[[bytes], None],
        on_end: Callable[[Exception | None], None],
    ) -> None:
        def read() -> None:
            try:
                while data := os.read(self._descriptor, _READ_BYTES):
                    loop.call_soon_threadsafe(deliver, data)
                loop.call_soon_threadsafe(on_end, None)
            except OSError as error:
                loop.call_soon_threadsafe(on_end, error)
            except RuntimeError:
                return  # the loop was closed first: nobody is left to tell

        self._poll = None
        threading.Thread(target=read, name="stdin", daemon=True).start()


def _poller(descriptor: int) -> select.poll | None:
    if sys.platform == "win32":
        return None
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    return poller
