"""One WebSocket connection: the handshake, messages in, batches of messages out.

The `websockets` library reads the frames; what goes out is framed here, a whole batch in one
write, without a message being decoded on its way from the worker. This module imports
`websockets`: import it when the first connection asks for it, not before.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from runagent_ls.serve.front.receiving import Share

if TYPE_CHECKING:
    from uvicorn.server import ServerState

PING_S: Final = 20.0
"""A client from which nothing is heard for so long is pinged, and given up after as long again."""
CLOSE_S: Final = 5.0
"""So long a client has to answer our close."""
_SMALL: Final = 4096
"""Bytes; messages after the first one are commands, so longer ones are none."""
_EARLY: Final = 16
"""So many commands are kept that come right behind the first message."""
_PONGS: Final = 64 * 1024
"""Bytes of answers to pings that may wait for a client that does not read."""

_TEXT: Final = 0x81
_SHORT: Final = tuple(bytes((_TEXT, length)) for length in range(126))
_MEDIUM: Final = struct.Struct(">BBH").pack
_LONG: Final = struct.Struct(">BBQ").pack
_BINARY: Final = Opcode.BINARY
_SILENT: Final = logging.Logger(f"{__name__}.silent", logging.CRITICAL + 1)

Converse: TypeAlias = "Callable[[WebSocket], Coroutine[None, None, None]]"
Admit: TypeAlias = "Callable[[Request, ServerProtocol], Response | Converse]"


def frames_of(texts: Iterable[bytes]) -> bytes:
    """Text messages, ready for the network."""
    parts: list[bytes] = []
    add = parts.append
    for text in texts:
        length = len(text)
        if length < 126:
            add(_SHORT[length])
        elif length < 65536:
            add(_MEDIUM(_TEXT, 126, length))
        else:
            add(_LONG(_TEXT, 127, length))
        add(text)
    return b"".join(parts)


class DisconnectedError(Exception):
    """The connection is gone or closing."""


class BinaryMessageError(Exception):
    """The message was no text."""


class WebSocket(asyncio.Protocol):
    """The server's end.

    `admit` gives the refusal of a handshake, or what the connection is there for: that becomes a
    task, which is cancelled when the client goes away. `largest`: bytes of a message. What the
    client has sent takes its `share`.
    """

    def __init__(self, state: ServerState, largest: int, share: Share, admit: Admit) -> None:
        self._loop = asyncio.get_running_loop()
        # uvicorn names its own classes there, but only calls `shutdown`
        self._connections = cast("set[object]", state.connections)
        self._tasks = state.tasks
        self._admit = admit
        self._ws = ServerProtocol(max_size=largest, logger=_SILENT)
        self._transport = cast(asyncio.Transport, None)
        self._task: asyncio.Task[None] | None = None
        self._share = share
        self._first: asyncio.Future[None] = self._loop.create_future()
        self._message = b""
        self._message_size = 0
        self._command: Callable[[bytes], None] | None = None
        self._early: list[bytes] = []
        self._writable: asyncio.Future[None] | None = None
        self._fragments = bytearray()  # a list of small ones would take many times their size
        self._size = 0
        self._text = True
        self._pongs = 0
        self._heard = self._pinged = False
        self._unsent = 0
        self._timer: asyncio.TimerHandle | None = None
        self._ending = False

    # For the conversation

    async def first_message(self, limit_s: float) -> bytes:
        """The first message. BinaryMessageError, DisconnectedError, or TimeoutError."""
        await asyncio.wait_for(self._first, limit_s)
        message, self._message = self._message, b""
        return message

    def on_command(self, command: Callable[[bytes], None]) -> None:
        """Call this with each short text message after the first one."""
        self._command = command
        early, self._early = self._early, []
        for message in early:
            command(message)

    def forget_first(self) -> None:
        """Nothing is left of the first message."""
        self._message_size = 0
        self._count()

    def send(self, texts: Iterable[bytes]) -> None:
        """Send messages; DisconnectedError when nobody would get them."""
        if self._ws.state is not State.OPEN or self._transport.is_closing():
            raise DisconnectedError
        self._transport.write(frames_of(texts))

    @property
    def full(self) -> bool:
        """Whether the client has not taken yet what was sent."""
        return self._writable is not None

    async def drained(self) -> None:
        """Returns when there is room again."""
        while self._writable is not None:
            await asyncio.shield(self._writable)

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye, and wait a moment for the client to say it too."""
        if self._ws.state is State.OPEN:
            self._ws.send_close(code, reason)
            self._flush()
            self._end_within(CLOSE_S)

    # For uvicorn

    def shutdown(self) -> None:
        """The server ends."""
        self.close(1012)
        if self._task is not None:
            self._task.cancel()
        self._end_within(min(CLOSE_S, 1.0))

    # For the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        self._heard = True
        self._ws.receive_data(data)
        self._take_events()
        self._count()

    def eof_received(self) -> None:
        self._ws.receive_eof()
        self._take_events()

    def connection_lost(self, error: Exception | None) -> None:
        self._connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        self.resume_writing()
        self._leave()
        self._share.hold(0)

    def pause_writing(self) -> None:
        if self._writable is None:
            self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)
        if self._pongs > _PONGS:
            self._transport.resume_reading()
        self._pongs = 0

    # What comes in

    def _take_events(self) -> None:
        for event in self._ws.events_received():
            if isinstance(event, Frame):
                self._take_frame(event)
            elif isinstance(event, Request):
                self._take_handshake(event)
        self._flush()
        if self._ws.parser_exc is not None:
            self._leave()

    def _take_handshake(self, request: Request) -> None:
        admitted = self._admit(request, self._ws)
        response = admitted if isinstance(admitted, Response) else self._ws.accept(request)
        response.headers["Server"] = "uvicorn"
        self._ws.send_response(response)
        if not isinstance(admitted, Response) and response.status_code == 101:
            self._task = self._loop.create_task(admitted(self))
            self._tasks.add(self._task)
            self._task.add_done_callback(self._tasks.discard)
            self._timer = self._loop.call_later(PING_S, self._watch)

    def _take_frame(self, frame: Frame) -> None:
        opcode = frame.opcode
        if opcode is Opcode.TEXT or opcode is _BINARY:
            self._text = opcode is Opcode.TEXT
            self._fragments, self._size = bytearray(), 0
        elif opcode is Opcode.PING:
            self._pongs += len(frame.data) + 2
            if self._pongs > _PONGS and self._writable is not None:
                self._transport.pause_reading()
            return
        elif opcode is Opcode.CLOSE:
            self._leave()
            return
        elif opcode is not Opcode.CONT:
            return
        self._size += len(frame.data)
        if not self._first.done() or self._size <= _SMALL:
            self._fragments += frame.data
            if frame.fin:
                self._take_message(bytes(self._fragments))
        if frame.fin:
            self._fragments = bytearray()

    def _take_message(self, message: bytes) -> None:
        if not self._first.done():
            if not self._text:
                self._first.set_exception(BinaryMessageError())
            elif _is_text(message):
                self._message, self._message_size = message, len(message)
                self._first.set_result(None)
            else:
                self._ws.fail(CloseCode.INVALID_DATA)
                self._leave()
        elif self._text and self._command is not None:
            self._command(message)
        elif self._text and len(self._early) < _EARLY:
            self._early.append(message)

    def _count(self) -> None:
        """What is held of this client's messages."""
        held = self._message_size + len(self._fragments) + len(self._ws.reader.buffer)
        if not self._share.hold(held) and self._ws.state is State.OPEN:
            self._ws.fail(CloseCode.TRY_AGAIN_LATER, "other large messages are being read")
            self._flush()
            self._leave()

    def _leave(self) -> None:
        """The client has gone, or is going."""
        if not self._first.done():
            self._first.set_exception(DisconnectedError())
            self._first.exception()  # there may be nobody who wants it
        if self._task is not None:
            self._task.cancel()

    # What goes out

    def _flush(self) -> None:
        writes = self._ws.data_to_send()
        if not writes or self._transport.is_closing():
            return
        self._transport.write(b"".join(writes))
        if b"" in writes:
            # with unread messages of the client on their way, closing at once would take the
            # last words with it
            if self._transport.can_write_eof():
                self._transport.write_eof()
            self._end_within(1.0)

    def _watch(self) -> None:
        """Every PING_S seconds: is there somebody?"""
        unsent = self._transport.get_write_buffer_size()
        if self._heard or unsent < self._unsent:
            self._pinged = False
        elif self._pinged:
            self._ws.fail(1011, "keepalive ping timeout")
            self._flush()
            self._end_within(1.0)
            self._leave()
            return
        elif self._ws.state is State.OPEN:
            self._pinged = True
            self._ws.send_ping(b"")
            self._flush()
        self._heard, self._unsent = False, unsent
        self._timer = self._loop.call_later(PING_S, self._watch)

    def _end_within(self, seconds: float) -> None:
        """Let go of the connection, whether or not the client has taken everything."""
        if not self._ending and not self._transport.is_closing():
            self._ending = True
            self._loop.call_later(seconds, self._transport.abort)


def _is_text(message: bytes) -> bool:
    try:
        message.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
