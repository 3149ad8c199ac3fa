"""Renaming, asked by editors: what is offered, refused, and how the project is afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.applying import apply_edit, edited, text_edits
from lsp.conftest import MAIN, VALID, write_project
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
    options = {"prepareProvider": True, "workDoneProgress": True}
    assert offered == (options if capabilities is PREPARES else True)
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


CLIENT = """from runagent import RunAgentClient

sure = RunAgentClient(agent_id="{agent_id}", entrypoint_tag="greet")
other = RunAgentClient(agent_id="99999999-2222-4333-8444-555555555555", entrypoint_tag="greet")
open_ = RunAgentClient(agent_id=os.environ["AGENT"], entrypoint_tag="greet")
"""
ANNOTATES: Json = {
    **PREPARES,
    "workspace": {
        **PREPARES["workspace"],
        "workspaceEdit": {"documentChanges": True, "changeAnnotationSupport": {}},
    },
}
USE = '''"""Uses what `main` has."""
import main
from main import greet as say, count


def talk(greet="x"):
    return [say(greet), main.greet("you"), getattr(main, "greet")("all"), list(count(2))]


if __name__ == "__main__":
    print(talk())
'''


def findings(editor: Editor) -> dict[str, list[str]]:
    """Codes of all findings in the workspace, by file."""
    reports = editor.pull_all()
    return {
        uri: codes
        for uri, report in reports.items()
        if (codes := sorted(item["code"] for item in report["items"]))
    }


def run(script: Path) -> str:
    """What a script prints, run by a Python of its own."""
    ended = subprocess.run(
        [sys.executable, "-B", str(script)], capture_output=True, text=True, timeout=300, check=True
    )
    return ended.stdout


@pytest.mark.parametrize("capabilities", [PREPARES, BARE])
@pytest.mark.parametrize("at_config", [True, False])
def test_a_renamed_function_is_imported_and_called_as_before(
    editors: Callable[..., Editor], tmp_path: Path, capabilities: Json, at_config: bool
) -> None:
    config = write_project(tmp_path / "agent")
    main, use = config.parent / "main.py", config.parent / "use.py"
    main.write_bytes((MAIN + "\n\nALL = {'first': greet}\n").replace("\n", "\r\n").encode())
    use.write_text(USE)
    before = run(use)
    editor = editors([tmp_path], capabilities)
    editor.start()
    checker = editors([tmp_path])
    checker.start()
    known = findings(checker)
    if at_config:
        place = at(editor.open(config), config.read_text("utf-8"), '"module": "greet"', "greet")
    else:
        text = main.read_bytes().decode()
        place = at(editor.open(main, text, "python"), text, "def greet", "greet")
    edit = editor.request("textDocument/rename", {**place, "newName": "welcome"})
    assert set(text_edits(edit)) == {path.as_uri() for path in (config, main, use)}
    apply_edit(edit)
    assert b"def welcome(" in main.read_bytes()
    assert b"'first': welcome}\r\n" in main.read_bytes()
    assert '"module": "welcome",\n        "tag": "greet"' in config.read_text("utf-8")
    assert run(use) == before
    checker.files_changed((config, 2), (main, 2), (use, 2))
    assert findings(checker) == known


@pytest.mark.parametrize("capabilities", [ANNOTATES, BARE])
def test_calls_follow_a_tag_and_doubtful_ones_are_asked_about(
    editors: Callable[..., Editor], tmp_path: Path, capabilities: Json
) -> None:
    config = write_project(tmp_path / "agent")
    client = tmp_path / "client.py"
    client.write_text(CLIENT.replace("{agent_id}", VALID["agent_id"]))
    editor = editors([tmp_path], capabilities)
    editor.start()
    text = client.read_text()
    place = at(editor.open(client, language="python"), text, 'tag="greet"', "greet")
    edit = editor.request("textDocument/rename", {**place, "newName": "hello"})
    assert set(text_edits(edit)) == {config.as_uri(), client.as_uri()}
    sure = edited(text, text_edits(edit)[client.as_uri()])
    assert sure == text.replace('tag="greet"', 'tag="hello"', 1)
    if capabilities is BARE:
        assert "changeAnnotations" not in edit
        return
    (annotation,) = edit["changeAnnotations"].values()
    assert annotation["needsConfirmation"]
    confirmed = edited(text, text_edits(edit, confirm=True)[client.as_uri()])
    assert confirmed.count("hello") == 2
    assert 'environ["AGENT"], entrypoint_tag="hello"' in confirmed


def test_a_rename_waits_for_what_is_not_read_yet(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent")
    clients = [tmp_path / f"client_{number}.py" for number in range(400)]
    for client in clients:
        client.write_text(CLIENT.replace("{agent_id}", VALID["agent_id"]))
    editor = editors([tmp_path])
    editor.start()
    place = at(editor.open(config), config.read_text("utf-8"), '"tag": "greet"', "greet")
    edit = editor.request("textDocument/rename", {**place, "newName": "hello"})
    assert set(text_edits(edit)) == {path.as_uri() for path in (config, *clients)}


def test_a_doubtful_call_is_renamed_from_its_configuration(editor: Editor, tmp_path: Path) -> None:
    write_project(tmp_path / "agent")
    client = tmp_path / "client.py"
    client.write_text(CLIENT.replace("{agent_id}", VALID["agent_id"]))
    text = client.read_text()
    uri = editor.open(client, language="python")
    place = at(uri, text, text[text.index("open_") :], "greet")
    editor.pull_all()
    with pytest.raises(RefusedError, match=r"Rename the tag in agent/runagent\.config\.json"):
        editor.request("textDocument/prepareRename", place)
    other = at(uri, text, text[text.index("other") :], "greet")
    assert editor.request("textDocument/prepareRename", other) is None


@pytest.mark.parametrize("folder", [False, True])
def test_configurations_follow_files_and_folders(
    editors: Callable[..., Editor], tmp_path: Path, folder: bool
) -> None:
    config = write_project(tmp_path / "agent")
    code = config.parent / "code"
    code.mkdir()
    main = (config.parent / "main.py").rename(code / "main.py")
    config.write_text(config.read_text("utf-8").replace("main.py", "code/main.py"))
    editor = editors([tmp_path])
    offered = editor.start()["capabilities"]["workspace"]["fileOperations"]["willRename"]
    kinds = [it["pattern"].get("matches") for it in offered["filters"]]
    assert set(kinds) == {"file", "folder"}
    known = findings(editor)
    old, new = (code, config.parent / "deep") if folder else (main, code / "start.py")
    files = [{"oldUri": old.as_uri(), "newUri": new.as_uri()}]
    edit = editor.request("workspace/willRenameFiles", {"files": files})
    assert list(text_edits(edit)) == [config.as_uri()]
    apply_edit(edit)
    old.rename(new)
    editor.notify("workspace/didRenameFiles", {"files": files})
    text = config.read_text("utf-8")
    assert text.count("deep/main.py" if folder else "code/start.py") == 2
    editor.files_changed((config, 2))
    assert findings(editor) == known


def test_a_file_that_leaves_its_agent_is_spoken_about(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    editor.pull_all()
    old, new = config.parent / "main.py", tmp_path / "main.py"
    files = [{"oldUri": old.as_uri(), "newUri": new.as_uri()}]
    assert editor.request("workspace/willRenameFiles", {"files": files}) is None
    shown = editor.wait_for("window/showMessage")
    assert "agent/runagent.config.json still names main.py" in shown["message"]


@pytest.mark.parametrize(
    "params",
    [{}, {"files": 1}, {"files": [None, {"oldUri": 3}]}, {"files": [{"oldUri": "untitled:x"}]}],
)
def test_nonsense_renames_nothing(editor: Editor, tmp_path: Path, params: Json) -> None:
    write_project(tmp_path / "agent")
    assert editor.request("workspace/willRenameFiles", params) is None
    assert editor.request("textDocument/prepareRename", params) is None
    with pytest.raises(RefusedError, match="newName must be a string"):
        editor.request("textDocument/rename", params)


def test_names_of_anchors_are_typed_together(editor: Editor, tmp_path: Path) -> None:
    config = tmp_path / "runagent.config.yaml"
    text = "agent_architecture: {entrypoints: [{file: &main main.py}, {file: *main}]}\n"
    uri = editor.open(config, text, "yaml")
    found = editor.request("textDocument/linkedEditingRange", at(uri, text, "*main", "main"))
    assert [it["start"]["character"] for it in found["ranges"]] == [
        text.index("&") + 1,
        text.index("*") + 1,
    ]
    nothing = at(uri, text, "entrypoints", "entrypoints")
    assert editor.request("textDocument/linkedEditingRange", nothing) is None
