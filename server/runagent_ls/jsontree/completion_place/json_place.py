"""Places in JSON: the tokens around the cursor tell what may be written, the tree tells where."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, NamedTuple

from runagent_ls.jsontree.completion_place.json_tokens import (
    CLOSERS,
    COMMENT,
    OPENERS,
    STRING,
    WORD,
    Token,
    first_from,
    last_before,
    line_end,
    line_start,
    tokens,
)
from runagent_ls.jsontree.completion_place.model import CompletionPlace, Part
from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import Document, Path
from runagent_ls.text.position import Span

_LONG_LINE: Final = 2_000
"""On longer lines tokens are read from the innermost container on."""
_OPEN_TO_THE_END: Final = re.compile(r"[\s,\]}]*?(?:[\r\n]|\Z)")
_NO_COMMA_BEFORE: Final = (",", "}", "]")


class Around(NamedTuple):
    """The tokens around a cursor. `current` touches it."""

    before: Token | None
    current: Token | None
    after: Token | None


def json_place(
    document: Document, offset: int, read_from: int | None = None
) -> CompletionPlace | None:
    """The place at an offset; None where nothing can be completed.

    `read_from` is where its line's tokens begin, or those of the brackets around it in YAML.
    """
    text = document.text
    start = _read_from(document, offset) if read_from is None else read_from
    around = tokens_around(text, offset, start)
    if around is None:
        return None
    before, current, after = around.before, around.current, around.after
    if before is None:
        return _root(text, offset, current, after)
    if before.kind == WORD and current is not None and current.kind == WORD:
        return None
    found = _container_of(document, before)
    if found is None:
        return None
    container, key = found
    if before.kind == ":":
        return value_place(text, offset, around, (*container, key)) if key is not None else None
    if before.is_scalar and key is not None and document.path_at(before.start)[1] == "key":
        return None  # behind a key only a colon may follow
    comma_at = before.end if before.is_scalar or before.kind in CLOSERS else None
    value = value_at(document.value, container)
    if isinstance(value, dict):
        return key_place(text, offset, around, container, comma_at)
    if isinstance(value, list):
        start = current.start if current is not None else offset
        index = _items_before(document, container, len(value), start)
        return item_place(text, offset, around, (*container, index), comma_at)
    return None


def tokens_around(text: str, offset: int, start: int) -> Around | None:
    """The tokens around an offset, read from `start` on its line.

    None in a comment, and behind a string that is open to the end of the line.
    """
    before: Token | None = None
    current: Token | None = None
    for token in tokens(text, start):
        if token.kind == COMMENT:
            is_open = not text.startswith("/*", token.start) or token.end == line_end(text, offset)
            if token.start < offset and (offset < token.end or (is_open and offset == token.end)):
                return None
            continue
        if token.start > offset or (token.start == offset and not token.is_scalar):
            break
        if token.is_scalar and token.end >= offset:
            current = token
            break
        if not token.closed and _OPEN_TO_THE_END.match(text, token.end):
            return None
        before = token
    if before is None:
        before = last_before(text, offset)
    after = first_from(text, current.end if current is not None else offset)
    return Around(before, current, after)


def _read_from(document: Document, offset: int) -> int:
    """Where to begin to read tokens: outside of strings, and not too far away."""
    start = line_start(document.text, offset)
    if offset - start < _LONG_LINE:
        return start
    path, _ = document.path_at(offset)
    for end in range(len(path), -1, -1):
        container = document.span(path[:end]).start
        if container < offset and document.text[container : container + 1] in OPENERS:
            return max(start, container)
    return start


def _root(
    text: str, offset: int, current: Token | None, after: Token | None
) -> CompletionPlace | None:
    """In front of everything: only a document that is empty so far can be completed."""
    if current is None and after is None:
        return CompletionPlace("value", (), offset, Span(offset, offset))
    return None


def _container_of(document: Document, before: Token) -> tuple[Path, str | int | None] | None:
    """The container that the place behind `before` is in, and the step that `before` belongs to."""
    path, _ = document.path_at(before.start)
    if before.kind in OPENERS:
        return (path, None) if document.span(path).start == before.start else None
    while path and before.kind in (",", *CLOSERS) and document.span(path).end <= before.start:
        path = path[:-1]  # a child that ends where the token begins
    if before.kind in (",",):
        return path, None
    return (path[:-1], path[-1]) if path else None


def _items_before(document: Document, path: Path, count: int, offset: int) -> int:
    """How many items of an array begin in front of an offset."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if document.span((*path, middle)).start < offset:
            low = middle + 1
        else:
            high = middle
    return low


def key_place(
    text: str, offset: int, around: Around, path: Path, comma_at: int | None
) -> CompletionPlace | None:
    """A place for a key of the object at `path`."""
    after = around.after
    colon = after is not None and after.kind == ":"
    if around.current is not None and not colon and needs_comma(after) and not _is_key(text, after):
        return None  # a value follows, and only the colon is missing
    return replace(
        place_of(text, offset, around.current, "key", path),
        colon=colon,
        comma_at=comma_at,
        comma_behind=not colon and needs_comma(after),
    )


def value_place(text: str, offset: int, around: Around, path: Path) -> CompletionPlace | None:
    """A place for the value of a key."""
    current, after = around.current, around.after
    if after is not None and after.kind == ":":
        return None
    place = place_of(text, offset, current, "value", path)
    if current is None and after is not None and not _is_key(text, after):
        if after.kind in OPENERS or (after.is_scalar and after.start > line_end(text, offset)):
            return None
        if after.is_scalar:
            # `"file": | "main.py"`: the value that is there is replaced.
            place, after = replace(place, token=Span(offset, after.end)), after_of(text, after)
    space = current is None and text[offset - 1 : offset] == ":"
    return replace(place, comma_behind=needs_comma(after), space_before=space)


def item_place(
    text: str, offset: int, around: Around, path: Path, comma_at: int | None
) -> CompletionPlace | None:
    """A place for an item of an array."""
    after = around.after
    if after is not None and after.kind == ":":
        return None
    place = place_of(text, offset, around.current, "value", path)
    return replace(place, comma_at=comma_at, comma_behind=needs_comma(after))


def place_of(
    text: str, offset: int, current: Token | None, part: Part, path: Path
) -> CompletionPlace:
    """A place that replaces the token `current`, or writes at the cursor."""
    if current is None:
        return CompletionPlace(part, path, offset, Span(offset, offset))
    quote = text[current.start] if current.kind == STRING else ""
    return CompletionPlace(
        part,
        path,
        offset,
        Span(current.start, current.end),
        quote=quote,
        closed=bool(quote) and current.closed,
        written=text[current.start + len(quote) : offset],
    )


def needs_comma(after: Token | None) -> bool:
    """Whether a comma must stand between what is written and the token behind it."""
    return after is not None and after.kind not in _NO_COMMA_BEFORE


def after_of(text: str, token: Token) -> Token | None:
    """The token behind another one."""
    return first_from(text, token.end)


def _is_key(text: str, token: Token | None) -> bool:
    behind = after_of(text, token) if token is not None and token.is_scalar else None
    return behind is not None and behind.kind == ":"
