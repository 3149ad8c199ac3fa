"""One HTTP connection: uvicorn's, with limits for clients that take their time."""

from __future__ import annotations

from uvicorn.protocols.http.h11_impl import H11Protocol


class HttpConnection(H11Protocol):
    """See the module."""
