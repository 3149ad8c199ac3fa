"""What an editor shows under the mouse."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.conftest import write_project
from lsp.editor import PULL, SHELL, Editor
from lsp.scripted_agent import FINE, ScriptedAgent
from lsp.served import environment, start, write_agent
from runagent_ls.text.lines import LineIndex

Json = dict[str, Any]


def with_hover(*formats: str) -> Json:
    """Capabilities of an editor whose popups show these formats, best first."""
    hover = {"hover": {"contentFormat": list(formats)}}
    return {**PULL, "textDocument": {**PULL["textDocument"], **hover}}


@pytest.fixture
def editor(editors: Callable[..., Editor], tmp_path: Path) -> Editor:
    """An editor that shows Markdown."""
    made = editors([tmp_path], with_hover("markdown", "plaintext"))
    made.start()
    return made


def hover_at(editor: Editor, uri: str, text: str, part: str, by: int = 1) -> Json | None:
    """Hover `by` characters into the first `part` of the text."""
    line, character = LineIndex(text).position(text.index(part) + by)
    found: Json | None = editor.request(
        "textDocument/hover",
        {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}},
    )
    return found


def said(found: Json | None) -> str:
    assert found is not None
    value: str = found["contents"]["value"]
    return value


def test_a_field_says_what_the_real_system_does_with_it(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    text = config.read_text("utf-8")
    found = hover_at(editor, editor.open(config), text, '"created_at"')
    assert found is not None
    assert found["contents"]["kind"] == "markdown"
    assert "silently replaced by the current time" in said(found)
    assert "**Required** · text or number" in said(found)
    assert '```json\n"created_at": "2025-06-25T13:42:03"\n"created_at": ' in said(found)
    line = text[: text.index('"created_at"')].count("\n")
    assert found["range"] == {
        "start": {"line": line, "character": 2},
        "end": {"line": line, "character": 2 + len('"created_at"')},
    }


def test_an_editor_without_markdown_gets_plain_text(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent")
    text = config.read_text("utf-8")
    for capabilities in (PULL, with_hover("plaintext", "markdown"), with_hover("bogus")):
        plain = editors([tmp_path], capabilities)
        plain.start()
        found = hover_at(plain, plain.open(config), text, '"created_at"')
        assert found is not None
        assert found["contents"]["kind"] == "plaintext"
        assert "is silently replaced by the current time at every load." in said(found)
        assert "**" not in said(found)


def test_a_broken_config_keeps_its_explanations(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    for version, broken in enumerate((text[:-9], text.replace(",", ""), text.replace(":", "")), 2):
        editor.change(uri, broken, version)
        assert "Any text is taken" in said(hover_at(editor, uri, broken, '"agent_name"'))


def test_nothing_is_said_of_other_places_and_files(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent", other={"agent_name": "x"})
    uri, text = editor.open(config), config.read_text("utf-8")
    assert hover_at(editor, uri, text, '"other"') is None
    assert hover_at(editor, uri, text, "{", by=2) is None
    position = {"line": 0, "character": 0}
    for strange in ("untitled:Untitled-1", (tmp_path / "package.json").as_uri()):
        asked = {"textDocument": {"uri": strange}, "position": position}
        assert editor.request("textDocument/hover", asked) is None
    for strange_place in ({}, {"line": "0", "character": 0}, {"line": -1, "character": -1}, 7):
        asked_there = {"textDocument": {"uri": uri}, "position": strange_place}
        assert editor.request("textDocument/hover", asked_there) is None


def test_module_and_tag_show_the_function(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    for part in ('"module": "greet"', '"tag": "greet"'):
        shown = said(hover_at(editor, uri, text, part, by=len(part) - 2))
        assert shown.startswith("```python\ndef greet(name: str, times: int = 1) -> str\n```")
        assert "Say hello." in shown
        main = (config.parent / "main.py").as_uri()
        assert f"**Gives one result** · function · defined in [main.py:4]({main}#L4,5)" in shown
        assert "| `times?` | `number` | `int` | `i64` |" in shown
        assert "Last called" not in shown
    shown = said(hover_at(editor, uri, text, '"count_stream"', by=3))
    assert "**Streams** · generator" in shown


def test_unsaved_code_is_what_counts(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    main = editor.open(config.parent / "main.py", language="python")
    editor.change(main, "\n\ndef greet(whom):\n    return 1\n\n\ndef count(\n")
    shown = said(hover_at(editor, uri, text, '"tag": "greet"', by=9))
    assert "greet(whom)" in shown
    assert "main.py:3" in shown


def test_the_last_call_is_told(
    editors: Callable[..., Editor], server: ScriptedAgent, tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent")
    text = config.read_text("utf-8")
    history = {"RUNAGENT_LS_HISTORY": str(tmp_path / "history.db")}
    editor = editors([tmp_path], with_hover("markdown"), environment=history)
    editor.start()
    server.answers = [FINE]
    uri = editor.open(config)
    assert "Last called" not in said(hover_at(editor, uri, text, '"tag": "greet"', by=9))
    call = {"configUri": uri, "tag": "greet", "kwargs": {"name": "x"}, "target": server.target}
    asked = {"command": "runagent.run", "arguments": [call]}
    editor.request("workspace/executeCommand", asked)

    def told() -> bool:
        shown = said(hover_at(editor, uri, text, '"tag": "greet"', by=9))
        return re.search(r"Last called [\w ]+: completed in ", shown) is not None

    editor.until(told, "the run is in the popup")
    assert "Last called" not in said(hover_at(editor, uri, text, '"count_stream"', by=3))


def test_where_the_agent_is_served_is_told(editors: Callable[..., Editor], tmp_path: Path) -> None:
    config = write_agent(tmp_path / "agent")
    text = config.read_text("utf-8")
    shell = {**SHELL, "textDocument": with_hover("markdown")["textDocument"]}
    editor = editors([tmp_path], shell, environment=environment(tmp_path))
    editor.start()
    uri = editor.open(config)
    agent_id = '"agent_id": "'
    unserved = said(hover_at(editor, uri, text, agent_id, by=len(agent_id)))
    assert unserved.startswith("Unique name of the agent"), "no line above what is alone"
    address = start(editor, config)["address"]
    assert said(hover_at(editor, uri, text, agent_id, by=len(agent_id))).startswith(
        f"Served at `{address}`\n\n---\n\nUnique name of the agent"
    )
    assert f"Served at `{address}`" in said(hover_at(editor, uri, text, '"tag": "greet"', by=9))
    editor.request("runagent/serve/stop", {"configUri": uri})
    editor.until(
        lambda: "Served" not in said(hover_at(editor, uri, text, '"tag": "greet"', by=9)),
        "the agent is no longer served",
    )


def test_a_history_that_cannot_be_read_hides_nothing_else(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent")
    text = config.read_text("utf-8")
    broken = tmp_path / "history.db"
    broken.write_bytes(b"no database" * 1000)
    for path in (broken, tmp_path):
        editor = editors([tmp_path], environment={"RUNAGENT_LS_HISTORY": str(path)})
        editor.start()
        uri = editor.open(config)
        assert "def greet" in said(hover_at(editor, uri, text, '"tag": "greet"', by=9))


def test_hostile_docstrings_are_shown_as_text(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    hostile = "[run](command:workbench.action.quit) <img src=x onerror=alert(1)> \\ud800"
    main = f'def greet():\n    """{hostile}"""\n\n\ndef count():\n    """{"x " * 500_000}"""\n'
    editor.open(config.parent / "main.py", main, "python")
    shown = said(hover_at(editor, uri, text, '"tag": "greet"', by=9))
    assert "\\[run\\](command:workbench.action.quit) \\<img src=x onerror=alert(1)\\>" in shown
    shown = said(hover_at(editor, uri, text, '"count_stream"', by=3))
    assert len(shown) < 10_000
    assert "…" in shown


def test_yaml_is_explained_in_yaml(editor: Editor, tmp_path: Path) -> None:
    folder = tmp_path / "yaml"
    write_project(folder).unlink()
    config = folder / "runagent.config.yaml"
    text = (
        "agent_name: demo\nenv_vars:\nagent_architecture:\n  entrypoints:\n"
        "  - file: main.py\n    module: greet\n    tag: greet\n"
    )
    config.write_text(text, "utf-8")
    uri = editor.open(config, language="yaml")
    shown = said(hover_at(editor, uri, text, "env_vars"))
    assert "not** replaced" in shown
    assert shown.endswith("```yaml\nenv_vars:\n  LOG_LEVEL: info\n```")
    assert "def greet(name: str" in said(hover_at(editor, uri, text, "module: greet", by=9))
    broken = text.replace("module: greet", "module: greet\n   - {")
    editor.change(uri, broken)
    assert "Any text" in said(hover_at(editor, uri, broken, "agent_name"))
