"""Code point offsets to LSP positions and back."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Final

from runagent_ls.text.position import Position, Range, Span

# LSP knows these line ends only: `str.splitlines` also splits at U+2028, form feed and others.
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_FEW: Final = 8
"""So many places are found by counting before all lines are looked for."""
_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")


def newline_of(text: str) -> str:
    """The line end that a text uses first; `\\n` when it has one line."""
    found = _LINE_END.search(text)
    return found.group() if found else "\n"


class LineIndex:
    """The lines of one text. Built when first asked, so that a text without findings is free."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._asked = 0

    @cached_property
    def _has_return(self) -> bool:
        return "\r" in self.text

    @cached_property
    def _starts(self) -> list[int]:
        """Offset at which each line begins; at least `[0]`."""
        text = self.text
        if self._has_return:
            return [0, *(match.end() for match in _LINE_END.finditer(text))]
        starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
        starts.pop()
        return starts

    @cached_property
    def _astral(self) -> array[int]:
        """Offsets of the characters that take two UTF-16 code units."""
        found = () if self.text.isascii() else _ASTRAL.finditer(self.text)
        return array("Q", (match.start() for match in found))

    @property
    def line_count(self) -> int:
        """Number of lines; an empty text has one."""
        return len(self._starts)

    def position(self, offset: int) -> Position:
        """Position of a code point offset; offsets outside the text are clamped."""
        offset = max(0, min(offset, len(self.text)))
        line, start = self._line_of(offset)
        # Between the two halves of a CRLF there is no position: stay in front of it.
        if offset and self.text[offset - 1 : offset + 1] == "\r\n":
            offset -= 1
        if not self._astral:
            return Position(line, offset - start)
        # Found, not counted: many places may be on one long line.
        twice = bisect_left(self._astral, offset) - bisect_left(self._astral, start)
        return Position(line, offset - start + twice)

    def _line_of(self, offset: int) -> tuple[int, int]:
        """Number of the line at an offset, and the offset at which it begins."""
        if self._asked < _FEW and "_starts" not in self.__dict__ and not self._has_return:
            # One finding in a long text: counting is 20 times faster than finding all lines.
            self._asked += 1
            return self.text.count("\n", 0, offset), self.text.rfind("\n", 0, offset) + 1
        line = bisect_right(self._starts, offset) - 1
        return line, self._starts[line]

    def offset(self, position: Position) -> int:
        """Code point offset of a position; clamped to the line's end and the text's end.

        A position inside a surrogate pair counts as in front of the character.
        """
        if position.line < 0:
            return 0
        if position.line >= len(self._starts):
            return len(self.text)
        start = self._starts[position.line]
        end = self._line_end(position.line)
        wanted = max(0, position.character)
        astral = self._astral
        if not astral:
            return min(start + wanted, end)
        first = bisect_left(astral, start)

        def units_before(at: int) -> int:
            return astral[at] - start + at - first

        # Every astral character that ends at or before the place takes one unit more.
        behind = bisect_right(
            range(len(astral)), wanted, lo=first, key=lambda at: units_before(at) + 2
        )
        found = start + wanted - (behind - first)
        if behind < len(astral) and units_before(behind) < wanted:
            found = astral[behind]
        return min(found, end)

    def range(self, span: Span) -> Range:
        """LSP range of a span."""
        return Range(self.position(span.start), self.position(span.end))

    def line(self, number: int) -> str:
        """Text of a line without its line end; empty when there is no such line."""
        if not 0 <= number < len(self._starts):
            return ""
        return self.text[self._starts[number] : self._line_end(number)]

    def _line_end(self, number: int) -> int:
        """Offset behind the last character of a line, in front of its line end."""
        if number + 1 >= len(self._starts):
            return len(self.text)
        end = self._starts[number + 1] - 1
        is_crlf = self.text[end] == "\n" and end and self.text[end - 1] == "\r"
        return end - 1 if is_crlf else end


@lru_cache(maxsize=16)
def line_index(text: str) -> LineIndex:
    """The lines of a text that is asked for again and again, such as that of an open file."""
    return LineIndex(text)
