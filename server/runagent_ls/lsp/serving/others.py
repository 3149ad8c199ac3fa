"""Servers of an agent that another editor or a terminal has started."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from runagent_ls.lsp.messages.serving import StartOptions
from runagent_ls.lsp.serving.served import Served
from runagent_ls.serve.state import Status

if TYPE_CHECKING:
    from runagent_ls.agents.targets.target import Target


async def server_of_others(config: FilePath, ours: Collection[int | None]) -> Served | None:
    """The newest one that answers for this configuration; `ours` are processes not to count."""
    from runagent_ls.agents.errors import AgentError
    from runagent_ls.agents.targets import own_servers, target
    from runagent_ls.serve.lifecycle.events import Ready

    for server in await asyncio.to_thread(own_servers.find, None, config):
        if server.pid in ours:
            continue
        try:
            found = await target.resolve(server.agent_id, server.host, server.port)
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
    from runagent_ls.serve.lifecycle.messages import status_from_message

    try:
        return status_from_message(await status_of(target))
    except ValueError:
        return None
