"""Definition, declaration, references and highlights, asked by an editor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.conftest import MAIN, VALID, write_project
from lsp.editor import PULL, Editor
from marked_text import marked
from runagent_ls.lsp.features.definition import REQUESTS
from runagent_ls.text.lines import LineIndex

Json = dict[str, Any]
LINKS: Json = {
    **PULL,
    "textDocument": {
        **PULL["textDocument"],
        "definition": {"linkSupport": True},
        "declaration": {"linkSupport": True},
    },
}


def place(text: str, part: str, inside: str | None = None) -> Json:
    """The LSP range of `inside` within the first `part` of `text`."""
    start = text.index(part)
    start += part.index(inside) if inside else 0
    span = marked(f"{text[:start]}⟦{inside or part}⟧{text[start + len(inside or part) :]}").spans[0]
    (line, character), (end_line, end_character) = LineIndex(text).range(span)
    return {
        "start": {"line": line, "character": character},
        "end": {"line": end_line, "character": end_character},
    }


def ask(editor: Editor, request: str, uri: str, at: Json, **more: object) -> Any:
    params = {"textDocument": {"uri": uri}, "position": at, **more}
    return editor.request(f"textDocument/{request}", params)


def test_module_and_file_lead_to_the_code(editors: Callable[..., Editor], tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    editor = editors([tmp_path], LINKS)
    editor.start()
    uri, text = editor.open(config), config.read_text("utf-8")
    main = (config.parent / "main.py").as_uri()
    module = place(text, '"module": "count"', "count")
    (link,) = ask(editor, "definition", uri, module["start"])
    assert link == {
        "originSelectionRange": module,
        "targetUri": main,
        "targetRange": place(MAIN, MAIN[MAIN.index("def count") :].rstrip("\n")),
        "targetSelectionRange": place(MAIN, "def count", "count"),
    }
    file = place(text, '"file": "main.py"', "main.py")
    (link,) = ask(editor, "definition", uri, file["end"])
    top = {"line": 0, "character": 0}
    assert link["originSelectionRange"] == file
    assert (link["targetUri"], link["targetRange"]["start"]) == (main, top)


def test_an_editor_without_links_gets_locations(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    at = place(text, '"module": "greet"', "greet")["start"]
    expected = {
        "uri": (config.parent / "main.py").as_uri(),
        "range": place(MAIN, "def greet", "greet"),
    }
    assert ask(editor, "definition", uri, at) == [expected]
    assert ask(editor, "declaration", uri, at) == [expected]


CLIENT = 'from runagent import RunAgentClient\n\nRunAgentClient("{}", "greet")\n'


def test_references_of_a_tag_go_through_all_files(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    client = tmp_path / "client.py"
    client.write_text(CLIENT.format(VALID["agent_id"]), "utf-8")
    uri, text = editor.open(config), config.read_text("utf-8")
    editor.open(client, language="python")
    tag = place(text, '"tag": "greet"', '"greet"')
    tag["start"]["character"] += 1
    tag["end"]["character"] -= 1
    function: Json = {
        "uri": (config.parent / "main.py").as_uri(),
        "range": place(MAIN, "def greet", "greet"),
    }
    call: Json = {"uri": client.as_uri(), "range": place(client.read_text("utf-8"), "greet")}
    expected = [{"uri": uri, "range": tag}, function, call]
    context = {"includeDeclaration": True}
    assert ask(editor, "references", uri, tag["start"], context=context) == expected
    in_client = ask(editor, "references", client.as_uri(), call["range"]["end"], context=context)
    assert in_client == expected
    context = {"includeDeclaration": False}
    assert ask(editor, "references", uri, tag["start"], context=context) == [function, call]


def test_client_code_leads_to_the_entry_and_to_the_function(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    client = tmp_path / "client.py"
    client.write_text(CLIENT.format(VALID["agent_id"]), "utf-8")
    uri = editor.open(client, language="python")
    at = place(client.read_text("utf-8"), "greet")["start"]
    editor.until(lambda: bool(ask(editor, "definition", uri, at)), "the project is found")
    (entry,) = ask(editor, "definition", uri, at)
    assert entry["uri"] == config.as_uri()
    line = config.read_text("utf-8").split("\n")[entry["range"]["start"]["line"]]
    assert line.strip() == '"tag": "greet"'
    (function,) = ask(editor, "implementation", uri, at)
    assert function["uri"] == (config.parent / "main.py").as_uri()
    assert function["range"] == place(MAIN, "def greet", "greet")


def test_a_shared_module_knows_all_its_projects(editor: Editor, tmp_path: Path) -> None:
    entries = {"entrypoints": [{"file": "../lib.py", "module": "greet", "tag": "greet"}]}
    configs = [
        write_project(tmp_path / name, agent_architecture=entries) for name in ("one", "two")
    ]
    lib = tmp_path / "lib.py"
    lib.write_text(MAIN, "utf-8")
    editor.pull_all()
    uri = editor.open(lib, language="python")
    at = place(MAIN, "def greet", "greet")["start"]
    found = ask(editor, "references", uri, at, context={"includeDeclaration": True})
    assert [it["uri"] for it in found or ()] == [config.as_uri() for config in configs]


def test_highlights_count_in_utf_16(editor: Editor, tmp_path: Path) -> None:
    text = (
        '{"agent_name": "🦉", "agent_architecture": {"entrypoints": '
        '[{"tag": "🦉é"}, {"tag": "other"}, {"tag": "🦉é"}]}}'
    )
    config = tmp_path / "runagent.config.json"
    config.write_text(text, "utf-8")
    uri = editor.open(config)
    first = text.index("🦉é") + 1
    second = text.index("🦉é", first) + 2
    found = ask(editor, "documentHighlight", uri, {"line": 0, "character": first})
    starts = [(it["range"]["start"]["character"], it["range"]["end"]["character"]) for it in found]
    assert starts == [(first, first + 3), (second, second + 3)]


@pytest.mark.parametrize("request_name", [*REQUESTS, "references", "documentHighlight"])
def test_any_text_and_any_place_gets_an_answer(
    editor: Editor, tmp_path: Path, request_name: str
) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    positions = [(0, 0), (3, 7), (9999, 1), (2, 9999), (17, 20), (-1, -5)]
    for version, broken in enumerate(("", "{", "[1]", text[:-150], "\ud800", "\u2028{"), 2):
        editor.change(uri, broken, version)
        for line, character in positions:
            at = {"line": line, "character": character}
            answer = ask(editor, request_name, uri, at, context={"includeDeclaration": True})
            assert answer is None or isinstance(answer, list)
    for wrong in ("untitled:Untitled-1", (tmp_path / "none.py").as_uri(), "file:///nowhere/a.ts"):
        at = {"line": 0, "character": 0}
        assert ask(editor, request_name, wrong, at, context={"includeDeclaration": True}) is None
    assert editor.of("window/logMessage") == []


def test_client_code_that_is_not_open_counts(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    script = tmp_path / "web" / "app.ts"
    script.parent.mkdir()
    text = (
        "import { RunAgentClient } from 'runagent';\r\n"
        f"const é = '🦉'; new RunAgentClient({{ agentId: '{VALID['agent_id']}', "
        "entrypointTag: 'count_stream' });\r\n"
    )
    script.write_bytes(text.encode("utf-8"))
    editor.files_changed((script, 1))
    uri = editor.open(config)
    at = place(config.read_text("utf-8"), '"tag": "count_stream"', "count_stream")["end"]
    context = {"includeDeclaration": False}

    def calls() -> list[Json]:
        found = ask(editor, "references", uri, at, context=context)
        return [it for it in found or () if it["uri"] == script.as_uri()]

    editor.until(lambda: bool(calls()), "the script is read")
    (call,) = calls()
    assert call["range"] == place(text, "'count_stream'", "count_stream")


def test_yaml_with_other_line_ends(editors: Callable[..., Editor], tmp_path: Path) -> None:
    config = tmp_path / "runagent.config.yaml"
    text = (
        "agent_name: 🦉\r\nagent_architecture:\r\n  entrypoints:\r\n"
        "    - {tag: '🦉', file: main.py, module: 'é.run'} # 🦉\r\n"
    )
    config.write_bytes(text.encode("utf-8"))
    source = "# 🦉\r\nclass A:\r\n    🦉 = 1\r\n    def run(self): ...\r\n\r\né = A()\r\n"
    source = source.replace("    🦉 = 1\r\n", "    x = '🦉'; y = 2\r\n")
    (tmp_path / "main.py").write_bytes(source.encode("utf-8"))
    editor = editors([tmp_path], LINKS)
    editor.start()
    uri = editor.open(config, text, "yaml")
    for part, target, name in (("é", "é = A()", "é"), ("run", "def run", "run")):
        origin = place(text, "'é.run'", part)
        (link,) = ask(editor, "definition", uri, origin["end"])
        assert link["originSelectionRange"] == origin
        assert link["targetSelectionRange"] == place(source, target, name)


def test_broken_python_still_leads_there(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    main = config.parent / "main.py"
    uri, python = editor.open(config), editor.open(main, language="python")
    broken = f"def broken(:\n    x = [\n\n\n{MAIN}"
    editor.change(python, broken)
    at = place(config.read_text("utf-8"), '"module": "count"', "count")["start"]
    (found,) = ask(editor, "definition", uri, at)
    assert found == {"uri": python, "range": place(broken, "def count", "count")}


def test_files_outside_the_workspace(editors: Callable[..., Editor], tmp_path: Path) -> None:
    config = write_project(tmp_path / "elsewhere" / "agent")
    (tmp_path / "empty").mkdir()
    for folders in ([tmp_path / "empty"], []):
        editor = editors(folders)
        editor.start()
        uri, text = editor.open(config), config.read_text("utf-8")
        (found,) = ask(editor, "definition", uri, place(text, '"file": "main.py"', "main")["start"])
        assert found["uri"] == (config.parent / "main.py").as_uri()
        client = tmp_path / "client.py"
        call = CLIENT.format(VALID["agent_id"])
        at = place(call, "greet")["start"]
        (found,) = ask(editor, "definition", editor.open(client, call, "python"), at)
        assert found["uri"] == uri


def test_definitions_follow_edits_that_are_not_saved(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    main = config.parent / "main.py"
    uri, text = editor.open(config), config.read_text("utf-8")
    python = editor.open(main, language="python")
    edited = f"import os\n\n\n{MAIN.replace('def greet', 'def welcome')}"
    editor.change(python, edited)
    at = place(text, '"module": "greet"', "greet")["start"]
    assert ask(editor, "definition", uri, at) is None
    editor.change(uri, text.replace('"module": "greet"', '"module": "welcome"'))
    (found,) = ask(editor, "definition", uri, at)
    assert found["range"] == place(edited, "def welcome", "welcome")
    editor.close_document(python)
    assert ask(editor, "definition", uri, at) is None
