"""Folders with agents for tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

AGENT: Final = "11111111-2222-4333-8444-555555555555"
GREET: Final = "def greet(name='you'):\n    return 'hello ' + name\n"
_FILES: Final = {"main.py": GREET}
_ENTRYPOINTS: Final = ({"file": "main.py", "module": "greet", "tag": "greet"},)

MakeAgent: TypeAlias = Callable[..., Path]


def write_agent(
    root: Path,
    files: Mapping[str, str] = _FILES,
    entrypoints: Sequence[Mapping[str, Any]] = _ENTRYPOINTS,
    **fields: Any,
) -> Path:
    """Write an agent into a new folder. `fields` change the configuration, `...` leaves one out."""
    root.mkdir()
    config: dict[str, Any] = {
        "agent_name": "demo",
        "description": "d",
        "framework": "default",
        "template": "",
        "version": "1.0.0",
        "created_at": "2025-06-25T13:42:03",
        "template_source": {"repo_url": "", "author": "", "path": ""},
        "agent_architecture": {"entrypoints": [*entrypoints]},
        "agent_id": AGENT,
    }
    config |= fields
    text = json.dumps({key: value for key, value in config.items() if value is not ...}, indent=2)
    (root / "runagent.config.json").write_text(text)
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root
