"""HTTP to other machines, and any HTTPS: proxies and certificates of the environment count.

Certificates are always checked; redirects are not followed, so a key stays where it was sent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final, cast

import httpx

from runagent_ls.agents.rest.connections import (
    FAILED,
    KEPT_S,
    ConnectError,
    ConnectTimeoutError,
    HttpError,
    IdleTimeoutError,
    ProxyError,
    ReadError,
    RemoteProtocolError,
    Response,
    UnreadableEncodingError,
)
from runagent_ls.agents.targets.network import proxy_for, tls_context
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts

_ERRORS: Final[tuple[tuple[type[httpx.HTTPError], type[HttpError]], ...]] = (
    (httpx.DecodingError, UnreadableEncodingError),
    (httpx.ConnectTimeout, ConnectTimeoutError),
    (httpx.PoolTimeout, ConnectTimeoutError),
    (httpx.TimeoutException, IdleTimeoutError),
    (httpx.ConnectError, ConnectError),
    (httpx.ProxyError, ProxyError),
    (httpx.NetworkError, ReadError),
)
"""What httpx calls them, the first that fits; all others are about the protocol."""


class RemoteClient:
    """An `HttpClient`."""

    def __init__(self, target: Target, headers: Mapping[str, str], timeouts: Timeouts) -> None:
        """ConnectionFailedError when the environment names certificates or a proxy of no use."""
        verify = tls_context()
        url = proxy_for(target.scheme, target.host, target.port)
        proxy = None
        if url is not None:
            proxy = httpx.Proxy(url, ssl_context=verify if url.startswith("https") else None)
        self._client = httpx.AsyncClient(
            base_url=target.base_url,
            headers=headers,
            timeout=httpx.Timeout(timeouts.idle, connect=timeouts.connect),
            verify=verify,
            trust_env=False,
            proxy=proxy,
            limits=httpx.Limits(
                max_connections=None, max_keepalive_connections=100, keepalive_expiry=KEPT_S
            ),
        )

    @asynccontextmanager
    async def stream(self, method: str, path: str, body: bytes | None) -> AsyncIterator[Response]:
        headers = None if body is None else {"Content-Type": "application/json"}
        try:
            async with self._client.stream(method, path, content=body, headers=headers) as response:
                if response.status_code >= FAILED:
                    response.stream = _LastAnswer(response)
                yield Response(response.status_code, response.headers, response.aiter_bytes())
        except httpx.HTTPError as error:
            ours = (ours for theirs, ours in _ERRORS if isinstance(error, theirs))
            raise next(ours, RemoteProtocolError)(str(error)) from error
        except UnicodeError as error:  # a host that begins with `xn--` and is no spelling of one
            raise ConnectError(str(error)) from error

    async def aclose(self) -> None:
        await self._client.aclose()


class _LastAnswer(httpx.AsyncByteStream):
    """The body of an answer after which its connection is closed, before another call gets it."""

    def __init__(self, response: httpx.Response) -> None:
        self._body = cast("httpx.AsyncByteStream", response.stream)  # of an asynchronous client
        self._connection = response.extensions["network_stream"]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._body:
            yield part

    async def aclose(self) -> None:
        await self._connection.aclose()
        await self._body.aclose()
