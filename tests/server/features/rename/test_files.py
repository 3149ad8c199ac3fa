"""Files and folders with new names: `file` of configurations follows where it can."""

from __future__ import annotations

from pathlib import Path

import pytest

from marked_workspace import JSON, YAML, MarkedWorkspace, config, entry
from renaming import applied
from runagent_ls.features.changes import RenameFile
from runagent_ls.features.rename.files import rename_files

TWO = config(entry("greet", "a", "./src/main.py"), entry("greet", "b", "src/main.py"))


def renamed(
    root: Path, files: dict[str, str], *pairs: tuple[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Texts that differ afterwards, by name, and the warnings."""
    workspace = MarkedWorkspace(root, files)
    found = rename_files(
        workspace.snapshot, [RenameFile(root / old, root / new) for old, new in pairs]
    )
    after = applied(workspace, found.change.edits)
    changed = {name: text for name, text in after.items() if text != files[name]}
    return changed, found.warnings


def test_a_file_keeps_the_way_its_name_is_written(tmp_path: Path) -> None:
    files = {f"agent/{JSON}": TWO, "agent/src/main.py": ""}
    changed, warnings = renamed(tmp_path, files, ("agent/src/main.py", "agent/run/it.py"))
    assert changed == {f"agent/{JSON}": TWO.replace("src/main.py", "run/it.py")}
    assert not warnings


@pytest.mark.parametrize("name", [JSON, YAML])
def test_a_folder_moves_with_all_that_is_in_it(tmp_path: Path, name: str) -> None:
    text = TWO if name == JSON else (
        "# c\r\nagent_architecture:\r\n  entrypoints:\r\n"
        "  - {file: src/main.py, module: greet, tag: a}  # first\r\n"
        "  - file: 'src/other.py'\r\n    module: greet\r\n    tag: \"b\"\r\n"
    )  # fmt: skip
    files = {f"agent/{name}": text, "agent/src/main.py": "", "agent/src/other.py": ""}
    changed, warnings = renamed(tmp_path, files, ("agent/src", "agent/deep/code"))
    assert changed == {f"agent/{name}": text.replace("src/", "deep/code/")}
    assert not warnings


@pytest.mark.parametrize(
    "pair", [("agent", "other"), ("agent/src/else.py", "agent/else.py"), ("agent/src2", "agent/x")]
)
def test_what_stays_where_it_is_in_the_agent_is_left_alone(
    tmp_path: Path, pair: tuple[str, str]
) -> None:
    files = {f"agent/{JSON}": TWO, "agent/src/main.py": "", "agent/src/else.py": ""}
    assert renamed(tmp_path, files, pair) == ({}, ())


def test_a_file_outside_of_the_agent_cannot_be_named(tmp_path: Path) -> None:
    files = {f"agent/{JSON}": config(entry("greet")), "agent/main.py": ""}
    changed, (warning,) = renamed(tmp_path, files, ("agent/main.py", "shared/main.py"))
    assert changed == {}
    assert "still names main.py: ../shared/main.py lies outside" in warning


def test_a_configuration_that_moves_alone_names_its_files_anew(tmp_path: Path) -> None:
    files = {f"agent/{JSON}": config(entry("greet")), "agent/main.py": ""}
    changed, warnings = renamed(tmp_path, files, (f"agent/{JSON}", JSON))
    assert changed == {f"agent/{JSON}": config(entry("greet", file="agent/main.py"))}
    assert not warnings
    changed, warnings = renamed(tmp_path, files, (f"agent/{JSON}", f"agent/deep/{JSON}"))
    assert changed == {}
    assert len(warnings) == 1
    assert renamed(tmp_path, files, (f"agent/{JSON}", "agent/old.json")) == ({}, ())


def test_several_moves_at_once_and_the_innermost_counts(tmp_path: Path) -> None:
    entries = entry("a", "a", "x/a.py"), entry("b", "b", "x/b.py")
    files = {JSON: config(*entries), "x/a.py": "", "x/b.py": ""}
    changed, _ = renamed(tmp_path, files, ("x", "y"), ("x/b.py", "z.py"))
    entries = entry("a", "a", "y/a.py"), entry("b", "b", "z.py")
    assert changed == {JSON: config(*entries)}


def test_a_value_that_an_anchor_repeats_is_not_touched(tmp_path: Path) -> None:
    text = (
        "agent_architecture:\n  entrypoints:\n"
        "  - {file: &f main.py, module: greet, tag: a}\ntemplate: *f\n"
    )
    changed, (warning,) = renamed(tmp_path, {YAML: text, "main.py": ""}, ("main.py", "it.py"))
    assert changed == {}
    assert "Write the value out" in warning


def test_other_files_than_python_are_followed_as_the_user_wants(tmp_path: Path) -> None:
    files = {JSON: config(entry("greet")), "main.py": ""}
    changed, _ = renamed(tmp_path, files, ("main.py", "main.txt"))
    assert changed == {JSON: config(entry("greet", file="main.txt"))}
