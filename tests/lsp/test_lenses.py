"""`Run`, `Stream` and `Debug` above entrypoints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsp.conftest import MAIN, write_project
from lsp.editor import SHELL, Editor

Json = dict[str, Any]


def lenses(editor: Editor, uri: str) -> list[Json]:
    found: list[Json] = editor.request("textDocument/codeLens", {"textDocument": {"uri": uri}})
    return found


def summary(found: list[Json]) -> list[tuple[int, str, str, str]]:
    return [
        (
            lens["range"]["start"]["line"],
            lens["command"]["title"],
            lens["command"]["command"],
            lens["command"]["arguments"][0]["tag"],
        )
        for lens in found
    ]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n")


def test_lenses_stand_on_the_entry_and_on_the_function(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    text = config.read_text("utf-8")
    uri = editor.open(config)
    in_config = lenses(editor, uri)
    entries = [line_of(text, '"module": "greet"') - 2, line_of(text, '"module": "count"') - 2]
    assert summary(in_config) == [
        (entries[0], "Run", "runagent.run", "greet"),
        (entries[1], "Stream", "runagent.stream", "count_stream"),
    ]
    assert in_config[0]["command"]["arguments"] == [{"configUri": uri, "tag": "greet"}]
    in_python = lenses(editor, editor.open(config.parent / "main.py", language="python"))
    assert summary(in_python) == [
        (line_of(MAIN, "def greet"), "Run", "runagent.run", "greet"),
        (line_of(MAIN, "def count"), "Stream", "runagent.stream", "count_stream"),
    ]


def test_several_tags_on_one_function_are_told_apart(editor: Editor, tmp_path: Path) -> None:
    entries = [{"file": "main.py", "module": "greet", "tag": tag} for tag in ("a", "b", "b", "")]
    config = write_project(tmp_path / "agent", agent_architecture={"entrypoints": entries})
    main = editor.open(config.parent / "main.py", language="python")
    assert [lens["command"]["title"] for lens in lenses(editor, main)] == ["Run a", "Run b"]


def test_the_shell_can_debug_what_is_python(editors: Callable[..., Editor], tmp_path: Path) -> None:
    hook = {"webhook_url": "http://127.0.0.1:9/", "method": "post", "tag": "hook"}
    entries = [{"file": "main.py", "module": "greet", "tag": "greet"}, hook]
    config = write_project(tmp_path / "agent", agent_architecture={"entrypoints": entries})
    shell = editors([tmp_path], SHELL)
    shell.start()
    in_config = summary(lenses(shell, shell.open(config)))
    found = [(title, command) for _, title, command, _ in in_config]
    assert found == [("Run", "runagent.run"), ("Debug", "runagent.debug"), ("Run", "runagent.run")]
    entries[0]["tag"] = "a_stream"
    write_project(
        tmp_path / "twice",
        agent_architecture={"entrypoints": [entries[0], {**entries[0], "tag": "b"}]},
    )
    main = shell.open(tmp_path / "twice" / "main.py", language="python")
    assert [lens["command"]["title"] for lens in lenses(shell, main)] == [
        "Stream a_stream",
        "Debug a_stream",
        "Run b",
        "Debug b",
    ]


def test_a_broken_config_keeps_answering(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    for version, broken in enumerate(("", "{", "[1]", text[:-10], "\ud800"), 2):
        editor.change(uri, broken, version)
        assert isinstance(lenses(editor, uri), list)
    editor.change(uri, text, 20)
    assert len(lenses(editor, uri)) == 2


def test_other_files_have_none(editor: Editor, tmp_path: Path) -> None:
    write_project(tmp_path / "agent")
    other = tmp_path / "agent" / "other.py"
    other.write_text("def greet(): ...\n")
    assert lenses(editor, editor.open(other, language="python")) == []
    assert lenses(editor, "untitled:Untitled-1") == []


def test_new_tags_make_the_editor_ask_again(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    main = editor.open(config.parent / "main.py", language="python")
    assert len(lenses(editor, main)) == 2
    asked = len(editor.of("workspace/codeLens/refresh"))
    editor.change(uri, text.replace('"greet"\n', '"welcome"\n'))
    editor.until(
        lambda: len(editor.of("workspace/codeLens/refresh")) > asked, "a refresh is asked for"
    )
    assert lenses(editor, main)[0]["command"]["arguments"][0]["tag"] == "welcome"
