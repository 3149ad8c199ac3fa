"""Code actions as editors get them: one fix, all fixes of a rule, of a file, of an agent."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.applying import edited, text_edits
from lsp.asking_actions import actions_at, titled
from lsp.conftest import write_project
from lsp.editor import PULL, SHELL, Editor

Json = dict[str, Any]
RESOLVING: Json = copy.deepcopy(PULL)
RESOLVING["textDocument"]["codeAction"] |= {
    "dataSupport": True,
    "resolveSupport": {"properties": ["edit"]},
}


@pytest.fixture
def resolving(editors: Callable[..., Editor], tmp_path: Path) -> Editor:
    """A client that asks for an action's edit when it is chosen."""
    editor = editors([tmp_path], RESOLVING)
    editor.start()
    return editor


def write_faulty(folder: Path) -> tuple[Path, str]:
    """A configuration with two comments and a comma too many, but with all its fields."""
    config = write_project(folder)
    lines = config.read_text("utf-8").rstrip().removesuffix("}").rstrip()
    text = f"// one\r\n{lines},\n}}\n// two\n"
    config.write_bytes(text.encode())
    return config, text


def test_the_only_fix_is_preferred_and_carries_its_finding(editor: Editor, tmp_path: Path) -> None:
    config, text = write_faulty(tmp_path / "agent")
    uri = editor.open(config, text)
    (fix, *others) = actions_at(editor, uri, text, "// two")
    assert (fix["title"], fix["kind"], fix["isPreferred"]) == (
        "Remove the comment",
        "quickfix",
        True,
    )
    assert [it["code"] for it in fix["diagnostics"]] == ["RA003"]
    assert [it["title"] for it in others] == [
        "Fix all 2 findings of comment in this file",
        "Fix all that is safe to fix in this file",
    ]
    assert all(not it.get("isPreferred") for it in others)


def test_all_findings_of_a_rule_are_fixed_at_once(resolving: Editor, tmp_path: Path) -> None:
    config, text = write_faulty(tmp_path / "agent")
    uri = resolving.open(config, text)
    action = titled(actions_at(resolving, uri, text, "// two"), "Fix all 2 findings of comment")
    assert "edit" not in action, "told when it is chosen"
    chosen = resolving.request("codeAction/resolve", action)
    after = edited(text, text_edits(chosen["edit"])[uri])
    assert [it["code"] for it in resolving.pull(uri)["items"]] == ["RA003", "RA002", "RA003"]
    resolving.change(uri, after)
    assert [it["code"] for it in resolving.pull(uri)["items"]] == ["RA002"]
    assert (
        after.replace("\r\n", "").strip()
        == text.replace("// one\r\n", "").replace("// two", "").strip()
    )


def test_fix_all_on_save_makes_the_file_clean(resolving: Editor, tmp_path: Path) -> None:
    config, text = write_faulty(tmp_path / "agent")
    uri = resolving.open(config, text)
    (action,) = actions_at(resolving, uri, text, only=["source.fixAll"])
    assert action["kind"] == "source.fixAll.runagent"
    edit = resolving.request("codeAction/resolve", action)["edit"]
    after = edited(text, text_edits(edit)[uri])
    resolving.change(uri, after)
    assert resolving.pull(uri)["items"] == []
    assert json.loads(after)
    assert actions_at(resolving, uri, after, only=["source.fixAll"]) == []


def test_a_client_that_does_not_resolve_gets_the_edit_at_once(
    editor: Editor, tmp_path: Path
) -> None:
    config, text = write_faulty(tmp_path / "agent")
    uri = editor.open(config, text)
    (action,) = actions_at(editor, uri, text, only=["source.fixAll.runagent"])
    assert json.loads(edited(text, text_edits(action["edit"])[uri]))


def test_an_agent_is_fixed_in_all_its_files(editor: Editor, tmp_path: Path) -> None:
    config, text = write_faulty(tmp_path / "agent")
    env = config.parent / ".env"
    env.write_text("MODE\n")
    uri = editor.open(config, text)
    editor.pull(uri)
    action = titled(
        actions_at(editor, uri, text, "// two"), "Fix all that is safe to fix in this agent"
    )
    assert edited("MODE\n", text_edits(action["edit"])[env.as_uri()]) == "MODE=\n"
    assert json.loads(edited(text, text_edits(action["edit"])[uri]))


def test_only_the_kinds_that_are_asked_for(editor: Editor, tmp_path: Path) -> None:
    config, text = write_faulty(tmp_path / "agent")
    uri = editor.open(config, text)
    assert actions_at(editor, uri, text, "// two", ["refactor", "source.organizeImports"]) == []
    kinds = {it["kind"] for it in actions_at(editor, uri, text, "// two", ["quickfix"])}
    assert kinds == {"quickfix"}


def test_a_rule_is_turned_off_by_the_shell_alone(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent", created_at="yesterday")
    text, found = config.read_text("utf-8"), {}
    for name, capabilities in (("shell", SHELL), ("other", PULL)):
        editor = editors([tmp_path], capabilities)
        editor.start()
        uri = editor.open(config, text)
        offered = actions_at(editor, uri, text, '"yesterday"', ["quickfix"])
        found[name] = [it for it in offered if it["title"].startswith("Turn")]
    assert found["other"] == []
    (action,) = found["shell"]
    assert action["title"] == "Turn the rule unreadable-date off"
    # VS Code puts what has diagnostics in front of what fixes a whole file.
    assert "diagnostics" not in action
    assert action["command"] == {
        "title": "Turn the rule unreadable-date off",
        "command": "runagent.rules.disable",
        "arguments": [{"slug": "unreadable-date", "configUri": config.as_uri()}],
    }


def test_an_action_of_another_server_comes_back_as_it_is(resolving: Editor) -> None:
    for data in (None, {"uri": 3}, {"uri": "file:///nowhere", "scope": "all"}):
        action: Json = {"title": "x", "data": data}
        assert resolving.request("codeAction/resolve", action) == action


def test_syntax_that_the_editor_underlines_itself_is_fixed_all_the_same(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    config, text = write_faulty(tmp_path / "agent")
    editor = editors([tmp_path], SHELL)
    editor.start()
    uri = editor.open(config, text)
    assert editor.pull(uri)["items"] == []
    titles = [it["title"] for it in actions_at(editor, uri, text, "// two", ["quickfix"])]
    assert titles == [
        "Remove the comment",
        "Fix all 2 findings of comment in this file",
        "Fix all that is safe to fix in this file",
    ], "turning the rule off would change nothing that is underlined"
    (all_,) = actions_at(editor, uri, text, only=["source.fixAll.runagent"])
    assert json.loads(edited(text, text_edits(all_["edit"])[uri]))
