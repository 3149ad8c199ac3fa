"""Recorded starts of the real server: what did not start has an error finding, what did has none.

`serve-cases.json` was recorded from runagent 0.1.49.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check

CASES = json.loads((Path(__file__).parent / "serve-cases.json").read_text("utf-8"))["cases"]
BY_NAME = pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])

BEYOND_THE_FILES = {
    "missing dependency": "which packages the agent's interpreter has is not in the files",
    "agent not registered": "the registry is not in the files",
    "requirement that cannot be installed": "a package index decides",
    "stdout encoding cp1252": "the terminal decides",
}
STARTS_BUT_CALLS_FAIL = {
    "non-callable target": {"not-callable"},
    "n8n with a pythonic entrypoint": {"framework-mismatch"},
}
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


def agent_of(case: dict[str, Any], folder: Path) -> Path:
    """Write the agent of a case; the path of its configuration."""
    for name, text in case["files"].items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    value = {**BASE, "agent_architecture": {"entrypoints": case["entrypoints"]}}
    value |= case["overrides"]
    for key in case["removed_keys"]:
        del value[key]
    config = folder / CONFIG_NAMES[0]
    if case["case"] == "invalid JSON":
        config.write_text("{not json", "utf-8")
    elif case["case"] != "no config file":
        config.write_text(json.dumps(value, indent=2), "utf-8")
    return config


def error_slugs(config: Path) -> set[str]:
    found = check(load_project(config, DiskFiles()))
    return {it.slug for findings in found.values() for it in findings if it.severity == "error"}


@BY_NAME
def test_an_error_is_said_exactly_when_the_server_does_not_start(
    case: dict[str, Any], workplace: Path
) -> None:
    errors = error_slugs(agent_of(case, workplace))
    if case["server_starts"]:
        assert errors == STARTS_BUT_CALLS_FAIL.get(case["case"], set())
    elif case["case"] in BEYOND_THE_FILES:
        assert errors == set()
    else:
        assert errors


def test_the_exceptions_are_cases() -> None:
    names = {case["case"] for case in CASES}
    assert len(CASES) == 37
    assert names >= BEYOND_THE_FILES.keys() | STARTS_BUT_CALLS_FAIL.keys()
