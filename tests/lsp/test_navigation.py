"""Definition, declaration, references and highlights, asked by an editor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsp.conftest import MAIN, write_project
from lsp.editor import PULL, Editor
from marked_text import marked
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
