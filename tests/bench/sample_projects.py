"""Agent projects of any size, made for the benchmarks: valid apart from one wrong name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

AGENT_ID: Final = "5b0c7a52-6f0e-4c8e-9d57-0f4a4f1f7c11"
WRONG_NAME: Final = "agent_0_missing"
PER_FILE: Final = 10


@dataclass(frozen=True)
class SampleProject:
    """A project on disk. `edits` are two texts of the configuration that differ in one name."""

    folder: Path
    config: Path
    edits: tuple[str, str]
    modules: tuple[Path, ...]


def config_text(entrypoints: list[dict[str, str]], agent_id: str = AGENT_ID) -> str:
    """A configuration that the real loader takes."""
    config: dict[str, Any] = {
        "agent_name": "bench",
        "description": "made by the benchmarks",
        "framework": "default",
        "template": "",
        "version": "1.0.0",
        "created_at": "2025-06-25T13:42:03",
        "template_source": {"repo_url": "", "author": "", "path": ""},
        "agent_architecture": {"entrypoints": entrypoints},
        "env_vars": {},
        "agent_id": agent_id,
    }
    return json.dumps(config, indent=2) + "\n"


def make_project(folder: Path, count: int, agent_id: str = AGENT_ID) -> SampleProject:
    """`count` entrypoints, ten to a module; the first names a function that is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    modules = []
    for start in range(0, count, PER_FILE):
        numbers = range(start, min(start + PER_FILE, count))
        path = folder / f"agents_{start // PER_FILE}.py"
        path.write_text("".join(_function(number) for number in numbers))
        modules.append(path)
    entrypoints = [
        {
            "file": f"agents_{number // PER_FILE}.py",
            "module": f"agent_{number}",
            "tag": f"tag_{number}",
        }
        for number in range(count)
    ]
    entrypoints[0]["module"] = WRONG_NAME
    text = config_text(entrypoints, agent_id)
    middle = f'"agent_{count // 2}"'
    config = folder / "runagent.config.json"
    config.write_text(text)
    return SampleProject(
        folder, config, (text, text.replace(middle, middle[:-1] + 'x"')), tuple(modules)
    )


def python_module(lines: int) -> str:
    """A Python file of about `lines` lines: functions and classes with docstrings."""
    parts = []
    for number in range(lines // 10 or 1):
        parts.append(_function(number))
    return "".join(parts)


def _function(number: int) -> str:
    """Ten lines."""
    return f'''\
def agent_{number}(name: str, count: int = {number}, *, polite: bool = True) -> dict[str, object]:
    """Answer a greeting, number {number}.

    :param name: whom to greet
    """
    words = ["good day" if polite else "hello", name]
    for at in range(count):
        words.append(str(at))
    return {{"text": " ".join(words), "count": len(words)}}

'''
