"""YAML becomes the same document as JSON: values as PyYAML gives them, exact places, problems."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runagent_ls.jsontree import parse
from runagent_ls.jsontree.document import MISSING, JsonValue, NotText, Path
from runagent_ls.jsontree.yaml_document import MAX_LENGTH

TEXT = """\
a: &x {q: 1, "r": [1, {d: 2}]}
"e f":
list:
  - 😀: x y   # note
    <<: *x
    z: |
      long
      text

  - *x
day: 2025-06-25 10:00:00
1: yes
"""
PLACES: list[tuple[Path, str, str]] = [
    (("a",), "a", '&x {q: 1, "r": [1, {d: 2}]}'),
    (("a", "r"), '"r"', "[1, {d: 2}]"),
    (("a", "r", 1, "d"), "d", "2"),
    (("e f",), '"e f"', ""),
    (("list", 0, "😀"), "😀", "x y"),
    (("list", 0, "z"), "z", "|\n      long\n      text"),
    (("list", 0, "q"), "q", "1"),
    (("list", 1), "*x", "*x"),
    (("list", 1, "r", 0), "1", "1"),
    (("day",), "day", "2025-06-25 10:00:00"),
    (("1",), "1", "yes"),
    (("list", 0, "nothing"), "", TEXT[TEXT.index("😀") : TEXT.index("text\n") + 4]),
]


def test_value() -> None:
    document = parse(TEXT, "yaml")
    shared = {"q": 1, "r": [1, {"d": 2}]}
    assert document.problems == ()
    expected: object = {
        "a": shared,
        "e f": None,
        "list": [{"😀": "x y", "q": 1, "r": [1, {"d": 2}], "z": "long\ntext\n"}, shared],
        "day": "2025-06-25 10:00:00",
        "1": True,
    }
    assert document.value == expected
    assert isinstance(document.value, dict)
    day = document.value["day"]
    assert isinstance(day, NotText)
    assert day.type_name == "timestamp"


@pytest.mark.parametrize(("path", "key", "value"), PLACES, ids=str)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_places(path: Path, key: str, value: str, ends: str) -> None:
    text = TEXT.replace("\n", ends)
    document = parse(text, "yaml")
    start, end = document.span(path)
    assert text[start:end] == value.replace("\n", ends)
    if key:
        start, end = document.span(path, "key")
        assert text[start:end] == key


def test_paths_at_offsets() -> None:
    document = parse(TEXT, "yaml")
    for marker, expected in {
        "r": (("a", "r"), "key"),
        "2}": (("a", "r", 1, "d"), "value"),
        "x y": (("list", 0, "😀"), "value"),
        "z:": (("list", 0, "z"), "key"),
        "yes": (("1",), "value"),
    }.items():
        assert document.path_at(TEXT.index(marker, 12) + 1) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True), ("Off", False), ("n", "n"), ("~", None), ("null", None), ("nUll", "nUll"),
        ("010", 8), ("08", "08"), ("0x1F", 31), ("0b11", 3), ("1_000", 1000), ("1:30", 90),
        ("1.0", 1.0), ("1e3", "1e3"), ("1.5e+3", 1500.0), ("190:20:30.15", 685230.15),
        (".inf", math.inf), ("-.inf", -math.inf), ("'yes'", "yes"), ("!!str 1", "1"),
        ('!!int "3"', 3), ("! 1", 1), ('"\\x41"', "A"), ("2025-1-1", "2025-1-1"), ("+1", 1),
    ],
)  # fmt: skip
def test_scalars_are_read_as_by_pyyaml(text: str, value: JsonValue) -> None:
    document = parse(f"a: {text}", "yaml")
    assert document.problems == ()
    assert isinstance(document.value, dict)
    found = document.value["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "text", "place"),
    [
        ("yaml-syntax", "a: [1, 2\n", ""),
        ("yaml-syntax", "a: 1\n\tb: 2\n", "\t"),
        ("yaml-syntax", "a:\t1\n", "\t"),
        ("yaml-syntax", "a: &b!c 1\n", "&b!c"),
        ("unknown-alias", "a: *nope\n", "*nope"),
        ("unknown-tag", "a: !mine 1\n", "!mine 1"),
        ("unknown-tag", "a: =\n", "="),
        ("invalid-scalar", "a: 2025-02-31\n", "2025-02-31"),
        ("invalid-scalar", "a: " + "9" * 5000 + "\n", "9" * 5000),
        ("invalid-key", "? [a]\n: b\n", "[a]"),
        ("invalid-merge", "<<: 1\n", "1"),
        ("invalid-character", "a: \x01\n", "\x01"),
        ("extra-content", "a: 1\n---\nb: 2\n", "---"),
        ("empty-document", "# nothing\n", ""),
        ("duplicate-key", "a: 1\nb: 2\n'a': 3\n", "'a'"),
        ("alias-cycle", "a: &a [*a]\n", "*a"),
    ],
)
def test_problems(kind: str, text: str, place: str) -> None:
    document = parse(text, "yaml")
    assert [problem.kind for problem in document.problems] == [kind]
    start, end = document.problems[0].span
    assert text[start:end] == place
    assert document.problems[0].breaks_loader == (kind not in {"duplicate-key", "alias-cycle"})


def test_what_stands_above_a_syntax_error_is_kept() -> None:
    document = parse("agent_name: demo\ntags: [a, {b: c}\nx: 1", "yaml")
    assert isinstance(document.value, dict)
    assert document.value["agent_name"] == "demo"


def test_aliases_cannot_grow_without_bound() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 30):
        aliases = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    document = parse("\n".join(lines), "yaml")
    assert {problem.kind for problem in document.problems} == {"alias-too-large"}
    assert not any(problem.breaks_loader for problem in document.problems)
    assert len(json.dumps(document.value)) < 50_000_000


@pytest.mark.parametrize("text", ["[" * 10_000, "{a: " * 10_000, "- " * 5_000], ids=range(3))
def test_deep_nesting(text: str) -> None:
    document = parse(text, "yaml")
    assert [problem.kind for problem in document.problems] == ["too-deep"]
    assert json.dumps(document.value)


def test_a_file_that_is_too_large_is_not_read() -> None:
    document = parse("a" * (MAX_LENGTH + 1), "yaml")
    assert document.value is MISSING
    assert [(it.kind, it.breaks_loader) for it in document.problems] == [("too-large", False)]


PIECES = st.sampled_from(
    [
        *["a", "b", ": ", ":", "- ", "\n", "\n  ", "\n ", "\t", "&x ", "*x", "<<: ", "{", "}"],
        *["[", "]", ", ", "'", '"', "|", ">", "#", " #c", "!", "!!str ", "?", "? ", "---", "%"],
        *["@", "1", "😀"],
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=20) | st.lists(PIECES, max_size=25).map("".join))
def test_any_text(text: str) -> None:
    document = parse(text, "yaml")
    for problem in document.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
    if document.value is MISSING:
        assert document.problems
    for offset in range(len(text) + 1):
        path, part = document.path_at(offset)
        span = document.span(path, part)
        assert 0 <= span.start <= span.end <= len(text)


@settings(deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF), max_size=5),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner),
        max_leaves=8,
    )
)
def test_json_is_read_alike(value: JsonValue) -> None:
    text = json.dumps(value)
    document = parse(text, "yaml")
    assert document.value == value
    assert document.problems == ()
