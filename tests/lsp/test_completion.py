"""`textDocument/completion` in configurations, as editors ask for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsp.conftest import write_project
from lsp.editor import PULL, Editor
from marked_text import marked

Json = dict[str, Any]

FULL: Json = {
    **PULL,
    "textDocument": {
        **PULL["textDocument"],
        "completion": {
            "completionItem": {
                "snippetSupport": True,
                "documentationFormat": ["markdown", "plaintext"],
                "insertReplaceSupport": True,
                "preselectSupport": True,
                "insertTextModeSupport": {"valueSet": [1, 2]},
            }
        },
    },
}


def complete(editor: Editor, config: Path, text: str) -> tuple[str, dict[str, Json]]:
    """Show a text with a cursor; the text without it, and the items by label."""
    found = marked(text)
    uri = editor.open(config, found.text)
    line, character = found.position
    answer = editor.request(
        "textDocument/completion",
        {
            "textDocument": {"uri": uri},
            "position": {"line": line, "character": character},
        },
    )
    editor.close_document(uri)
    return found.text, {item["label"]: item for item in answer["items"]}


def applied(text: str, item: Json) -> str:
    """The text after the item was chosen, by plain LSP rules (ASCII, one line of edits each)."""
    edits = [item["textEdit"], *item.get("additionalTextEdits", [])]
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:at]) for at in range(len(lines))]

    def offset(position: Json) -> int:
        return int(starts[position["line"]] + position["character"])

    places = [(it.get("range") or it["replace"], it["newText"]) for it in edits]
    for place, new in sorted(places, key=lambda it: offset(it[0]["start"]), reverse=True):
        text = text[: offset(place["start"])] + new + text[offset(place["end"]) :]
    return text


def test_keys_values_and_modules(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    text = config.read_text("utf-8")
    at_key, keys = complete(editor, config, text.replace('"agent_id"', '‸"agent_id"', 1))
    assert "agent_id" in keys  # the one that is replaced
    after_brace = text.replace("{", "{‸", 1)
    at_key, keys = complete(editor, config, after_brace)
    assert "env_vars" in keys
    assert "agent_id" not in keys
    assert json.loads(applied(at_key, keys["env_vars"]))["env_vars"] == {}
    at_value, values = complete(
        editor, config, text.replace('"framework": "default"', '"framework": "d‸efault"')
    )
    assert json.loads(applied(at_value, values["langgraph"]))["framework"] == "langgraph"
    at_module, modules = complete(
        editor, config, text.replace('"module": "greet"', '"module": "‸"')
    )
    assert modules["greet"]["detail"] == "(name: str, times: int = 1) -> str"
    assert "Say hello." in modules["greet"]["documentation"]["value"]
    filled = json.loads(applied(at_module, modules["count"]))
    assert filled["agent_architecture"]["entrypoints"][0]["module"] == "count"


def test_clients_get_what_they_can_show(editors: Callable[..., Editor], tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    text = '{ "agent_name": ""}\n'
    with_key = text.replace("{", "{‸", 1)
    able, plain = editors([tmp_path], FULL), editors([tmp_path])
    able.start()
    plain.start()
    _, rich = complete(able, config, with_key)
    _, poor = complete(plain, config, with_key)
    assert rich["version"]["textEdit"]["newText"] == '"version": "${1:1.0.0}",'
    assert rich["version"]["insertTextFormat"] == 2
    assert rich["version"]["documentation"]["kind"] == "markdown"
    assert poor["version"]["textEdit"]["newText"] == '"version": "1.0.0",'
    assert "insertTextFormat" not in poor["version"]
    assert poor["version"]["documentation"]["kind"] == "plaintext"
    in_quotes = text.replace('"agent_name": ""', '"framework": "lan‸x"')
    _, rich = complete(able, config, in_quotes)
    _, poor = complete(plain, config, in_quotes)
    edit = rich["langchain"]["textEdit"]
    assert edit["insert"]["end"]["character"] == in_quotes.index("‸")
    assert edit["replace"]["end"]["character"] == in_quotes.index("x")
    assert edit["newText"] == "langchain"
    assert poor["langchain"]["textEdit"] == {"range": edit["replace"], "newText": "langchain"}
