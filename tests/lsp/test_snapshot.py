"""The workspace as features see it: client calls of open files and of those on the disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.features.snapshot import Snapshot
from runagent_ls.lsp import workspace as workspace_module
from runagent_ls.lsp.known_findings import Findings
from runagent_ls.lsp.workspace import AgentWorkspace
from runagent_ls.project.loading import load_project
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.engine import check
from runagent_ls.rules.selection import Selection


def workspace() -> AgentWorkspace:
    return AgentWorkspace(lambda _config: Selection())


def client(tag: str) -> str:
    return f"from runagent import RunAgentClient\nRunAgentClient('a', '{tag}')\n"


def tags(snapshot: Snapshot, path: Path) -> list[str | None]:
    return [call.tag.value if call.tag else None for call in snapshot.client_calls(path)]


def test_a_workspace_is_a_snapshot(tmp_path: Path) -> None:
    config = tmp_path / "runagent.config.json"
    config.write_text(json.dumps({"agent_id": "a"}))
    opened = workspace()
    opened.discovered(tmp_path, [config])
    snapshot: Snapshot = opened
    assert snapshot.configs == (config,)
    assert snapshot.project(config).agent_id == "a"
    assert snapshot.files.kind(config) == "file"


def test_calls_of_a_closed_file_are_those_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "client.py"
    path.write_text(client("disk"))
    opened = workspace()
    assert tags(opened, path) == ["disk"]
    assert [call.file for call in opened.calls_with_tag("disk")] == [path]


def test_the_text_in_the_editor_counts_while_it_is_open(tmp_path: Path) -> None:
    path = tmp_path / "client.py"
    path.write_text(client("disk"))
    opened = workspace()
    opened.open(path, client("open"))
    assert [call.file for call in opened.calls_with_tag("open")] == [path]
    assert opened.calls_with_tag("disk") == ()
    opened.change(path, client("edited"))
    assert (opened.calls_with_tag("open"), tags(opened, path)) == ((), ["edited"])
    opened.close(path)
    assert tags(opened, path) == ["disk"]
    assert opened.calls_with_tag("edited") == ()


def test_a_file_that_is_no_code_has_no_calls(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    opened = workspace()
    opened.open(path, client("x"))
    assert (opened.client_calls(path), opened.calls_with_tag("x")) == ((), ())


def test_a_file_that_is_not_there_has_no_calls(tmp_path: Path) -> None:
    assert workspace().client_calls(tmp_path / "missing.py") == ()


def test_calls_come_in_the_order_of_their_files(tmp_path: Path) -> None:
    opened = workspace()
    for name in ("b.py", "a.py", "c.py"):
        opened.open(tmp_path / name, client("t") + client("t"))
    found = [call.file.name for call in opened.calls_with_tag("t")]
    assert found == ["a.py", "a.py", "b.py", "b.py", "c.py", "c.py"]


# --- what an edit costs among many ------------------------------------------------------------


def many_agents(folder: Path, count: int) -> tuple[AgentWorkspace, list[Path]]:
    configs = []
    for number in range(count):
        agent = folder / f"agent_{number}"
        agent.mkdir()
        (agent / "main.py").write_text("def run(name: str): ...\n")
        entry = {"file": "main.py", "module": "run", "tag": f"tag_{number}"}
        config = agent / "runagent.config.json"
        said = {"agent_id": f"id-{number}", "agent_architecture": {"entrypoints": [entry]}}
        config.write_text(json.dumps(said))
        configs.append(config)
    opened = workspace()
    opened.discovered(folder, configs)
    for config in configs:
        opened.check(config)
    return opened, configs


@pytest.mark.parametrize("name", ["main.py", "runagent.config.json", "elsewhere.py", "../call.ts"])
def test_one_edit_touches_only_what_depends_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    opened, configs = many_agents(tmp_path, 30)
    assert opened.configs_with_id("id-7") == (configs[7],)
    loaded: list[Path] = []
    checked: list[Path] = []

    def load(config: Path, *given: Any, **more: Any) -> AgentProject:
        loaded.append(config)
        return load_project(config, *given, **more)

    def judge(project: AgentProject, *given: Any) -> Findings:
        checked.append(project.config_path)
        return check(project, *given)

    monkeypatch.setattr(workspace_module, "load_project", load)
    monkeypatch.setattr(workspace_module, "check", judge)
    path = (configs[7].parent / name).resolve()
    text = path.read_text() if path.exists() else ""
    opened.open(path, text)
    for config in configs:
        opened.check(config)
    expected = [configs[7]] if path.parent == configs[7].parent else []
    assert (loaded, checked) == (expected, expected)
    for version in range(3):
        opened.change(path, text + " " * version)
        for config in configs:
            opened.check(config)
        assert [it.root for it in opened.projects_of(path)] == [it.parent for it in expected]
        assert opened.configs_with_id("id-7") == (configs[7],)
        assert opened.calls_with_tag("tag_7") == ()
    assert loaded == checked == expected * 4


def test_an_edit_of_a_shared_module_reaches_those_who_read_it(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
        file = "../shared.py" if name != "three" else "main.py"
        (tmp_path / name / "main.py").write_text("def run(): ...\n")
        entry = {"file": file, "module": "run", "tag": "t"}
        said = {"agent_id": name, "agent_architecture": {"entrypoints": [entry]}}
        (tmp_path / name / "runagent.config.json").write_text(json.dumps(said))
    shared = tmp_path / "shared.py"
    shared.write_text("def run(): ...\n")
    opened = workspace()
    opened.discovered(
        tmp_path, [tmp_path / n / "runagent.config.json" for n in ("one", "two", "three")]
    )
    for config in opened.configs:
        opened.check(config)
    assert {it.root.name for it in opened.projects_of(shared)} == {"one", "two"}


@pytest.mark.parametrize("changes_are_told", [True, False])
def test_a_project_at_rest_is_judged_anew_like_one_worked_on(
    tmp_path: Path, changes_are_told: bool
) -> None:
    """What serves edits alone is dropped where nobody edits; no answer depends on it."""
    config = tmp_path / "runagent.config.json"
    main = tmp_path / "main.py"
    main.write_text("def run(): ...\n")
    entry = {"file": "main.py", "module": "run", "tag": "t"}
    config.write_text(json.dumps({"agent_architecture": {"entrypoints": [entry]}}))
    opened = AgentWorkspace(lambda _config: Selection(), changes_are_told=changes_are_told)
    opened.discovered(tmp_path, [config])

    def codes() -> list[str]:
        return [it.code for it in opened.findings(config) if it.code.startswith("RA3")]

    assert codes() == []
    main.write_text("def other(): ...\n")
    opened.disk_changed([main])
    missing = codes()
    assert len(missing) == 1
    opened.open(main, "def run(): ...\n")
    assert codes() == []
    opened.change(main, "def runs(): ...\n")
    assert codes() == missing
    opened.close(main)
    assert codes() == missing


def test_agents_are_found_by_what_their_configurations_say_now(tmp_path: Path) -> None:
    opened, configs = many_agents(tmp_path, 3)
    assert opened.configs_with_tag("tag_1") == (configs[1],)
    text = configs[1].read_text()
    opened.open(configs[1], text)
    opened.change(configs[1], text.replace("id-1", "id-2").replace("tag_1", "tag_2"))
    assert opened.configs_with_id("id-1") == opened.configs_with_tag("tag_1") == ()
    assert opened.configs_with_id("id-2") == opened.configs_with_tag("tag_2") == tuple(configs[1:])
    opened.close(configs[1])
    assert opened.configs_with_id("id-1") == (configs[1],)
    configs[1].unlink()
    opened.disk_changed([configs[1]])
    assert opened.configs_with_id("id-1") == opened.configs_with_tag("tag_1") == ()


def test_agents_of_a_closed_folder_are_forgotten(tmp_path: Path) -> None:
    opened, configs = many_agents(tmp_path, 2)
    assert opened.configs_with_tag("tag_1") == (configs[1],)
    opened.remove_folder(tmp_path)
    assert opened.configs_with_id("id-1") == opened.configs_with_tag("tag_1") == ()
