"""Words of a POSIX shell."""

from __future__ import annotations

import shlex

from runagent_ls.features.client_code.model import ClientTarget

CLOUD = "https://backend.run-agent.ai"
"""The cloud's address unless RUNAGENT_BASE_URL names another."""


def word(text: str) -> str:
    """One word that the shell takes as it is."""
    return shlex.quote(text)


def authority(target: ClientTarget) -> str:
    """`host:port` inside double quotes; from the variables of RunAgent's libraries when unknown."""
    if target.host is None:
        return "${RUNAGENT_HOST:-127.0.0.1}:${RUNAGENT_PORT:-8450}"
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"{host}:{target.port}"
