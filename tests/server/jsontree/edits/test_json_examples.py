"""Edits of JSON in the styles that people write: what is not asked for keeps its bytes."""

from __future__ import annotations

import pytest

from runagent_ls.jsontree.edits import (
    apply,
    insert_item,
    insert_property,
    remove,
    rename_key,
    set_value,
)
from runagent_ls.jsontree.json_document import parse_json

SPREAD = '{\n  "a": 1,\n  "b": [\n    "x"\n  ]\n}\n'


def with_property(text: str, *where: str | int, key: str = "new", after: str | None = None) -> str:
    made = insert_property(parse_json(text), where, key, "v", after)
    assert made is not None
    return apply(text, made)


def without(text: str, *path: str | int) -> str:
    made = remove(parse_json(text), path)
    assert made is not None
    return apply(text, made)


def with_item(text: str, *where: str | int, index: int | None = None) -> str:
    made = insert_item(parse_json(text), where, {"k": [1]}, index)
    assert made is not None
    return apply(text, made)


@pytest.mark.parametrize(
    ("text", "after", "wanted"),
    [
        ("{}", None, '{\n  "new": "v"\n}'),
        ("{ }\r\n", None, '{\r\n  "new": "v"\r\n}\r\n'),
        (SPREAD, None, '{\n  "a": 1,\n  "b": [\n    "x"\n  ],\n  "new": "v"\n}\n'),
        (SPREAD, "a", '{\n  "a": 1,\n  "new": "v",\n  "b": [\n    "x"\n  ]\n}\n'),
        (SPREAD, "missing", '{\n  "a": 1,\n  "b": [\n    "x"\n  ],\n  "new": "v"\n}\n'),
        ('{"a": 1}', None, '{"a": 1, "new": "v"}'),
        ('{ "a": 1 }', None, '{ "a": 1, "new": "v" }'),
        ('{"a":1,"b":2}', "a", '{"a":1,"new":"v","b":2}'),
        ('{\r\n\t"a" : 1\r\n}', None, '{\r\n\t"a" : 1,\r\n\t"new" : "v"\r\n}'),
        ('{\n  "a": 1,\n\n  "b": 2\n}', "b", '{\n  "a": 1,\n\n  "b": 2,\n  "new": "v"\n}'),
        ('{\n  "a": 1\n, "b": 2\n}', "b", '{\n  "a": 1\n, "b": 2\n, "new": "v"\n}'),
        (
            '{\n  "a": 1, // one\n  "b": 2\n}',
            "a",
            '{\n  "a": 1, // one\n  "new": "v",\n  "b": 2\n}',
        ),
        ('{\n  "a": 1 // one\n}', "a", '{\n  "a": 1, // one\n  "new": "v"\n}'),
        ('{\n  "a": 1,\n}', None, '{\n  "a": 1,\n  "new": "v",\n}'),
        ("{\n  // none yet\n}", None, '{\n  // none yet\n  "new": "v"\n}'),
        ('{"a": 1 /* one */}', None, '{"a": 1, "new": "v" /* one */}'),
    ],
)
def test_insert_property(text: str, after: str | None, wanted: str) -> None:
    assert with_property(text, after=after) == wanted


def test_insert_property_into_an_empty_object_of_a_spread_file() -> None:
    assert with_property('{\n\t"o": {}\n}', "o") == '{\n\t"o": {\n\t\t"new": "v"\n\t}\n}'
    assert with_property('{"o": {}}', "o") == '{"o": {"new": "v"}}'


@pytest.mark.parametrize(
    ("text", "index", "wanted"),
    [
        ("[]", None, '[\n  {\n    "k": [\n      1\n    ]\n  }\n]'),
        ('[\n {"a": 1}\n]', None, '[\n {"a": 1},\n {"k": [1]}\n]'),
        ('[\n { "a": 1 }\n]', None, '[\n { "a": 1 },\n { "k": [1] }\n]'),
        ('[\n { "a": 1 }\n]', 0, '[\n { "k": [1] },\n { "a": 1 }\n]'),
        ('[{"a": 1}, {"b": 1}]', 1, '[{"a": 1}, {"k": [1]}, {"b": 1}]'),
        ('[{"a":1}]', 99, '[{"a":1},{"k":[1]}]'),
        (
            '[\n  {\n    "a": 1\n  }\n]',
            None,
            '[\n  {\n    "a": 1\n  },\n  {\n    "k": [\n      1\n    ]\n  }\n]',
        ),
        (
            '[\r\n\t{\r\n\t\t"a": 1\r\n\t}\r\n]',
            0,
            '[\r\n\t{\r\n\t\t"k": [\r\n\t\t\t1\r\n\t\t]\r\n\t},\r\n\t{\r\n\t\t"a": 1\r\n\t}\r\n]',
        ),
        ('[{\n  "a": 1\n}, {\n  "b": 1\n}]', 2, '[{\n  "a": 1\n}, {\n  "b": 1\n}, {"k": [1]}]'),
    ],
)
def test_insert_item(text: str, index: int | None, wanted: str) -> None:
    assert with_item(text, index=index) == wanted


