"""What the two HTTP clients have in common: `loopback` for this machine, `remote` for all others.

Both raise the errors of httpcore, on which httpx stands, and `UnreadableEncodingError`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


class UnreadableEncodingError(Exception):
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
