from __future__ import annotations

from pathlib import Path

import pytest

from agent_folders import MakeAgent, write_agent


@pytest.fixture
def make_agent(tmp_path: Path) -> MakeAgent:
    """Write an agent's folder, see `write_agent`."""
    return lambda *args, **fields: write_agent(tmp_path / "agent", *args, **fields)
