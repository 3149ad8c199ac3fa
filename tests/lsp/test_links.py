"""Document links, asked by an editor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsp.conftest import write_project
from lsp.editor import Editor

Json = dict[str, Any]


def links(editor: Editor, uri: str) -> list[Json] | None:
    found: list[Json] | None = editor.request(
        "textDocument/documentLink", {"textDocument": {"uri": uri}}
    )
    return found


def test_files_and_addresses_are_links(editor: Editor, tmp_path: Path) -> None:
    source = {"repo_url": "https://example.org/é", "author": "", "path": ""}
    config = write_project(tmp_path / "a b", template_source=source)
    found = links(editor, editor.open(config))
    main = (config.parent / "main.py").as_uri()
    assert [it["target"] for it in found or ()] == [main, main, "https://example.org/é"]
    lines = config.read_text("utf-8").split("\n")
    for link in found or ():
        start, end = link["range"]["start"], link["range"]["end"]
        text = lines[start["line"]][start["character"] : end["character"]]
        assert text in ("main.py", "https://example.org/é")


def test_links_follow_edits_and_files(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    editor.change(uri, text.replace("main.py", "more.py", 1))
    assert len(links(editor, uri) or ()) == 1
    more = config.parent / "more.py"
    more.write_text("")
    editor.files_changed((more, 1))
    assert [it["target"] for it in links(editor, uri) or ()][:1] == [more.as_uri()]


def test_other_files_have_none(editor: Editor, tmp_path: Path) -> None:
    write_project(tmp_path / "agent")
    for name in ("agent/main.py", "agent/none.txt", "requirements.txt"):
        assert links(editor, (tmp_path / name).as_uri()) is None
    assert links(editor, "untitled:Untitled-1") is None


def test_requirements_lead_to_those_they_include(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    base, requirements = config.parent / "base.txt", config.parent / "requirements.txt"
    base.write_text("")
    requirements.write_text("-r base.txt\n")
    editor.open(config)
    found = links(editor, editor.open(requirements, language="pip-requirements"))
    assert found is not None
    (link,) = found
    assert link["target"] == base.as_uri()
    assert link["range"]["start"] == {"line": 0, "character": 3}
