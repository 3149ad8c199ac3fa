"""Values as JSON, with the places in them that the user fills in."""

from __future__ import annotations

import json
from collections.abc import Iterator

from runagent_ls.features.completion.layout import Layout
from runagent_ls.features.completion.model import Hole, Parts, Template
from runagent_ls.jsontree.completion_place.model import Style
from runagent_ls.jsontree.edits.json_writing import quoted


def json_parts(value: Template, layout: Layout) -> Parts:
    """The value as JSON; objects in long form over several lines, unless nothing is."""
    return joined(_write(value, layout))


def inside_quotes(text: str, quote: str = '"', style: Style = "json") -> str:
    """What stands between these quotation marks to mean `text`."""
    if quote == "'" and style != "json":
        return text.replace("'", "''")
    inner = quoted(text)[1:-1]
    return inner if quote == '"' else inner.replace('\\"', '"').replace(quote, f"\\{quote}")


def joined(parts: Iterator[str | Hole]) -> Parts:
    """Neighbouring texts as one."""
    found: list[str | Hole] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return tuple(found)


def _write(value: Template, layout: Layout) -> Iterator[str | Hole]:
    if isinstance(value, Hole):
        yield '"'
        yield Hole(inside_quotes(value.text), tuple(inside_quotes(it) for it in value.choices))
        yield '"'
    elif isinstance(value, dict) and value:
        yield from _object(value, layout)
    elif isinstance(value, list) and value:
        yield from _array(value, layout)
    elif isinstance(value, dict | list):
        begin, end = "{}" if isinstance(value, dict) else "[]"
        yield from (begin, Hole(), end)
    else:
        yield json.dumps(value, ensure_ascii=False)


def _object(value: dict[str, Template], layout: Layout) -> Iterator[str | Hole]:
    inner = layout.deeper()
    yield "{"
    for number, (key, item) in enumerate(value.items()):
        yield _separator(number, inner)
        yield quoted(key) + (": " if layout.spaced else ":")
        yield from _write(item, inner)
    yield _end(layout) + "}"


def _array(value: list[Template], layout: Layout) -> Iterator[str | Hole]:
    inner = layout.deeper()
    yield "["
    for number, item in enumerate(value):
        yield _separator(number, inner)
        yield from _write(item, inner)
    yield _end(layout) + "]"


def _separator(number: int, inner: Layout) -> str:
    comma = "," if number else ""
    if inner.one_line:
        return comma + " " if comma and inner.spaced else comma
    return comma + inner.newline + inner.margin


def _end(layout: Layout) -> str:
    return "" if layout.one_line else layout.newline + layout.margin
