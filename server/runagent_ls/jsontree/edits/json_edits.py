"""Minimal edits of a JSON text. What is not asked for keeps its bytes."""

from __future__ import annotations

from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import Document, JsonValue, Path
from runagent_ls.jsontree.edits.json_gaps import Gaps, breaks_line
from runagent_ls.jsontree.edits.json_writing import Style, quoted
from runagent_ls.jsontree.edits.places import child_paths
from runagent_ls.jsontree.edits.replacing import Replacement
from runagent_ls.jsontree.scanning import skip_value
from runagent_ls.text.position import Span


class JsonEdits:
    """Edits of one document; places that are asked for exist in its value."""

    def __init__(self, document: Document, style: type[Style] = Style) -> None:
        self._document = document
        self._style = style
        self._text = document.text
        self._gaps = Gaps(document)

    def set_value(self, path: Path, value: JsonValue) -> tuple[Replacement, ...]:
        """Write another value in the place of one."""
        span = self._document.span(path)
        if isinstance(value, dict | list):
            return ((span, self._style_of(span, path).write(value)),)
        # One place may be asked about for each of a thousand entrypoints: no look around it.
        return ((span, self._apart(span.end, self._style.scalar(value))),)

    def rename_key(self, path: Path, key: str) -> tuple[Replacement, ...]:
        """Write another key in front of a value."""
        return ((self._document.span(path, "key"), quoted(key)),)

    def insert(
        self, parent: Path, key: str | None, value: JsonValue, behind: Path | None
    ) -> tuple[Replacement, ...] | None:
        """Insert a property, or an item when `key` is None, behind a child; in front without."""
        children = child_paths(self._document, parent)
        if not children:
            return self._fill(parent, key, value)
        if behind is None:
            first = self._property(children[0])
            separator = self._separator(children, 0)
            written = self._written(key, value, children[0], separator)
            return ((Span(first.start, first.start), written + separator),)
        number = children.index(behind)
        separator = self._separator(children, number)
        written = self._written(key, value, behind, separator)
        return self._behind(self._property(behind).end, separator, written)

    def remove(self, path: Path) -> tuple[Replacement, ...]:
        """Take a property or item out, with its comma and, where it fills them, its lines."""
        return self.remove_at(self._property(path))

    def remove_property(self, key: Span) -> tuple[Replacement, ...]:
        """Take out the property whose key stands at this place."""
        colon = self._gaps.ahead(key.end)
        start = self._gaps.ahead(colon + 1)
        return self.remove_at(Span(key.start, skip_value(self._text, start)))

    def remove_at(self, span: Span) -> tuple[Replacement, ...]:
        """Take out the property or item that stands at exactly this place."""
        gaps, text = self._gaps, self._text
        before, after = gaps.back(span.start), gaps.ahead(span.end)
        is_first = text[before - 1 : before] != ","
        if text[after : after + 1] == ",":
            return self._remove_with_comma(span, before, after + 1, is_first=is_first)
        if is_first:
            if gaps.is_blank(before, span.start) and gaps.is_blank(span.end, after):
                return ((Span(before, after), ""),)
            return ((span, ""),)
        if gaps.is_blank(before, span.start):
            return ((Span(before - 1, gaps.rest_of_line(span.end)), ""),)
        # Comments of the item in front of it stay where they are, only its comma goes.
        start, end = span.start, gaps.rest_of_line(span.end)
        if gaps.begins_line(start) and gaps.is_blank(end, gaps.line_end(end)):
            start = len(text[: gaps.line_start(start)].rstrip("\r\n"))
        return ((Span(before - 1, before), ""), (Span(start, end), ""))

    def _remove_with_comma(
        self, span: Span, before: int, behind_comma: int, *, is_first: bool
    ) -> tuple[Replacement, ...]:
        gaps = self._gaps
        end = gaps.rest_of_line(behind_comma)
        line_end = gaps.line_end(end)
        fills_line = gaps.is_blank(end, line_end) and gaps.has_line_break(end, line_end)
        if gaps.begins_line(span.start) and fills_line:
            return ((Span(gaps.line_start(span.start), line_end), ""),)
        if is_first or gaps.begins_line(span.start):
            following = gaps.ahead(behind_comma)
            if gaps.is_blank(behind_comma, following):
                end = following
            return ((Span(span.start, end), ""),)
        return ((Span(before, end), ""),)

    def _behind(self, end: int, separator: str, written: str) -> tuple[Replacement, ...]:
        """Insert behind the item that ends at `end`; a comment on its line stays with it."""
        comma = self._gaps.ahead(end)
        has_comma = self._text[comma : comma + 1] == ","
        behind = comma + 1 if has_comma else end
        rest = self._gaps.rest_of_line(behind)
        if rest == behind or not breaks_line(separator):
            return ((Span(end, end), self._apart(end, separator + written)),)
        gap = separator.replace(",", "", 1)
        if has_comma:
            return ((Span(rest, rest), f"{gap}{written},"),)
        return ((Span(end, end), ","), (Span(rest, rest), gap + written))

    def _apart(self, end: int, written: str) -> str:
        """A blank behind a number or word that a comment follows, which would go on with it."""
        touches = self._text[end : end + 1] in ("/", "#") and written[-1:] not in ('"', "}", "]")
        return f"{written} " if touches else written

    def _fill(
        self, parent: Path, key: str | None, value: JsonValue
    ) -> tuple[Replacement, ...] | None:
        """Insert the only child of an empty container."""
        gaps = self._gaps
        span = self._document.span(parent)
        inside = Span(span.start + 1, span.end - 1)
        if gaps.ahead(inside.start) != inside.end:
            return None  # Something stands there that could not be read.
        style = self._style_of(span, parent)
        if not style.spread and gaps.is_blank(*inside):
            written = style.pair(key, value) if key is not None else style.write(value)
            return ((inside, f"{style.padding}{written}{style.padding}"),)
        inner = self._style(
            True, style.newline, style.indentation + style.unit, style.unit, colon=style.colon
        )
        written = inner.pair(key, value) if key is not None else inner.write(value)
        written = style.newline + inner.indentation + written
        if gaps.is_blank(*inside):
            return ((inside, written + style.newline + style.indentation),)
        # Comments stay; the new child follows them on a line of its own.
        end = gaps.line_start(span.end - 1) if gaps.begins_line(span.end - 1) else inside.end
        end = len(self._text[:end].rstrip(" \t\r\n"))
        return ((Span(end, inside.end), written + style.newline + style.indentation),)

    def _separator(self, children: tuple[Path, ...], number: int) -> str:
        """Comma and blanks between two children, as they stand beside the child `number`."""
        gaps = self._gaps
        pairs = [(number - 1, number), (number, number + 1)]
        for left, right in pairs:
            if left < 0 or right >= len(children):
                continue
            gap = Span(self._property(children[left]).end, self._property(children[right]).start)
            if self._text[gap.start : gap.end].strip(" \t\r\n") == ",":
                return gaps.separator(self._text[gap.start : gap.end])
        start = self._property(children[number]).start
        if gaps.begins_line(start):
            return f",{gaps.newline}{gaps.indentation(start)}"
        return ", " if self._colon(children[number]) != ":" else ","

    def _written(self, key: str | None, value: JsonValue, sibling: Path, separator: str) -> str:
        """The new child in the style of its sibling."""
        place = self._property(sibling)
        on_own_line = breaks_line(separator)
        sibling_value = value_at(self._document.value, sibling)
        value_place = self._document.span(sibling)
        compact_sibling = (
            isinstance(sibling_value, dict | list)
            and bool(sibling_value)
            and not self._gaps.has_line_break(*value_place)
        )
        indentation = self._gaps.indentation(place.start)
        padding = ""
        if compact_sibling and isinstance(sibling_value, dict):
            padding = self._padding(value_place)
        style = self._style(
            on_own_line and not compact_sibling,
            self._gaps.newline,
            indentation,
            self._gaps.unit(),
            comma=", " if self._colon(sibling) != ":" else ",",
            colon=self._colon(sibling),
            padding=padding,
        )
        return style.pair(key, value) if key is not None else style.write(value)

    def _style_of(self, span: Span, path: Path) -> Style:
        """How to write a value in the place of the one at `span`."""
        gaps = self._gaps
        old = value_at(self._document.value, path)
        root = self._document.span(())
        spread = gaps.has_line_break(*root) or root == span
        padding = ""
        if isinstance(old, dict | list) and old and not gaps.has_line_break(*span):
            spread = False
            padding = self._padding(span) if isinstance(old, dict) else ""
        return self._style(
            spread,
            gaps.newline,
            gaps.indentation(span.start),
            gaps.unit(),
            comma=", " if self._colon(path) != ":" else ",",
            colon=self._colon(path),
            padding=padding,
        )

    def _padding(self, span: Span) -> str:
        inside = self._text[span.start + 1 : span.end]
        return inside[: len(inside) - len(inside.lstrip(" "))]

    def _colon(self, near: Path) -> str:
        """Colon and blanks between key and value, as they stand in the property or around it."""
        document = self._document
        candidates = [near[: end + 1] for end in range(len(near) - 1, -1, -1)]
        value = value_at(document.value, near)
        if isinstance(value, dict) and value:
            candidates.insert(0, (*near, next(iter(value))))
        for path in candidates:
            if isinstance(path[-1], str):
                gap = self._text[document.span(path, "key").end : document.span(path).start]
                if gap.strip(" \t") == ":":
                    return gap
        return ": "

    def _property(self, path: Path) -> Span:
        return self._document.span(path, "property")
