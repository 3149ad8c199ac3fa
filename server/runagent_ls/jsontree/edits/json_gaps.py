"""What stands between the values of a JSON text: blanks, comments, commas, line ends."""

from __future__ import annotations

import re
from typing import Final

from runagent_ls.jsontree.document import Document
from runagent_ls.text.lines import newline_of

_BLANK: Final = " \t\r\n"
_BLANKS: Final = tuple(_BLANK)
_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_INDENTED: Final = re.compile(r"[\r\n]([ \t]+)[^\s]")
_INDENTATION: Final = re.compile(r"[ \t]*")


class Gaps:
    """Walks over blanks and comments of one document, in both directions."""

    def __init__(self, document: Document) -> None:
        self.text = document.text
        comments = [it.span for it in document.problems if it.kind == "comment"]
        self._ends = {span.start: span.end for span in comments}
        self._starts = {span.end: span.start for span in comments}
        self.newline = newline_of(self.text)
        """The line end that the text uses first."""

    def ahead(self, offset: int) -> int:
        """Offset of the next character that is neither blank nor comment."""
        while True:
            if offset in self._ends:
                offset = self._ends[offset]
            elif self.text[offset : offset + 1] in _BLANKS:
                offset += 1
            else:
                return offset

    def back(self, offset: int) -> int:
        """Offset behind the last character in front that is neither blank nor comment."""
        while True:
            if offset in self._starts:
                offset = self._starts[offset]
            elif offset and self.text[offset - 1] in _BLANK:
                offset -= 1
            else:
                return offset

    def rest_of_line(self, offset: int) -> int:
        """Offset behind the last comment that begins on this line with nothing in front of it."""
        reached = offset
        while True:
            if offset in self._ends:
                offset = reached = self._ends[offset]
            elif self.text[offset : offset + 1] in (" ", "\t"):
                offset += 1
            else:
                return reached

    def line_start(self, offset: int) -> int:
        """Offset at which the line of `offset` begins."""
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def line_end(self, offset: int) -> int:
        """Offset behind the line end that follows `offset`; the text's end when there is none."""
        found = _LINE_BREAK.search(self.text, offset)
        return found.end() if found else len(self.text)

    def begins_line(self, offset: int) -> bool:
        """Whether only blanks stand in front of `offset` on its line."""
        return not self.text[self.line_start(offset) : offset].strip(_BLANK)

    def indentation(self, offset: int) -> str:
        """The blanks that the line of `offset` begins with."""
        found = _INDENTATION.match(self.text, self.line_start(offset), offset)
        return found.group() if found else ""

    def unit(self) -> str:
        """By how much one level is indented, as the text does it first; two spaces else."""
        found = _INDENTED.search(self.text)
        return found.group(1) if found else "  "

    def has_line_break(self, start: int, end: int) -> bool:
        """Whether the text between two offsets goes over more than one line."""
        return _LINE_BREAK.search(self.text, start, end) is not None

    def is_blank(self, start: int, end: int) -> bool:
        """Whether nothing but blanks stands between two offsets."""
        return not self.text[start:end].strip(_BLANK)

    def separator(self, gap: str) -> str:
        """A gap of blanks and one comma with at most one line end."""
        before, _, behind = gap.partition(",")
        if breaks_line(behind):
            return "," + self.newline + _LINE_BREAK.split(behind)[-1]
        if breaks_line(before):
            before = self.newline + _LINE_BREAK.split(before)[-1]
        return f"{before},{behind}"


def breaks_line(text: str) -> bool:
    """Whether it holds a line end."""
    return _LINE_BREAK.search(text) is not None
