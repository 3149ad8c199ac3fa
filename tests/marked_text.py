"""Texts for tests with the cursor, or a selection, marked in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Position, Span

CURSOR: Final = "‸"
"""Marks one place."""
OPEN, CLOSE = "⟦", "⟧"
"""Mark spans, which may be several but never nested."""


@dataclass(frozen=True)
class Marked:
    """A text without its marks, and where they were."""

    text: str
    cursors: tuple[int, ...]
    """Offsets in code points."""
    spans: tuple[Span, ...]

    @property
    def offset(self) -> int:
        """The one cursor."""
        (only,) = self.cursors
        return only

    @property
    def position(self) -> Position:
        """The one cursor as an LSP position."""
        return LineIndex(self.text).position(self.offset)


def marked(text: str) -> Marked:
    """Take the marks out of `text`."""
    plain: list[str] = []
    cursors: list[int] = []
    spans: list[Span] = []
    begin = 0
    for character in text:
        if character == CURSOR:
            cursors.append(len(plain))
        elif character == OPEN:
            begin = len(plain)
        elif character == CLOSE:
            spans.append(Span(begin, len(plain)))
        else:
            plain.append(character)
    return Marked("".join(plain), tuple(cursors), tuple(spans))


def mark(text: str, *spans: Span) -> str:
    """`text` with marks around the spans: for comparing places as a reader sees them."""
    for span in sorted(spans, reverse=True):
        text = text[: span.start] + OPEN + text[span.start : span.end] + CLOSE + text[span.end :]
    return text
