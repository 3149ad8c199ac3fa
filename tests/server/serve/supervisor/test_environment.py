"""What reaches the agent of the environment of the server, and what does not."""

from __future__ import annotations

import os
from pathlib import Path

from runagent_ls.serve.supervisor.environment import of_agent

SERVER = Path(__file__).parents[4] / "server"


def test_the_agents_variables_lie_over_the_others() -> None:
    process = {"PATH": "/bin", "KEY": "of the shell"}
    assert of_agent({"KEY": "of the agent"}, process) == {"PATH": "/bin", "KEY": "of the agent"}
    assert process["KEY"] == "of the shell"


def test_our_own_packages_do_not_reach_the_agent() -> None:
    ours = [str(SERVER), str(SERVER / "libs")]
    process = {"PYTHONPATH": os.pathsep.join([*ours, "", "/home/user/lib"])}
    assert of_agent({}, process) == {"PYTHONPATH": "/home/user/lib"}
    assert of_agent({}, {"PYTHONPATH": os.pathsep.join(ours)}) == {}


def test_what_belongs_to_another_interpreter_does_not_reach_the_agent() -> None:
    process = {"PYTHONHOME": "/opt/python", "PYTHONINSPECT": "1", "PYTHONHASHSEED": "1"}
    assert of_agent({}, process) == {"PYTHONHASHSEED": "1"}


def test_paths_that_are_none_are_left_alone() -> None:
    assert of_agent({}, {"PYTHONPATH": "\0"}) == {"PYTHONPATH": "\0"}
