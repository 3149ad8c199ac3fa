"""Identifiers for agents that have none of their own."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path as FilePath
from uuid import uuid4


@lru_cache(maxsize=1024)
def fresh_agent_id(config_path: FilePath) -> str:
    """A random UUID, the same one for a configuration as long as this process lives."""
    return str(uuid4())
