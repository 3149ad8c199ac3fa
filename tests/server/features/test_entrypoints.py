"""What a form is told about an entrypoint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runagent_ls.features.entrypoints import EntrypointInfo, describe, not_found
from runagent_ls.features.lenses import python_lenses
from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.loading import load_project
from runagent_ls.project.model import AgentProject


def _project(folder: Path, source: str, module: str = "greet", tag: str = "greet") -> AgentProject:
    config = {
        "agent_name": "demo",
        "agent_architecture": {
            "entrypoints": [{"file": "main.py", "module": module, "tag": tag}],
        },
    }
    (folder / "main.py").write_text(source, "utf-8")
    (folder / "runagent.config.json").write_text(json.dumps(config), "utf-8")
    return load_project(folder / "runagent.config.json", DiskFiles())


def _info(project: AgentProject, tag: str = "greet") -> EntrypointInfo:
    found = project.entrypoint_of(tag)
    assert found is not None
    return describe(found, project)


def test_a_plain_function_says_what_it_needs(tmp_path: Path) -> None:
    info = _info(
        _project(tmp_path, 'def greet(name: str, n: int = 2, *rest, loud=False):\n    """Hi."""\n')
    )
    assert info.signature == "greet(name: str, n: int = 2, *rest, loud=False)"
    assert info.documentation == "Hi."
    assert [it.parameter.name for it in info.parameters if it.required] == ["name"]
    assert [item.default_value for item in info.parameters][1:4:2] == [2, False]


def test_a_decorator_may_fill_in_what_the_source_asks_for(tmp_path: Path) -> None:
    source = (
        "from somewhere import inject\n\n@inject\ndef greet(session, name='x'):\n    return 1\n"
    )
    info = _info(_project(tmp_path, source))
    assert info.signature == "greet(session, name='x')"
    assert not info.signature_certain


@pytest.mark.parametrize("source", ["greet = object()\n", "from nowhere import greet\n"])
def test_what_cannot_be_read_promises_nothing(tmp_path: Path, source: str) -> None:
    info = _info(_project(tmp_path, source))
    assert (info.signature, info.parameters) == (None, ())


def test_an_unknown_tag_is_answered_with_those_there_are(tmp_path: Path) -> None:
    project = _project(tmp_path, "def greet(): ...\n")
    assert project.entrypoint_of("great") is None
    assert "its tags are greet" in not_found(project, "great")


def test_lenses_stay_on_the_other_functions_while_one_is_being_typed(tmp_path: Path) -> None:
    source = "def greet():\n    return 1\n\n\ndef other():\n    return 2\n"
    config = _project(tmp_path, source).config_path
    files = OverlayFiles(DiskFiles())
    file = tmp_path / "main.py"
    files.open(file, source)
    assert [lens.range.start.line for lens in python_lenses(load_project(config, files), file)] == [
        0
    ]
    files.change(file, "# new\n" + source.replace("return 2", "return (2"))
    assert [lens.range.start.line for lens in python_lenses(load_project(config, files), file)] == [
        1
    ]
