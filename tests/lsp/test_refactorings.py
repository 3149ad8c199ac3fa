"""Refactorings as an editor gets them: asked for at a place, applied, checked again."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsp.applying import texts_after
from lsp.asking_actions import actions_at, titled
from lsp.conftest import write_project
from lsp.editor import PULL, Editor

Json = dict[str, Any]
CREATING: Json = copy.deepcopy(PULL)
CREATING["workspace"]["workspaceEdit"]["resourceOperations"] = ["create", "rename", "delete"]


def entries(*more: Json) -> Json:
    return {"entrypoints": [{"file": "main.py", "module": "greet", "tag": "greet"}, *more]}


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
    after = texts_after(action["edit"], {code_uri: main.read_text("utf-8")})
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


def test_a_missing_file_is_created_only_by_clients_that_can(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    missing = {"file": "more/later.py", "module": "later", "tag": "later_stream"}
    config = write_project(tmp_path / "agent", agent_architecture=entries(missing))
    text = config.read_text("utf-8")
    for capabilities, titles in ((PULL, []), (CREATING, ["Create file more/later.py"])):
        editor = editors([tmp_path], capabilities)
        editor.start()
        uri = editor.open(config)
        found = actions_at(editor, uri, text, "more/later.py")
        assert [it["title"] for it in found if it["title"].startswith("Create")] == titles
    action = titled(found, "Create file")
    assert [it["code"] for it in action["diagnostics"]] == ["RA210"]
    created = (config.parent / "more" / "later.py").as_uri()
    after = texts_after(action["edit"], {})
    (config.parent / "more").mkdir()
    (config.parent / "more" / "later.py").write_text(after[created], "utf-8")
    editor.files_changed((config.parent / "more" / "later.py", 1))
    assert editor.pull(uri)["items"] == []


def test_a_function_is_exposed_from_the_python_file(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    config_uri, text = editor.open(config), config.read_text("utf-8")
    main = config.parent / "main.py"
    code = main.read_text("utf-8") + "\n\ndef answer(question: str) -> str:\n    return question\n"
    uri = editor.open(main, code, language="python")
    action = titled(actions_at(editor, uri, code, "answer"), "Expose answer")
    assert (action["kind"], "diagnostics" in action) == ("refactor.rewrite.runagent.expose", False)
    (changed,) = action["edit"]["documentChanges"]
    assert changed["textDocument"] == {"uri": config_uri, "version": 1}
    after = texts_after(action["edit"], {config_uri: text})[config_uri]
    assert json.loads(after)["agent_architecture"]["entrypoints"][2] == {
        "file": "main.py",
        "module": "answer",
        "tag": "answer",
    }
    editor.change(config_uri, after)
    assert editor.pull(config_uri)["items"] == []
    assert actions_at(editor, uri, code, "answer") == []


def test_a_secret_moves_as_the_fix_of_its_finding(editor: Editor, tmp_path: Path) -> None:
    key = "sk-proj-abcdefghijklmnop1234"
    env_vars = {"OPENAI_API_KEY": key, "MODE": "fast"}
    config = write_project(tmp_path / "agent", env_vars=env_vars)
    env, ignored = config.parent / ".env", config.parent / ".gitignore"
    env.write_text("A=1\n")
    ignored.write_text(".env\n")
    uri, text = editor.open(config), config.read_text("utf-8")
    action = titled(actions_at(editor, uri, text, key), "Move OPENAI_API_KEY")
    assert action["kind"] == "quickfix"
    assert [it["code"] for it in action["diagnostics"]] == ["RA401"]
    after = texts_after(action["edit"], {uri: text, env.as_uri(): "A=1\n"})
    assert after[env.as_uri()] == f"A=1\nOPENAI_API_KEY={key}\n"
    assert json.loads(after[uri])["env_vars"] == {"MODE": "fast"}
    other = titled(actions_at(editor, uri, text, '"MODE"', ["refactor.extract"]), "Move MODE")
    assert other["kind"] == "refactor.extract.runagent.env"
    assert actions_at(editor, uri, text, '"MODE"', ["refactor.rewrite", "quickfix"]) == []


def test_without_env_a_secret_moves_only_where_files_can_be_made(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent", env_vars={"MODE": "fast"})
    text = config.read_text("utf-8")
    created = []
    for capabilities in (PULL, CREATING):
        editor = editors([tmp_path], capabilities)
        editor.start()
        for action in actions_at(editor, editor.open(config), text, '"MODE"'):
            edits = action["edit"]["documentChanges"]
            created.append([Path(it["uri"]).name for it in edits if it.get("kind") == "create"])
    assert created == [[".env", ".gitignore"]]


def test_a_client_of_plain_edits_gets_those(editors: Callable[..., Editor], tmp_path: Path) -> None:
    capabilities = copy.deepcopy(PULL)
    del capabilities["workspace"]["workspaceEdit"]
    editor = editors([tmp_path], capabilities)
    editor.start()
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    action = titled(actions_at(editor, uri, text, '"agent_id"'), "Generate")
    (change,) = action["edit"]["changes"][uri]
    assert len(change["newText"]) == len('"11111111-2222-4333-8444-555555555555"')
