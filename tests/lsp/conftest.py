"""Editors, projects, and what every test of the server must leave behind: nothing."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lsp.editor import SHELL, Editor
from lsp.scripted_agent import ScriptedAgent
from serve_real_agent import RunningAgent

VALID: dict[str, Any] = {
    "agent_name": "demo",
    "description": "d",
    "framework": "default",
    "template": "",
    "version": "1.0.0",
    "created_at": "2025-06-25T13:42:03",
    "template_source": {"repo_url": "", "author": "", "path": ""},
    "agent_architecture": {
        "entrypoints": [
            {"file": "main.py", "module": "greet", "tag": "greet"},
            {"file": "main.py", "module": "count", "tag": "count_stream"},
        ]
    },
    "agent_id": "11111111-2222-4333-8444-555555555555",
}
MAIN = '''"""A sample agent."""


def greet(name: str, times: int = 1) -> str:
    """Say hello.

    Args:
        name: Who is greeted.
    """
    return "hello " + name * times


def count(n: int = 3):
    for i in range(n):
        yield i
'''


def write_project(folder: Path, **changes: object) -> Path:
    """Write a sample project; gives the path of its configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.py").write_text(MAIN, "utf-8")
    config = folder / "runagent.config.json"
    config.write_text(json.dumps({**VALID, **changes}, indent=2, ensure_ascii=False), "utf-8")
    return config


@contextlib.contextmanager
def made_editors() -> Iterator[Callable[..., Editor]]:
    """Makes editors; each server must end, without a traceback, when they are left."""
    made: list[Editor] = []

    def make(*args: Any, **kwargs: Any) -> Editor:
        made.append(Editor(*args, **kwargs))
        return made[-1]

    yield make
    for editor in made:
        try:
            if editor.process.poll() is None:
                editor.stop()
        finally:
            editor.kill()
    for editor in made:
        assert b"Traceback" not in editor.stderr, editor.stderr.decode()


@pytest.fixture
def editors() -> Iterator[Callable[..., Editor]]:
    """Makes editors, whose servers end with the test."""
    with made_editors() as make:
        yield make


@pytest.fixture(scope="module")
def shared_shell(
    real_agent: RunningAgent, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Editor]:
    """The RunAgent shell, for all of a module's questions that change nothing."""
    environment = {
        "RUNAGENT_CACHE_DIR": str(real_agent.cache_dir),
        "RUNAGENT_LS_HISTORY": str(tmp_path_factory.mktemp("shared") / "history.db"),
    }
    with made_editors() as make:
        editor = make([real_agent.project_dir], SHELL, environment=environment)
        editor.start()
        yield editor


@pytest.fixture
def editor(editors: Callable[..., Editor], tmp_path: Path) -> Editor:
    """A pulling editor, started, with the folder `tmp_path`."""
    made = editors([tmp_path])
    made.start()
    return made


@pytest.fixture
def server() -> Iterator[ScriptedAgent]:
    """A server whose answers a test writes, for the agent of `write_project`."""
    made = ScriptedAgent(VALID["agent_id"])
    yield made
    made.close()


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens at, below those that systems give away by themselves.

    One of those could become the end of any connection before a test has taken it.
    """
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("there is no free port")
