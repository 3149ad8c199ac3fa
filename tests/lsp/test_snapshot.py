"""The workspace as features see it: client calls of open files and of those on the disk."""

from __future__ import annotations

import json
from pathlib import Path

from runagent_ls.features.snapshot import Snapshot
from runagent_ls.lsp.workspace import AgentWorkspace
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
