"""Agents that the language server serves: projects for it, and what it must leave behind."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from lsp.conftest import write_project
from lsp.editor import Editor

Json = dict[str, Any]

MAIN = '''"""A sample agent."""

import time
from pathlib import Path


def greet(name="you"):
    print("greeting", name)
    return "hello " + name


def count(n=3):
    for i in range(n):
        yield i


def spin(marker):
    """Goes on until somebody ends it."""
    try:
        Path(marker + ".begun").write_text("")
        while True:
            time.sleep(0.01)
    finally:
        Path(marker).write_text("")


def fail(steps=0):
    for step in range(steps):
        yield step
    raise ValueError("no luck")
'''
TAGS = {"greet": "greet", "count_stream": "count", "spin": "spin", "fail_stream": "fail"}


def write_agent(folder: Path, main: str = MAIN, **tags: str) -> Path:
    """A project that can be served; gives the path of its configuration."""
    entrypoints = [
        {"file": "main.py", "module": module, "tag": tag} for tag, module in (tags or TAGS).items()
    ]
    config = write_project(folder, agent_architecture={"entrypoints": entrypoints})
    (folder / "main.py").write_text(main, "utf-8")
    return config


def environment(folder: Path) -> dict[str, str]:
    """A registry and a state of its own, so that no test sees the server of another."""
    return {
        "RUNAGENT_CACHE_DIR": str(folder / "cache"),
        "RUNAGENT_LS_STATE": str(folder / "state"),
    }


def start(editor: Editor, config: Path, **more: object) -> Json:
    params = {"configUri": config.as_uri(), "interpreter": sys.executable, **more}
    status: Json = editor.request("runagent/serve/start", params)
    return status


def run_params(config: Path, tag: str, **more: object) -> Json:
    serve = {"interpreter": sys.executable}
    params = {"runId": f"r-{tag}", "configUri": config.as_uri(), "tag": tag, "kwargs": {}}
    return {**params, "serve": serve, **more}


def run(editor: Editor, config: Path, tag: str, **more: object) -> Json:
    method = "runagent/stream" if tag.endswith("_stream") else "runagent/run"
    outcome: Json = editor.request(method, run_params(config, tag, **more))
    return outcome


def events(editor: Editor, kind: str) -> list[Json]:
    return [it for it in editor.of("runagent/serve/event") if it["kind"] == kind]


def states(editor: Editor) -> list[str]:
    """The states that were told, each once in a row."""
    told = [it["status"]["state"] for it in events(editor, "status")]
    return [state for at, state in enumerate(told) if at == 0 or told[at - 1] != state]


def processes(status: Json) -> list[int]:
    return [status["pid"], status["workerPid"]]


def is_gone(pid: int) -> bool:
    """Whether the process has ended; one that nobody has waited for yet has."""
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat")
        return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"
    except (ProcessLookupError, FileNotFoundError):
        return True
