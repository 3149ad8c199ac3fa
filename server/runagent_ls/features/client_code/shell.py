"""Words of a POSIX shell, and parts of URLs that stay parts in any quotes."""

from __future__ import annotations

import shlex
from urllib.parse import quote

from runagent_ls.features.client_code.model import ClientTarget

CLOUD = "https://backend.run-agent.ai"
"""The cloud's address unless RUNAGENT_BASE_URL names another."""


def word(text: str) -> str:
    """One word that the shell takes as it is."""
    return shlex.quote(text)


def bracketed(host: str) -> str:
    """A host as it stands in front of a port: an IPv6 address needs brackets there."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def url_host(host: str) -> str:
    """The same where a URL is written: no other character ends it, or means something to a shell.

    A host may come from the settings of a folder that somebody else has written.
    """
    return quote(bracketed(host), safe=":[]", errors="replace")


def url_part(text: str) -> str:
    """One part of a URL's path."""
    return quote(text, safe="", errors="replace")


def authority(target: ClientTarget) -> str:
    """`host:port` inside double quotes; from the variables of RunAgent's libraries when unknown."""
    if target.host is None:
        return "${RUNAGENT_HOST:-127.0.0.1}:${RUNAGENT_PORT:-8450}"
    return f"{url_host(target.host)}:{target.port}"
