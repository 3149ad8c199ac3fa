"""What the list of agents says of a configuration from which no entrypoint can be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.conftest import write_project
from lsp.editor import SHELL, Editor

MakeEditor = Callable[..., Editor]


def summary(editors: MakeEditor, config: Path) -> dict[str, Any]:
    editor = editors([config.parent], SHELL)
    editor.start()
    (project,) = editor.request("runagent/projects", {})["projects"]
    found: dict[str, Any] = project
    return found


@pytest.mark.parametrize(
    ("text", "line", "character"),
    [
        ('{\n  "agent_name": "x",\n  "agent_arch', 2, 2),
        ("{}", 0, 0),
        ("", 0, 0),
    ],
)
def test_a_configuration_that_is_refused_says_where_it_is_wrong_first(
    editors: MakeEditor, tmp_path: Path, text: str, line: int, character: int
) -> None:
    config = tmp_path / "runagent.config.json"
    config.write_text(text, "utf-8")
    project = summary(editors, config)
    assert project["entrypoints"] == []
    place = {"uri": config.as_uri(), "line": line, "character": character}
    assert project["firstError"] == place


def test_entrypoints_that_are_no_list_are_an_error(editors: MakeEditor, tmp_path: Path) -> None:
    config = write_project(tmp_path, agent_architecture={"entrypoints": {"greet": "main.py"}})
    lines = config.read_text("utf-8").splitlines()
    first = summary(editors, config)["firstError"]
    assert '"entrypoints"' in lines[first["line"]]


def test_an_entrypoint_without_a_tag_is_an_error(editors: MakeEditor, tmp_path: Path) -> None:
    entrypoint = {"file": "main.py", "module": "greet"}
    config = write_project(tmp_path, agent_architecture={"entrypoints": [entrypoint]})
    lines = config.read_text("utf-8").splitlines()
    first = summary(editors, config)["firstError"]
    assert first["line"] == lines.index("      {")


def test_having_no_entrypoint_yet_is_no_error(editors: MakeEditor, tmp_path: Path) -> None:
    config = write_project(tmp_path, agent_architecture={"entrypoints": []})
    assert "firstError" not in summary(editors, config)


def test_an_error_beside_entrypoints_is_told_at_its_place_alone(
    editors: MakeEditor, tmp_path: Path
) -> None:
    config = write_project(tmp_path, version=None)
    assert "firstError" not in summary(editors, config)


def test_a_configuration_that_is_mended_is_told(editors: MakeEditor, tmp_path: Path) -> None:
    config = tmp_path / "runagent.config.json"
    config.write_text("{", "utf-8")
    editor = editors([tmp_path], SHELL)
    editor.start()
    (project,) = editor.request("runagent/projects", {})["projects"]
    assert "firstError" in project
    write_project(tmp_path)
    editor.files_changed((config, 2))
    editor.wait_for("runagent/projectsChanged")
    (project,) = editor.request("runagent/projects", {})["projects"]
    assert "firstError" not in project
    assert [it["tag"] for it in project["entrypoints"]] == ["greet", "count_stream"]
