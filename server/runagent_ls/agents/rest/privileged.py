"""What only servers of ours can do, for whoever has their token."""

from __future__ import annotations

import asyncio
import json
from typing import Final, Literal, TypeAlias
from urllib.parse import quote

from runagent_ls.agents.rest.connections import HttpError
from runagent_ls.agents.rest.loopback import LoopbackClient
from runagent_ls.agents.targets.own_servers import headers_of
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.agents.values import JsonValue

Ending: TypeAlias = Literal["ended", "goes-on", "not-there", "not-asked"]
"""`ended`: the function has really ended. `not-there`: there is no such run, for it has ended
before, or it has not arrived yet and will not begin. `not-asked`: the server gave no answer."""

_BASE: Final = "/runagent-ls"
END_LIMIT_S: Final = 8.0
"""Longer than a server waits for a function that does not want to end."""


async def end_run(target: Target) -> Ending:
    """End the run that the target names."""
    if target.run_id is None:
        return "not-asked"
    path = f"/runs/{quote(target.run_id, safe='')}/cancel"
    answer = _object(*await _ask(target, "POST", path))
    if answer is None:
        return "not-asked"
    if answer.get("found") is not True:
        return "not-there"
    return "ended" if answer.get("ended") is True else "goes-on"


async def status_of(target: Target) -> dict[str, JsonValue] | None:
    """How the server is, as its control channel says it; None when it could not be asked."""
    return _object(*await _ask(target, "GET", "/status"))


async def metrics_of(target: Target) -> str | None:
    """The server's counts as Prometheus text; None when it could not be asked."""
    status, body = await _ask(target, "GET", "/metrics")
    return body.decode("utf-8", "replace") if status == 200 else None


async def _ask(target: Target, method: str, path: str) -> tuple[int, bytes]:
    """Status and body; status 0 without an answer."""
    headers = headers_of(target.token, None)
    client = LoopbackClient(target.host, target.port, _BASE, headers, Timeouts(connect=2.0))
    body = b"{}" if method == "POST" else None
    try:
        async with asyncio.timeout(END_LIMIT_S), client.stream(method, path, body) as response:
            return response.status, b"".join([part async for part in response.parts])
    except (HttpError, TimeoutError):
        return 0, b""
    finally:
        await client.aclose()


def _object(status: int, body: bytes) -> dict[str, JsonValue] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if status == 200 and isinstance(answer, dict) else None
