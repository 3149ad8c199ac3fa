"""An agent with every kind of parameter, as the real server serves it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from serve_real_agent import RunningAgent

PROJECT = Path(__file__).parents[3] / "fixtures" / "client-agent"


@pytest.fixture(scope="session")
def client_agent(
    serve_real_agent: Callable[[Path], RunningAgent], tmp_path_factory: pytest.TempPathFactory
) -> RunningAgent:
    project = tmp_path_factory.mktemp("clients") / "agent"
    shutil.copytree(PROJECT, project)
    return serve_real_agent(project)
