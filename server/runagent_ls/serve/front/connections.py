"""One HTTP connection: uvicorn's, with limits for clients that take their time or too much room."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from runagent_ls.serve.front.app import Front

HEAD_S: Final = 15.0
"""So long a client has for the head of a request, once it has connected or begun to send it."""
MOST: Final = 512
"""Connections at a time, streams included. Each takes a file descriptor, of which a process has
often no more than 1024."""
LINGER_S: Final = 5.0
"""So long a client may go on sending what was refused. Closing at once would reset the connection,
and the client would never read why."""
_FULL: Final = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class _WholeAnswers:
    """A transport that sends the head of an answer together with the beginning of its body: one
    packet, and the client wakes up once."""

    def __init__(self, transport: asyncio.Transport, closing: Callable[[], bool]) -> None:
        """`closing` tells whether the transport is to be closed now."""
        self._transport = transport
        self._closing = closing
        self._head = b""

    def write(self, data: bytes) -> None:
        if data.startswith(b"HTTP/1.1 ") and data[9:10] != b"1":  # but no `100 Continue`
            self._head = data
        elif data or self._head:
            self._transport.write(self._head + data)
            self._head = b""

    def close(self) -> None:
        self.write(b"")
        if self._closing():
            self._transport.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a transport has
        return getattr(self._transport, name)


class HttpConnection(H11Protocol):
    """Its application is a `Front`."""

    _late: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None
    _lingering: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does so only for sockets that were made with their protocol's number; without it
        # the body waits for the client to acknowledge the head, which takes 40 ms
        accepted = transport.get_extra_info("socket")
        if accepted.family in (socket.AF_INET, socket.AF_INET6):
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        self._plain = transport
        self.transport = cast(asyncio.Transport, _WholeAnswers(transport, self._closing))
        if len(self.connections) > MOST:
            transport.write(_FULL)
            transport.close()
            return
        self._late = self.loop.call_later(HEAD_S, transport.abort)

    def data_received(self, data: bytes) -> None:
        if self._lingering is not None:
            return
        super().data_received(data)
        self._expect_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._expect_head()
        if self.transport.is_closing():
            self._expect_reading()

    def _closing(self) -> bool:
        """Not yet while a client sends what nobody wants: it is to read its answer first."""
        sending = self.conn.their_state in (h11.SEND_BODY, h11.ERROR)
        if not sending or self._lingering is not None or self._plain.is_closing():
            return True
        self._plain.write_eof()
        self._lingering = self.loop.call_later(LINGER_S, self._plain.abort)
        return False

    def send_400_response(self, msg: str) -> None:
        """Garbage after an answer, or within it, can get no second one."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            super().send_400_response(msg)
        else:
            self.transport.close()

    def _expect_head(self) -> None:
        """The rest of a head that has begun has to come soon."""
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            if self._late is None:
                self._late = self.loop.call_later(HEAD_S, self._plain.abort)
        elif self._late is not None:
            self._late.cancel()
            self._late = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_timers()
        super().connection_lost(exc)

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._expect_reading()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stop_looking()
        self._expect_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_looking()

    def _expect_reading(self) -> None:
        """An answer of which nothing is taken for a while would be kept for ever."""
        unread = self._plain.get_write_buffer_size()
        if unread and self._unread is None:
            self._unread = self.loop.call_later(self.timeout_keep_alive, self._look, unread)

    def _look(self, before: int) -> None:
        self._unread = None
        if self._plain.get_write_buffer_size() >= before:
            self._plain.abort()
        else:
            self._expect_reading()

    def _stop_looking(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _forget_timers(self) -> None:
        self._stop_looking()
        for timer in (self._late, self._lingering):
            if timer is not None:
                timer.cancel()

    def _should_upgrade_to_ws(self) -> bool:
        return True

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """What follows is no HTTP any more."""
        from runagent_ls.serve.front.streams import stream_socket

        self._forget_timers()
        self.connections.discard(self)
        head = [event.method, b" ", event.target, b" HTTP/1.1\r\n"]
        for name, value in self.headers:
            head += [name, b": ", value, b"\r\n"]
        early = self.conn.trailing_data[0]
        stream = stream_socket(cast("Front", self.config.app), self.server_state)
        stream.connection_made(self._plain)
        self._plain.set_protocol(stream)
        if self.flow.write_paused:  # by an answer before, and it is not said twice
            stream.pause_writing()
        stream.data_received(b"".join([*head, b"\r\n", early]))
