"""One HTTP connection: uvicorn's, with limits for clients that take their time or too much room."""

from __future__ import annotations

import asyncio
import socket
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
_FULL: Final = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class _WholeAnswers:
    """A transport that sends the head of an answer together with the beginning of its body: one
    packet, and the client wakes up once."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def write(self, data: bytes) -> None:
        if data.startswith(b"HTTP/1.1 ") and data[9:10] != b"1":  # but no `100 Continue`
            self._head = data
        elif data or self._head:
            self._transport.write(self._head + data)
            self._head = b""

    def close(self) -> None:
        self.write(b"")
        self._transport.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a transport has
        return getattr(self._transport, name)


class HttpConnection(H11Protocol):
    """Its application is a `Front`."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does so only for sockets that were made with their protocol's number; without it
        # the body waits for the client to acknowledge the head, which takes 40 ms
        accepted = transport.get_extra_info("socket")
        if accepted.family in (socket.AF_INET, socket.AF_INET6):
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        self._plain = transport
        self.transport = cast(asyncio.Transport, _WholeAnswers(transport))
        if len(self.connections) > MOST:
            transport.write(_FULL)
            transport.close()
            return
        self._late = self.loop.call_later(HEAD_S, transport.abort)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._expect_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._expect_head()

    def _expect_head(self) -> None:
        """The rest of a head that has begun has to come soon."""
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            if self._late is None:
                self._late = self.loop.call_later(HEAD_S, self._plain.abort)
        elif self._late is not None:
            self._late.cancel()
            self._late = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)

    def timeout_keep_alive_handler(self) -> None:
        """An answer that is not taken would be kept for ever."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        super().timeout_keep_alive_handler()

    def _should_upgrade_to_ws(self) -> bool:
        return True

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """What follows is no HTTP any more."""
        from runagent_ls.serve.front.streams import stream_socket

        if self._late is not None:
            self._late.cancel()
        self.connections.discard(self)
        head = [event.method, b" ", event.target, b" HTTP/1.1\r\n"]
        for name, value in self.headers:
            head += [name, b": ", value, b"\r\n"]
        early = self.conn.trailing_data[0]
        stream = stream_socket(cast("Front", self.config.app), self.server_state)
        stream.connection_made(self._plain)
        self._plain.set_protocol(stream)
        stream.data_received(b"".join([*head, b"\r\n", early]))
