"""A text that is edited several times, and the edits of the first text that come to the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from runagent_ls.text.position import Span


class _Piece(NamedTuple):
    """A part of the first text, or a new text, whose `span` then means nothing."""

    span: Span
    new_text: str | None = None

    @property
    def length(self) -> int:
        return self.span.end - self.span.start if self.new_text is None else len(self.new_text)

    def part(self, start: int, end: int) -> _Piece:
        if self.new_text is not None:
            return _Piece(self.span, self.new_text[start:end])
        return _Piece(Span(self.span.start + start, self.span.start + end))


class EditedText:
    """What has become of a text."""

    def __init__(self, text: str) -> None:
        self._first = text
        self._pieces = [_Piece(Span(0, len(text)))]
        self._end = _Piece(Span(len(text), len(text)))
        self.text = text

    def edit(self, replacements: Iterable[tuple[Span, str]]) -> None:
        """Replace parts of the text as it is now, all at once; they do not overlap.

        Of two insertions at one place the first given comes first.
        """
        pieces: list[_Piece] = []
        waiting = sorted(replacements, key=lambda it: it[0])
        waiting.reverse()
        at, skipped = 0, 0
        for piece in [*self._pieces, self._end]:
            end, inside = at + piece.length, min(max(skipped - at, 0), piece.length)
            while waiting and waiting[-1][0].start <= end:
                (start, skipped), new_text = waiting.pop()
                pieces += [piece.part(inside, start - at), _Piece(Span(-1, -1), new_text)]
                inside = min(skipped - at, piece.length)
            pieces.append(piece.part(inside, piece.length))
            at = end
        self._pieces = [piece for piece in pieces if piece.length]
        self.text = "".join(self._written(piece) for piece in self._pieces)

    def edits(self) -> Iterable[tuple[Span, str]]:
        """Replacements in the first text, in order; what came back as it was is not among them."""
        at, new_text = 0, ""
        for piece in [*self._pieces, self._end]:
            if piece.new_text is not None:
                new_text += piece.new_text
                continue
            if self._first[at : piece.span.start] != new_text:
                yield Span(at, piece.span.start), new_text
            at, new_text = piece.span.end, ""

    def _written(self, piece: _Piece) -> str:
        return self._first[slice(*piece.span)] if piece.new_text is None else piece.new_text
