"""Plain HTTP to this machine, over h11 alone.

No proxy, certificate, redirect or cookie can play a part there, and `httpx`, which knows all of
these, takes several times as long for a small call, and to be imported.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import h11

from runagent_ls.agents.rest.connections import (
    FAILED,
    KEPT_S,
    ConnectError,
    ConnectTimeoutError,
    IdleTimeoutError,
    ReadError,
    RemoteProtocolError,
    Response,
    UnreadableEncodingError,
)
from runagent_ls.agents.targets.address import address_of
from runagent_ls.agents.timeouts import Timeouts

_READ_BYTES: Final = 64 * 1024
_LONGEST_HEAD: Final = 100 * 1024

_T = TypeVar("_T")


class LoopbackClient:
    """An `HttpClient`; each connection is used again when it is free."""

    def __init__(
        self, host: str, port: int, base: str, headers: Mapping[str, str], timeouts: Timeouts
    ) -> None:
        """`base` is the beginning of all paths."""
        self._host, self._port = host, port
        self._base = base
        all_headers = {"Host": address_of(host, port), **headers}
        self._headers = [(name.encode(), value.encode()) for name, value in all_headers.items()]
        self._timeouts = timeouts
        self._free: list[_Connection] = []

    @asynccontextmanager
    async def stream(self, method: str, path: str, body: bytes | None) -> AsyncIterator[Response]:
        headers = list(self._headers)
        if body is not None:
            headers.append((b"Content-Type", b"application/json"))
            headers.append((b"Content-Length", str(len(body)).encode()))
        connection = await self._connection()
        try:
            head = await connection.ask(method, f"{self._base}{path}", headers, body)
            answered = {
                name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers
            }
            yield Response(head.status_code, answered, _decoded(connection.body(), answered))
        except BaseException:
            await connection.aclose()
            raise
        if head.status_code < FAILED and connection.can_be_used_again():
            self._free.append(connection)
        else:
            await connection.aclose()

    async def aclose(self) -> None:
        while self._free:
            await self._free.pop().aclose()

    async def _connection(self) -> _Connection:
        while self._free:
            connection = self._free.pop()
            if await connection.is_open():
                return connection
            await connection.aclose()
        limit = asyncio.timeout(self._timeouts.connect)
        try:
            async with limit:
                reader, writer = await _connected(self._host, self._port)
        except (OSError, UnicodeError, ExceptionGroup) as error:
            kind = ConnectTimeoutError if limit.expired() else ConnectError
            raise kind(str(error)) from error
        return _Connection(reader, writer, self._timeouts.idle)


class _Connection:
    """One connection, for one call after the other. `idle` seconds may pass without a byte."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, idle: float | None
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._idle = idle
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._used_at = 0.0

    async def ask(
        self, method: str, target: str, headers: list[tuple[bytes, bytes]], body: bytes | None
    ) -> h11.Response:
        """Send a request; the head of its answer."""
        request = h11.Request(method=method, target=target, headers=headers)
        parts = [self._http.send(request)]
        if body is not None:
            parts.append(self._http.send(h11.Data(data=body)))
        parts.append(self._http.send(h11.EndOfMessage()))
        # A server that refuses a request may close before it has read all of it: then its
        # answer counts.
        with contextlib.suppress(OSError):
            self._writer.write(b"".join([part for part in parts if part]))
            await self._within_idle(self._writer.drain())
        while not isinstance(event := await self._event(), h11.Response):
            pass
        return event

    async def body(self) -> AsyncIterator[bytes]:
        """The parts of the answer's body."""
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    def can_be_used_again(self) -> bool:
        """Whether another call may follow; to be asked after each."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        if self._http.trailing_data[0]:  # an answer that nobody asked for is none to the next call
            return False
        self._http.start_next_cycle()
        self._used_at = time.monotonic()
        return True

    async def is_open(self) -> bool:
        """Whether the server has kept it open, and not for too long."""
        # Two turns of the loop, for what has arrived meanwhile to reach the reader.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        closed = self._reader.at_eof() or self._writer.is_closing()
        return not closed and time.monotonic() - self._used_at <= KEPT_S

    async def aclose(self) -> None:
        """Close at once, whatever is on its way."""
        self._writer.transport.abort()
        await asyncio.sleep(0)

    async def _event(self) -> h11.Event | type[h11.PAUSED]:
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                raise RemoteProtocolError(str(error)) from error
            if not isinstance(event, type) or event is h11.PAUSED:
                return event
            try:
                data = await self._within_idle(self._reader.read(_READ_BYTES))
            except OSError as error:
                raise ReadError(str(error)) from error
            if not data and self._http.their_state is h11.SEND_RESPONSE:
                raise RemoteProtocolError("Server disconnected without sending a response.")
            self._http.receive_data(data)

    async def _within_idle(self, waiting: Awaitable[_T]) -> _T:
        limit = asyncio.timeout(self._idle)
        try:
            async with limit:
                return await waiting
        except TimeoutError as error:
            if not limit.expired():  # the system's own
                raise
            raise IdleTimeoutError(str(error)) from error


async def _connected(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Raises OSError; ExceptionGroup of them when `host` has several addresses."""
    if host.lower() != "localhost":
        return await asyncio.open_connection(host, port)
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    errors: list[OSError] = []
    # Servers are rarely at the IPv6 one alone, and Windows takes two seconds for a refusal.
    for family, *_, address in sorted(found, key=lambda entry: entry[0] != socket.AF_INET):
        try:
            return await asyncio.open_connection(str(address[0]), port, family=family)
        except OSError as error:
            errors.append(error)
    raise ExceptionGroup(f"No connection to {host}", errors)


async def _decoded(parts: AsyncIterator[bytes], headers: Mapping[str, str]) -> AsyncIterator[bytes]:
    """The body; nothing was said of compression, but something in between may compress."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        async for part in parts:
            yield part
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise UnreadableEncodingError(encoding)
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip and zlib, told apart by their heads
    try:
        async for part in parts:
            yield decoder.decompress(part)
    except zlib.error as error:
        raise UnreadableEncodingError(str(error)) from error
    if not decoder.eof:
        raise UnreadableEncodingError("the compressed data ends too early")
