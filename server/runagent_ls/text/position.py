"""Places in a text: code point spans inside the server, UTF-16 positions towards LSP clients."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Half-open range `[start, end)` in code points of the decoded text."""

    start: int
    end: int


class Position(NamedTuple):
    """Zero-based line, and UTF-16 code units from the line's start (LSP 3.17)."""

    line: int
    character: int


class Range(NamedTuple):
    """Half-open range between two positions (LSP 3.17)."""

    start: Position
    end: Position
