"""Entrypoints that are addresses: called from here, for there is no code of the agent to run.

This module imports httpx when the first of them is called.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, cast

from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.plan import Limits, WebhookEntrypoint
from runagent_ls.serve.supervisor.runs import Output, OverloadedError, Run, RunFailedError
from runagent_ls.serve.worker.encoding import result

if TYPE_CHECKING:
    import httpx

CONNECT_S: Final = 10.0
READ_S: Final = 50.0
WRITE_S: Final = 10.0
"""The platform's limits; it does not heed the `timeout` of the entrypoint."""
_NO_METHOD: Final = (
    "cannot access local variable 'response' where it is not associated with a value"
)
_NOTHING: Final = object()
_HEADERS: Final = {"Content-Type": "application/json"}
"""also when there is nothing to send"""


class Webhooks:
    """Calls them, as many at a time as the agent may have runs."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._client: httpx.AsyncClient | None = None
        self._running: dict[str, asyncio.Task[JsonValue]] = {}

    async def call(self, entrypoint: WebhookEntrypoint, run: Run) -> Output:
        """Errors as those of `Supervisor.call`."""
        most = self._limits.at_once
        if len(self._running) >= most:
            raise OverloadedError(f"{most} calls are running; no more are taken.", 1)
        begun = time.perf_counter()
        running = self._running[run.id] = asyncio.ensure_future(self._answer(entrypoint, run))
        try:
            await asyncio.wait({running}, timeout=self._limits.run_s)
            if not running.done():
                text = f"The run took longer than {self._limits.run_s:g} seconds."
                raise RunFailedError("timeout", text)
            if running.cancelled():
                raise RunFailedError("cancelled", "The run was cancelled.")
            data = result(extracted(running.result(), entrypoint.extractor)).decode("utf-8")
            return Output(data, time.perf_counter() - begun)
        except RunFailedError as error:
            error.seconds = time.perf_counter() - begun
            raise
        finally:
            running.cancel()
            del self._running[run.id]

    def cancel(self, run_id: str) -> bool:
        """Whether there was such a call; what its address does with it is not known."""
        running = self._running.get(run_id)
        return running is not None and running.cancel()

    async def close(self) -> None:
        """Give the connections back."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _answer(self, entrypoint: WebhookEntrypoint, run: Run) -> JsonValue:
        import httpx

        try:
            payload = _payload(run.args, run.kwargs)
            return cast("JsonValue", json.loads(await self._asked(entrypoint, payload)))
        except httpx.TimeoutException as error:
            raise _failed(error, str(error) or _late(error)) from error
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            ValueError,
            RecursionError,
            ExceptionGroup,  # what asyncio's connecting makes of a port beyond the last
        ) as error:
            raise _failed(error, str(error)) from error

    async def _asked(self, entrypoint: WebhookEntrypoint, payload: object) -> bytes:
        if entrypoint.method == "post":
            body = None if payload is _NOTHING else payload
            return await self._exchange("POST", entrypoint.url, body)
        if entrypoint.method == "get":
            return await self._exchange("GET", entrypoint.url, None)
        raise RunFailedError("raised", _NO_METHOD, exception="UnboundLocalError")

    async def _exchange(self, method: str, url: str, body: object) -> bytes:
        import httpx

        if self._client is None:
            limits = httpx.Timeout(READ_S, connect=CONNECT_S, write=WRITE_S)
            self._client = httpx.AsyncClient(timeout=limits)
        headers = _HEADERS if method == "POST" else None
        async with self._client.stream(method, url, json=body, headers=headers) as response:
            response.raise_for_status()
            pieces, size = [], 0
            async for piece in response.aiter_bytes():
                pieces.append(piece)
                size += len(piece)
                if size > self._limits.body_bytes:
                    text = f"The answer is larger than {self._limits.body_bytes} bytes."
                    raise RunFailedError("raised", text)
            return b"".join(pieces)


def extracted(value: JsonValue, extractor: Mapping[str, str]) -> JsonValue:
    """The first match of each expression by its name; the value itself without an extractor."""
    if not extractor:
        return value
    from jsonpath_ng import parse

    found: dict[str, JsonValue] = {}
    try:
        for name, expression in extractor.items():
            matches = parse(expression).find(value)
            found[name] = matches[0].value if matches else None
    except Exception as error:  # its parser and its steps raise what comes up
        raise _failed(error, str(error)) from error
    return found


def _payload(args: Sequence[JsonValue], kwargs: Mapping[str, JsonValue]) -> object:
    """What is sent; the platform's words for what cannot be."""
    if len(args) > 1:
        raise ValueError("Too many positional arguments. Expected at most 1.")
    if args and kwargs:
        raise ValueError("Cannot specify both positional and keyword arguments.")
    if kwargs.keys() - {"payload"}:
        raise ValueError("Only 'payload' keyword argument is allowed.")
    if args:
        return args[0]
    return kwargs.get("payload", _NOTHING)


def _failed(error: Exception, text: str) -> RunFailedError:
    return RunFailedError("raised", text, exception=type(error).__name__)


def _late(error: httpx.TimeoutException) -> str:
    kind = type(error).__name__
    seconds = {"ConnectTimeout": CONNECT_S, "ReadTimeout": READ_S, "WriteTimeout": WRITE_S}
    return f"The webhook did not answer within {seconds.get(kind, CONNECT_S):g} seconds."
