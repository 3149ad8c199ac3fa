"""Agents written for a comparison; every folder is called `agent`, since it names modules."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
SOURCES = FIXTURES / "conformance"

Entrypoint: TypeAlias = Mapping[str, Any]

CONFIG: Mapping[str, Any] = {
    "agent_name": "compared",
    "description": "Served twice",
    "framework": "default",
    "template": "",
    "version": "1.2.3",
    "created_at": "2025-06-25T13:42:03",
    "template_source": {"repo_url": "", "author": "", "path": ""},
    "agent_id": "7d1f4a52-3c0b-4c55-9d0e-2f6f7a9b1c22",
}


def entrypoint(module: str, tag: str | None = None, **more: Any) -> Entrypoint:
    """An entrypoint of `main.py`, its tag the name of the function if none is given."""
    return {"file": "main.py", "module": module, "tag": module if tag is None else tag, **more}


def write_project(
    folder: Path, files: Mapping[str, str], entrypoints: Sequence[Entrypoint] | None, **keys: Any
) -> Path:
    """Write `files` and a configuration into `folder`. A `pyproject.toml` makes it the project's
    root, so that nothing beside it is executed."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    config = {**CONFIG, "agent_architecture": {"entrypoints": entrypoints}, **keys}
    text = json.dumps(config, ensure_ascii=False, indent=2)
    (folder / "runagent.config.json").write_text(text, encoding="utf-8")
    return folder


def source(name: str) -> str:
    """The text of a program of the fixtures."""
    return (SOURCES / name).read_text(encoding="utf-8")
