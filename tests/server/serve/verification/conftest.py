"""Agents in temporary folders, planned for a real interpreter."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from runagent_ls.serve.lifecycle.planning import plan_of
from runagent_ls.serve.plan import AgentPlan

MakeAgent: TypeAlias = Callable[..., AgentPlan]


def write_agent(
    folder: Path, files: Mapping[str, str], entrypoints: list[tuple[str, str, str]], **fields: Any
) -> Path:
    """Files and a configuration; an entrypoint is (tag, file, module)."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    config = {
        "agent_id": "3f1d7c2e-6f0b-4a57-9a3c-1f2e3d4c5b6a",
        "agent_name": "verified",
        "description": "to be verified",
        "framework": "default",
        "template": "default",
        "version": "1.0.0",
        "created_at": "2025-01-01T00:00:00",
        "template_source": {"repo_url": "https://example.invalid", "author": "a", "path": "p"},
        "agent_architecture": {
            "entrypoints": [
                {"file": file, "module": module, "tag": tag} for tag, file, module in entrypoints
            ]
        },
        "env_vars": {},
        **fields,
    }
    path = folder / "runagent.config.json"
    folder.mkdir(exist_ok=True)
    path.write_text(json.dumps(config, indent=2), "utf-8")
    return path


@pytest.fixture
def agent(tmp_path: Path) -> MakeAgent:
    """Write an agent into a folder of its own and plan it."""

    def make(
        files: Mapping[str, str],
        entrypoints: list[tuple[str, str, str]],
        interpreter: Path = Path(sys.executable),
        **fields: Any,
    ) -> AgentPlan:
        return plan_of(write_agent(tmp_path / "agent", files, entrypoints, **fields), interpreter)

    return make
