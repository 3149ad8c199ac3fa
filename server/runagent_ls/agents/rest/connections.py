"""What the two HTTP clients have in common: `loopback` for this machine, `remote` for all others.

Both raise the errors below and no others for what goes wrong on the way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, Protocol

KEPT_S: Final = 2.0
"""How long an unused connection is kept. The platform's server closes its side after five seconds;
a call sent in that very moment is lost, and nobody can tell whether it ran."""
FAILED: Final = 500
"""With this status or a higher one an answer is the last on its connection: uvicorn closes that of
a failed application, but only after it has answered."""


class HttpError(Exception):
    """No answer, or none that is whole. The text is the library's or the system's."""


class ConnectError(HttpError):
    """There is no connection."""


class ConnectTimeoutError(HttpError):
    """There was no connection in time."""


class ProxyError(HttpError):
    """The proxy gave no connection."""


class IdleTimeoutError(HttpError):
    """Nothing moved for too long."""


class ReadError(HttpError):
    """The connection broke."""


class RemoteProtocolError(HttpError):
    """What came is no HTTP, or ended too early."""


class UnreadableEncodingError(HttpError):
    """The body is not compressed as its headers say."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer whose body is still to be read: `parts` yields it. Header names in lower case."""

    status: int
    headers: Mapping[str, str]
    parts: AsyncIterator[bytes]


class HttpClient(Protocol):
    """Calls to one server, several at once, with connections kept open."""

    def stream(
        self, method: str, path: str, body: bytes | None
    ) -> AbstractAsyncContextManager[Response]:
        """Ask for `path`, below the server's base; a body is JSON."""
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...
