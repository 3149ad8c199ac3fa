"""Paths of entrypoint files that no fixture can hold: absolute ones, links, pipes, odd names."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check
from runagent_ls.rules.finding import Finding

BASE = {
    "agent_name": "demo",
    "description": "d",
    "framework": "default",
    "template": "",
    "version": "1.0.0",
    "created_at": "2025-06-25T13:42:03",
    "template_source": {"repo_url": "", "author": "", "path": ""},
    "agent_id": "11111111-2222-4333-8444-555555555555",
}


def findings(folder: Path, file: str) -> tuple[Finding, ...]:
    value = {
        **BASE,
        "agent_architecture": {"entrypoints": [{"file": file, "module": "greet", "tag": "greet"}]},
    }
    config = folder / "runagent.config.json"
    config.write_text(json.dumps(value), "utf-8")
    found: Mapping[Path, tuple[Finding, ...]] = check(load_project(config, DiskFiles()))
    return tuple(it for each in found.values() for it in each)


@pytest.fixture
def agent(workplace: Path) -> Path:
    (workplace / "main.py").write_text("def greet(name):\n    return name\n", "utf-8")
    return workplace


def test_absolute_path_into_the_folder_is_made_relative(agent: Path) -> None:
    (found,) = findings(agent, str(agent / "main.py"))
    assert (found.slug, found.severity) == ("file-outside-project", "warning")
    assert found.fix is not None
    assert [edit.new_text for edit in found.fix.edits] == ['"main.py"']


def test_absolute_path_that_is_missing_is_an_error_only(agent: Path) -> None:
    assert [it.slug for it in findings(agent, "/nowhere/main.py")] == ["file-not-found"]


def test_pipe_is_not_opened(agent: Path) -> None:
    os.mkfifo(agent / "pipe.py")
    (found,) = findings(agent, "pipe.py")
    assert found.slug == "file-not-found"
    assert "cannot be read" in found.message


@pytest.mark.parametrize("leads_to", ["loop.py", "nowhere.py"])
def test_link_that_leads_nowhere_is_missing(agent: Path, leads_to: str) -> None:
    (agent / "loop.py").symlink_to(agent / leads_to)
    (found,) = findings(agent, "loop.py")
    assert found.slug == "file-not-found"
    assert "Did you mean loop.py" not in found.message


def test_link_to_a_good_file_is_good(agent: Path) -> None:
    (agent / "link.py").symlink_to(agent / "main.py")
    assert findings(agent, "link.py") == ()


@pytest.mark.parametrize(
    "file", ["a\x00b.py", "x" * 5000 + ".py", "a/" * 600 + "b.py", "\ud800.py"]
)
def test_impossible_names_are_missing_files(agent: Path, file: str) -> None:
    assert [it.slug for it in findings(agent, file)] == ["file-not-found"]


def test_folder_with_the_name_of_a_python_file(agent: Path) -> None:
    (agent / "tool.py").mkdir()
    assert [it.slug for it in findings(agent, "tool.py")] == ["file-not-python"]


def test_backslash_says_why(agent: Path) -> None:
    (agent / "src").mkdir()
    (agent / "src" / "main.py").write_text("def greet(name):\n    return name\n", "utf-8")
    (found,) = findings(agent, "src\\main.py")
    assert found.slug == "file-not-found"
    assert "backslash" in found.message
    assert found.fix is not None
    assert found.fix.edits[0].new_text == '"src/main.py"'
