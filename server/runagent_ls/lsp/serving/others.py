"""Servers of an agent that another editor or a terminal has started, or is starting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

from runagent_ls.lsp.messages.serving import StartOptions
from runagent_ls.lsp.serving.served import Served
from runagent_ls.serve.state import Status

if TYPE_CHECKING:
    from runagent_ls.agents.targets.target import Target
    from runagent_ls.serve.lifecycle.start_turn import StartTurn

TURN_LIMIT_S: Final = 130.0
"""Longer than a start takes; who has the turn for longer does not use it."""
_LOOK_AGAIN_S: Final = 0.05


async def others_or_turn(
    config: FilePath,
    ours: Collection[int | None],
    on_wait: Callable[[], None],
    limit_s: float = TURN_LIMIT_S,
) -> Served | StartTurn | None:
    """The server of somebody else, or the turn to start one, which the caller has to end.

    Waits while another editor is starting the agent, `on_wait` being called once, but no longer
    than `limit_s`: None when that one still has the turn.
    """
    from runagent_ls.serve.lifecycle.start_turn import take_turn

    loop = asyncio.get_running_loop()
    deadline, waits = loop.time() + limit_s, False
    while (turn := take_turn(config)) is None and loop.time() < deadline:
        if not waits:
            waits = True
            on_wait()
        await asyncio.sleep(_LOOK_AGAIN_S)
    try:
        found = await server_of_others(config, ours)
    except BaseException:
        if turn is not None:
            turn.end()
        raise
    if found is None:
        return turn
    if turn is not None:
        turn.end()
    return found


async def server_of_others(config: FilePath, ours: Collection[int | None]) -> Served | None:
    """The newest one that answers for this configuration; `ours` are processes not to count."""
    from runagent_ls.agents.errors import AgentError
    from runagent_ls.agents.targets import own_servers, resolving
    from runagent_ls.serve.lifecycle.events import Ready

    for server in await asyncio.to_thread(own_servers.find, None, config):
        if server.pid in ours:
            continue
        try:
            found = await resolving.resolve(server.agent_id, server.host, server.port)
        except AgentError:
            continue
        place = Ready(found.host, found.port, server.token, server.agent_id, server.pid, False)
        status = await _status(found) or Status(
            "ready", datetime.fromtimestamp(server.started_at, UTC)
        )
        return Served(config, StartOptions(), status, place=place, own=False)
    return None


async def _status(target: Target) -> Status | None:
    from runagent_ls.agents.rest.privileged import status_of
    from runagent_ls.serve.messages import status_from_message

    try:
        return status_from_message(await status_of(target))
    except ValueError:
        return None
