"""The HTTP side of an agent: health, architecture, run.

This module imports `h11` or `httpx`: import it when a call starts, not before.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit

from runagent_ls.agents.call import Call, RunResult
from runagent_ls.agents.errors import AgentError, ConnectionFailedError, TimedOutError, UnknownError
from runagent_ls.agents.rest.answer import Answer
from runagent_ls.agents.rest.answers import result_of_run
from runagent_ls.agents.rest.connections import (
    ConnectError,
    ConnectTimeoutError,
    HttpClient,
    HttpError,
    IdleTimeoutError,
    ProxyError,
    RemoteProtocolError,
    UnreadableEncodingError,
)
from runagent_ls.agents.rest.reports import Architecture, Health, architecture_of, health_of
from runagent_ls.agents.rest.requests import body_for
from runagent_ls.agents.targets.connecting import connect_timed_out, connection_failed, proxy_failed
from runagent_ls.agents.targets.own_servers import headers_of
from runagent_ls.agents.targets.target import Target
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

    def __init__(self, target: Target, timeouts: Timeouts) -> None:
        """ConnectionFailedError when the environment names certificates or a proxy of no use."""
        self.target = target
        self.timeouts = timeouts
        self._client = _client(target, timeouts)

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

    async def status(self) -> Answer:
        """The cloud's word on the agent; of a local server its health."""
        path = f"{self.target.agent_path}/status" if self.target.cloud else "/health"
        return await self._within_total("GET", path)

    async def invocations(self, limit: int, status: str | None) -> Answer:
        """The newest runs that the local server recorded."""
        filtered = f"&status={quote(status, safe='')}" if status else ""
        path = f"{self.target.agent_path}/invocations?limit={limit}{filtered}"
        return await self._within_total("GET", path)

    async def invocation(self, invocation_id: str) -> Answer:
        """One run that the local server recorded, of any agent of its registry."""
        return await self._within_total("GET", f"/invocations/{quote(invocation_id, safe='')}")

    async def invocation_stats(self) -> Answer:
        """Counts of the runs that the local server recorded."""
        return await self._within_total("GET", f"{self.target.agent_path}/invocations/stats")

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
        runs = body is not None
        try:
            async with self._client.stream(method, path, body) as response:
                content = await self._whole(response.parts)
                return Answer(response.status, content, self.target, response.headers)
        except ConnectTimeoutError as error:
            raise connect_timed_out(self.target, self.timeouts.connect) from error
        except IdleTimeoutError as error:
            limit = self.timeouts.idle
            raise _timed_out("idle", limit, "Nothing came back for", runs=runs) from error
        except HttpError as error:
            raise self._unreachable(error) from error

    async def _whole(self, body: AsyncIterator[bytes]) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in body:
            size += len(part)
            if size > LARGEST_ANSWER:
                raise UnknownError(
                    f"The answer of {self.target.address} is larger than "
                    f"{LARGEST_ANSWER // (1024 * 1024)} MB.",
                    suggestion="Let the function return less, or stream it in parts.",
                )
            parts.append(part)
        return b"".join(parts)

    def _unreachable(self, error: HttpError) -> AgentError:
        details: JsonValue = {"reason": f"{type(error).__name__}: {error}"}
        if isinstance(error, ProxyError):
            return proxy_failed(error, self.target)
        if isinstance(error, ConnectError):
            return connection_failed(error, self.target)
        if isinstance(error, UnreadableEncodingError):
            return UnknownError(
                f"The answer of {self.target.address} is compressed in a way that cannot be read.",
                kind="protocol",
                details=details,
            )
        if isinstance(error, RemoteProtocolError) and not _CLOSED.search(str(error)):
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


def _client(target: Target, timeouts: Timeouts) -> HttpClient:
    if target.cloud and timeouts.idle is not None:
        timeouts = replace(timeouts, idle=timeouts.idle + CLOUD_GRACE_S)
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json"}
    if target.key is not None:
        headers["Authorization"] = f"Bearer {target.key.reveal()}"
    headers |= headers_of(target.token, target.run_id)
    if target.scheme == "http" and not target.leaves_machine:
        from runagent_ls.agents.rest.loopback import LoopbackClient

        base = urlsplit(target.base_url).path
        return LoopbackClient(target.host, target.port, base, headers, timeouts)
    from runagent_ls.agents.rest.remote import RemoteClient

    return RemoteClient(target, headers, timeouts)


def _timed_out(limit: str, seconds: float | None, said: str, *, runs: bool) -> TimedOutError:
    goes_on = " We stopped waiting; the function goes on." if runs else ""
    return TimedOutError(
        f"{said} {seconds:g} s, which is the limit.{goes_on}",
        details={"limit": limit, "seconds": seconds},
        kind="timeout-total" if limit == "total" else "timeout-idle",
        may_have_run=runs,
    )
