"""Reading one stream: time limits, and what a connection that breaks off means.

This module imports `websockets`: import it when a stream starts, not before.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

from runagent_ls.agents.call import Call, StreamEvent
from runagent_ls.agents.errors import AgentError, StreamError, TimedOutError
from runagent_ls.agents.frames import FrameReader
from runagent_ls.agents.requests import body_for
from runagent_ls.agents.target import Target
from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.agents.websocket import DisconnectedError, MessageSocket, open_socket

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
    reader = FrameReader(call.tag)
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
    if deadline is not None:
        left = max(deadline - asyncio.get_running_loop().time(), 0.001)
        limit = left if limit is None else min(limit, left)
    return await open_socket(target, limit)


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
    when = f"after {reader.chunks} chunk{'' if reader.chunks == 1 else 's'}"
    if not reader.started and not reader.chunks:
        when = "before it began"
    suggestion = None
    if gone.code == 1012:
        why = "the server was stopped"
        suggestion = "Start the agent again, then run it again."
    elif gone.code == 1011 and "ping" in gone.reason:
        why = "the server lost patience with an agent that worked too long between two chunks"
        suggestion = "Let the function be an `async def`, so that it does not block the server."
    elif gone.code == 1009:
        why = "the inputs are larger than the 16 MB the server takes"
        suggestion = "Send less, for instance the name of a file."
    elif gone.code == 1006:
        why = "the connection was dropped"
        suggestion = (
            "The server or the function may have ended (`sys.exit`), or the function's error "
            "text has a path in square brackets; look at the output of `runagent serve`."
        )
    else:
        why = f"the server closed the connection with code {gone.code}"
    reason = f" ({gone.reason})" if gone.reason else ""
    return StreamError(
        f"The stream from {target.address} broke off {when}: {why}{reason}.",
        suggestion=suggestion,
        action="run-again" if gone.code == 1012 else "show-logs",
        details={"closeCode": gone.code, "closeReason": gone.reason, "chunks": reader.chunks},
    )
