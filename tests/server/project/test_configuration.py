"""A configuration by itself: its language, and what it calls the agent and its entrypoints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runagent_ls.jsontree.document import Path as ValuePath
from runagent_ls.project.configuration import agent_name, parse_config, read_config
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project

FOLDER = Path("/agents/demo")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"agent_name": " Shop "}', "Shop"),
        ('{"agent_name": ""}', "demo"),
        ('{"agent_name": 7}', "demo"),
        ("[]", "demo"),
        (json.dumps({"agent_name": "x" * 200}), "x" * 80),
    ],
)
def test_an_agent_is_called_by_its_name_or_its_folder(text: str, name: str) -> None:
    document = parse_config(FOLDER / "runagent.config.json", text)
    assert agent_name(document, FOLDER) == name


def test_the_name_of_the_file_tells_the_language(tmp_path: Path) -> None:
    for name, text in {"a.json": '{"a": 1}', "a.yaml": "a: 1\n", "a.yml": "a: 1\n"}.items():
        (tmp_path / name).write_text(text)
        assert read_config(tmp_path / name, DiskFiles()).value == {"a": 1}


@pytest.mark.parametrize(
    ("path", "index"),
    [
        (("agent_architecture", "entrypoints", 1), 1),
        (("agent_architecture", "entrypoints", 0, "extractor", "x"), 0),
        (("agent_architecture", "entrypoints", 2), None),
        (("agent_architecture", "entrypoints", -1), None),
        (("agent_architecture", "entrypoints"), None),
        (("metadata", "entrypoints", 0), None),
        ((), None),
    ],
)
def test_entrypoints_by_path(tmp_path: Path, path: ValuePath, index: int | None) -> None:
    config = tmp_path / "runagent.config.json"
    entries = [{"file": "main.py", "module": name, "tag": "t"} for name in ("one", "two")]
    config.write_text(json.dumps({"agent_architecture": {"entrypoints": entries}}))
    project = load_project(config, DiskFiles())
    found = project.entrypoint_at(path)
    assert (found.index if found is not None else None) == index
    called = project.entrypoint_of("t")
    assert called is not None
    assert called.module == "one"
