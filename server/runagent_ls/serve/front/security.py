"""Who may ask: protection against web pages of others, and the editor's own token.

A page that the user visits can make the browser call any address of this machine. Its `Origin`
tells it apart from programs; and a page whose name was pointed at this machine (DNS rebinding)
is told apart by `Host`, for a browser always sends the name that it was asked for.
"""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Sequence
from typing import Final

from runagent_ls.serve.front.answers import Answer, detail
from runagent_ls.serve.front.context import FrontContext

TOKEN_HEADER: Final = b"x-runagent-token"
LOOPBACK_ORIGIN: Final = re.compile(
    r"https?://(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?"
)
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.%a-z]+\]|[^:\[\]/@\s]*)(?::\d{0,5})?")

RawHeaders = Sequence[tuple[bytes, bytes]]


class Gate:
    """Looks at the headers of every request before anything else does."""

    def __init__(self, context: FrontContext) -> None:
        self._token = context.token.encode("utf-8", "replace")
        self._hosts = {"localhost", context.host.lower(), *map(str.lower, context.allow_hosts)}
        self._origins = context.allow_origins
        self._loopback = _is_loopback(context.host)
        self._passed: set[bytes] = set()

    def refusal(self, headers: RawHeaders) -> Answer | None:
        """Why a request is not answered; None when it is."""
        for name, value in headers:
            if name == b"host" and value not in self._passed:
                if not self._host_allowed(value):
                    return detail(
                        400, f"This server is not for the host {_shown(value)}. "
                        "The option --allow-host lets a name in."
                    )  # fmt: skip
                if len(self._passed) < 16:
                    self._passed.add(value)
            elif name == b"origin" and not self.origin_allowed(value.decode("latin-1")):
                return detail(
                    403, f"This server is not for pages of {_shown(value)}. "
                    "The option --allow-origin lets an origin in."
                )  # fmt: skip
        return None

    def privileged(self, headers: RawHeaders) -> bool:
        """Whether the request has the server's token, which never stands in a URL."""
        return any(
            name == TOKEN_HEADER and hmac.compare_digest(value, self._token)
            for name, value in headers
        )

    def origin_allowed(self, origin: str) -> bool:
        return origin in self._origins or LOOPBACK_ORIGIN.fullmatch(origin) is not None

    def _host_allowed(self, value: bytes) -> bool:
        match = _HOST.fullmatch(value.decode("latin-1"))
        if match is None:
            return False
        host = match[1].strip("[]").lower().rstrip(".")
        if host in self._hosts:
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        # nobody can point an address somewhere else; other ones come in only where we listen
        return address.is_loopback or not self._loopback


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _shown(value: bytes) -> str:
    text = value[:100].decode("latin-1")
    return f"`{''.join(c if c.isprintable() else '?' for c in text)}`"
