"""A file as a row of blocks: cut, parsed, and reused after an edit."""

from __future__ import annotations

import ast
from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from runagent_ls.pyfile.block import Block
from runagent_ls.pyfile.cutting import LexicalState, candidates, coarse, is_candidate
from runagent_ls.pyfile.model import PythonSyntaxError
from runagent_ls.pyfile.syntax_errors import describe


class Piece(NamedTuple):
    """A part of the file at `start`. `block` is None where the text does not parse;
    `lost` then holds the blocks that stood there when it last did."""

    start: int
    length: int
    block: Block | None
    lost: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """All pieces in order, without gaps, and the first syntax error."""

    pieces: tuple[Piece, ...]
    error: PythonSyntaxError | None


_EMPTY = Layout((), None)
_REPAIRS = 40
"""Broken places per file whose end is looked for in the text behind them."""


def lay_out(text: str, start: int, previous: Layout | None) -> Layout:
    """Cut `text[start:]` into blocks, taking over those of `previous` that are still there."""
    old = (previous or _EMPTY).pieces
    if old and old[0].start != start:
        old = ()
    head = _same_head(text, old)
    begin = old[head].start if head < len(old) else _end(old, start)
    tail = _same_tail(text, old, head, begin)
    cut = _Cutter(text, old, head, tail)
    cut.run(begin)
    pieces = [*old[:head], *cut.pieces]
    shift = len(text) - _end(old, start)
    kept = old[cut.resumed_at :]
    pieces.extend([p._replace(start=p.start + shift) for p in kept] if shift else kept)
    return Layout(tuple(pieces), cut.error)


def _end(pieces: tuple[Piece, ...], start: int) -> int:
    return pieces[-1].start + pieces[-1].length if pieces else start


def _same_head(text: str, old: tuple[Piece, ...]) -> int:
    """How many leading pieces can stay: all that are equal and whole, but for the last of them,
    which may go on into what was changed behind it."""
    same = 0
    for piece in old:
        if piece.block is None or not text.startswith(piece.block.text, piece.start):
            break
        same += 1
    return max(same - 1, 0)


def _same_tail(text: str, old: tuple[Piece, ...], head: int, begin: int) -> int:
    """Index of the first of the trailing pieces that are equal and whole."""
    end, index = len(text), len(old)
    while index > head:
        piece = old[index - 1]
        end -= piece.length
        if piece.block is None or end <= begin or not text.startswith(piece.block.text, end):
            break
        index -= 1
    return index


class _Cutter:
    """Cuts and parses from one offset until a kept trailing piece begins."""

    def __init__(self, text: str, old: tuple[Piece, ...], head: int, tail: int) -> None:
        self.text = text
        self.pieces: list[Piece] = []
        self.error: PythonSyntaxError | None = None
        self.resumed_at = len(old)
        self._repairs = 0
        shift = len(text) - _end(old, len(text))
        self._resume = {piece.start + shift: tail + i for i, piece in enumerate(old[tail:])}
        first = next(iter(self._resume), None)
        if first is not None and not is_candidate(text, first):
            del self._resume[first]
        gone = old[head:tail]
        self._lost = [p.block for p in gone if p.block] + [b for p in gone for b in p.lost]
        self._known = {block.text: block for block in self._lost}

    def run(self, begin: int) -> None:
        text = self.text
        stop = min(self._resume, default=len(text))
        fine = candidates(text, begin, stop)
        kept = list(self._resume)
        self._coarse = [*coarse(text, fine), *kept, len(text)]
        self._fine = [*fine, *kept, len(text)]
        position = begin
        while position < len(text):
            if position in self._resume:
                self.resumed_at = self._resume[position]
                break
            end = _next(self._coarse, position)
            block = self._block(text[position:end])
            if block is not None:
                self.pieces.append(Piece(position, end - position, block))
                position = end
            else:
                position = self._repair(position)
        if self.error is not None:
            self._keep_lost()

    def _block(self, text: str) -> Block | None:
        known = self._known.get(text)
        return known if known is not None else parse_block(text)

    def _repair(self, start: int) -> int:
        """Place one piece where a coarse one did not parse; gives its end."""
        end = _next(self._fine, start)
        block = self._block(self.text[start:end])
        if block is None and self._repairs < _REPAIRS:
            self._repairs += 1
            block, end = self._extended(start, end)
        if block is None and self.error is None:
            self.error = describe(self.text, start)
            if self.error is None:  # the cut was wrong, not the text
                block, end = parse_block(self.text[start:]), len(self.text)
        self.pieces.append(Piece(start, end - start, block))
        return end

    def _extended(self, start: int, end: int) -> tuple[Block | None, int]:
        """Put pieces together for as long as a string, bracket or decorator is open."""
        state = LexicalState()
        text, first_end = self.text, end
        state.feed(text, start, end)
        while state.is_open and end < len(text) and state.may_continue_with(text, end):
            begin, end = end, _next(self._fine, end)
            state.feed(text, begin, end)
            if not state.is_open:
                block = self._block(text[start:end])
                if block is not None:
                    return block, end
        return None, first_end

    def _keep_lost(self) -> None:
        """Give what no longer parses the blocks that stood there before."""
        present = {piece.block.text for piece in self.pieces if piece.block is not None}
        lost = tuple(block for block in self._lost if block.text not in present)
        for index, piece in enumerate(self.pieces):
            if piece.block is None:
                self.pieces[index] = piece._replace(lost=lost)
                return


def _next(starts: list[int], position: int) -> int:
    return starts[bisect_right(starts, position)]


def parse_block(text: str) -> Block | None:
    """None when the text does not parse. A text too deep for the parser gives an opaque block."""
    try:
        tree = ast.parse(text)
        return Block(text, tree)
    except (SyntaxError, ValueError):
        return None
    except (RecursionError, MemoryError):
        return Block(text, None)
