"""At every cursor of every configuration: an answer, and edits that keep the text sound."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from completing import JSON, Completing, applied, read
from corpus_agents import CORPUS, PROJECTS, build
from runagent_ls.features.completion.model import Completion
from runagent_ls.jsontree import parse
from runagent_ls.jsontree.completion_place import place_at

MAIN = '''import os
from dataclasses import dataclass

KEY = os.environ["API_KEY"]


@dataclass
class Answer:
    text: str
    score: float


def greet(name: str) -> Answer:
    """Say "hello"."""


def count(n: int):
    yield n


class Bot:
    def run(self) -> str: ...


bot = Bot()
'''
SPREAD = json.dumps(
    {
        "agent_name": "demo \U0001f680 {[,:\\",
        "framework": "default",
        "template_source": {"repo_url": "", "author": "", "path": ""},
        "agent_architecture": {
            "entrypoints": [
                {
                    "file": "main.py",
                    "module": "greet",
                    "tag": "greet",
                    "extractor": {"a": "$.text"},
                },
                {"webhook_url": "http://x", "method": "post", "tag": "t", "timeout": 30},
                {},
            ]
        },
        "env_vars": {"A": "b"},
        "persistent_folders": ["data", "more"],
        "auth_settings": {},
        "metadata": [1.5, -2e3, None, True, {"x": []}],
    },
    indent=2,
    ensure_ascii=False,
)
LAYOUTS = {
    "spread": SPREAD,
    "one line": json.dumps(json.loads(SPREAD)),
    "compact": json.dumps(json.loads(SPREAD), separators=(",", ":")),
    "tabs": json.dumps(json.loads(SPREAD), indent="\t"),
    "wide": json.dumps(json.loads(SPREAD), indent=1, separators=(" ,\n", " :  ")),
    "crlf": SPREAD.replace("\n", "\r\n") + "\r\n",
    "cr": SPREAD.replace("\n", "\r"),
    "empty object": "{}",
    "blank object": "{\n  \n}\n",
}


@pytest.fixture
def completing(tmp_path: Path) -> Completing:
    return Completing(tmp_path / "agent", main=MAIN, other="def help(): ...\n")


def check_edit(text: str, offset: int, item: Completion, name: str) -> None:
    """What LSP asks of an edit, and that the reader takes the text afterwards."""
    for span in filter(None, (item.replace, item.insert)):
        assert span.start <= offset <= span.end, item
        assert "\n" not in text[span.start : span.end], item
        assert "\r" not in text[span.start : span.end], item
    assert item.insert is None or item.insert == (item.replace.start, offset)
    for change in item.also:
        assert change.span.end <= item.replace.start or change.span.start >= item.replace.end
    for inserts in (False, True):
        after = applied(text, item, inserts=inserts)
        try:
            read(after, name)
        except ValueError as error:
            shown = f"{text[:offset]}‸{text[offset:]}"
            raise AssertionError(f"{error}\n{item}\n{shown}\nbecame\n{after}") from error


@pytest.mark.parametrize("layout", LAYOUTS)
def test_edits_of_valid_json_give_valid_json(completing: Completing, layout: str) -> None:
    text, offered = LAYOUTS[layout], 0
    for offset in range(len(text) + 1):
        for item in completing.at(text, offset).items:
            check_edit(text, offset, item, JSON)
            offered += 1
    assert offered > (0 if "object" in layout else 100)


def mistakes(text: str) -> int:
    """How broken a JSON text is."""
    return len([it for it in parse(text, "json").problems if it.breaks_loader])


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_edits_of_cut_off_json_do_not_make_it_worse(
    tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    completing = Completing(tmp_path_factory.mktemp("agent"), main=MAIN)
    text = data.draw(st.sampled_from(list(LAYOUTS.values())))
    end = data.draw(st.integers(0, len(text)))
    behind = data.draw(st.sampled_from(["", "\n", "\n}\n", "]}", text[end + 3 :]]))
    broken = text[:end] + behind
    for item in completing.at(broken, end).items:
        after = applied(broken, item)
        assert mistakes(after) <= mistakes(broken), f"{item}\n{broken}\nbecame\n{after}"


@pytest.mark.parametrize("project", PROJECTS)
def test_every_cursor_of_real_configurations(project: str, tmp_path: Path) -> None:
    folder = tmp_path / "agent"
    folder.mkdir()
    config = build(project, folder)
    completing, text = Completing(folder), config.read_text("utf-8")
    start, offered = time.perf_counter(), 0
    for offset in range(len(text) + 1):
        found = completing.at(text, offset).items
        offered += len(found)
        for item in found[:: max(1, len(found) // 4)]:
            check_edit(text, offset, item, JSON)
    assert offered > len(text) // 4
    assert (time.perf_counter() - start) / len(text) < 0.1


@given(st.text(alphabet="{}[]\",:\\ \n\r\t/a1'#é\U0001f600", max_size=60), st.data())
@settings(max_examples=400, deadline=None)
def test_any_text_has_places(text: str, data: Any) -> None:
    offset = data.draw(st.integers(-1, len(text) + 1))
    place = place_at(parse(text, "json"), offset)
    if place is not None:
        assert 0 <= place.token.start <= place.cursor <= place.token.end <= len(text)
        assert place.comma_at is None or place.comma_at <= place.token.start


def test_corpus_is_there() -> None:
    assert len(PROJECTS) > 15
    assert CORPUS.is_dir()
