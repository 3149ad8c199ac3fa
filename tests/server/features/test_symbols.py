"""The outline of a configuration, and entrypoints found by name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from corpus_agents import PROJECTS, build
from marked_workspace import JSON, YAML, MarkedWorkspace, config, entry
from runagent_ls.features.symbols.outline import OutlineSymbol, outline
from runagent_ls.features.symbols.search import MOST, entrypoint_at, find_entrypoints

Shape = tuple[str, str, str, list["Shape"]]


def shape(symbols: Iterable[OutlineSymbol]) -> list[Shape]:
    return [(it.name, it.kind, it.detail, shape(it.children)) for it in symbols]


def outlined(root: Path, text: str, name: str = JSON) -> tuple[OutlineSymbol, ...]:
    """The outline of a text; every place must be sound."""
    workspace = MarkedWorkspace(root, {name: text})
    found = outline(workspace.snapshot.document(root / name))
    check(found, 0, len(text))
    return found


def check(symbols: Iterable[OutlineSymbol], start: int, end: int) -> None:
    for it in symbols:
        assert it.name.strip()
        assert (
            start <= it.span.start <= it.name_span.start <= it.name_span.end <= it.span.end <= end
        )
        check(it.children, it.span.start, it.span.end)


def test_entrypoints_stand_in_the_outline_by_their_tags(tmp_path: Path) -> None:
    hook = '{"webhook_url": "https://example.org/secret?k=1", "method": "POST", "tag": "hook"}'
    text = config(entry("greet", "hello"), entry("a.b", "b_stream"), hook, more=', "version": "1"')
    found = outlined(tmp_path, text)
    entries: list[Shape] = [
        ("hello", "function", "main.py: greet", []),
        ("b_stream", "function", "main.py: a.b (stream)", []),
        ("hook", "event", "example.org", []),
    ]
    assert shape(found) == [
        ("agent_id", "string", "a1", []),
        ("agent_architecture", "object", "", [("entrypoints", "array", "", entries)]),
        ("version", "string", "1", []),
    ]
    first = found[1].children[0].children[0]
    assert text[first.name_span.start : first.name_span.end] == "hello"
    assert text[first.span.start : first.span.end] == entry("greet", "hello")


def test_values_that_may_be_secret_are_not_shown(tmp_path: Path) -> None:
    text = '{"env_vars": {"KEY": "s3cret"}, "token": "s3cret", "a": {"version": "s3cret"}}'
    found = outlined(tmp_path, text)
    assert "s3cret" not in repr(found)
    assert shape(found)[0] == ("env_vars", "object", "", [("KEY", "variable", "", [])])


def test_each_kind_of_value(tmp_path: Path) -> None:
    text = '{"a": 1.5, "b": true, "c": null, "d": ["x", {"e": ""}], "": {}, " ": 1}'
    assert shape(outlined(tmp_path, text)) == [
        ("a", "number", "", []),
        ("b", "boolean", "", []),
        ("c", "null", "", []),
        (
            "d",
            "array",
            "",
            [("1", "string", "", []), ("2", "object", "", [("e", "string", "", [])])],
        ),
        ('""', "object", "", []),
        ('""', "number", "", []),
    ]


@pytest.mark.parametrize(
    ("one", "name"),
    [
        ('{"webhook_url": "https://[::1", "method": "POST"}', "entrypoint 1"),
        ('{"file": "main.py", "module": "greet"}', "greet"),
        ('{"file": "main.py", "module": "", "tag": " "}', "main.py"),
        ("{}", "entrypoint 1"),
        ("7", "entrypoint 1"),
    ],
)
def test_entrypoints_without_a_tag_have_a_name(tmp_path: Path, one: str, name: str) -> None:
    found = outlined(tmp_path, config(one))
    assert found[1].children[0].children[0].name == name


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "{", '{"agent_architecture": {"entrypoints": [{"tag": "hel', '{"a": {"b": [', "7"],
)
def test_any_text_has_an_outline(tmp_path: Path, text: str) -> None:
    outlined(tmp_path, text)


def test_a_broken_text_keeps_its_entrypoints(tmp_path: Path) -> None:
    text = config(entry("greet", "hello"), entry("more", "more"))
    found = outlined(tmp_path, text[: text.index('"more"') + 3])
    assert [it.name for it in found[1].children[0].children] == ["hello", "mo"]


def test_deep_nesting_ends(tmp_path: Path) -> None:
    outlined(tmp_path, '{"a":' * 300 + "1" + "}" * 300)


def test_yaml_with_anchors(tmp_path: Path) -> None:
    text = "agent_architecture:\n  entrypoints:\n    - {tag: one, file: a.py, module: f}\n"
    assert shape(outlined(tmp_path, text, YAML))[0][3][0][3] == [("one", "function", "a.py: f", [])]
    workspace = MarkedWorkspace(tmp_path, {YAML: "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n"})
    found = shape(outline(workspace.snapshot.document(tmp_path / YAML)))
    assert {it[0] for it in found} == {"a", "c"}


@pytest.mark.parametrize("project", PROJECTS)
def test_outlines_of_real_configurations(project: str, tmp_path: Path) -> None:
    path = build(project, tmp_path)
    text = path.read_text("utf-8")
    workspace = MarkedWorkspace(tmp_path, {JSON: text})
    model = workspace.snapshot.project(path)
    found = outline(model.document)
    check(found, 0, len(text))
    (architecture,) = (it for it in found if it.name == "agent_architecture")
    (entrypoints,) = (it for it in architecture.children if it.name == "entrypoints")
    assert [it.name for it in entrypoints.children] == [it.tag for it in model.entrypoints]


# --- the workspace ------------------------------------------------------------------------


def search(workspace: MarkedWorkspace, query: str) -> list[tuple[str, str]]:
    return [(it.name, it.container) for it in find_entrypoints(workspace.snapshot, query)]


@pytest.fixture
def agents(tmp_path: Path) -> MarkedWorkspace:
    files = {
        f"one/{JSON}": config(
            entry("greet", "⟦hello⟧"), entry("bot.run", "chat"), more=', "agent_name": "Helper"'
        ),
        f"two/{JSON}": config(entry("main", "⟦say_hello_stream⟧"), agent_id="a2"),
    }
    return MarkedWorkspace(tmp_path, files)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("hello", [("hello", "Helper"), ("say_hello_stream", "two")]),
        ("HELLO_", [("say_hello_stream", "two")]),
        ("hel", [("hello", "Helper"), ("say_hello_stream", "two"), ("chat (Helper)", "Helper")]),
        ("shs", [("say_hello_stream", "two")]),
        ("bot.run", [("chat (bot.run)", "Helper")]),
        ("grt", [("hello (greet)", "Helper")]),
        ("helper chat", [("chat (Helper)", "Helper")]),
        ("helper run", [("chat (bot.run, Helper)", "Helper")]),
        ("nothing", []),
        ("  ", [("hello", "Helper"), ("chat", "Helper"), ("say_hello_stream", "two")]),
    ],
)
def test_search(agents: MarkedWorkspace, query: str, expected: list[tuple[str, str]]) -> None:
    assert search(agents, query) == expected


def test_better_names_come_first(tmp_path: Path) -> None:
    tags = ("h_e_l_l_o", "say_hello", "hello_you", "hello")
    workspace = MarkedWorkspace(tmp_path, {JSON: config(*(entry("f", tag) for tag in tags))})
    assert [name for name, _ in search(workspace, "hello")] == list(reversed(tags))


def test_what_is_found_stands_at_its_tag(agents: MarkedWorkspace) -> None:
    found = find_entrypoints(agents.snapshot, "hello")
    shown = agents.shown((it.config, it.span) for it in found)
    assert shown == agents.places


def test_not_more_than_an_editor_can_show(tmp_path: Path) -> None:
    entries = [entry("f", f"t{number}") for number in range(MOST + 20)]
    workspace = MarkedWorkspace(tmp_path, {JSON: config(*entries)})
    assert len(search(workspace, "")) == MOST
    assert search(workspace, f"t{MOST + 19}")[0][0] == f"t{MOST + 19}"


def test_a_symbol_is_found_again_after_an_edit(agents: MarkedWorkspace) -> None:
    path = agents.root / "one" / JSON
    span = entrypoint_at(agents.snapshot.document(path), 0, "hello")
    assert span == agents.texts[f"one/{JSON}"].spans[0]
    agents.snapshot.open(path, config(entry("x", "new"), entry("greet", "hello")))
    moved = entrypoint_at(agents.snapshot.document(path), 0, "hello")
    text = agents.snapshot.files.read(path).text or ""
    assert moved is not None
    assert text[moved.start : moved.end] == "hello"
    assert entrypoint_at(agents.snapshot.document(path), 0, "gone") is not None
    assert entrypoint_at(agents.snapshot.document(path), 99, "gone") is None
    assert entrypoint_at(agents.snapshot.document(path), -1, "gone") is None
