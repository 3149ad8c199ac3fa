"""Plain HTTP to this machine, over httpcore alone.

No proxy, certificate, redirect or cookie can play a part there, and `httpx`, which knows all of
these, takes more than twice as long for a small call.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpcore

from runagent_ls.agents.address import address_of
from runagent_ls.agents.connections import Response, UnreadableEncodingError
from runagent_ls.agents.timeouts import Timeouts

KEPT_S = 2.0
"""How long an unused connection is kept. The platform's server closes its side after five seconds;
a call sent in that very moment is lost, and nobody can tell whether it ran."""


class LoopbackClient:
    """An `HttpClient`; each connection is used again when it is free."""

    def __init__(
        self, host: str, port: int, base: str, headers: Mapping[str, str], timeouts: Timeouts
    ) -> None:
        """`base` is the beginning of all paths."""
        self._origin = httpcore.Origin(b"http", host.encode("idna"), port)
        self._base = base
        all_headers = {"Host": address_of(host, port), **headers}
        self._headers = [(name.encode(), value.encode()) for name, value in all_headers.items()]
        idle, connect = timeouts.idle, timeouts.connect
        self._limits = {"connect": connect, "read": idle, "write": idle, "pool": connect}
        self._free: list[httpcore.AsyncHTTPConnection] = []

    @asynccontextmanager
    async def stream(self, method: str, path: str, body: bytes | None) -> AsyncIterator[Response]:
        request = self._request(method, path, body)
        connection = await self._connection()
        try:
            response = await connection.handle_async_request(request)
            try:
                headers = {
                    name.decode("latin-1").lower(): value.decode("latin-1")
                    for name, value in response.headers
                }
                yield Response(response.status, headers, _decoded(response, headers))
            finally:
                await response.aclose()
        except BaseException:
            await connection.aclose()
            raise
        if connection.is_available():
            self._free.append(connection)

    async def aclose(self) -> None:
        while self._free:
            await self._free.pop().aclose()

    def _request(self, method: str, path: str, body: bytes | None) -> httpcore.Request:
        headers = list(self._headers)
        if body is not None:
            headers.append((b"Content-Type", b"application/json"))
            headers.append((b"Content-Length", str(len(body)).encode()))
        origin = self._origin
        url = httpcore.URL(
            scheme=origin.scheme,
            host=origin.host,
            port=origin.port,
            target=f"{self._base}{path}".encode(),
        )
        return httpcore.Request(
            method, url, headers=headers, content=body, extensions={"timeout": self._limits}
        )

    async def _connection(self) -> httpcore.AsyncHTTPConnection:
        while self._free:
            connection = self._free.pop()
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return httpcore.AsyncHTTPConnection(self._origin, keepalive_expiry=KEPT_S)


async def _decoded(response: httpcore.Response, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
    """The body; nothing was said of compression, but something in between may compress."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        async for part in response.aiter_stream():
            yield part
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise UnreadableEncodingError(encoding)
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip and zlib, told apart by their heads
    try:
        async for part in response.aiter_stream():
            yield decoder.decompress(part)
    except zlib.error as error:
        raise UnreadableEncodingError(str(error)) from error
    if not decoder.eof:
        raise UnreadableEncodingError("the compressed data ends too early")
