"""Symbols of a configuration and of the workspace, asked by an editor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.conftest import write_project
from lsp.editor import PULL, Editor, RefusedError

Json = dict[str, Any]
TREES: Json = {
    **PULL,
    "textDocument": {
        **PULL["textDocument"],
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
    },
    "workspace": {
        **PULL["workspace"],
        "symbol": {"resolveSupport": {"properties": ["location.range"]}},
    },
}


def outline(editor: Editor, uri: str) -> list[Json] | None:
    found: list[Json] | None = editor.request(
        "textDocument/documentSymbol", {"textDocument": {"uri": uri}}
    )
    return found


def search(editor: Editor, query: str) -> list[Json]:
    found: list[Json] = editor.request("workspace/symbol", {"query": query})
    return found


def line_with(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n")


def test_the_outline_is_a_tree(editors: Callable[..., Editor], tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    editor = editors([tmp_path], TREES)
    assert editor.start()["capabilities"]["documentSymbolProvider"] == {"label": "RunAgent"}
    found = outline(editor, editor.open(config)) or []
    (architecture,) = (it for it in found if it["name"] == "agent_architecture")
    ((greet, count),) = (it["children"] for it in architecture["children"])
    assert (greet["name"], greet["detail"], greet["kind"]) == ("greet", "main.py: greet", 12)
    assert count["detail"] == "main.py: count (stream)"
    text = config.read_text("utf-8")
    assert greet["selectionRange"]["start"]["line"] == line_with(text, '"tag": "greet"')
    assert greet["range"]["start"]["line"] == line_with(text, '"module": "greet"') - 2


def test_the_shell_is_told_what_its_own_outline_of_json_lacks(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent")
    editor = editors([tmp_path], {**TREES, "experimental": {"runagent": {"version": 1}}})
    editor.start()
    uri = editor.open(config)
    (agent,) = outline(editor, uri) or []
    assert agent["name"] == "demo"
    assert agent["range"]["start"] == {"line": 0, "character": 0}
    text = config.read_text("utf-8")
    assert agent["range"]["end"] == {"line": text.count("\n"), "character": 1}
    entrypoints = agent["children"]
    assert [(it["name"], it["children"]) for it in entrypoints] == [
        ("greet", []),
        ("count_stream", []),
    ]
    editor.change(uri, "{}")
    assert not outline(editor, uri)
    yaml = tmp_path / "yaml" / "runagent.config.yaml"
    yaml.parent.mkdir()
    yaml.write_text("agent_name: x\nagent_architecture: {entrypoints: [{tag: a}]}\n")
    found = outline(editor, editor.open(yaml, language="yaml")) or []
    assert [it["name"] for it in found] == ["agent_name", "agent_architecture"]


def test_an_editor_without_trees_gets_a_list(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri = editor.open(config)
    found = outline(editor, uri) or []
    (greet,) = (it for it in found if it["name"] == "greet")
    assert (greet["containerName"], greet["location"]["uri"]) == ("entrypoints", uri)
    assert "children" not in greet


def test_other_files_have_no_outline(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri = editor.open(config.parent / "main.py", language="python")
    assert outline(editor, uri) is None
    assert outline(editor, "untitled:Untitled-1") is None


def test_broken_texts_have_an_outline(editor: Editor, tmp_path: Path) -> None:
    config = write_project(tmp_path / "agent")
    uri, text = editor.open(config), config.read_text("utf-8")
    for version, broken in enumerate(("", "{", "[1]", text[:-180], "\ud800"), 2):
        editor.change(uri, broken, version)
        assert isinstance(outline(editor, uri), list)
    editor.change(uri, text[: text.index('"module": "count"')], 20)
    assert "greet" in [it["name"] for it in outline(editor, uri) or ()]


def test_entrypoints_of_all_projects_are_found(editor: Editor, tmp_path: Path) -> None:
    configs = [write_project(tmp_path / name, agent_name=name) for name in ("one", "two")]
    editor.until(lambda: len(search(editor, "greet")) == 2, "both projects are found")
    found = search(editor, "greet")
    assert [(it["name"], it["containerName"]) for it in found] == [
        ("greet", "one"),
        ("greet", "two"),
    ]
    assert [it["location"]["uri"] for it in found] == [config.as_uri() for config in configs]
    line = line_with(configs[0].read_text("utf-8"), '"tag": "greet"')
    assert found[0]["location"]["range"]["start"]["line"] == line
    assert [it["name"] for it in search(editor, "two cnt")] == ["count_stream (two)"]
    assert search(editor, "nothing of this name") == []


def test_places_are_given_later_to_editors_that_ask(
    editors: Callable[..., Editor], tmp_path: Path
) -> None:
    config = write_project(tmp_path / "agent")
    editor = editors([tmp_path], TREES)
    provider = editor.start()["capabilities"]["workspaceSymbolProvider"]
    assert provider == {"resolveProvider": True}
    editor.until(lambda: len(search(editor, "greet")) == 1, "the project is found")
    (found,) = search(editor, "greet")
    assert found["location"] == {"uri": config.as_uri()}
    resolved = editor.request("workspaceSymbol/resolve", found)
    line = line_with(config.read_text("utf-8"), '"tag": "greet"')
    assert resolved["location"]["range"]["start"]["line"] == line
    assert resolved["name"] == "greet"
    with pytest.raises(RefusedError, match="no symbol"):
        editor.request("workspaceSymbol/resolve", {**found, "data": None})


def test_a_query_that_is_no_text_is_refused(editor: Editor) -> None:
    with pytest.raises(RefusedError, match="query"):
        editor.request("workspace/symbol", {"query": 7})
