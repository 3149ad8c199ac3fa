"""The HTTP side of an agent: health, architecture, run.

This module imports `httpx`: import it when a call starts, not before.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import time
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx

from runagent_ls.agents.answer import Answer
from runagent_ls.agents.answers import result_of_run
from runagent_ls.agents.call import Call, RunResult
from runagent_ls.agents.connecting import connect_timed_out, connection_failed, proxy_failed
from runagent_ls.agents.errors import AgentError, ConnectionFailedError, TimedOutError, UnknownError
from runagent_ls.agents.network import proxy_for, tls_context
from runagent_ls.agents.reports import (
    AgentStatus,
    Architecture,
    Health,
    Invocation,
    Invocations,
    InvocationStats,
    architecture_of,
    health_of,
    invocation_of,
    invocations_of,
    stats_of,
    status_of,
)
from runagent_ls.agents.requests import body_for
from runagent_ls.agents.target import Target
from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.agents.values import JsonValue
from runagent_ls.version import USER_AGENT

LARGEST_ANSWER = 256 * 1024 * 1024
"""Bytes. Answers of 30 MB are real; without a limit a hostile one fills the memory."""
CLOUD_GRACE_S = 10.0
"""The cloud ends a call by its own limit; its answer gets this much longer to arrive."""
HEALTH_LIMIT_S = 10.0
"""A health check waits no longer than this, whatever the other limits are."""

_CLOSED = re.compile("disconnected|closed")
"""In the library's words for an answer that broke off, as opposed to one that is no HTTP."""


