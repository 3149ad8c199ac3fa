"""Minimal edits of a YAML text. What is not asked for keeps its bytes."""

from __future__ import annotations

from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import Document, JsonValue, Path
from runagent_ls.jsontree.edits.json_edits import JsonEdits
from runagent_ls.jsontree.edits.json_gaps import Gaps
from runagent_ls.jsontree.edits.places import child_paths
from runagent_ls.jsontree.edits.replacing import Replacement
from runagent_ls.jsontree.edits.yaml_writing import BlockStyle, FlowStyle, scalar
from runagent_ls.text.position import Span


class YamlEdits:
    """Edits of one document; places that are asked for exist in its value.

    They are suggestions: anchors, merge keys and comments in odd places can make them wrong, so
    each is proved by reading the text again.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._text = document.text
        self._gaps = Gaps(document)
        self._flow = JsonEdits(document, FlowStyle)

    def set_value(self, path: Path, value: JsonValue) -> tuple[Replacement, ...] | None:
        """Write another value in the place of one."""
        span = self._document.span(path)
        if isinstance(value_at(self._document.value, path), dict | list):
            if self._is_flow(path):
                return self._flow.set_value(path, value)
        elif not isinstance(value, dict | list) or not value:
            return (self._inline(span, value),)
        elif path and self._is_flow(path[:-1]):
            return self._flow.set_value(path, value)
        return self._set_block(path, span, value)

    def rename_key(self, path: Path, key: str) -> tuple[Replacement, ...]:
        """Write another key in front of a value."""
        span = self._document.span(path, "key")
        return ((span, scalar(key, self._quote(span))),)

    def insert(
        self, parent: Path, key: str | None, value: JsonValue, behind: Path | None
    ) -> tuple[Replacement, ...] | None:
        """Insert a property, or an item when `key` is None, behind a child; in front without."""
        children = child_paths(self._document, parent)
        if not children and not (parent and self._is_flow(parent[:-1])):
            return self._set_block(
                parent, self._document.span(parent), [value] if key is None else {key: value}
            )
        if self._is_flow(parent):
            return self._flow.insert(parent, key, value, behind)
        anchor = behind if behind is not None else children[0]
        start = self._child_start(anchor)
        column = start - self._gaps.line_start(start)
        style = BlockStyle.of(self._text)
        if key is None:
            dash = self._text[start : self._document.span(anchor).start]
            lines = style.item(value, dash if dash.strip(" ") == "-" else "- ")
        else:
            lines = style.pair(key, value)
        lines = [" " * column + line for line in lines]
        newline = self._gaps.newline
        if behind is None:
            at = self._gaps.line_start(start)
            return ((Span(at, at), "".join(line + newline for line in lines)),)
        at = self._line_stop(self._document.span(anchor).end)
        return ((Span(at, at), "".join(newline + line for line in lines)),)

    def remove(self, path: Path) -> tuple[Replacement, ...] | None:
        """Take a property or item out, with the lines that it fills."""
        siblings = child_paths(self._document, path[:-1])
        if self._is_flow(path[:-1]):
            return self._flow.remove(path)
        if len(siblings) == 1:
            empty: JsonValue = [] if isinstance(path[-1], int) else {}
            return self.set_value(path[:-1], empty)
        start = self._child_start(path)
        number = siblings.index(path)
        if not self._gaps.begins_line(start):
            # The first key behind a dash: the next one takes its place.
            if number + 1 == len(siblings):
                return None
            return ((Span(start, self._child_start(siblings[number + 1])), ""),)
        begin = self._gaps.line_start(start)
        stop = self._line_stop(self._document.span(path).end)
        end = self._gaps.line_end(stop)
        if end == stop:  # the last line of a text without a final line end
            begin = len(self._text[:begin].rstrip("\r\n"))
        return ((Span(begin, end), ""),)

    def remove_at(self, span: Span) -> tuple[Replacement, ...]:
        """Take out a property that stands on lines of its own, or within braces."""
        if not self._gaps.begins_line(span.start):
            return self._flow.remove_at(span)
        stop = self._line_stop(span.end)
        return ((Span(self._gaps.line_start(span.start), self._gaps.line_end(stop)), ""),)

    def _is_flow(self, path: Path) -> bool:
        """Whether a collection, or one around it, stands in brackets or braces."""
        starts = (self._document.span(path[:end]).start for end in range(len(path) + 1))
        return any(self._text[start : start + 1] in ("{", "[") for start in starts)

    def _inline(self, span: Span, value: JsonValue) -> Replacement:
        """A value on one line in the place of one, with its quotes."""
        if isinstance(value, dict | list):
            written = "{}" if isinstance(value, dict) else "[]"
        else:
            written = scalar(value, self._quote(span))
        behind_colon = span.start == span.end and self._text[span.start - 1 : span.start] == ":"
        return span, f" {written}" if behind_colon else written

    def _set_block(self, path: Path, span: Span, value: JsonValue) -> tuple[Replacement, ...]:
        """Write a value in the place of a block or of an empty value."""
        style = BlockStyle.of(self._text)
        newline = self._gaps.newline
        if not path:
            return ((span, newline.join(style.lines(value))),)
        start = self._child_start(path)
        column = start - self._gaps.line_start(start)
        if isinstance(path[-1], str):
            key = self._document.span(path, "key")
            lines = style.pair(path[-1], value)
            # The key stays as it is written.
            lines[0] = self._text[key.start : key.end] + lines[0][len(scalar(path[-1])) :]
            place = Span(key.start, max(span.end, key.end))
        else:
            lines = style.item(value)
            place = Span(start, span.end)
        return ((place, (newline + " " * column).join(lines)),)

    def _child_start(self, path: Path) -> int:
        """Where a child's key, or the dash in front of an item, begins."""
        if isinstance(path[-1], str):
            return self._document.span(path, "key").start
        start = self._document.span(path).start
        dash = self._text.rfind("-", 0, start)
        return dash if dash >= 0 and not self._text[dash + 1 : start].strip() else start

    def _line_stop(self, end: int) -> int:
        """In front of the line end that follows, behind a comment on that line."""
        stop = self._gaps.line_end(end)
        return end + len(self._text[end:stop].rstrip("\r\n"))

    def _quote(self, span: Span) -> str:
        first = self._text[span.start : span.start + 1]
        return first if first in ("'", '"') else ""
