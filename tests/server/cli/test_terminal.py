from __future__ import annotations

import io

import pytest

from runagent_ls.cli.terminal import Painter, cells, harmless, one_line, wants_colour


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "expected"),
    [
        (Terminal(), {"TERM": "xterm"}, True),
        (Terminal(), {"TERM": "xterm", "NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {"TERM": "xterm"}, False),
    ],
)
def test_colours_only_for_terminals(
    stream: io.StringIO, environment: dict[str, str], expected: bool
) -> None:
    assert wants_colour(stream, environment) is expected


def test_a_closed_stream_has_no_colours() -> None:
    stream = Terminal()
    stream.close()
    assert not wants_colour(stream, {"TERM": "xterm"})


def test_painter() -> None:
    assert Painter(True)("x", "bold", "red") == "\x1b[1;31mx\x1b[0m"
    assert Painter(False)("x", "bold", "red") == "x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("two\nlines\tand a tab\r\n", "two\nlines\tand a tab\r\n"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("good\rbad", r"good\rbad"),
        ("\x9b31m", r"\x9b31m"),
        ("a\u202eb", r"a\u202eb"),
        ("\ud800", r"\ud800"),
        ("h\u00e9llo \U0001f989", "h\u00e9llo \U0001f989"),
        ("\x00\x7f", r"\x00\x7f"),
    ],
)
def test_control_characters_are_shown_not_obeyed(text: str, expected: str) -> None:
    assert harmless(text) == expected


def test_one_line() -> None:
    assert one_line("a\nb\r\nc\rd") == "a b c d"


@pytest.mark.parametrize(
    ("char", "encoding", "expected"),
    [
        ("a", "utf-8", ("a", 1)),
        ("\t", "utf-8", ("    ", 4)),
        ("\u6f22", "utf-8", ("\u6f22", 2)),
        ("\u6f22", "ascii", (r"\u6f22", 6)),
        ("\U0001f989", "utf-8", ("\U0001f989", 2)),
        ("\u0301", "utf-8", ("\u0301", 0)),
        ("\u200d", "utf-8", ("\u200d", 0)),
        ("\u00e9", "cp1252", ("\u00e9", 1)),
        ("\x1b", "utf-8", (r"\x1b", 4)),
        ("\u202e", "utf-8", (r"\u202e", 6)),
        ("\ud800", "utf-8", (r"\ud800", 6)),
    ],
)
def test_cells(char: str, encoding: str, expected: tuple[str, int]) -> None:
    assert cells(char, encoding) == expected
