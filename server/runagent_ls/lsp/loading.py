"""What runs need, imported when something is run first, in a thread: it takes a tenth of a second,
in which an editor would get no other answer."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Final

_ALL: Final = (
    "agent_runtime.orchestrator",
    "runagent_ls.agents.history.git_commit",
    "runagent_ls.agents.history.writer",
    "runagent_ls.agents.rest.loopback",
    "runagent_ls.agents.output",
    "runagent_ls.agents.rest.client",
    "runagent_ls.agents.runs",
    "runagent_ls.features.inputs",
)
_STREAMS: Final = ("runagent_ls.agents.streams.stream",)

_loaded: set[bool] = set()


async def load(*, stream: bool) -> None:
    """Have everything imported that a run, or a stream, will ask for."""
    if stream not in _loaded:
        await asyncio.to_thread(_import, (*_ALL, *_STREAMS) if stream else _ALL)
        _loaded.add(stream)


def _import(names: tuple[str, ...]) -> None:
    for name in names:
        import_module(name)
