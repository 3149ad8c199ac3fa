"""Completion and hover in Python and TypeScript that calls agents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.conftest import VALID, write_project
from lsp.editor import PULL, Editor
from runagent_ls.text.lines import LineIndex

Json = dict[str, Any]
PYTHON = (
    "from runagent import RunAgentClient\n\n"
    f"client = RunAgentClient(agent_id='{VALID['agent_id']}', entrypoint_tag='gr')\n"
)
TYPESCRIPT = (
    "import { RunAgentClient } from 'runagent';\n\n"
    f"const c = new RunAgentClient({{ agentId: '{VALID['agent_id']}', entrypointTag: 'gr' }});\n"
)


@pytest.fixture
def editor(editors: Callable[..., Editor], tmp_path: Path) -> Editor:
    write_project(tmp_path / "agent")
    hover = {"hover": {"contentFormat": ["markdown"]}}
    capabilities = {**PULL, "textDocument": {**PULL["textDocument"], **hover}}
    made = editors([tmp_path], capabilities)
    made.start()
    return made


def ask(editor: Editor, method: str, uri: str, text: str, part: str) -> Any:
    """Ask about the place behind `part`."""
    line, character = LineIndex(text).position(text.index(part) + len(part))
    position = {"line": line, "character": character}
    return editor.request(method, {"textDocument": {"uri": uri}, "position": position})


@pytest.mark.parametrize(
    ("name", "language", "text"),
    [("client.py", "python", PYTHON), ("app.ts", "typescript", TYPESCRIPT)],
)
def test_tags_are_completed_and_explained(
    editor: Editor, tmp_path: Path, name: str, language: str, text: str
) -> None:
    uri = editor.open(tmp_path / name, text, language)

    def items() -> list[Json]:
        found = ask(editor, "textDocument/completion", uri, text, "'gr")
        return [] if found is None else list(found["items"])

    editor.until(lambda: bool(items()), "the agent is known")
    found = items()
    assert [it["label"] for it in found] == ["greet", "count_stream"]
    edit = found[0]["textEdit"]
    assert edit["newText"] == "greet"
    line = text.split("\n")[2]
    assert line[edit["range"]["start"]["character"] : edit["range"]["end"]["character"]] == "gr"
    whole = text.replace("'gr'", "'greet'")
    editor.change(uri, whole)
    hover = ask(editor, "textDocument/hover", uri, whole, "'gr")
    assert hover["contents"]["value"].startswith("Calls `greet` of agent [demo](")
    assert "def greet(name: str, times: int = 1) -> str" in hover["contents"]["value"]


def test_a_function_names_its_agent(editor: Editor, tmp_path: Path) -> None:
    main = tmp_path / "agent" / "main.py"
    text = main.read_text("utf-8")
    uri = editor.open(main, language="python")
    editor.open(tmp_path / "client.py", PYTHON.replace("'gr'", "'greet'"), "python")
    hover = ask(editor, "textDocument/hover", uri, text, "def gre")
    value = hover["contents"]["value"]
    assert value.startswith("Exposed as `greet` of agent [demo](")
    assert f"Called by [client.py:3]({(tmp_path / 'client.py').as_uri()}#L3," in value


def test_other_code_is_left_alone(editor: Editor, tmp_path: Path) -> None:
    text = "x = 'gr'\n"
    for name, language in (("x.py", "python"), ("x.ts", "typescript"), ("x.md", "markdown")):
        uri = editor.open(tmp_path / name, text, language)
        assert ask(editor, "textDocument/completion", uri, text, "'gr") is None
        assert ask(editor, "textDocument/hover", uri, text, "'gr") is None
