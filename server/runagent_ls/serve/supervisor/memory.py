"""Holds a worker and what it has started to a limit of memory.

What counts is memory that is really occupied, by the whole group, so it is measured here: the
limits of the system are for one process each, and RLIMIT_AS counts address space that compiled
libraries reserve in bulk and never use. Linux only; elsewhere the worker's own limit is all there
is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from runagent_ls.serve.supervisor import groups

_EVERY_S: Final = 0.1


async def watch_memory(leader: int, limit: int, exceeded: Callable[[], None]) -> None:
    """Calls `exceeded` once when the group of `leader` occupies more than `limit` bytes."""
    while True:
        if await asyncio.to_thread(_exceeds, leader, limit):
            exceeded()
            return
        await asyncio.sleep(_EVERY_S)


def _exceeds(leader: int, limit: int) -> bool:
    return groups.memory_of(leader) > limit and groups.more_exact_memory_of(leader) > limit
