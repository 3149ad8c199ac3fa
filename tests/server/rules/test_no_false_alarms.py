"""Agents that the real package loads, written in ways that invite a false alarm."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check
from serve_real_agent import environment, interpreter

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
FINE: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "loads-fine.json").read_text("utf-8")
)
ASK_REAL = """
import json, sys
from runagent.utils.imports import PackageImporter
answers = []
for path, module in json.load(sys.stdin):
    for name in ("helper", "main"):
        sys.modules.pop(name, None)
    first, _, rest = module.partition(".")
    try:
        found = PackageImporter(verbose=False).resolve_import(path, first)
        for part in rest.split(".") if rest else []:
            found = getattr(found, part)
        answers.append(None)
    except Exception as error:
        answers.append(repr(error))
print("ANSWERS" + json.dumps(answers))
"""


def build(name: str, folder: Path) -> Path:
    case = FINE[name]
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in {**case["files"], "pyproject.toml": ""}.items():
        (folder / file).write_text(text, "utf-8")
    entries = [{"file": "main.py", "module": case["module"], "tag": case["tag"]}]
    config = folder / "runagent.config.json"
    config.write_text(json.dumps({**BASE, "agent_architecture": {"entrypoints": entries}}), "utf-8")
    return config


@pytest.mark.parametrize("name", FINE)
def test_nothing_is_said(name: str, workplace: Path) -> None:
    found = check(load_project(build(name, workplace), DiskFiles()))
    assert [(it.slug, it.message) for each in found.values() for it in each] == []


def test_the_real_package_loads_them(tmp_path: Path) -> None:
    folders = [tmp_path / f"agent{number}" for number in range(len(FINE))]
    for name, folder in zip(FINE, folders, strict=True):
        build(name, folder)
    question = [
        (str(folder / "main.py"), FINE[name]["module"])
        for name, folder in zip(FINE, folders, strict=True)
    ]
    done = subprocess.run(
        [interpreter(), "-c", ASK_REAL],
        input=json.dumps(question),
        env=environment(tmp_path / "cache"),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    answers = json.loads(done.stdout.rpartition("ANSWERS")[2])
    refused = {name: it for name, it in zip(FINE, answers, strict=True) if it is not None}
    assert refused == {}
