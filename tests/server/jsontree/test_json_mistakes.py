"""One precise problem for each mistake, and everything else still read.

In each text `^` marks the place of the problem (in front of it when the place is empty, on both
sides otherwise) and `~` stands in front of the place it refers to.
"""

from __future__ import annotations

import re

import pytest

from runagent_ls.jsontree.document import MISSING, JsonValue, Missing
from runagent_ls.jsontree.json_document import parse_json

CASES: list[tuple[str, str, JsonValue | Missing]] = [
    # commas
    ("missing-comma", '{"a": 1^ "b": 2}', {"a": 1, "b": 2}),
    ("missing-comma", '{"a": "x"^\n "b": 2}', {"a": "x", "b": 2}),
    ("missing-comma", '[{"a": 1}^ {"b": 2}]', [{"a": 1}, {"b": 2}]),
    ("missing-comma", "[1^ 2]", [1, 2]),
    ("missing-comma", '["a"^"b"]', ["a", "b"]),
    ("trailing-comma", '{"a": 1^,^}', {"a": 1}),
    ("trailing-comma", "[1^,^ ]", [1]),
    ("unexpected-comma", "[1,^,^2]", [1, 2]),
    ("unexpected-comma", '{^,^"a": 1}', {"a": 1}),
    ("wrong-separator", '{"a": 1^;^ "b": 2}', {"a": 1, "b": 2}),
    # colons
    ("missing-colon", '{"a"^ 1}', {"a": 1}),
    ("wrong-separator", '{"a" ^=^ 1}', {"a": 1}),
    ("wrong-separator", '{"a" ^=>^ 1, "b": 2}', {"a": 1, "b": 2}),
    ("unexpected-colon", '{"a": 1 ^:^, "b": 2}', {"a": 1, "b": 2}),
    # values and keys
    ("missing-value", '{^"a"^: , "b": 2}', {"b": 2}),
    ("missing-value", '{^"a"^: "b": 2}', {"b": 2}),
    ("missing-value", '{^"a"^:}', {}),
    ("missing-value", '{"b": 1, ^"a"^}', {"b": 1}),
    ("missing-key", '{^:^ 1, "b": 2}', {"b": 2}),
    ("missing-key", '{^[^1], "b": 2}', {"b": 2}),
    ("unquoted-key", '{^tag^: "x"}', {"tag": "x"}),
    ("unquoted-string", '{"a": ^hello world^, "b": 1}', {"a": "hello world", "b": 1}),
    ("unquoted-string", '{"a": ^2025-06-25 13:42:03^}', {"a": "2025-06-25 13:42:03"}),
    ("misspelt-constant", '{"a": ^True^}', {"a": True}),
    ("misspelt-constant", "[^None^, 1]", [None, 1]),
    ("invalid-number", "[^01^]", [1.0]),
    ("invalid-number", "[^.5^, 1]", [0.5, 1]),
    ("invalid-number", "[^0x1F^]", [31]),
    ("invalid-number", "[^+1^]", [1]),
    # quotes
    ("missing-quote", '{"a": "x^, "b": "y"}', {"a": "x", "b": "y"}),
    ("missing-quote", '{"a": "x^\n}', {"a": "x"}),
    ("missing-quote", '{"a": "x^,\n"b": 1}', {"a": "x", "b": 1}),
    ("missing-quote", '{"tag^: "x"}', {"tag": "x"}),
    ("missing-quote", '{^tag": "x"}', {"tag": "x"}),
    ("missing-quote", '{"a": ^x y", "b": 1}', {"a": "x y", "b": 1}),
    ("missing-quote", '[{"a": "x^}]', [{"a": "x"}]),
    ("wrong-quotes", "{\"a\": ^'it'^}", {"a": "it"}),
    ("wrong-quotes", '{"a": ^\u201cit\u201d^}', {"a": "it"}),
    ("unescaped-quote", '{"a": "say ^"^hi" there", "b": 1}', {"a": 'say "hi" there', "b": 1}),
    ("invalid-escape", '{"a": "C:^\\d^ir"}', {"a": "C:dir"}),
    ("invalid-escape", '{"a": "^\\u12^ x"}', {"a": "u12 x"}),
    ("control-character", '{"a": "x^\t^y"}', {"a": "x\ty"}),
    # brackets
    ("missing-bracket", '~{"a": 1^', {"a": 1}),
    ("missing-bracket", '{"a": ~[1, 2^}', {"a": [1, 2]}),
    ("missing-bracket", '[~{"a": 1^, {"b": 2}]', [{"a": 1}, {"b": 2}]),
    ("missing-bracket", '[~{"a": 1^ {"b": 2}]', [{"a": 1}, {"b": 2}]),
    ("missing-bracket", '{"a": {"b": ~[^', {"a": {"b": []}}),
    ("missing-bracket", '^"a": 1, "b": 2}', {"a": 1, "b": 2}),
    ("missing-bracket", '[^"a": 1}, {"b": 2}]', [{"a": 1}, {"b": 2}]),
    ("wrong-bracket", '{"a": ~[1, 2^}^, "b": 3}', {"a": [1, 2], "b": 3}),
    ("extra-bracket", '{"a": 1}^}^', {"a": 1}),
    ("extra-bracket", '{"a": 1^]^}', {"a": 1}),
    ("extra-content", '{"a": 1} ^{"b": 2}^', {"a": 1}),
    # around
    ("comment", '^// note^\n{"a": 1}', {"a": 1}),
    ("comment", '{"a": 1 ^/* note */^}', {"a": 1}),
    ("comment", '{"a": 1} ^# note^', {"a": 1}),
    ("byte-order-mark", '^\ufeff^{"a": 1}', {"a": 1}),
    ("invalid-character", '{^\u00a0^"a": 1}', {"a": 1}),
    ("empty-document", "^", MISSING),
    ("empty-document", "^ \n", MISSING),
    # what the loader takes
    ("duplicate-key", '{~"a": 1, ^"a"^: 2}', {"a": 2}),
    ("not-a-number", '{"a": [^-Infinity^]}', {"a": [float("-inf")]}),
    ("number-too-long", "[^" + "9" * 5000 + "^]", [float("inf")]),
]
ACCEPTED = {"duplicate-key", "not-a-number"}


