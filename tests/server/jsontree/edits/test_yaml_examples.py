"""Edits of YAML in the styles that people write: what is not asked for keeps its bytes."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from runagent_ls.jsontree.document import JsonValue
from runagent_ls.jsontree.edits import (
    Replacement,
    apply,
    insert_item,
    insert_property,
    remove,
    rename_key,
    set_value,
)
from runagent_ls.jsontree.yaml_document import parse_yaml

CONFIG = """\
# an agent
agent_name: "demo"   # its name
env_vars: {}
empty:
entrypoints:
  - file: main.py
    module: 'greet'
    # how it is called
    tag: greet
  - {file: main.py, module: part, tag: part_stream}
last: |
  two
  lines
"""


def edited(text: str, made: tuple[Replacement, ...] | None) -> str:
    assert made is not None
    return apply(text, made)


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("agent_name",), "x: y", '"demo" ', '"x: y" '),
        (("entrypoints", 0, "module"), "it's", "'greet'", "'it''s'"),
        (("entrypoints", 0, "file"), "src/a.py", "file: main.py\n", "file: src/a.py\n"),
        (("entrypoints", 0, "tag"), "yes", "tag: greet", 'tag: "yes"'),
        (("entrypoints", 0, "tag"), "1.0", "tag: greet", 'tag: "1.0"'),
        (("entrypoints", 1, "tag"), "a, b", "tag: part_stream", 'tag: "a, b"'),
        (("empty",), 3, "empty:", "empty: 3"),
        (("empty",), {}, "empty:", "empty: {}"),
        (("env_vars",), {"A": "1"}, "env_vars: {}", "env_vars: {A: \"1\"}"),
        (("last",), "one", "|\n  two\n  lines", "one"),
        (
            ("agent_name",),
            {"a": [1, {"b": []}]},
            '"demo"',
            "\n  a:\n    - 1\n    - b: []",
        ),
    ],
)  # fmt: skip
def test_set_value(path: tuple[str | int, ...], value: JsonValue, old: str, new: str) -> None:
    wanted = CONFIG.replace(old, new, 1).replace("agent_name: \n", "agent_name:\n")
    assert edited(CONFIG, set_value(parse_yaml(CONFIG), path, value)) == wanted


@pytest.mark.parametrize(
    ("parent", "after", "old", "new"),
    [
        ((), "agent_name", "# its name\n", "# its name\nnew: v\n"),
        ((), None, "lines\n", "lines\nnew: v\n"),
        (("env_vars",), None, "env_vars: {}", "env_vars:\n  new: v"),
        (("entrypoints", 0), "file", "main.py\n", "main.py\n    new: v\n"),
        (("entrypoints", 0), None, "tag: greet\n", "tag: greet\n    new: v\n"),
        (("entrypoints", 1), "file", "main.py, ", "main.py, new: v, "),
    ],
)
def test_insert_property(
    parent: tuple[str | int, ...], after: str | None, old: str, new: str
) -> None:
    made = insert_property(parse_yaml(CONFIG), parent, "new", "v", after)
    assert edited(CONFIG, made) == CONFIG.replace(old, new, 1)


def test_insert_item_takes_the_dash_of_its_neighbours() -> None:
    item: JsonValue = {"file": "b.py", "tags": ["x"]}
    first = insert_item(parse_yaml(CONFIG), ("entrypoints",), item, 0)
    added = "  - file: b.py\n    tags:\n      - x\n"
    assert edited(CONFIG, first) == CONFIG.replace("  - file: main", f"{added}  - file: main", 1)
    flat = "a:\r\n- x\r\n-   y: 1\r\n"
    last = insert_item(parse_yaml(flat), ("a",), item)
    assert edited(flat, last) == f"{flat}-   file: b.py\r\n    tags:\r\n    - x\r\n"
    one_line = "a: [1, 2]"
    assert edited(one_line, insert_item(parse_yaml(one_line), ("a",), 9, 1)) == "a: [1, 9, 2]"


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (("agent_name",), 'agent_name: "demo"   # its name\n', ""),
        (("entrypoints", 0, "file"), "file: main.py\n    module", "module"),
        (("entrypoints", 0, "tag"), "    tag: greet\n", ""),
        (("entrypoints", 1), "  - {file: main.py, module: part, tag: part_stream}\n", ""),
        (("entrypoints", 1, "tag"), ", tag: part_stream", ""),
        (("last",), "last: |\n  two\n  lines\n", ""),
    ],
)
def test_remove(path: tuple[str | int, ...], old: str, new: str) -> None:
    made = remove(parse_yaml(CONFIG), path)
    assert edited(CONFIG, made) == CONFIG.replace(old, new, 1)


def test_removing_the_only_child_leaves_an_empty_collection() -> None:
    text = "a:\n  b: 1\nc:\n  - 1\n"
    assert edited(text, remove(parse_yaml(text), ("a", "b"))) == "a: {}\nc:\n  - 1\n"
    assert edited(text, remove(parse_yaml(text), ("c", 0))) == "a:\n  b: 1\nc: []\n"
    assert edited("a: 1\nb: 2", remove(parse_yaml("a: 1\nb: 2"), ("b",))) == "a: 1"


def test_rename_key_keeps_its_quotes() -> None:
    text = "'a' : 1\n\"b\": 2\nc: 3\n"
    document = parse_yaml(text)
    assert edited(text, rename_key(document, ("a",), "x")) == "'x' : 1\n\"b\": 2\nc: 3\n"
    assert edited(text, rename_key(document, ("c",), "on")) == '\'a\' : 1\n"b": 2\n"on": 3\n'


def test_what_an_alias_repeats_is_not_edited_in_one_place() -> None:
    text = "base: &b\n  mode: fast\none: *b\ntwo:\n  <<: *b\n"
    document = parse_yaml(text)
    assert set_value(document, ("one", "mode"), "slow") is None
    gone = edited(text, remove(document, ("one", "mode")))
    assert gone == text.replace("one: *b", "one: {}")
    assert set_value(document, ("two", "mode"), "slow") is None
    assert set_value(document, ("base", "mode"), "slow") is None
    assert edited(text, set_value(document, ("one",), 1)) == text.replace("one: *b", "one: 1")


KEYS = st.sampled_from(["a", "b c", "no", "é", "x-y"])
SCALARS = st.sampled_from(
    [None, True, 3, "", "x", "a b", "yes", "1.5", "é: #", "'", '"\\', "- x", "# n", "two\nlines"]
)
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=8
)


def paths(value: JsonValue, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    rows = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for step, item in rows:
        found += paths(item, (*path, step))
    return found


def dumped(value: JsonValue, *, flow: bool | None, indent: int, line_break: str) -> str:
    """The value as another writer puts it."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = flow
    writer.indent = indent
    writer.width = 4096
    writer.version = (1, 1)
    out = StringIO()
    writer.dump(value, out)
    return out.getvalue().partition("---")[2].lstrip().replace("\n", line_break)


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_the_text_says_what_was_asked_for(data: st.DataObject) -> None:
    value = data.draw(st.dictionaries(KEYS, VALUES, min_size=1))
    text = dumped(
        value,
        flow=data.draw(st.sampled_from([False, None, True])),
        indent=data.draw(st.sampled_from([2, 4])),
        line_break=data.draw(st.sampled_from(["\n", "\r\n"])),
    )
    document = parse_yaml(text)
    assert document.value == value
    path = data.draw(st.sampled_from(paths(value)))
    new = data.draw(VALUES)
    changed = parse_yaml(edited(text, set_value(document, path, new)))
    assert at(changed.value, path) == new
    assert not changed.problems
    smaller = remove(document, path)
    if smaller is not None:
        found = parse_yaml(apply(text, smaller)).value
        assert len(at(found, path[:-1])) == len(at(value, path[:-1])) - 1
    grown = parse_yaml(edited(text, insert_property(document, (), "new", new)))
    assert grown.value == {**value, "new": new}
