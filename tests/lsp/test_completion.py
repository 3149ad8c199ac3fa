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


def test_strings_are_completed_with_their_quotes_beside_vs_codes_own(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    """It compares what is typed from the quote on; ours must match no less than its own."""
    config = write_project(tmp_path / "agent")
    shell = editors(capabilities={**FULL, "experimental": {"runagent": {"version": 1}}})
    shell.start()
    text = config.read_text("utf-8").replace('"framework": "default"', '"framework": "d‸efault"')
    plain, items = complete(shell, config, text)
    assert items["langgraph"]["filterText"] == '"langgraph"'
    assert items["langgraph"]["textEdit"]["newText"] == '"langgraph"'
    assert json.loads(applied(plain, items["langgraph"]))["framework"] == "langgraph"


def test_edits_are_counted_in_utf16(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    text, items = complete(editor, config, '{"agent_name": "\U0001f680", "framework": "d‸x" }')
    edit = items["default"]["textEdit"]
    units = text.encode("utf-16-le")
    start, end = (edit["range"][side]["character"] * 2 for side in ("start", "end"))
    after = units[:start] + edit["newText"].encode("utf-16-le") + units[end:]
    assert json.loads(after.decode("utf-16-le"))["framework"] == "default"


def test_a_comma_in_front_is_an_edit_of_its_own(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    text, items = complete(editor, config, '{"agent_name": "x"\n "vers‸" }')
    assert items["version"]["additionalTextEdits"][0]["newText"] == ","
    assert json.loads(applied(text, items["version"])) == {"agent_name": "x", "version": "1.0.0"}


def test_yaml_and_files_that_are_no_configuration(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    text = config.read_text("utf-8")
    config.unlink()
    block = config.with_suffix(".yaml")
    block.write_text("framework: default\n", "utf-8")
    shown, items = complete(editor, block, "framework: default\nagent_architecture:\n  ‸\n")
    assert "\n    - file: main.py\n" in applied(shown, items["entrypoints"])
    other = editor.open(tmp_path / "agent" / "package.json", text)
    position = {"line": 1, "character": 3}
    asked = {"textDocument": {"uri": other}, "position": position}
    assert editor.request("textDocument/completion", asked) is None


def test_multi_line_texts_keep_their_indentation(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent")
    able = editors([tmp_path], FULL)
    able.start()
    _, items = complete(able, config, "{\n    ‸\n}\n")
    item = items["template_source"]
    assert item["textEdit"]["newText"].split("\n")[1] == '        "repo_url": "$1",'
    assert item["insertTextMode"] == 1


def test_what_snippets_would_read_as_theirs_is_escaped(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    config = write_project(tmp_path / "a$1}b")
    able = editors([tmp_path], FULL)
    able.start()
    _, items = complete(able, config, "{‸}")
    assert items["agent_name"]["textEdit"]["newText"] == '"agent_name": "${1:a\\$1\\}b}"'
    choices = items["auth_settings"]["textEdit"]["newText"]
    assert "${1|none,api_key|}" in choices
    whole = items["All required fields"]["textEdit"]["newText"]
    assert '"template_source": {"repo_url": "$' in whole.replace("\n", "").replace("  ", "")


def test_functions_are_those_of_the_open_file(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    text = config.read_text("utf-8").replace('"module": "greet"', '"module": "‸"')
    _, before = complete(editor, config, text)
    uri = editor.open(config.parent / "main.py", language="python")
    editor.change(uri, "def welcome(): ...\n")
    _, after = complete(editor, config, text)
    assert "greet" in before
    assert list(after) == ["welcome"]


def test_any_cursor_of_any_broken_text_is_answered(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    whole = config.read_text("utf-8")
    uri = editor.open(config)
    for version, end in enumerate(range(0, len(whole), 23), start=2):
        text = whole[:end] + whole[end + 5 :] if version % 2 else whole[:end]
        editor.change(uri, text, version)
        line = text.count("\n", 0, end)
        character = end - (text.rfind("\n", 0, end) + 1)
        params = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
        assert isinstance(editor.request("textDocument/completion", params)["items"], list)
    assert not [it for it in editor.of("window/logMessage") if it["type"] == 1]