@pytest.mark.parametrize(
    ("text", "path", "wanted"),
    [
        (SPREAD, ("a",), '{\n  "b": [\n    "x"\n  ]\n}\n'),
        (SPREAD, ("b",), '{\n  "a": 1\n}\n'),
        (SPREAD, ("b", 0), '{\n  "a": 1,\n  "b": []\n}\n'),
        ('{"a": 1, "b": 2, "c": 3}', ("a",), '{"b": 2, "c": 3}'),
        ('{"a": 1, "b": 2, "c": 3}', ("b",), '{"a": 1, "c": 3}'),
        ('{"a": 1, "b": 2, "c": 3}', ("c",), '{"a": 1, "b": 2}'),
        ('{ "a": 1 }', ("a",), "{}"),
        ("[1, 2,]", (1,), "[1,]"),
        ("[1,\r\n 2,\r\n]", (1,), "[1,\r\n]"),
        ('{"a": 1, "b": 2,\n "c": 3}', ("b",), '{"a": 1,\n "c": 3}'),
        ('{"a": 1,\n "b": 2,\n "c": 3}', ("a",), '{"b": 2,\n "c": 3}'),
        ('{\n  "a": 1, // one\n  "b": 2 // two\n}', ("b",), '{\n  "a": 1 // one\n}'),
        ('{\n  "a": 1, // one\n  "b": 2\n}', ("a",), '{\n  "b": 2\n}'),
        ('{\n  // both\n  "a": 1,\n  "b": 2\n}', ("a",), '{\n  // both\n  "b": 2\n}'),
        ('{\n  // only\n  "a": 1\n}', ("a",), "{\n  // only\n  \n}"),
        ('{\n  "a": 1\n, "b": 2\n, "c": 3\n}', ("b",), '{\n  "a": 1\n, "c": 3\n}'),
    ],
)
def test_remove(text: str, path: tuple[str | int, ...], wanted: str) -> None:
    assert without(text, *path) == wanted


def test_set_value_keeps_the_style_of_its_place() -> None:
    text = '{\r\n\t"a": {"x":1},\r\n\t"b": "old"\r\n}'
    document = parse_json(text)
    one_line = set_value(document, ("a",), {"y": [1, 2]})
    assert one_line is not None
    assert apply(text, one_line) == '{\r\n\t"a": {"y":[1,2]},\r\n\t"b": "old"\r\n}'
    spread = set_value(document, ("b",), ["x\n", {"é": "\ud800"}])
    assert spread is not None
    assert apply(text, spread) == (
        '{\r\n\t"a": {"x":1},\r\n\t"b": [\r\n\t\t"x\\n",\r\n\t\t{\r\n\t\t\t'
        '"\\u00e9": "\\ud800"\r\n\t\t}\r\n\t]\r\n}'
    )
    assert set_value(document, ("b",), "old") == ()
    assert set_value(document, ("a", "x"), 1.0) != ()


def test_rename_key_leaves_the_rest() -> None:
    text = '{"a" : 1, "b": 2}'
    made = rename_key(parse_json(text), ("a",), "é")
    assert made is not None
    assert apply(text, made) == '{"é" : 1, "b": 2}'
    assert rename_key(parse_json(text), ("a",), "b") is None
    assert rename_key(parse_json(text), ("a",), "a") == ()


def test_what_is_not_there_cannot_be_edited() -> None:
    document = parse_json('{"a": [1]}')
    assert set_value(document, ("b",), 1) is None
    assert remove(document, ()) is None
    assert remove(document, ("a", 1)) is None
    assert insert_property(document, ("a",), "k", 1) is None
    assert insert_property(document, (), "a", 1) is None
    assert insert_item(document, (), 1) is None
    assert rename_key(document, ("a", 0), "k") is None
    assert rename_key(document, (), "k") is None


def test_a_key_that_stands_twice_is_not_removed_by_its_last_one() -> None:
    document = parse_json('{"a": 1, "a": 2}')
    assert remove(document, ("a",)) is None
    assert rename_key(document, ("a",), "b") is None
    changed = set_value(document, ("a",), 3)
    assert changed is not None
    assert apply(document.text, changed) == '{"a": 1, "a": 3}'


def test_broken_text_is_edited_only_where_that_is_certain() -> None:
    text = '{\n  "a": 1,\n  "b": \n}'
    made = insert_property(parse_json(text), (), "c", 2, after="a")
    assert made is not None
    assert apply(text, made) == '{\n  "a": 1,\n  "c": 2,\n  "b": \n}'
    assert insert_property(parse_json('{"a": [1}'), (), "n", 1) is None
    assert insert_property(parse_json('{"a": }, "b": 2}'), (), "n", 1) is None