class RestClient:
    """HTTP to one server, with connections kept open. Use as an async context manager.

    Proxies and certificates of the environment are for other machines only. A key is sent to the
    cloud only, in a header, and redirects are not followed.
    """

    def __init__(
        self,
        target: Target,
        timeouts: Timeouts,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """ConnectionFailedError when the environment names certificates or a proxy of no use."""
        self.target = target
        self.timeouts = timeouts
        idle = timeouts.idle
        if target.cloud and idle is not None:
            idle += CLOUD_GRACE_S
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
        if target.key is not None:
            headers["Authorization"] = f"Bearer {target.key.reveal()}"
        # The default TLS context costs some 40 ms; plain http to this machine needs none. The
        # empty one trusts nobody, so it can never weaken a connection.
        plain = target.scheme == "http" and not target.leaves_machine
        verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else tls_context()
        url = proxy_for(target.scheme, target.host, target.port)
        proxy = None
        if url is not None:
            proxy = httpx.Proxy(url, ssl_context=verify if url.startswith("https") else None)
        self._client = httpx.AsyncClient(
            base_url=target.base_url,
            headers=headers,
            timeout=httpx.Timeout(idle, connect=timeouts.connect),
            verify=verify,
            trust_env=False,
            proxy=proxy,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=100),
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def health(self) -> Health:
        """Who serves here. Raises ConnectionFailedError or RequestRefusedError when nobody does."""
        limit = min(self.timeouts.connect or HEALTH_LIMIT_S, HEALTH_LIMIT_S)
        try:
            async with asyncio.timeout(limit):
                return health_of(await self._ask("GET", "/health"))
        except TimeoutError:
            raise ConnectionFailedError(
                f"{self.target.address} gave no HTTP answer within {limit:g} s.",
                suggestion="Check that the port belongs to a RunAgent server, and that no "
                "function is keeping it busy.",
                action="change-target",
                details={"limit": "connect", "seconds": limit},
                kind="timeout-connect",
                may_have_run=False,
            ) from None

    async def architecture(self) -> Architecture:
        """What the agent serves."""
        path = f"{self.target.agent_path}/architecture"
        return architecture_of(await self._within_total("GET", path))

    async def status(self) -> AgentStatus:
        """The cloud's word on the agent; of a local server its health."""
        path = f"{self.target.agent_path}/status" if self.target.cloud else "/health"
        return status_of(await self._within_total("GET", path))

    async def invocations(self, limit: int, status: str | None) -> Invocations:
        """The newest runs that the local server recorded."""
        filtered = f"&status={quote(status, safe='')}" if status else ""
        path = f"{self.target.agent_path}/invocations?limit={limit}{filtered}"
        return invocations_of(await self._within_total("GET", path))

    async def invocation(self, invocation_id: str) -> Invocation:
        """One run that the local server recorded, of any agent of its registry."""
        path = f"/invocations/{quote(invocation_id, safe='')}"
        return invocation_of(await self._within_total("GET", path))

    async def invocation_stats(self) -> InvocationStats:
        """Counts of the runs that the local server recorded."""
        path = f"{self.target.agent_path}/invocations/stats"
        return stats_of(await self._within_total("GET", path))

    async def run(self, call: Call) -> RunResult:
        """Run a plain entrypoint. Cancelling closes the connection; the function goes on."""
        begun = time.perf_counter()
        body = json.dumps(body_for(self.target, call, self.timeouts)).encode()
        answer = await self._within_total("POST", f"{self.target.agent_path}/run", body)
        value, request_id = result_of_run(answer, call.tag)
        return RunResult(value, request_id, time.perf_counter() - begun)

    async def _within_total(self, method: str, path: str, body: bytes | None = None) -> Answer:
        try:
            async with asyncio.timeout(self.timeouts.total):
                return await self._ask(method, path, body)
        except TimeoutError:
            raise _timed_out(
                "total", self.timeouts.total, "The call took longer than", runs=body is not None
            ) from None

    async def _ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        headers = {"Content-Type": "application/json"} if body is not None else None
        try:
            async with self._client.stream(method, path, content=body, headers=headers) as response:
                body = await self._body(response)
                return Answer(response.status_code, body, self.target, response.headers)
        except (httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise connect_timed_out(self.target, self.timeouts.connect) from error
        except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
            raise _timed_out(
                "idle", self.timeouts.idle, "Nothing came back for", runs=body is not None
            ) from error
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error

    async def _body(self, response: httpx.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > LARGEST_ANSWER:
                raise UnknownError(
                    f"The answer of {self.target.address} is larger than "
                    f"{LARGEST_ANSWER // (1024 * 1024)} MB.",
                    suggestion="Let the function return less, or stream it in parts.",
                )
            parts.append(part)
        return b"".join(parts)

    def _unreachable(self, error: httpx.HTTPError) -> AgentError:
        details: JsonValue = {"reason": f"{type(error).__name__}: {error}"}
        if isinstance(error, httpx.ProxyError):
            return proxy_failed(error, self.target)
        if isinstance(error, httpx.ConnectError):
            return connection_failed(error, self.target)
        if isinstance(error, httpx.DecodingError):
            return UnknownError(
                f"The answer of {self.target.address} is compressed in a way that cannot be read.",
                kind="protocol",
                details=details,
            )
        if isinstance(error, httpx.RemoteProtocolError) and not _CLOSED.search(str(error)):
            return ConnectionFailedError(
                f"What answers at {self.target.address} does not speak HTTP.",
                suggestion="Check the port; `runagent serve` prints the right one as its Address.",
                action="change-target",
                kind="protocol",
                details=details,
            )
        return ConnectionFailedError(
            f"{self.target.address} closed the connection without a complete HTTP answer.",
            suggestion="Check that the agent still runs, that its function does not end the "
            "process (`sys.exit`), and that the port is a RunAgent server's.",
            kind="network",
            details=details,
        )


def _timed_out(limit: str, seconds: float | None, said: str, *, runs: bool) -> TimedOutError:
    goes_on = " We stopped waiting; the function goes on." if runs else ""
    return TimedOutError(
        f"{said} {seconds:g} s, which is the limit.{goes_on}",
        details={"limit": limit, "seconds": seconds},
        kind="timeout-total" if limit == "total" else "timeout-idle",
        may_have_run=runs,
    )
