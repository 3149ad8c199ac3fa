"""Sessions of random edits and questions: every answer is valid, and every edit can be made."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from corpus_agents import build
from lsp.conftest import MAIN, write_project
from lsp.editing_player import Player
from lsp.editor import PULL, PUSH, SHELL, Editor

Json = dict[str, Any]

STEPS: Final = 200
LONGEST_S: Final = 3.0
YAML: Final = """\
# An agent.
agent_name: yaml
description: &text d
framework: langgraph
version: '1.0.0'
created_at: 2025-06-25T13:42:03
template: *text
template_source: {repo_url: "", author: "", path: ""}
agent_id: 22222222-2222-4333-8444-555555555555
env_vars:
    API_KEY: secret
agent_architecture:
    entrypoints:
    -   file: app.py
        module: app.invoke
        tag: greet
    - {file: "shared/made.py", module: made, tag: made_stream}
"""
APP: Final = """\
import os
from shared.made import made as create
from shared import made as module

class App:
    def invoke(self, text: str) -> dict:
        return {"text": text, "id": os.environ["API_KEY"]}

app = App()
__all__ = ["app", "create"]
"""
MADE: Final = """\
def made(n=1):
    yield from range(n)
"""
CALLS: Final = """\
from runagent import RunAgentClient
ID = "11111111-2222-4333-8444-555555555555"
client = RunAgentClient(agent_id=ID, entrypoint_tag="greet", local=True)
other = RunAgentClient("22222222-2222-4333-8444-555555555555", "greet")
print(client.run(name="🚀"), other.run(text=""))
"""
SCRIPT: Final = """\
import { RunAgentClient } from "runagent";
const client = new RunAgentClient({ agentId: process.env.ID, entrypointTag: "greet" });
const text = `${client.run({ name: "x" })} /* no comment */`; // 🚀
"""
COMPLETION: Final[Json] = {
    "completionItem": {
        "snippetSupport": True,
        "insertReplaceSupport": True,
        "documentationFormat": ["markdown"],
        "preselectSupport": True,
        "insertTextModeSupport": {"valueSet": [1, 2]},
    }
}
ACTIONS: Final[Json] = {
    "codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}},
    "dataSupport": True,
    "resolveSupport": {"properties": ["edit"]},
}
EDITS: Final[Json] = {
    "documentChanges": True,
    "resourceOperations": ["create", "rename"],
    "changeAnnotationSupport": {},
}


def abilities(seed: int) -> Json:
    """What one of many clients can do."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    base = chance.choice((PULL, PUSH, SHELL))
    document, workspace = dict(base["textDocument"]), dict(base.get("workspace", {}))
    found: Json = {**base, "textDocument": document, "workspace": workspace}
    document["codeAction"] = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}}
    if chance.random() < 0.5:
        document["completion"] = COMPLETION
    if chance.random() < 0.5:
        document["codeAction"] = ACTIONS
    if chance.random() < 0.5:
        workspace["workspaceEdit"] = EDITS
    if chance.random() < 0.5:
        document["hover"] = {"contentFormat": ["markdown"]}
        document["definition"] = document["declaration"] = {"linkSupport": True}
        document["documentSymbol"] = {"hierarchicalDocumentSymbolSupport": True}
    return found


def write_workspace(folder: Path) -> list[Path]:
    """Agents of several kinds and code that calls them; gives all their files."""
    write_project(folder / "plain", env_vars={"API_KEY": "x", "MODEL": ""})
    (folder / "plain" / ".env").write_text("API_KEY=1\n", "utf-8")
    windows = write_project(folder / "windows", agent_id="", framework="langchian")
    tabs = windows.read_text("utf-8").replace("  ", "\t").replace("\n", "\r\n")
    windows.write_bytes(tabs.encode("utf-8"))
    (folder / "windows" / "main.py").write_bytes(MAIN.replace("\n", "\r\n").encode("utf-8"))
    texts = {
        "yaml/runagent.config.yaml": YAML,
        "yaml/app.py": APP,
        "yaml/shared/made.py": MADE,
        "clients/call.py": CALLS,
        "clients/call.ts": SCRIPT,
        "clients/package.json": "{}",
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    for project in ("n8n-default", "langgraph-problem_solver_advanced"):
        (folder / project).mkdir()
        build(project, folder / project)
    return sorted(it for it in folder.rglob("*") if it.is_file())


@pytest.mark.parametrize("seed", range(5))
def test_a_session(editors: Callable[..., Editor], tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "workspace"
    files = write_workspace(folder)
    editor = editors([folder], abilities(seed))
    editor.start()
    editor.request("workspace/symbol", {"query": ""})  # what the first answer loads is not counted
    player = Player(editor, files, seed)
    for _ in range(STEPS):
        player.step()
    assert editor.stop() == 0
    assert editor.stderr == b"", editor.stderr.decode()
    assert [it for it in editor.of("window/logMessage") if it["type"] == 1] == []
    slowest = max(player.asked)
    assert slowest[0] < LONGEST_S, slowest
    assert player.checked.get("completion", 0) > 50, player.checked
