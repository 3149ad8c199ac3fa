"""Finding configurations below a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from runagent_ls.project.discovery import find_configs, find_files, is_left_out
from runagent_ls.project.file_source import DiskFiles


def place(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("{}", "utf-8")


def found(root: Path, *, respect_gitignore: bool = True) -> list[str]:
    configs = find_configs(root, DiskFiles(), respect_gitignore)
    return [path.relative_to(root).as_posix() for path in configs]


def test_first_of_json_yaml_yml_in_each_folder(tmp_path: Path) -> None:
    place(tmp_path, "a/runagent.config.json", "a/runagent.config.yaml")
    place(tmp_path, "b/runagent.config.yml", "b/runagent.config.yaml", "c/runagent.json")
    assert found(tmp_path) == ["a/runagent.config.json", "b/runagent.config.yaml"]


def test_skips_what_holds_no_agents_of_the_user(tmp_path: Path) -> None:
    place(tmp_path, "node_modules/x/runagent.config.json", ".hidden/runagent.config.json")
    place(tmp_path, "myenv/pyvenv.cfg", "myenv/lib/x/runagent.config.json", "runagent.config.json")
    assert found(tmp_path) == ["runagent.config.json"]


def test_gitignore_is_honoured_and_can_be_left_out(tmp_path: Path) -> None:
    place(
        tmp_path,
        "out/runagent.config.json",
        "in/runagent.config.json",
        "in/old/runagent.config.json",
    )
    (tmp_path / ".gitignore").write_text("out/\nold\n", "utf-8")
    (tmp_path / "in" / ".gitignore").write_text("!old\n", "utf-8")
    assert found(tmp_path) == ["in/old/runagent.config.json", "in/runagent.config.json"]
    assert "out/runagent.config.json" in found(tmp_path, respect_gitignore=False)


def test_gitignore_with_impossible_pattern_still_counts(tmp_path: Path) -> None:
    place(tmp_path, "out/runagent.config.json")
    (tmp_path / ".gitignore").write_text("!\n/\nout/\n", "utf-8")
    assert found(tmp_path) == []


def test_links_are_not_followed(tmp_path: Path) -> None:
    place(tmp_path, "a/runagent.config.json")
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert found(tmp_path) == ["a/runagent.config.json"]


def test_missing_folder_has_none(tmp_path: Path) -> None:
    assert find_configs(tmp_path / "nowhere", DiskFiles()) == []


def test_very_deep_folders_end(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(80):
        deep = deep / "d"
    deep.mkdir(parents=True)
    place(deep, "runagent.config.json")
    assert found(tmp_path) == []


def test_a_link_to_itself_hides_nothing_beside_it(tmp_path: Path) -> None:
    config = tmp_path / "runagent.config.json"
    config.write_text("{}", "utf-8")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "nowhere").symlink_to(tmp_path / "missing")
    assert find_configs(tmp_path, DiskFiles()) == [config]


FILES = (
    "a.py",
    "b.ts",
    "notes.txt",
    ".hidden/a.py",
    "node_modules/p/a.js",
    "deep/er/a.py",
    "deep/er/built/a.py",
    "deep/built/keep.py",
    "env/pyvenv.cfg",
    "env/lib/a.py",
    "deep/.a.py",
    ".py",
    "py",
)


@pytest.mark.parametrize(
    "ignores",
    [
        {},
        {".gitignore": "built/\n"},
        {".gitignore": "built/*\n!keep.py\n"},
        {".gitignore": "*.py\n", "deep/.gitignore": "!*.py\n"},
        {".gitignore": "/deep/er\n", "deep/.gitignore": "*.ts\n"},
        {"deep/er/.gitignore": "*\n"},
        {".gitignore": "[\n\\\n!\n*.ts\n"},
    ],
)
def test_what_is_left_out_of_a_search_is_left_out_when_it_changes(
    tmp_path: Path, ignores: dict[str, str]
) -> None:
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    for name, text in ignores.items():
        (tmp_path / name).write_text(text)
    found = set(find_files(tmp_path, DiskFiles(), {".py", ".ts", ".js"}))
    files = [
        it for it in tmp_path.rglob("*") if it.suffix in {".py", ".ts", ".js"} and it.is_file()
    ]
    assert found <= set(files)
    assert found == {it for it in files if not is_left_out(it, tmp_path, DiskFiles())}


def test_a_link_to_a_file_is_not_found_twice(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text("")
    (tmp_path / "link.py").symlink_to("real.py")
    assert list(find_files(tmp_path, DiskFiles(), {".py"})) == [tmp_path / "real.py"]
