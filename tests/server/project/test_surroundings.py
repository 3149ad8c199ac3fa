"""Looking around an agent: bounded in huge folders, ends in loops, follows open buffers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runagent_ls.project import startup, upload
from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.loading import ProjectCache, load_project
from runagent_ls.project.startup import startup_folder
from runagent_ls.project.upload import upload_folder


def test_walk_for_upload_stops_at_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "MAX_PATHS", 10)
    for number in range(20):
        (tmp_path / f"{number}.txt").touch()
    found = upload_folder(tmp_path, DiskFiles())
    assert len(found.paths) == 10
    assert not found.complete


def test_walk_for_startup_stops_at_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup, "MAX_FOLDERS", 3)
    for number in range(6):
        (tmp_path / f"f{number}").mkdir()
    (tmp_path / "requirements.txt").touch()
    assert not startup_folder(tmp_path, DiskFiles()).complete


def test_links_to_parents_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "main.py").touch()
    (tmp_path / "requirements.txt").touch()
    assert upload_folder(tmp_path, DiskFiles()).paths == ("requirements.txt", "a/main.py")
    assert startup_folder(tmp_path, DiskFiles()).complete


def test_nothing_but_the_entry_file_runs_below_a_hidden_folder(tmp_path: Path) -> None:
    agent = tmp_path / ".work" / "agent"
    (agent / "env").mkdir(parents=True)
    (agent / "env" / "pyvenv.cfg").touch()
    (agent / "requirements.txt").touch()
    assert startup_folder(agent, DiskFiles()).environments == ()


def test_exit_in_an_open_entry_file_follows_the_buffer(tmp_path: Path) -> None:
    entries = [{"file": "main.py", "module": "f", "tag": "f"}]
    config = tmp_path / "runagent.config.json"
    config.write_text(json.dumps({"agent_architecture": {"entrypoints": entries}}), "utf-8")
    main = tmp_path / "main.py"
    main.write_text("def f(x):\n    return x\n", "utf-8")
    (tmp_path / "pyproject.toml").touch()
    files, cache = OverlayFiles(DiskFiles()), ProjectCache()

    def exits() -> list[str]:
        project = load_project(config, files, cache, disk_changed=False)
        return [it.statement for each in project.surroundings.startup for it in each.exits]

    assert exits() == []
    files.open(main, "exit()\n")
    assert exits() == ["exit()"]
    files.change(main, "def f(x):\n    return x\n")
    assert exits() == []


def test_other_agents_under_one_root_are_found_once(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "runagent.config.json").touch()
        (tmp_path / name / "main.py").touch()
    files = DiskFiles()
    first = startup_folder(tmp_path / "one", files)
    assert startup_folder(tmp_path / "two", files) is first
    assert sorted(path.name for path in first.agents) == ["one", "two"]
