"""A source line with a caret under what is meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runagent_ls.cli.reports.report import CheckedFile
from runagent_ls.cli.reports.secrets import masked
from runagent_ls.cli.terminal import cells
from runagent_ls.text.position import Position, Range

_MAX_COLUMNS: Final = 100
_LEAD: Final = 30
"""Columns kept in front of the caret when a line is cut."""
_SEEN_AROUND: Final = 1000
"""Characters on both sides of the place that are looked at."""


@dataclass(frozen=True)
class Excerpt:
    """One line as shown, and the underline below it: `indent` columns, then `width` carets."""

    text: str
    indent: int
    width: int


def excerpt(file: CheckedFile, place: Range, encoding: str) -> Excerpt | None:
    """The first line of `place` without secrets, None when the file has no text there.

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
    # A line may be a whole minified file: look only at what can be shown.
    first = max(0, start - _SEEN_AROUND)
    seen = masked(line[first : start + _SEEN_AROUND], file.path.name.startswith(".env"))
    return _laid_out(seen, start - first, end - first, encoding)


def _laid_out(line: str, start: int, end: int, encoding: str) -> Excerpt:
    shown = [cells(char, encoding) for char in line]
    before = sum(width for _, width in shown[:start])
    drop = 0
    if before > _MAX_COLUMNS - _LEAD:
        while before > _LEAD:
            before -= shown[drop][1]
            drop += 1
    text, used, at = "", 0, drop
    while at < len(shown) and used + shown[at][1] <= _MAX_COLUMNS:
        text += shown[at][0]
        used += shown[at][1]
        at += 1
    under = sum(width for _, width in shown[start : min(end, at)])
    prefix = "..." if drop else ""
    suffix = "..." if at < len(shown) else ""
    return Excerpt(prefix + text + suffix, before + len(prefix), max(1, under))
