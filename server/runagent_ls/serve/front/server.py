"""Serving: uvicorn on sockets that listen already, until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Generator, Sequence
from typing import Final

from uvicorn.config import Config
from uvicorn.server import Server

from runagent_ls.serve.front.app import Front
from runagent_ls.serve.front.connections import HttpConnection

KEEP_ALIVE_S: Final = 30
"""A connection that is not used for so long is closed."""


async def serve(
    front: Front,
    sockets: Sequence[socket.socket],
    stopping: asyncio.Event,
    *,
    grace_s: float | None = None,
    serving: Callable[[], None] | None = None,
) -> None:
    """Answer on `sockets` until `stopping` is set; then let what runs end.

    New connections are refused from then on, streams are closed with 1012, requests may end
    within `grace_s` (the limits' `stop_s` when None). Returns when all connections are closed,
    and closes the sockets. `serving` is called once connections are taken. Signals are the
    caller's business.
    """
    limits = front.context.limits
    config = Config(
        front,
        http=HttpConnection,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="error",  # a client's mistakes are answered, and nothing to tell the user
        access_log=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        # whole seconds there; the rest of a second is nothing that anybody waits for
        timeout_graceful_shutdown=max(1, round(limits.stop_s if grace_s is None else grace_s)),
    )
    try:
        await _Server(config, stopping, serving).serve(list(sockets))
    finally:
        await front.runs.close()


class _Server(Server):
    """uvicorn's server, told to stop by an event rather than by a signal."""

    def __init__(
        self, config: Config, stopping: asyncio.Event, serving: Callable[[], None] | None
    ) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._serving = serving

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def main_loop(self) -> None:
        if self._serving is not None:
            self._serving()
        # the tick is what keeps the Date header right
        while not self._stopping.is_set():
            await self.on_tick(0)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1.0)
