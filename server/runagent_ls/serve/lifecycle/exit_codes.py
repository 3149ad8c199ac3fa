"""Exit codes of a server that did not start; they are those of every command."""

from __future__ import annotations

from typing import Final

AGENT_FAILED: Final = 1
WRONG_USE: Final = 2
"""Not the agent is at fault, but what it was to be served with."""
