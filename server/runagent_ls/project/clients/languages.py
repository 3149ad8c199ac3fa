"""Which files may call agents, told by their names and bytes alone."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Final

SCRIPT_SUFFIXES: Final = frozenset({".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs"})
CLIENT_SUFFIXES: Final = frozenset({".py", *SCRIPT_SUFFIXES})
"""Names of files that may call agents end like this."""
CLIENT: Final = "RunAgentClient"
"""The class that all SDKs call agents by."""
_SIGNS: Final = (CLIENT.encode(), "\0".join(CLIENT).encode())
"""In any encoding that is read: UTF-16 has a zero between two letters, whichever way round."""


def is_client_language(path: FilePath) -> bool:
    """Whether calls are looked for in files with this name."""
    return path.suffix in CLIENT_SUFFIXES


def may_call(data: bytes) -> bool:
    """False for a file's bytes that certainly have no call in them."""
    return any(sign in data for sign in _SIGNS)
