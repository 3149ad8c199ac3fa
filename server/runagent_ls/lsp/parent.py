"""Ends the server when the editor that started it has died without saying goodbye."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from runagent_ls.agents.targets.processes import is_running

_INTERVAL_SECONDS: Final = 3.0


async def watch(process_id: int, on_death: Callable[[], None]) -> None:
    """Call `on_death` once the process is gone."""
    import asyncio  # late: this module is loaded before `initialize` is answered

    while True:
        await asyncio.sleep(_INTERVAL_SECONDS)
        if not is_running(process_id):
            on_death()
            return


def to_watch(process_id: object) -> int | None:
    """The process to watch, by what `initialize` says; ask before answering it.

    A process that is not there then is not watched: the editor may live in another process
    namespace (a container), and the end of standard input still ends the server.
    """
    if isinstance(process_id, int) and is_running(process_id):
        return process_id
    return None
