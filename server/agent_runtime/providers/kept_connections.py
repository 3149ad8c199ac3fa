"""An HTTP client that knows that a server may close a connection which nobody uses.

This module imports httpx2: import it when a request is made, not before.
"""

from __future__ import annotations

from typing import Any, Final

import httpx2

_GONE: Final = (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError)
_NEW: Final = ("connect_", "start_tls", "setup_")
_ANSWERED: Final = "receive_response_headers.complete"
_MOST: Final = 8
"""Tries on connections that were kept; most that are closed are known to be."""


class KeptConnections(httpx2.AsyncClient):
    """Asks again where a connection that was kept turns out to be closed.

    Servers end connections after a while, and may do so while a request is on its way. They have
    not taken it then; only a failure of a connection that was made for the request says something.
    """

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:  # noqa: ANN401 - those of httpx
        """As httpx does it. Each further try uses up a connection that was kept."""
        for left in reversed(range(_MOST)):
            counts = False

            async def saw(event: str, _: dict[str, Any]) -> None:
                nonlocal counts
                what = event.partition(".")[2]  # after where: of a connection, a proxy, HTTP
                # also when its answer has begun: then the server has taken the request
                counts = counts or what.startswith(_NEW) or what == _ANSWERED

            request.extensions["trace"] = saw
            try:
                return await super().send(request, **options)
            except _GONE:
                if counts or left == 0:
                    raise
        raise AssertionError("the last try returns or raises")
