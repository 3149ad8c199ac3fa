"""At every cursor of every configuration: an answer, and edits that keep the text sound."""

from __future__ import annotations

import json
import time
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from completing import JSON_CONFIG, YAML_CONFIG, Completing, applied, read
from corpus_agents import CORPUS, PROJECTS, build
from runagent_ls.features.completion.model import Completion
from runagent_ls.jsontree import parse
from runagent_ls.jsontree.completion_place import CompletionPlace, place_at

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


BLOCK = """\
# An agent
agent_name: demo
description: "with a # in it"   # and a remark
framework: default
template_source:
  repo_url: ''
  author: 'it''s me'
  path: ""
agent_architecture:
  entrypoints:
    - file: main.py
      module: greet
      tag: greet
      extractor:
        a: $.text

    - webhook_url: http://x/y
      method: post
      tag: t
      timeout: 30
    -
env_vars:
  A: b

persistent_folders:
- data
- more
metadata:
  note: |
    file: main.py
      - x
  folded: plain text
    that goes on
  nested:
    - - a
      - b
    - {x: [1, two], y: "z"}
auth_settings:
"""
YAML_LAYOUTS = {
    "block": BLOCK,
    "crlf": BLOCK.replace("\n", "\r\n"),
    "no end": BLOCK.rstrip("\n").replace("    -\n", ""),
    "flow": "agent_name: demo\ntemplate_source: {repo_url: '', path: \"\"}\n"
    "agent_architecture: {entrypoints: [{file: main.py}, {}]}\nauth_settings: {\n  type: none }\n",
    "json": json.dumps({"agent_name": "x", "env_vars": {}, "persistent_folders": ["a"]}, indent=2),
    "markers": "%YAML 1.1\n---\nagent_name: demo\nenv_vars:\n\n\n  \n...\n",
    "free lines": "agent_name: x\n\n  \nagent_architecture:\n  \n  entrypoints:\n"
    "  - file: main.py\n    \n    module: greet\n  \n    \n\nenv_vars:\n  \n",
    "empty": "",
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
    for inserts in (False, True) if item.insert is not None else (False,):
        after = applied(text, item, inserts=inserts)
        try:
            read(after, name)
        except ValueError as error:
            shown = f"{text[:offset]}‸{text[offset:]}"
            raise AssertionError(f"{error}\n{item}\n{shown}\nbecame\n{after}") from error
        changed = value_elsewhere(after, text, offset, name)
        assert changed == value_elsewhere(text, text, offset, name), f"{item}\n{after}"


@lru_cache(maxsize=4)
def place_in(text: str, offset: int, name: str) -> CompletionPlace | None:
    return place_at(parse(text, "json" if name == JSON_CONFIG else "yaml"), offset)


def value_elsewhere(text: str, asked: str, offset: int, name: str) -> object:
    """All values but the one, of a key or a list or whole, that the place in `asked` is in."""
    place = place_in(asked, offset, name)
    assert place is not None
    path = place.path[:-1] if place.path and isinstance(place.path[-1], int) else place.path
    value: Any = {"root": read(text, name)}
    whole = value
    for step, following in zip(("root", *path), (*path, None), strict=True):
        if following is None or not isinstance(value[step], dict | list):
            value[step] = None
            break
        value = value[step]
        if isinstance(value, dict):
            value.setdefault(following)
    return whole


@pytest.mark.parametrize("layout", LAYOUTS)
def test_edits_of_valid_json_give_valid_json(completing: Completing, layout: str) -> None:
    text, offered = LAYOUTS[layout], 0
    for offset in range(len(text) + 1):
        for item in completing.at(text, offset).items:
            check_edit(text, offset, item, JSON_CONFIG)
            offered += 1
    assert offered > (0 if "object" in layout else 100)


@pytest.mark.parametrize("layout", YAML_LAYOUTS)
def test_edits_of_valid_yaml_give_valid_yaml(completing: Completing, layout: str) -> None:
    text, offered = YAML_LAYOUTS[layout], 0
    read(text, YAML_CONFIG)
    for offset in range(len(text) + 1):
        found = completing.at(text, offset, YAML_CONFIG).items
        offered += len(found)
        for item in found[offset % 5 :: 5]:  # YAML's reader is slow
            check_edit(text, offset, item, YAML_CONFIG)
    assert offered > 0


def mistakes(text: str, language: Literal["json", "yaml"] = "json") -> int:
    """How broken a text is."""
    return len([it for it in parse(text, language).problems if it.breaks_loader])


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


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_edits_of_cut_off_yaml_do_not_make_it_worse(
    tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    completing = Completing(tmp_path_factory.mktemp("agent"), main=MAIN)
    text = data.draw(st.sampled_from(list(YAML_LAYOUTS.values())))
    end = data.draw(st.integers(0, len(text)))
    broken = text[:end] + data.draw(st.sampled_from(["", "\n", text[end + 3 :]]))
    for item in completing.at(broken, end, YAML_CONFIG).items:
        after = applied(broken, item)
        assert mistakes(after, "yaml") <= mistakes(broken, "yaml"), f"{item}\nbecame\n{after}"


@pytest.mark.parametrize("project", PROJECTS)
def test_every_cursor_of_real_configurations(project: str, tmp_path: Path) -> None:
    folder = tmp_path / "agent"
    folder.mkdir()
    config = build(project, folder)
    completing, text = Completing(folder), config.read_text("utf-8")
    start, offered = time.process_time(), 0
    for offset in range(len(text) + 1):
        found = completing.at(text, offset).items
        offered += len(found)
        for item in found[:: max(1, len(found) // 4)]:
            check_edit(text, offset, item, JSON_CONFIG)
    assert offered > len(text) // 4
    assert (time.process_time() - start) / len(text) < 0.1


@given(st.text(alphabet="{}[]\",:\\ \n\r\t/a1'#é\U0001f600", max_size=60), st.data())
@settings(max_examples=400, deadline=None)
def test_any_text_has_places(text: str, data: Any) -> None:
    offset = data.draw(st.integers(-1, len(text) + 1))
    place = place_at(parse(text, "json"), offset)
    if place is not None:
        assert 0 <= place.token.start <= place.cursor <= place.token.end <= len(text)
        assert place.comma_at is None or place.comma_at <= place.token.start


@pytest.mark.parametrize("piece", ["a ", '"', ": ", "[", "{a:", "- ", " ", "#", "\\", "'", "a\n"])
@pytest.mark.parametrize("language", ["json", "yaml"])
def test_long_texts_end_soon(piece: str, language: Literal["json", "yaml"]) -> None:
    text = piece * (30_000 // len(piece))
    document = parse(text, language)
    for offset in (0, len(text) // 2, len(text)):
        start = time.process_time()
        place_at(document, offset)
        assert time.process_time() - start < 5


def test_corpus_is_there() -> None:
    assert len(PROJECTS) > 15
    assert CORPUS.is_dir()
