"""What reaches the agent of the environment of the server, and what does not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from runagent_ls.serve.state import StartFailedError
from runagent_ls.serve.supervisor.environment import of_agent
from supervised_agent import Agent, supervised

SERVER = Path(__file__).parents[4] / "server"


async def test_the_agents_variables_lie_over_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """
    import os, sys
    FIRST = os.environ["KEY"]
    def show():
        return [FIRST, os.environ["OTHER"], "/of/the/agent" in sys.path]
    """
    monkeypatch.setenv("KEY", "of the shell")
    monkeypatch.setenv("OTHER", "of the shell")
    variables = {"KEY": "of the agent", "PYTHONPATH": "/of/the/agent"}
    agent = Agent(tmp_path, source, ("show",), environment=variables)
    async with supervised(agent) as served:
        shown = json.loads(json.loads(await served.call("show"))["payload"])
    assert shown == ["of the agent", "of the shell", False]


@pytest.mark.parametrize("variables", [{"A": "secret\0"}, {"": "secret"}, {"A=B": "secret"}])
async def test_variables_that_the_system_refuses(tmp_path: Path, variables: dict[str, str]) -> None:
    agent = Agent(tmp_path, "def show(): ...", ("show",), environment=variables)
    async with supervised(agent, start=False) as served:
        with pytest.raises(StartFailedError) as caught:
            await served.supervisor.start()
    assert caught.value.failure.code == "ENVIRONMENT_FAILED"
    assert "secret" not in repr(caught.value.failure)


def test_our_own_packages_do_not_reach_the_agent() -> None:
    ours = [str(SERVER), str(SERVER / "libs")]
    process = {"PYTHONPATH": os.pathsep.join([*ours, "", "/home/user/lib"])}
    assert of_agent(process) == {"PYTHONPATH": "/home/user/lib"}
    assert of_agent({"PYTHONPATH": os.pathsep.join(ours)}) == {}


def test_what_belongs_to_another_interpreter_does_not_reach_the_agent() -> None:
    process = {"PYTHONHOME": "/opt/python", "PYTHONINSPECT": "1", "PYTHONHASHSEED": "1"}
    assert of_agent(process) == {"PYTHONHASHSEED": "1"}


def test_paths_that_are_none_are_left_alone() -> None:
    assert of_agent({"PYTHONPATH": "\0"}) == {"PYTHONPATH": "\0"}


async def test_an_agent_can_import_the_runtime_that_comes_with_us(tmp_path: Path) -> None:
    source = """
    import os, agent_runtime
    def where(): return [os.path.dirname(agent_runtime.__path__[0])]
    """
    async with supervised(Agent(tmp_path, source, ("where",))) as served:
        shown = json.loads(json.loads(await served.call("where"))["payload"])
    assert shown == [str(SERVER)]
