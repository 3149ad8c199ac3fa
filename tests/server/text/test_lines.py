"""Offsets and LSP positions: UTF-16, and the three line ends of the protocol."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runagent_ls.text.lines import LineIndex, line_index
from runagent_ls.text.position import Position, Range, Span

TEXT = st.lists(st.sampled_from(["a", "é", "😀", "\n", "\r\n", "\r", "\u2028", "\x0c", "\ud83d"]))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a", ""]),
        ("a\r\nb", ["a", "b"]),
        ("a\rb", ["a", "b"]),
        ("\n\r\r\n", ["", "", "", ""]),
        ("a\u2028b\x0cc\x0bd\x85e", ["a\u2028b\x0cc\x0bd\x85e"]),
    ],
)
def test_lines(text: str, lines: list[str]) -> None:
    index = LineIndex(text)
    assert [index.line(number) for number in range(index.line_count)] == lines
    assert index.line(-1) == index.line(len(lines)) == ""


def test_columns_beside_an_emoji() -> None:
    index = LineIndex('x\n"😀é": 1')
    assert [index.position(offset).character for offset in range(2, 10)] == [0, 1, 3, 4, 5, 6, 7, 8]
    assert index.range(Span(2, 6)) == Range(Position(1, 0), Position(1, 5))
    assert [index.offset(Position(1, column)) for column in range(6)] == [2, 3, 3, 4, 5, 6]


@settings(deadline=None)
@given(TEXT.map("".join))
def test_each_place_has_a_position_and_comes_back(text: str) -> None:
    index = LineIndex(text)
    before = Position(0, 0)
    for offset in range(len(text) + 1):
        position = index.position(offset)
        assert position >= before
        if text[max(offset - 1, 0) : offset + 1] != "\r\n":
            assert index.offset(position) == offset
        prefix = text[:offset]
        expected = prefix.replace("\r\n", "\n").replace("\r", "\n").count("\n")
        if not (prefix.endswith("\r") and text[offset : offset + 1] == "\n"):
            assert position.line == expected
        before = position


@settings(deadline=None)
@given(TEXT.map("".join))
def test_the_first_places_are_those_of_the_whole_index(text: str) -> None:
    whole = LineIndex(text)
    assert whole.line_count  # finds all lines
    for offset in range(len(text) + 1):
        assert LineIndex(text).position(offset) == whole.position(offset)


@settings(deadline=None)
@given(TEXT.map("".join), st.integers(-2, 9), st.integers(-2, 30))
def test_any_position_is_clamped(text: str, line: int, character: int) -> None:
    index = LineIndex(text)
    offset = index.offset(Position(line, character))
    assert 0 <= offset <= len(text)
    if 0 <= line < index.line_count:
        assert index.position(offset).line == line


def test_offsets_outside_are_clamped() -> None:
    index = LineIndex("ab\ncd")
    assert index.position(-5) == Position(0, 0)
    assert index.position(99) == Position(1, 2)
    assert index.offset(Position(9, 9)) == 5
    assert index.offset(Position(0, 9)) == 2


def test_the_lines_of_a_text_are_kept_for_the_next_question() -> None:
    text = "".join(["a\n", "b"])
    assert line_index(text) is line_index("".join(["a\n", "b"]))
    assert line_index(text).position(2) == Position(1, 0)
    assert line_index("a\r\nb") is not line_index(text)


def test_many_places_on_one_long_line_are_found_at_once() -> None:
    index = LineIndex("😀" + "x" * 2_000_000)
    begin = process_time()
    for offset in range(0, 2_000_000, 500):
        assert index.offset(index.position(offset)) == offset
    assert process_time() - begin < 2  # counting each from the line's start takes 60 s
