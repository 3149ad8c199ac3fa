"""Text broken into lines that a terminal has room for, also text that comes in pieces."""

from __future__ import annotations

import re
from typing import Final

from runagent_ls.cli.terminal import TAB_WIDTH, cells

_SMALLEST: Final = 20
"""Columns for text, however narrow the terminal."""
_LONGEST_WORD: Final = 200
"""Of a word whose end has not come yet so much is held back."""
_WIDE: Final = "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60"
_PARTS: Final = re.compile(rf"\n|[ \t]+|[^\s{_WIDE}]+|.")
"""Line ends, gaps, and what stays together: words, and single characters of scripts without."""


class Wrapping:
    """Sets each line behind `indent` spaces, at most `width` columns with them; None: no limit.

    What has no place to be broken, such as an address, stays whole: it could not be copied. The
    lead of the first line is not written when it is there already (`is_led`).
    """

    def __init__(self, indent: int, width: int | None, encoding: str, is_led: bool = False) -> None:
        self._indent = " " * indent
        self._room = None if width is None else max(width - indent, _SMALLEST)
        self._encoding = encoding
        self._leads = not is_led
        self._column: int | None = None
        self._breaks = ""
        self._gap = ""
        self._word = ""

    def feed(self, text: str) -> str:
        """What can be written; the word at the end waits for its rest."""
        parts = _PARTS.findall(self._word + text)
        self._word = ""
        if parts and not parts[-1].isspace() and len(parts[-1]) < _LONGEST_WORD:
            self._word = parts.pop()
        return "".join(map(self._set, parts))

    def end(self) -> str:
        """What is left, without gaps and empty lines."""
        word, self._word = self._word, ""
        return self._set(word) if word else ""

    def _set(self, part: str) -> str:
        if part == "\n":
            self._breaks, self._gap = self._breaks + "\n", ""
            return ""
        if part.isspace():
            self._gap = (self._gap + part.replace("\t", " " * TAB_WIDTH))[: self._room]
            return ""
        columns = len(part) if part.isascii() else self._columns(part)
        before = self._gap
        if self._breaks or self._column is None:
            before = self._breaks + (self._indent if self._breaks or self._leads else "") + before
            self._column = len(self._gap)
        elif self._room is not None and self._column + len(self._gap) + columns > self._room:
            before = f"\n{self._indent}"
            self._column = 0
        else:
            self._column += len(self._gap)
        self._column += columns
        self._breaks = self._gap = ""
        return before + part

    def _columns(self, text: str) -> int:
        return sum(cells(char, self._encoding)[1] for char in text)


def fitted(text: str, width: int, encoding: str) -> str:
    """The text, or so much of its beginning that it takes at most `width` columns."""
    width = max(width, _SMALLEST)
    if text.isascii() and len(text) <= width:
        return text
    column = end = 0
    for at, char in enumerate(text):
        column += cells(char, encoding)[1]
        if column > width:
            return f"{text[:end]}…"
        if column < width:
            end = at + 1
    return text
