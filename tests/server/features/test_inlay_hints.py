"""Signatures behind `module`, wherever that stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from marked_workspace import JSON, YAML, MarkedWorkspace, config, entry
from runagent_ls.features.inlay_hints import hint_facts, signature_hints
from runagent_ls.text.position import Span

MAIN = "class App:\n    def ask(self, a: int): ...\n\napp = App()\n\ndef greet(b=1) -> str: ...\n"


def shown(tmp_path: Path, name: str, text: str, source: str = MAIN) -> str:
    """The configuration with its hints in it."""
    workspace = MarkedWorkspace(tmp_path, {name: text, "main.py": source, "again.py": ""})
    project = workspace.snapshot.project(tmp_path / name)
    hints = list(signature_hints(project, Span(0, len(text))))
    for hint in reversed(hints):
        text = f"{text[: hint.offset]}⟦{hint.label}⟧{text[hint.offset :]}"
    return text


def test_in_json_and_in_yaml(tmp_path: Path) -> None:
    text = config(entry("greet"), entry("app.ask", "b"))
    expected = text.replace('"greet"', '"greet"⟦(b=1) -> str⟧')
    expected = expected.replace('"app.ask"', '"app.ask"⟦(a: int)⟧')
    assert shown(tmp_path / "json", JSON, text) == expected
    one_line = text.replace("\n", "\r\n")
    assert shown(tmp_path / "crlf", JSON, one_line) == expected.replace("\n", "\r\n")
    yaml = (
        "agent_architecture:\n  entrypoints:\n  - file: main.py\n    module: greet\n    tag: a\n"
        "  - {file: main.py, tag: b, module: app.ask}\n"
    )
    assert shown(tmp_path / "yaml", YAML, yaml) == yaml.replace(
        "greet", "greet⟦(b=1) -> str⟧"
    ).replace("app.ask", "app.ask⟦(a: int)⟧")


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("nowhere", MAIN),
        ("greet", "from somewhere import greet\n"),
        ("greet", "greet = 5\n"),
        ("greet", ""),
    ],
)
def test_none_where_nothing_is_known(tmp_path: Path, module: str, source: str) -> None:
    text = config(entry(module))
    assert shown(tmp_path, JSON, text, source) == text


def test_each_screen_of_a_long_list_has_its_own(tmp_path: Path) -> None:
    text = config(*(entry("greet", f"t{number}") for number in range(100)))
    workspace = MarkedWorkspace(tmp_path, {JSON: text, "main.py": MAIN})
    project = workspace.snapshot.project(tmp_path / JSON)
    everything = [it.offset for it in signature_hints(project, Span(0, len(text)))]
    assert len(everything) == 100
    for begin in range(0, len(text), 97):
        end = begin + 500
        found = [it.offset for it in signature_hints(project, Span(begin, end))]
        assert found == [it for it in everything if begin <= it <= end]


def test_edits_that_move_functions_change_nothing_that_is_shown(tmp_path: Path) -> None:
    workspace = MarkedWorkspace(tmp_path, {JSON: config(entry("greet")), "main.py": MAIN})
    facts = hint_facts(workspace.snapshot.project(tmp_path / JSON))
    workspace.snapshot.open(tmp_path / "main.py", f"# a comment\n{MAIN}")
    assert hint_facts(workspace.snapshot.project(tmp_path / JSON)) == facts
    workspace.snapshot.change(tmp_path / "main.py", MAIN.replace("b=1", "b=2"))
    assert hint_facts(workspace.snapshot.project(tmp_path / JSON)) != facts
