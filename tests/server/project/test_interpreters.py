"""Which Python is found for an agent: links, missing files and folders of any shape included."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from runagent_ls.project.interpreters import find

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="makes POSIX environments")


def python_at(path: Path) -> Path:
    """Something that could be started."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n", "utf-8")
    path.chmod(0o755)
    return path


def environment(folder: Path) -> Path:
    """A virtual environment whose Python is a link, as they are."""
    base = python_at(folder.parent / "base" / "python3.12")
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /nowhere\n", "utf-8")
    python = folder / "bin" / "python"
    python.symlink_to(base)
    return python


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    folder = tmp_path / "work" / "agents" / "one"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def nothing(tmp_path: Path) -> dict[str, str]:
    """Variables that lead to no Python."""
    empty = tmp_path / "empty"
    empty.mkdir()
    return {"PATH": str(empty)}


def test_the_order(agent: Path, tmp_path: Path) -> None:
    command = python_at(tmp_path / "bin" / "python")
    variables = {"PATH": str(tmp_path / "bin")}
    assert find(agent, environment=variables).path == command
    better = python_at(tmp_path / "bin" / "python3")
    found = find(agent, environment=variables)
    assert (found.path, found.origin) == (better, "path")
    activated = environment(tmp_path / "activated")
    variables["VIRTUAL_ENV"] = str(tmp_path / "activated")
    found = find(agent, environment=variables)
    assert (found.path, found.origin) == (activated, "activated")
    above = environment(tmp_path / "work" / ".venv")
    assert find(agent, environment=variables).path == activated
    found = find(agent, workspace=tmp_path / "work", environment=variables)
    assert (found.path, found.origin) == (above, "project")
    own = environment(agent / "venv")
    assert find(agent, workspace=tmp_path / "work", environment=variables).path == own
    dotted = environment(agent / ".venv")
    assert find(agent, workspace=tmp_path / "work", environment=variables).path == dotted
    wanted = python_at(tmp_path / "wanted")
    found = find(agent, wanted, environment=variables)
    assert (found.path, found.origin, found.problem) == (wanted, "given", None)


def test_without_a_workspace_the_repository_is_the_limit(
    agent: Path, tmp_path: Path, nothing: dict[str, str]
) -> None:
    environment(tmp_path / ".venv")
    above = environment(tmp_path / "work" / "venv")
    assert find(agent, environment=nothing).origin == "own"
    (tmp_path / "work" / ".git").mkdir()
    assert find(agent, environment=nothing).path == above


def test_without_a_repository_the_current_folder_is_the_limit(
    agent: Path, tmp_path: Path, nothing: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(tmp_path / ".venv")
    above = environment(tmp_path / "work" / "venv")
    monkeypatch.chdir(tmp_path / "empty")
    assert find(agent, environment=nothing).origin == "own"
    monkeypatch.chdir(tmp_path / "work")
    assert find(agent, environment=nothing).path == above


def test_a_workspace_that_does_not_hold_the_agent_bounds_nothing_else(
    agent: Path, tmp_path: Path, nothing: dict[str, str]
) -> None:
    environment(tmp_path / ".venv")
    mine = environment(agent / ".venv")
    assert find(agent, workspace=tmp_path / "other", environment=nothing).path == mine


def test_our_own_python_is_the_last_resort(agent: Path, nothing: dict[str, str]) -> None:
    found = find(agent, environment=nothing)
    assert (found.path, found.origin, found.problem) == (Path(sys.executable), "own", None)


@pytest.mark.parametrize("damage", ["dangling", "loop", "folder", "empty", "not executable"])
def test_a_broken_environment_is_passed_over_and_named(
    agent: Path, nothing: dict[str, str], damage: str
) -> None:
    python = environment(agent / ".venv")
    python.unlink()
    match damage:
        case "dangling":
            python.symlink_to(agent / "gone")
        case "loop":
            python.symlink_to(python)
        case "folder":
            python.mkdir()
        case "empty":
            python.touch(mode=0o755)
        case _:
            python.write_text("#!/bin/sh\n", "utf-8")
            if os.geteuid() == 0 and os.access(python, os.X_OK):
                pytest.skip("this user may execute everything")
    found = find(agent, environment=nothing)
    assert found.origin == "own"
    assert found.broken == (agent / ".venv",)


def test_a_folder_that_is_called_venv_by_chance_is_not_broken(
    agent: Path, nothing: dict[str, str]
) -> None:
    (agent / "venv").mkdir()
    (agent / ".venv").write_text("not a folder", "utf-8")
    assert find(agent, environment=nothing).broken == ()


def test_a_wanted_environment_may_be_named_by_its_folder(agent: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "some")
    assert find(agent, tmp_path / "some").path == python
    found = find(agent, agent)
    assert found.path == agent
    assert found.problem == "is a folder without bin/python or bin/python3"


def test_a_wanted_python_that_cannot_be_started_says_why(agent: Path) -> None:
    found = find(agent, agent / "gone")
    assert (found.origin, found.problem) == ("given", "is not there")
    (agent / "link").symlink_to(agent / "gone")
    assert find(agent, agent / "link").problem == "is a link that leads nowhere"
    assert find(agent, Path("/dev/null")).problem == "is no file"
    assert find(agent, Path("nul\0byte")).problem is not None


def test_relative_paths_become_absolute_and_keep_links(
    agent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    environment(agent / ".venv")
    found = find(Path("work/agents/../agents/one"))
    assert found.path == agent / ".venv" / "bin" / "python"
    assert found.path.is_symlink()
