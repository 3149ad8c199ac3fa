"""Agents that the real server was started with, and what came of it.

`serve-cases.json` was recorded from runagent 0.1.49.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.project.discovery import CONFIG_NAMES

_RECORDED = Path(__file__).parent / "server" / "rules" / "serve-cases.json"
CASES = json.loads(_RECORDED.read_text("utf-8"))["cases"]
BY_NAME = pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])

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
