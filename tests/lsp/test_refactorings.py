"""Refactorings as an editor gets them: asked for at a place, applied, checked again."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsp.conftest import write_project
from lsp.editor import PULL, Editor
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Position

Json = dict[str, Any]
CREATING: Json = copy.deepcopy(PULL)
CREATING["workspace"]["workspaceEdit"]["resourceOperations"] = ["create", "rename", "delete"]


def entries(*more: Json) -> Json:
    return {"entrypoints": [{"file": "main.py", "module": "greet", "tag": "greet"}, *more]}


def actions_at(
    editor: Editor, uri: str, text: str, part: str, only: list[str] | None = None
) -> list[Json]:
    """Code actions where `part` begins in `text`, with the diagnostics that are there."""
    place = LineIndex(text).position(text.index(part))._asdict()
    context: Json = {"diagnostics": []}
    if only is not None:
        context["only"] = only
    asked = {
        "textDocument": {"uri": uri},
        "range": {"start": place, "end": place},
        "context": context,
    }
    found: list[Json] = editor.request("textDocument/codeAction", asked)
    return found


def titled(actions: list[Json], beginning: str) -> Json:
    (found,) = [it for it in actions if it["title"].startswith(beginning)]
    return found


def applied(edit: Json, texts: dict[str, str]) -> dict[str, str]:
    """The texts by URI after a `WorkspaceEdit`, as an editor would have them."""
    texts = dict(texts)
    for operation in edit["documentChanges"]:
        if operation.get("kind") == "create":
            assert operation["uri"] not in texts
            texts[operation["uri"]] = ""
            continue
        uri = operation["textDocument"]["uri"]
        lines = LineIndex(texts[uri])
        edits = [
            (
                lines.offset(Position(**it["range"]["start"])),
                lines.offset(Position(**it["range"]["end"])),
                it["newText"],
            )
            for it in operation["edits"]
        ]
        for start, end, new_text in sorted(edits, reverse=True):
            texts[uri] = texts[uri][:start] + new_text + texts[uri][end:]
    return texts


def test_a_missing_function_is_created_and_its_finding_is_gone(
    editor: Editor, tmp_path: Path
) -> None:
    missing = {"file": "main.py", "module": "answer", "tag": "answer"}
    config = write_project(tmp_path / "agent", agent_architecture=entries(missing))
    main = config.parent / "main.py"
    uri, text = editor.open(config), config.read_text("utf-8")
    code_uri = editor.open(main, language="python")
    assert [it["code"] for it in editor.pull(uri)["items"]] == ["RA303"]

    action = titled(actions_at(editor, uri, text, '"answer"'), "Create function")
    assert action["title"] == "Create function answer in main.py"
    assert action["kind"] == "quickfix"
    assert [it["code"] for it in action["diagnostics"]] == ["RA303"]
    after = applied(action["edit"], {code_uri: main.read_text("utf-8")})
    editor.change(code_uri, after[code_uri])
    assert editor.pull(uri)["items"] == []
    assert editor.pull(code_uri)["items"] == []
    assert after[code_uri].startswith(main.read_text("utf-8"))


def test_only_wanted_kinds_come(editor: Editor, tmp_path: Path) -> None:
    missing = {"file": "main.py", "module": "answer", "tag": "answer"}
    config = write_project(tmp_path / "agent", agent_architecture=entries(missing))
    uri, text = editor.open(config), config.read_text("utf-8")
    assert actions_at(editor, uri, text, '"answer"', ["source.organizeImports"]) == []
    assert actions_at(editor, uri, text, '"answer"', ["quickfix"]) != []
    assert actions_at(editor, uri, text, '"answer"', [""]) != []


def test_nothing_is_created_in_a_file_that_is_broken(editor: Editor, tmp_path: Path) -> None:
    missing = {"file": "main.py", "module": "answer", "tag": "answer"}
    config = write_project(tmp_path / "agent", agent_architecture=entries(missing))
    editor.open(config.parent / "main.py", "def greet(:\n", "python")
    uri, text = editor.open(config), config.read_text("utf-8")
    titles = [it["title"] for it in actions_at(editor, uri, text, '"answer"')]
    assert not [title for title in titles if title.startswith("Create")]


def test_a_client_without_literal_actions_gets_none(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    editor = editors([tmp_path], {})
    assert "codeActionProvider" not in editor.start()["capabilities"]
