"""Signatures behind `module`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsp.conftest import write_project
from lsp.editor import PULL, Editor

Json = dict[str, Any]
MakeEditor = Callable[..., Editor]
ON: Json = {"inlayHints": {"signatures": True}}
CAPABILITIES: Json = {
    **PULL,
    "workspace": {**PULL["workspace"], "inlayHint": {"refreshSupport": True}},
}


def hints(editor: Editor, uri: str, first: int = 0, last: int = 1000) -> list[Json]:
    asked = {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}
    params = {"textDocument": {"uri": uri}, "range": asked}
    found: list[Json] = editor.request("textDocument/inlayHint", params)
    return found


def start(editors: MakeEditor, folder: Path, setting: Json, capabilities: Json) -> Editor:
    editor = editors([folder], capabilities, {"runagent": setting})
    editor.start()
    editor.wait_for("client/registerCapability")
    return editor


def switched_on(editors: MakeEditor, folder: Path, capabilities: Json = CAPABILITIES) -> Editor:
    """An editor with the setting, which the server has read."""
    editor = start(editors, folder, ON, capabilities)
    if "inlayHint" in capabilities["workspace"]:
        editor.wait_for("workspace/inlayHint/refresh")
    return editor


def await_refresh(editor: Editor, asked: int) -> None:
    """Wait until the server has asked more often for new questions than so."""
    editor.until(lambda: len(editor.of("workspace/inlayHint/refresh")) > asked, "a refresh")


def test_signatures_stand_behind_module(editors: MakeEditor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    editor = switched_on(editors, tmp_path)
    found = hints(editor, editor.open(config))
    lines = config.read_text("utf-8").split("\n")
    expected = {
        '"module": "greet"': "(name: str, times: int = 1) -> str",
        '"module": "count"': "(n: int = 3)",
    }
    assert [(it["label"], it["kind"], it["paddingLeft"]) for it in found] == [
        (label, 1, True) for label in expected.values()
    ]
    for hint, part in zip(found, expected, strict=True):
        place = hint["position"]
        assert lines[place["line"]][: place["character"]].strip() == part


def test_only_what_is_visible_is_answered(editors: MakeEditor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    editor = switched_on(editors, tmp_path)
    uri = editor.open(config)
    line = config.read_text("utf-8").split('"module": "count"')[0].count("\n")
    assert [it["label"] for it in hints(editor, uri, line, line + 1)] == ["(n: int = 3)"]
    assert hints(editor, uri, 0, 3) == []


def test_they_are_off_unless_switched_on(editors: MakeEditor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    for setting in ({}, {"inlayHints": {"signatures": False}}, {"inlayHints": 7}):
        editor = start(editors, tmp_path, setting, CAPABILITIES)
        assert hints(editor, editor.open(config)) == []
        editor.settings = {"runagent": ON}
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        editor.wait_for("workspace/inlayHint/refresh")
        assert len(hints(editor, config.as_uri())) == 2
        asked = len(editor.of("workspace/inlayHint/refresh"))
        editor.settings = {"runagent": {}}
        editor.notify("workspace/didChangeConfiguration", {"settings": None})
        await_refresh(editor, asked)
        assert hints(editor, config.as_uri()) == []


def test_a_new_signature_makes_the_editor_ask_again(editors: MakeEditor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    editor = switched_on(editors, tmp_path)
    uri, main = editor.open(config), config.parent / "main.py"
    assert len(hints(editor, uri)) == 2
    asked = len(editor.of("workspace/inlayHint/refresh"))
    python = editor.open(main, language="python")
    text = main.read_text("utf-8")
    editor.change(python, text.replace("times: int = 1", "times: float = 2.5"))
    await_refresh(editor, asked)
    assert hints(editor, uri)[0]["label"] == "(name: str, times: float = 2.5) -> str"


def test_an_editor_that_cannot_be_asked_again_is_left_alone(
    editors: MakeEditor, tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent")
    editor = switched_on(editors, tmp_path, PULL)
    uri = editor.open(config)
    editor.until(lambda: len(hints(editor, uri)) == 2, "the setting is read")
    assert editor.of("workspace/inlayHint/refresh") == []


def test_long_signatures_are_cut_and_broken_texts_answered(
    editors: MakeEditor, tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent")
    names = ", ".join(f"parameter_{number}: str" for number in range(20))
    (config.parent / "main.py").write_text(f"def greet({names}): ...\n", "utf-8")
    editor = switched_on(editors, tmp_path)
    uri, text = editor.open(config), config.read_text("utf-8")
    (hint,) = hints(editor, uri)
    assert len(hint["label"]) == 60
    assert hint["label"].endswith("…")
    assert hint["tooltip"].endswith("parameter_19: str)")
    for version, broken in enumerate(("", "{", "[1]", text[:-10], text.replace(",", "")), 2):
        editor.change(uri, broken, version)
        assert isinstance(hints(editor, uri), list)
    for strange in ({}, {"range": 5, "textDocument": {"uri": uri}}):
        assert isinstance(editor.request("textDocument/inlayHint", strange), list)
