"""Places in block-style YAML: indentation tells where the cursor is, also in broken text."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from runagent_ls.jsontree.completion_place.json_place import json_place
from runagent_ls.jsontree.completion_place.json_tokens import OPENERS, line_end, line_start
from runagent_ls.jsontree.completion_place.model import CompletionPlace
from runagent_ls.jsontree.completion_place.yaml_climb import Above, Climb, markers
from runagent_ls.jsontree.completion_place.yaml_lines import (
    is_marker,
    line_below,
    lines_above,
    read_line,
)
from runagent_ls.jsontree.document import Document, Path
from runagent_ls.jsontree.json_document import parse_json
from runagent_ls.text.position import Span

_NO_PLAIN: Final = "{[|>&*!%@`#"
_ENDED: Final = re.compile(r"^\.\.\.[ \t]*\r?$", re.MULTILINE)
_CLOSED: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'""")


def yaml_place(document: Document, offset: int) -> CompletionPlace | None:
    """The place at an offset; None where nothing can be completed."""
    text = document.text
    start = text[: len(text) - len(text.lstrip())]
    if text[len(start) : len(start) + 1] == "{":
        found = json_place(_as_json(text), offset)
        return None if found is None else replace(found, style="flow")
    flow = _flow_opener(document, offset)
    if flow is not None:
        found = json_place(document, offset, max(flow, line_start(text, offset)))
        return None if found is None else replace(found, style="flow")
    return _Block(text, offset).place()


@lru_cache(maxsize=1)
def _as_json(text: str) -> Document:
    """JSON in a file of YAML: read as JSON it says more while it is broken."""
    return parse_json(text)


def _flow_opener(document: Document, offset: int) -> int | None:
    """Where the outermost pair of brackets around an offset begins."""
    path, _ = document.path_at(offset)
    for end in range(len(path) + 1):
        span = document.span(path[:end])
        if document.text[span.start : span.start + 1] in OPENERS:
            return span.start if span.start < offset < span.end else None
    return None


class _Block:
    def __init__(self, text: str, offset: int) -> None:
        self._text = text
        self._offset = offset
        self._start = line_start(text, offset)
        self._line = read_line(text, self._start)
        self._cursor = offset - self._start

    def place(self) -> CompletionPlace | None:
        line, cursor = self._line, self._cursor
        raw = self._text[self._start : line_end(self._text, self._offset)]
        if is_marker(self._text, self._start) or "\t" in raw[: max(line.column, cursor)]:
            return None
        if "\n..." in self._text and _ENDED.search(self._text, 0, self._start):
            return None  # behind the end of the document
        if line.comment is not None and cursor > line.comment:
            return None
        if not line.rest:
            return self._on_free_line(raw)
        if cursor < line.column:
            return None
        if line.key is None:
            return self._on_word()
        return self._on_key() if cursor <= line.key_end else self._on_value()

    # --- keys -----------------------------------------------------------------------------

    def _on_free_line(self, raw: str) -> CompletionPlace | None:
        """Nothing, or nothing but dashes, stands on the line."""
        cursor, space = self._cursor, False
        if self._line.dashes:
            if cursor <= self._line.dashes[-1]:
                return None
            space = raw[cursor - 1 : cursor] == "-"
            cursor = max(cursor + space, len(raw.rstrip()) + 1)
        place = self._key(Span(self._offset, self._offset), cursor)
        return None if place is None else replace(place, space_before=space)

    def _on_word(self) -> CompletionPlace | None:
        """A word without a colon: the beginning of a key, or an item of a list."""
        line = self._line
        if self._cursor > line.column + len(line.rest) or line.rest[0] in _NO_PLAIN:
            return None
        token = Span(self._start + line.column, self._start + line.column + len(line.rest))
        return self._key(token, line.column)

    def _on_key(self) -> CompletionPlace | None:
        line = self._line
        above = self._above(line.column)
        if above is None:
            return None
        token = Span(self._start + line.column, self._start + line.key_end)
        return replace(self._place_of("key", above.path, token), colon=True, column=line.column)

    def _key(self, token: Span, column: int) -> CompletionPlace | None:
        """A place for a new key in the object whose keys stand at `column`."""
        above = self._above(column)
        if above is None or not self._fits_below(above, column):
            return None
        if above.items is not None:
            found = self._place_of("value", (*above.path, above.items), token)
            return replace(found, column=column, dash=True)
        return replace(self._place_of("key", above.path, token), column=column)

    def _fits_below(self, above: Above, column: int) -> bool:
        """Whether the lines below stay what they are when a key is written at `column`."""
        below = line_below(self._text, self._offset)
        has_neighbours = above.siblings or bool(self._line.dashes) or above.items is not None
        if below is None:
            return True
        if below.first <= above.parent and below.first < column:
            # A dash right below the key, and in its column, is its value already.
            return has_neighbours or below.first < above.parent or not below.dashes
        if above.items is not None:
            return below.first <= column
        if below.first == column:
            return not below.dashes
        # A deeper line would become the value of the key; one in between belongs to others.
        return below.first < column and has_neighbours

    # --- values ---------------------------------------------------------------------------

    def _on_value(self) -> CompletionPlace | None:
        line, cursor = self._line, self._cursor
        above = self._above(line.column)
        if above is None or line.key is None or self._goes_on_below():
            return None
        path = (*above.path, line.key)
        end = self._start + line.column + len(line.rest)
        if not line.value:
            if cursor < line.value_start:
                return None
            found = self._place_of("value", path, Span(self._offset, self._offset))
            space = self._text[self._offset - 1] == ":"
            return replace(found, space_before=space, column=line.column)
        start = end - len(line.value)
        if line.value[0] in _NO_PLAIN or not self._start + line.value_start < self._offset <= end:
            return None
        token = Span(min(start, self._offset), end)
        return replace(self._place_of("value", path, token), column=line.column)

    def _goes_on_below(self) -> bool:
        """Whether the value is, or goes on, on the lines below."""
        below = line_below(self._text, self._offset)
        if below is None:
            return False
        column = self._line.column
        return below.first > column or (below.first == column and bool(below.dashes))

    def _place_of(self, part: str, path: Path, token: Span) -> CompletionPlace:
        written = self._text[token.start : token.end]
        quote = written[:1] if written[:1] in ("'", '"') else ""
        closed = bool(quote) and _CLOSED.fullmatch(written) is not None
        return CompletionPlace(
            "key" if part == "key" else "value",
            path,
            self._offset,
            token,
            style="block",
            quote=quote,
            closed=closed,
            written=self._text[token.start + len(quote) : self._offset],
        )

    # --- where it is ----------------------------------------------------------------------

    def _above(self, column: int) -> Above | None:
        """What an object at `column` of this line belongs to; None when it fits nowhere."""
        return Climb(column).above(markers(self._line, lines_above(self._text, self._start)))
