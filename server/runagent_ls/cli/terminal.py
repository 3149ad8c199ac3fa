"""What differs between terminals: encodings, colours, width of characters, control characters."""

from __future__ import annotations

import io
import os
import sys
import unicodedata
from collections.abc import Mapping
from typing import Final, TextIO

TAB_WIDTH: Final = 4

_BIDI_CONTROLS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_LINE_SEPARATORS: Final = frozenset("\u2028\u2029")
_CODES: Final[Mapping[str, str]] = {
    "bold": "1",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "cyan": "36",
    "dim": "2",
}


def prepare_streams() -> None:
    """Make stdout and stderr unable to fail on a character that their encoding lacks, and to go
    nowhere when they were closed (`>&-`): a file that is opened later must not take their place."""
    if sys.stdout is None:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _nowhere() -> TextIO:
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def is_terminal(stream: TextIO) -> bool:
    """Whether a person reads `stream` as it is written."""
    return not stream.closed and stream.isatty()


def wants_colour(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Colours only on a terminal that understands them, and never with `NO_COLOR`."""
    if environment.get("NO_COLOR") or not is_terminal(stream):
        return False
    if sys.platform == "win32":
        return "WT_SESSION" in environment or "TERM" in environment
    return environment.get("TERM") != "dumb"


class Painter:
    """Puts colours around text, or leaves it as it is."""

    def __init__(self, enabled: bool) -> None:
        self._enabled = enabled

    def __call__(self, text: str, *styles: str) -> str:
        """`text` in the named styles; unchanged when colours are off."""
        if not self._enabled or not text:
            return text
        codes = ";".join(_CODES[style] for style in styles)
        return f"\x1b[{codes}m{text}\x1b[0m"


def harmless(text: str) -> str:
    r"""Control characters as escapes (`\x1b`), so that text cannot steer the terminal.

    Newlines and tabs stay; a carriage return stays only in front of a newline, for alone it
    would let the end of a line overwrite its beginning.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if _is_safe(char, text[at + 1 : at + 2]) else _escaped(char)
        for at, char in enumerate(text)
    )


def one_line(text: str) -> str:
    """`harmless` without line breaks, for places that hold a single line."""
    return harmless(text.replace("\r\n", " ").replace("\r", " ").replace("\n", " "))


def cells(char: str, encoding: str) -> tuple[str, int]:
    """How one character of a source line is shown, and how many columns that takes.

    Wide characters take two columns, combining ones none; what the terminal cannot show, or
    must not obey, stands there as an escape.
    """
    if char == "\t":
        return " " * TAB_WIDTH, TAB_WIDTH
    if char.isascii() and char.isprintable():
        return char, 1
    if _is_safe(char, "") and _encodable(char, encoding):
        if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
            return char, 0
        return char, 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
    escaped = _escaped(char)
    return escaped, len(escaped)


def _is_safe(char: str, following: str) -> bool:
    if char in "\n\t":
        return True
    if char == "\r":
        return following == "\n"
    if char in _BIDI_CONTROLS or char in _LINE_SEPARATORS:
        return False
    return unicodedata.category(char) not in {"Cc", "Cs"}


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def _encodable(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
