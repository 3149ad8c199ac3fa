"""Code actions as editors get them: one fix, all fixes of a rule, of a file, of an agent."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.conftest import write_project
from lsp.editor import PULL, SHELL, Editor
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Position

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


def actions(
    editor: Editor, uri: str, text: str, part: str = "{", only: list[str] | None = None
) -> list[Json]:
    """Code actions where `part` begins in `text`."""
    place = LineIndex(text).position(text.index(part))._asdict()
    context: Json = {"diagnostics": []} | ({"only": only} if only is not None else {})
    asked = {
        "textDocument": {"uri": uri},
        "range": {"start": place, "end": place},
        "context": context,
    }
    found: list[Json] = editor.request("textDocument/codeAction", asked)
    return found


def titled(found: list[Json], beginning: str) -> Json:
    (one,) = [it for it in found if it["title"].startswith(beginning)]
    return one


def applied(edit: Json, uri: str, text: str) -> str:
    lines = LineIndex(text)
    (own,) = [it["edits"] for it in edit["documentChanges"] if it["textDocument"]["uri"] == uri]
    spots = [
        (
            lines.offset(Position(**it["range"]["start"])),
            lines.offset(Position(**it["range"]["end"])),
            it["newText"],
        )
        for it in own
    ]
    for start, end, new_text in sorted(spots, reverse=True):
        text = text[:start] + new_text + text[end:]
    return text


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
    (fix, *others) = actions(editor, uri, text, "// two")
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
    action = titled(actions(resolving, uri, text, "// two"), "Fix all 2 findings of comment")
    assert "edit" not in action, "told when it is chosen"
    chosen = resolving.request("codeAction/resolve", action)
    after = applied(chosen["edit"], uri, text)
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
    (action,) = actions(resolving, uri, text, only=["source.fixAll"])
    assert action["kind"] == "source.fixAll.runagent"
    after = applied(resolving.request("codeAction/resolve", action)["edit"], uri, text)
    resolving.change(uri, after)
    assert resolving.pull(uri)["items"] == []
    assert json.loads(after)
    assert actions(resolving, uri, after, only=["source.fixAll"]) == []


def test_a_client_that_does_not_resolve_gets_the_edit_at_once(
    editor: Editor, tmp_path: Path
) -> None:
    config, text = write_faulty(tmp_path / "agent")
    uri = editor.open(config, text)
    (action,) = actions(editor, uri, text, only=["source.fixAll.runagent"])
    assert json.loads(applied(action["edit"], uri, text))


def test_an_agent_is_fixed_in_all_its_files(editor: Editor, tmp_path: Path) -> None:
    config, text = write_faulty(tmp_path / "agent")
    env = config.parent / ".env"
    env.write_text("MODE\n")
    uri = editor.open(config, text)
    editor.pull(uri)
    action = titled(
        actions(editor, uri, text, "// two"), "Fix all that is safe to fix in this agent"
    )
    assert applied(action["edit"], env.as_uri(), "MODE\n") == "MODE=\n"
    assert json.loads(applied(action["edit"], uri, text))


def test_only_the_kinds_that_are_asked_for(editor: Editor, tmp_path: Path) -> None:
    config, text = write_faulty(tmp_path / "agent")
    uri = editor.open(config, text)
    assert actions(editor, uri, text, "// two", ["refactor", "source.organizeImports"]) == []
    kinds = {it["kind"] for it in actions(editor, uri, text, "// two", ["quickfix"])}
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
        offered = actions(editor, uri, text, '"yesterday"', ["quickfix"])
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
    titles = [it["title"] for it in actions(editor, uri, text, "// two", ["quickfix"])]
    assert titles == [
        "Remove the comment",
        "Fix all 2 findings of comment in this file",
        "Fix all that is safe to fix in this file",
    ], "turning the rule off would change nothing that is underlined"
    (all_,) = actions(editor, uri, text, only=["source.fixAll.runagent"])
    assert json.loads(applied(all_["edit"], uri, text))
