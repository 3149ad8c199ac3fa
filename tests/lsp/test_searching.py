"""Searches through a big workspace: others are answered meanwhile, and they can be ended."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lsp.conftest import MAIN, VALID, write_project
from lsp.editor import Editor, Json, RefusedError
from lsp.patched import command

AGENTS = 250
CANCELLED = -32800


HELD_RENAME = """
    import pathlib
    from runagent_ls.lsp import slices
    pause = slices._Search._pause
    def held(self):
        pause(self)
        while "_rename" in self._find.__qualname__ and pathlib.Path(HOLD).exists():
            self._begin -= slices._SLICE_SECONDS
            pause(self)
    slices._Search._pause = held
"""


@pytest.fixture
def hold(tmp_path: Path) -> Path:
    """While there is such a file, a rename does not get on."""
    return tmp_path / "hold"


@pytest.fixture
def editor(editors: Callable[..., Editor], tmp_path: Path, hold: Path) -> Editor:
    made = editors([tmp_path], command=command(HELD_RENAME.replace("HOLD", repr(str(hold)))))
    made.start()
    return made


@pytest.fixture
def main(editor: Editor, tmp_path: Path) -> Iterator[Path]:
    """Of the first of many agents, each of which may call it by its names; all are known."""
    for number in range(AGENTS):
        folder = tmp_path / f"agent_{number}"
        folder.mkdir()
        write_project(folder, **{**VALID, "agent_id": f"agent-{number}"})
        (folder / "main.py").write_text(f"import main\n\n{MAIN}")
    path = tmp_path / "agent_0" / "main.py"
    editor.open(path, language="python")
    rename(editor, path, "salute")  # once all agents are known
    editor.change(path.as_uri(), f"{path.read_text()}\n")
    for number in range(AGENTS):  # so that nothing of what was found can be used again
        (tmp_path / f"agent_{number}" / "main.py").write_text(f"import main, os\n\n{MAIN}")
    editor.files_changed(*((it, 2) for it in tmp_path.glob("*/main.py")))
    yield path


def place(main: Path) -> Json:
    lines = main.read_text().splitlines()
    line = next(number for number, it in enumerate(lines) if it.startswith("def greet"))
    position = {"line": line, "character": 5}
    return {"textDocument": {"uri": main.as_uri()}, "position": position}


def rename(editor: Editor, main: Path, name: str) -> Json:
    answer: Json = editor.request("textDocument/rename", {**place(main), "newName": name})
    return answer


def test_a_hover_is_answered_before_a_long_rename(editor: Editor, main: Path, hold: Path) -> None:
    long = begin_rename(editor, main, hold)
    short = editor.begin("textDocument/hover", place(main))
    assert "greet" in json.dumps(editor.answer(short))
    hold.unlink()
    assert "salute" in json.dumps(editor.answer(long))
    answered = editor.answered
    assert answered.index(short) < answered.index(long)


@pytest.mark.parametrize("by_progress", [False, True])
def test_a_long_rename_can_be_cancelled(
    editor: Editor, main: Path, hold: Path, by_progress: bool
) -> None:
    number = begin_rename(editor, main, hold)
    if by_progress:
        editor.notify("window/workDoneProgress/cancel", {"token": "renaming"})
    else:
        editor.notify("$/cancelRequest", {"id": number})
    with pytest.raises(RefusedError) as refusal:
        editor.answer(number)
    assert refusal.value.code == CANCELLED
    assert [it["value"]["kind"] for it in editor.of("$/progress")][-1] == "end"
    hold.unlink()
    assert "salute" in json.dumps(rename(editor, main, "salute"))


def test_an_edit_meanwhile_counts(editor: Editor, main: Path, hold: Path) -> None:
    user = main.with_name("user.py")
    text = "from main import greet\n"
    user.write_text(text)
    editor.files_changed((user, 1))
    uri = editor.open(user, text, "python")
    number = begin_rename(editor, main, hold)
    editor.change(uri, f"\n{text}", 2)
    editor.pull(uri)  # once the edit is known
    hold.unlink()
    changes = editor.answer(number)["documentChanges"]
    (own,) = [it for it in changes if it["textDocument"]["uri"] == uri]
    assert own["textDocument"]["version"] == 2
    assert [it["range"]["start"]["line"] for it in own["edits"]] == [1]


def test_a_rename_ends_when_its_own_file_is_edited(editor: Editor, main: Path, hold: Path) -> None:
    number = begin_rename(editor, main, hold)
    editor.change(main.as_uri(), f"\n{main.read_text()}", 3)
    with pytest.raises(RefusedError, match="was edited meanwhile"):
        editor.answer(number)


def begin_rename(editor: Editor, main: Path, hold: Path) -> int:
    hold.touch()
    params = {**place(main), "newName": "salute", "workDoneToken": "renaming"}
    number = editor.begin("textDocument/rename", params)
    editor.wait_for("$/progress", lambda it: it["value"]["kind"] == "begin")
    return number
