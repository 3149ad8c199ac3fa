"""What stands between the quotes of strings, for pointing into them and replacing parts of them."""

from __future__ import annotations

from typing import NamedTuple

from runagent_ls.jsontree.document import MISSING, Document, JsonValue, Missing, Path
from runagent_ls.text.position import Span


class Content(NamedTuple):
    """A string as it is written, without its quotes.

    `plain` tells that the text at `span` is `value` itself, so that offsets in one are offsets in
    the other; otherwise escapes or line breaks stand between them.
    """

    value: str
    span: Span
    plain: bool


def value_at(value: JsonValue | Missing, path: Path) -> JsonValue | Missing:
    """The value at a path below `value`; MISSING where there is none."""
    for step in path:
        match value:
            case dict() if isinstance(step, str):
                value = value.get(step, MISSING)
            case list() if isinstance(step, int) and 0 <= step < len(value):
                value = value[step]
            case _:
                return MISSING
    return value


def content_of(document: Document, path: Path) -> Content | None:
    """The string value at a path; None when there is no string."""
    value = value_at(document.value, path)
    return _content(document, value, document.span(path)) if isinstance(value, str) else None


def key_content(document: Document, path: Path) -> Content | None:
    """The key at the end of a path; None when there is no such key."""
    if not path or not isinstance(path[-1], str):
        return None
    if isinstance(value_at(document.value, path), Missing):
        return None
    return _content(document, path[-1], document.span(path, "key"))


def _content(document: Document, value: str, span: Span) -> Content:
    written = document.text[span.start : span.end]
    if written == value:
        return Content(value, span, plain=True)
    quote = written[:1] if written[:1] in ("'", '"') else ""
    if not quote and "\\" not in written and value and written.count(value) == 1:
        # Behind a YAML tag or anchor.
        start = span.start + written.index(value)
        return Content(value, Span(start, start + len(value)), plain=True)
    if quote and written[1:] == value:  # the closing quote is missing
        return Content(value, Span(span.start + 1, span.end), plain=True)
    closed = bool(quote) and len(written) > 1 and written.endswith(quote)
    inner = Span(span.start + len(quote), span.end - closed)
    return Content(value, inner, plain=document.text[inner.start : inner.end] == value)
