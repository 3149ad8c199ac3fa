"""Reading a project again after an edit gives what reading it afresh would give."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.loading import ProjectCache, load_entrypoints, load_project
from runagent_ls.project.model import AgentProject, FileState
from runagent_ls.pyfile.model import Proof

BASE: dict[str, Any] = {
    "agent_name": "demo",
    "description": "d",
    "framework": "default",
    "template": "",
    "version": "1.0.0",
    "created_at": "2025-06-25T13:42:03",
    "template_source": {"repo_url": "", "author": "", "path": ""},
    "agent_architecture": {
        "entrypoints": [{"file": "main.py", "module": f"f{i}", "tag": f"t{i}"} for i in range(5)]
    },
    "agent_id": "11111111-2222-4333-8444-555555555555",
}
SOURCE = "".join(f"def f{i}(x):\n    return x\n\n\n" for i in range(5))


class Editor:
    """An agent whose configuration and source stand open."""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "runagent.config.json"
        self.main = folder / "main.py"
        self.config.write_text(json.dumps(BASE), "utf-8")
        self.main.write_text(SOURCE, "utf-8")
        self.files = OverlayFiles(DiskFiles())
        self.cache = ProjectCache()

    def write(self, value: dict[str, Any]) -> AgentProject:
        self.files.change(self.config, json.dumps(value, indent=1))
        return self.load()

    def load(self, *, disk_changed: bool = True) -> AgentProject:
        return load_project(self.config, self.files, self.cache, disk_changed=disk_changed)

    def afresh(self) -> AgentProject:
        return load_project(self.config, self.files)


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    return Editor(tmp_path)


def essence(project: AgentProject) -> object:
    return [
        (it.index, it.path, it.kind, it.tag, it.value, it.module_file, it.resolution)
        for it in project.entrypoints
    ]


def entries(value: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = value["agent_architecture"]["entrypoints"]
    return found


def test_unchanged_entrypoints_are_the_same_objects_after_an_edit(editor: Editor) -> None:
    before = editor.load()
    value = copy.deepcopy(BASE)
    entries(value)[2]["tag"] = "other"
    after = editor.write(value)
    same = [old is new for old, new in zip(before.entrypoints, after.entrypoints, strict=True)]
    assert same == [True, True, False, True, True]
    assert essence(after) == essence(editor.afresh())


def test_insertion_and_deletion_move_the_rest(editor: Editor) -> None:
    before = editor.load()
    value = copy.deepcopy(BASE)
    entries(value).insert(1, {"file": "main.py", "module": "f0", "tag": "new"})
    del entries(value)[4]
    after = editor.write(value)
    assert essence(after) == essence(editor.afresh())
    assert [it.index for it in after.entrypoints] == [0, 1, 2, 3, 4]
    assert after.entrypoints[4].value is before.entrypoints[4].value


def test_renaming_a_function_is_seen_in_every_entrypoint(editor: Editor) -> None:
    assert [it.resolution.exists for it in editor.load().entrypoints if it.resolution] == [
        Proof.PROVEN
    ] * 5
    editor.files.change(editor.main, SOURCE.replace("def f3", "def g3"))
    after = editor.load(disk_changed=False)
    resolution = after.entrypoints[3].resolution
    assert resolution is not None
    assert resolution.exists is Proof.REFUTED
    assert essence(after) == essence(editor.afresh())


def test_change_in_an_imported_file_is_seen(editor: Editor) -> None:
    editor.files.open(editor.main, "from parts import f0, f1, f2, f3, f4\n")
    helper = editor.main.with_name("parts.py")
    helper.write_text(SOURCE, "utf-8")
    found = editor.load().entrypoints[0].resolution
    assert found is not None
    assert (found.exists, found.defined_in) == (Proof.PROVEN, helper)
    helper.write_text("# nothing left\n", "utf-8")
    found = editor.load().entrypoints[0].resolution
    assert found is not None
    assert found.exists is not Proof.PROVEN


def test_file_made_after_the_first_reading_is_found(editor: Editor) -> None:
    value = copy.deepcopy(BASE)
    entries(value)[0]["file"] = "late.py"
    missing = editor.write(value).entrypoints[0].module_file
    assert missing is not None
    assert missing.state is FileState.MISSING
    editor.main.with_name("late.py").write_text(SOURCE, "utf-8")
    present = editor.load().entrypoints[0].module_file
    assert present is not None
    assert present.state is FileState.FOUND


def test_disk_is_not_looked_at_when_told_so(editor: Editor) -> None:
    editor.load()
    editor.main.write_text("", "utf-8")
    unseen = editor.load(disk_changed=False).entrypoints[0].resolution
    assert unseen is not None
    assert unseen.exists is Proof.PROVEN
    seen = editor.load().entrypoints[0].resolution
    assert seen is not None
    assert seen.exists is Proof.REFUTED


@pytest.mark.parametrize("name", ["runagent.config.json", "runagent.config.yaml"])
def test_missing_config_is_a_project_with_a_reason(tmp_path: Path, name: str) -> None:
    project = load_project(tmp_path / name, DiskFiles())
    assert project.config_error == "is not there"
    assert project.entrypoints == ()


def test_config_that_is_a_folder_is_a_project_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "runagent.config.json").mkdir()
    project = load_project(tmp_path / "runagent.config.json", DiskFiles())
    assert project.config_error == "is a folder, not a file"


def test_yaml_config_has_the_same_entrypoints(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("def greet(x):\n    return x\n", "utf-8")
    (tmp_path / "runagent.config.yaml").write_text(
        "agent_architecture:\n  entrypoints:\n    - {file: main.py, module: greet, tag: greet}\n",
        "utf-8",
    )
    project = load_project(tmp_path / "runagent.config.yaml", DiskFiles())
    (found,) = project.entrypoints
    assert found.resolution is not None
    assert found.resolution.exists is Proof.PROVEN


def test_the_entrypoints_of_one_tag_are_those_of_the_whole_project(editor: Editor) -> None:
    whole = {it.tag: it for it in editor.afresh().entrypoints}
    for tag in ("t0", "t4"):
        project = load_entrypoints(editor.config, editor.files, tag)
        (found,) = project.entrypoints
        assert found.resolution is not None
        assert found.resolution == whole[tag].resolution
        assert (found.kind, found.file, found.module) == ("python", "main.py", whole[tag].module)
        assert project.agent_id == BASE["agent_id"]
    assert load_entrypoints(editor.config, editor.files, "nobody").entrypoints == ()


@pytest.mark.parametrize("content", ["", "{", "[]", "\x00", '{"agent_architecture": 5}'])
def test_the_entrypoints_of_a_broken_configuration_are_none(tmp_path: Path, content: str) -> None:
    config = tmp_path / "runagent.config.json"
    config.write_text(content)
    assert load_entrypoints(config, DiskFiles(), "t0").entrypoints == ()
