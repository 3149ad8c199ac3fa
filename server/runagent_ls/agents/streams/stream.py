"""Reading one stream: time limits, and what a connection that breaks off means.

This module imports `websockets`: import it when a stream starts, not before.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

from runagent_ls.agents.call import Call, StreamEvent
from runagent_ls.agents.errors import (
    AgentError,
    AgentNotFoundRemoteError,
    AuthenticationError,
    ConnectionFailedError,
    PermissionDeniedError,
    StreamError,
    TimedOutError,
)
from runagent_ls.agents.rest.refusals import by_words
from runagent_ls.agents.rest.requests import body_for
from runagent_ls.agents.streams.frames import FrameReader
from runagent_ls.agents.streams.websocket import DisconnectedError, MessageSocket, open_socket
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.agents.values import JsonValue

_T = TypeVar("_T")


async def read_stream(
    target: Target, call: Call, timeouts: Timeouts
) -> AsyncGenerator[list[StreamEvent], None]:
    """Events in batches as they arrive, from the connection to Completed.

    Raises AgentError for a failure, after all events before it. The socket is closed when the
    generator ends, however it ends. Time that the caller spends on a batch counts for no limit
    but `total`.
    """
    loop = asyncio.get_running_loop()
    deadline = None if timeouts.total is None else loop.time() + timeouts.total
    socket = await _connected(target, timeouts, deadline)
    reader = FrameReader(call.tag, cloud=target.cloud)
    try:
        request = json.dumps(body_for(target, call, timeouts))
        await _within(lambda: socket.send_message(request), timeouts, deadline)
        while not reader.completed:
            messages = await _within(socket.receive, timeouts, deadline)
            events = reader.read(messages)
            if events:
                yield events
            if reader.failure is not None:
                raise reader.failure
    except DisconnectedError as gone:
        raise _broken_off(gone, reader, target) from None
    finally:
        socket.leave()


async def _connected(target: Target, timeouts: Timeouts, deadline: float | None) -> MessageSocket:
    """Within `connect` or what is left of `total`, whichever is shorter."""
    limit = timeouts.connect
    if deadline is None:
        return await open_socket(target, limit)
    left = max(deadline - asyncio.get_running_loop().time(), 0.001)
    if limit is not None and limit <= left:
        return await open_socket(target, limit)
    try:
        return await open_socket(target, left)
    except ConnectionFailedError as error:
        if error.kind != "timeout-connect":
            raise
        timed_out = _timed_out(timeouts, total=True)
        timed_out.may_have_run = False
        raise timed_out from error


async def _within(
    work: Callable[[], Awaitable[_T]], timeouts: Timeouts, deadline: float | None
) -> _T:
    """Wait for `work` no longer than the idle limit and what is left of the total one."""
    limit, total_is_next = timeouts.idle, False
    if deadline is not None:
        left = deadline - asyncio.get_running_loop().time()
        total_is_next = limit is None or left < limit
        limit = left if total_is_next else limit
        if left <= 0:
            raise _timed_out(timeouts, total=True)
    try:
        async with asyncio.timeout(limit):
            return await work()
    except TimeoutError:
        raise _timed_out(timeouts, total=total_is_next) from None


def _timed_out(timeouts: Timeouts, *, total: bool) -> TimedOutError:
    if total:
        return TimedOutError(
            f"The stream took longer than {timeouts.total:g} s, which is the limit.",
            details={"limit": "total", "seconds": timeouts.total},
            kind="timeout-total",
        )
    return TimedOutError(
        f"The stream was silent for {timeouts.idle:g} s, which is the limit.",
        details={"limit": "idle", "seconds": timeouts.idle},
        kind="timeout-idle",
    )


def _broken_off(gone: DisconnectedError, reader: FrameReader, target: Target) -> AgentError:
    begun = reader.started or reader.chunks > 0
    details: JsonValue = {
        "closeCode": gone.code,
        "closeReason": gone.reason,
        "chunks": reader.chunks,
    }
    if target.cloud and not begun:
        refusal = _refused_by_close(gone, target, details)
        if refusal is not None:
            return refusal
    when = f"after {reader.chunks} chunk{'' if reader.chunks == 1 else 's'}"
    why, suggestion = _why(gone, target)
    reason = f" ({gone.reason})" if gone.reason else ""
    return StreamError(
        f"The stream from {target.address} broke off {when if begun else 'before it began'}: "
        f"{why}{reason}.",
        suggestion=suggestion,
        action="run-again" if target.cloud or gone.code == 1012 else "show-logs",
        kind="protocol" if gone.broken else "network",
        # the inputs were too large to be read at all
        may_have_run=begun or gone.code != 1009,
        details=details,
    )


def _refused_by_close(
    gone: DisconnectedError, target: Target, details: JsonValue
) -> AgentError | None:
    """The ways in which services refuse a socket that they have already accepted."""
    by_reason = by_words(gone.reason or None, details)
    if by_reason is not None:
        return by_reason
    if gone.code in (4001, 4401):
        return AuthenticationError("The cloud did not accept the API key.", details=details)
    if gone.code in (1008, 4003, 4403):
        said = f" ({gone.reason})" if gone.reason else ""
        return PermissionDeniedError(
            f"The cloud refused the stream for this API key{said}.", details=details
        )
    if gone.code in (4004, 4404):
        return AgentNotFoundRemoteError(
            f"The cloud at {target.address} has no agent {target.agent_id} for this key.",
            details=details,
        )
    return None


def _why(gone: DisconnectedError, target: Target) -> tuple[str, str | None]:
    """The cause in words, and what to do about it."""
    again = "Run it again; if it happens again, look at the agent in the dashboard."
    if gone.code == 1012:
        return "the server was stopped", (
            again if target.cloud else "Start the agent again, then run it again."
        )
    if gone.code == 1011 and "ping" in gone.reason:
        return (
            "the server lost patience with an agent that worked too long between two chunks",
            "Let the function be an `async def`, so that it does not block the server.",
        )
    if gone.code == 1009:
        return (
            "the inputs are larger than the 16 MB the server takes",
            "Send less, for instance the name of a file.",
        )
    if gone.code == 1006:
        return "the connection was dropped", (
            again
            if target.cloud
            else "The server or the function may have ended (`sys.exit`), or the function's error "
            "text has a path in square brackets; look at the output of `runagent serve`."
        )
    return f"the server closed the connection with code {gone.code}", None
