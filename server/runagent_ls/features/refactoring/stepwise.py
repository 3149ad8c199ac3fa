"""Several edits of one configuration, each made in what the one before it gives."""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.jsontree import parse
from runagent_ls.jsontree.document import Document
from runagent_ls.jsontree.edits import Replacement, apply
from runagent_ls.text.position import Span


class Steps:
    """The document as it is after the steps so far, and what they change in the first text."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._length = len(document.text)
        self._pieces: list[Span | str] = [Span(0, self._length)]
        """The text of now: parts of the first text, in order, and what is new."""

    def take(self, made: tuple[Replacement, ...] | None) -> None:
        """Make an edit of `document`; nothing happens when it could not be made."""
        if not made:
            return
        pieces: list[Span | str] = []
        done = 0
        for span, new_text in sorted(made, key=lambda it: it[0]):
            pieces += [*self._between(done, span.start), new_text]
            done = span.end
        self._pieces = [*pieces, *self._between(done, len(self.document.text))]
        self.document = parse(apply(self.document.text, made), self.document.language)

    def replacements(self) -> tuple[Replacement, ...]:
        """All steps as one edit of the first text."""
        made: list[Replacement] = []
        done, new_text = 0, ""
        for piece in (*self._pieces, Span(self._length, self._length)):
            if isinstance(piece, str):
                new_text += piece
                continue
            if new_text or piece.start > done:
                made.append((Span(done, piece.start), new_text))
            done, new_text = piece.end, ""
        return tuple(made)

    def _between(self, start: int, end: int) -> Iterator[Span | str]:
        """What the text of now has between two offsets."""
        at = 0
        for piece in self._pieces:
            size = len(piece) if isinstance(piece, str) else piece.end - piece.start
            low, high = max(start - at, 0), min(end - at, size)
            if low < high:
                yield (
                    piece[low:high]
                    if isinstance(piece, str)
                    else Span(piece.start + low, piece.start + high)
                )
            at += size