@pytest.mark.parametrize(("kind", "marked", "value"), CASES, ids=[case[1][:40] for case in CASES])
def test_mistake(kind: str, marked: str, value: JsonValue | Missing) -> None:
    related = marked.replace("^", "").find("~")
    plain = marked.replace("~", "")
    marks = [mark.start() - number for number, mark in enumerate(re.finditer(r"\^", plain))]
    document = parse_json(plain.replace("^", ""))
    assert [problem.kind for problem in document.problems] == [kind]
    problem = document.problems[0]
    assert document.value == value
    if kind != "empty-document":
        assert list(problem.span) == [marks[0], marks[-1]]
    assert (problem.related.start if problem.related else -1) == related
    assert problem.breaks_loader == (kind not in ACCEPTED)
    assert problem.message


def test_two_mistakes_are_two_problems_in_order() -> None:
    document = parse_json('{"a": 1 "b": [1, 2,], c: 3}')
    kinds = [problem.kind for problem in document.problems]
    assert kinds == ["missing-comma", "trailing-comma", "unquoted-key"]
    assert document.value == {"a": 1, "b": [1, 2], "c": 3}


def test_a_key_without_a_value_has_a_place_for_completion() -> None:
    text = '{"entrypoints": [{"file": "main.py", "tag": }]}'
    document = parse_json(text)
    cursor = text.index("}")
    assert document.path_at(cursor) == (("entrypoints", 0, "tag"), "value")
    start, end = document.span(("entrypoints", 0, "tag"), "key")
    assert text[start:end] == '"tag"'


def test_places_in_a_broken_text() -> None:
    text = '{"a": {"b": [1, {"tag": "x"}] "c": 2}, "d": 3'
    document = parse_json(text)
    for path, expected in {
        ("a", "b", 1, "tag"): '"x"',
        ("a", "c"): "2",
        ("d",): "3",
        ("a", "nothing"): '{"b": [1, {"tag": "x"}] "c": 2}',
    }.items():
        start, end = document.span(path)
        assert text[start:end] == expected


def test_the_last_of_equal_keys_is_the_one_with_the_place() -> None:
    text = '{"a": {"x": 1}, "a": {"y": 2}}'
    document = parse_json(text)
    start, end = document.span(("a", "y"))
    assert text[start:end] == "2"
    assert document.path_at(8) == (("a", "x"), "key")


def test_a_comma_at_the_beginning_of_a_string_is_not_the_end_of_another() -> None:
    for text, value in (('[null, [", x"], 1,]', [None, [", x"], 1]), ('[1,[","],]', [1, [","]])):
        document = parse_json(text)
        assert (document.value, [it.kind for it in document.problems]) == (
            value,
            ["trailing-comma"],
        )
