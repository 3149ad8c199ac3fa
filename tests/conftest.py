"""Fixtures for every test: an agent served by the real `runagent` package."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from cloud_stand_in import RunningCloud, running_cloud
from serve_real_agent import RunningAgent, serving

EVERYTHING = Path(__file__).parent / "fixtures" / "real-agent"

# No test is about the time that this machine takes, which may be busy with others.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Servers that run for the user are none of the tests' business."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUNAGENT_LS_STATE", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session")
def serve_real_agent() -> Iterator[Callable[[Path], RunningAgent]]:
    """Serve the project in a folder until the session ends; the folder should be a copy."""
    with contextlib.ExitStack() as stack:
        yield lambda project_dir: stack.enter_context(serving(project_dir))


@pytest.fixture(scope="session")
def real_agent(
    serve_real_agent: Callable[[Path], RunningAgent], tmp_path_factory: pytest.TempPathFactory
) -> RunningAgent:
    """The agent of `tests/fixtures/real-agent`, which behaves in every way; one per session."""
    project = tmp_path_factory.mktemp("real") / "agent"
    shutil.copytree(EVERYTHING, project)
    return serve_real_agent(project)


@pytest.fixture(scope="session")
def cloud() -> Iterator[RunningCloud]:
    """The stand-in for the cloud, over TLS; one per session, with the agent of `real_agent`."""
    with running_cloud() as running:
        yield running
