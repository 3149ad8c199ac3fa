"""Properties: where `json.loads` takes a text we agree with it, elsewhere we say why not."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hypothesis import example, given, settings
from hypothesis import strategies as st

from runagent_ls.jsontree.document import Document, JsonValue, Path
from runagent_ls.jsontree.json_document import parse_json
from runagent_ls.jsontree.recovery import recover

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
KEYS = st.text(max_size=5) | st.sampled_from(["a", "b", "tag", "é😀"])
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=15
)
STRUCTURE = st.sampled_from(
    [
        *"{}[],:\"'\\\n\t a#-0=;\x00\ufeff\u00a0\ud83d😀",
        *["\r\n", "//x\n", "/*", '"a"', '"b": 1', "1", ".5", "1e5", "true", "nul", "NaN"],
        *["-Infinity", "\\u12", "\\ud83d", "\\ude00", '"a": {', "}, {"],
    ]
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A JSON text with a few places changed."""
    text = json.dumps(draw(VALUES), indent=draw(st.sampled_from([None, 1])))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 4))
        text = text[:at] + draw(STRUCTURE | st.just("")) + text[at + cut :]
    return text


TEXTS = st.text(max_size=30) | st.lists(STRUCTURE, max_size=25).map("".join) | damaged()


def paths(value: JsonValue, path: Path = ()) -> Iterator[tuple[Path, JsonValue]]:
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*path, index))


def check_places(document: Document, value: JsonValue) -> None:
    """Each place, read alone, is the value that stands there; and the place knows its path."""
    for path, found in paths(value):
        span = document.span(path)
        assert json.loads(document.text[span.start : span.end]) == found
        if path and isinstance(path[-1], str):
            key, whole = document.span(path, "key"), document.span(path, "property")
            assert json.loads(document.text[key.start : key.end]) == path[-1]
            assert (whole.start, whole.end) == (key.start, span.end)
            assert document.path_at(key.start + 1) == (path, "key")
        inner = isinstance(found, dict | list) and found
        if path and not inner and span.end - span.start > 1:
            assert document.path_at(span.start + 1) == (path, "value")


@settings(deadline=None)
@given(VALUES, st.sampled_from([None, 0, 2]), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_valid_text(value: JsonValue, indent: int | None, ascii_only: bool, ends: str) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only).replace("\n", ends)
    document = parse_json(f"{ends} {text} {ends}")
    assert document.problems == ()
    assert document.value == value
    check_places(document, value)


@settings(deadline=None)
@given(VALUES, st.sampled_from([None, 2]))
def test_the_recovering_parser_reads_valid_text_alike(value: JsonValue, indent: int | None) -> None:
    found = recover(json.dumps(value, indent=indent))
    assert found.value == value
    assert found.problems == ()


@settings(max_examples=600, deadline=None)
@given(TEXTS)
@example("")
@example("\ufeff{}")
@example('{"a": NaN, "a": 1}')
def test_any_text(text: str) -> None:
    document = parse_json(text)
    breaking = [problem for problem in document.problems if problem.breaks_loader]
    for problem in document.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
    try:
        expected = json.loads(text)
    except ValueError:
        assert breaking
    else:
        assert not breaking
        # NaN differs from itself, its text does not.
        assert repr(document.value) == repr(expected)
    for offset in range(len(text) + 1):
        path, part = document.path_at(offset)
        span = document.span(path, part)
        assert 0 <= span.start <= span.end <= len(text)


@settings(max_examples=300, deadline=None)
@given(damaged())
def test_places_in_broken_text(text: str) -> None:
    document = parse_json(text)
    if isinstance(document.value, dict | list):
        for path, _ in paths(document.value):
            span = document.span(path)
            assert 0 <= span.start <= span.end <= len(text)


def test_same_text_gives_the_same_document() -> None:
    first = parse_json('{"a": 1}')
    assert parse_json('{"a": 1}', first) is first
    assert parse_json('{"a": 2}', first).value == {"a": 2}
