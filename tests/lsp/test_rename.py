"""Renaming, asked by editors: what is offered, refused, and how the project is afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.applying import apply_edit, text_edits
from lsp.conftest import write_project
from lsp.editor import PULL, Editor, RefusedError
from runagent_ls.text.lines import LineIndex

Json = dict[str, Any]
PREPARES: Json = {
    **PULL,
    "textDocument": {**PULL["textDocument"], "rename": {"prepareSupport": True}},
}
BARE: Json = {"textDocument": {}}
"""A client that knows neither versions, annotations nor files in edits."""


def at(uri: str, text: str, part: str, inside: str) -> Json:
    """Parameters for the first character of `inside` within the first `part`."""
    offset = text.index(part) + part.index(inside)
    line, character = LineIndex(text).position(offset)
    return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}


@pytest.mark.parametrize("capabilities", [PREPARES, BARE])
def test_a_tag_is_renamed_and_the_project_stays_sound(
    editors: Callable[..., Editor], tmp_path: Path, capabilities: Json
) -> None:
    editor = editors([tmp_path], capabilities)
    offered = editor.start()["capabilities"]["renameProvider"]
    assert offered == ({"prepareProvider": True} if capabilities is PREPARES else True)
    config = write_project(tmp_path / "agent")
    text = config.read_text("utf-8")
    uri = editor.open(config)
    place = at(uri, text, '"tag": "greet"', "greet")
    if capabilities is PREPARES:
        found = editor.request("textDocument/prepareRename", place)
        assert found["placeholder"] == "greet"
        assert found["range"]["start"] == place["position"]
    edit = editor.request("textDocument/rename", {**place, "newName": "hello"})
    assert list(text_edits(edit)) == [uri]
    assert ("documentChanges" in edit) == (capabilities is PREPARES)
    apply_edit(edit)
    assert config.read_text("utf-8") == text.replace('"tag": "greet"', '"tag": "hello"')


def test_a_tag_in_use_is_refused_with_a_reason(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    place = at(uri, text, '"tag": "count_stream"', "count")
    other = json.loads(text)["agent_architecture"]["entrypoints"][0]
    config.write_text(text)
    with pytest.raises(RefusedError, match=r"'greet' is in use by main\.py: greet") as refusal:
        editor.request("textDocument/rename", {**place, "newName": other["tag"]})
    assert refusal.value.code == -32803


def test_what_is_not_ours_is_left_to_others(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    assert editor.request("textDocument/prepareRename", at(uri, text, '"demo"', "demo")) is None
    main = config.parent / "main.py"
    uri, text = editor.open(main, language="python"), main.read_text("utf-8")
    for part in ("sample", "times", "range"):
        place = at(uri, text, part, part)
        assert editor.request("textDocument/prepareRename", place) is None
        assert editor.request("textDocument/rename", {**place, "newName": "new"}) is None
