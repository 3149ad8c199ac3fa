"""A source line with a caret under what is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runagent_ls.cli.reports.report import CheckedFile
from runagent_ls.cli.terminal import cells
from runagent_ls.text.position import Position, Range

_MAX_COLUMNS: Final = 100
_LEAD: Final = 30
"""Columns kept in front of the caret when a line is cut."""


@dataclass(frozen=True)
class Excerpt:
    """One line as shown, and the underline below it: `indent` columns, then `width` carets."""

    text: str
    indent: int
    width: int


def excerpt(file: CheckedFile, place: Range, encoding: str) -> Excerpt | None:
    """The first line of `place`, None when the file has no text there.

    Tabs are spaces, control characters escapes, and a long line is cut around the place; the
    carets stand under the place in every case.
    """
    if not file.text:
        return None
    line = file.lines.line(place.start.line).rstrip("\r\n")
    start = min(file.column(place.start) - 1, len(line))
    if place.end.line > place.start.line:
        end = len(line)
    else:
        end = min(file.column(Position(place.start.line, place.end.character)) - 1, len(line))
    return _laid_out(line, start, end, encoding)


def _laid_out(line: str, start: int, end: int, encoding: str) -> Excerpt:
    # A line may be a whole minified file: look only at what can be shown.
    first = max(0, start - _MAX_COLUMNS) if len(line) > _MAX_COLUMNS else 0
    shown = [cells(char, encoding) for char in line[first : start + _MAX_COLUMNS]]
    before = sum(width for _, width in shown[: start - first])
    cut_left = first > 0
    drop = 0
    if before > _MAX_COLUMNS - _LEAD or cut_left:
        while before > _LEAD:
            before -= shown[drop][1]
            drop += 1
        cut_left = True
    text, used, at = "", 0, drop
    while at < len(shown) and used + shown[at][1] <= _MAX_COLUMNS:
        text += shown[at][0]
        used += shown[at][1]
        at += 1
    under = sum(width for _, width in shown[start - first : min(end - first, at)])
    prefix = "..." if cut_left else ""
    suffix = "..." if first + at < len(line) else ""
    return Excerpt(prefix + text + suffix, before + len(prefix), max(1, under))
