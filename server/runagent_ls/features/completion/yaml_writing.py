"""Values as block-style YAML, with the places in them that the user fills in."""

from __future__ import annotations

import json
from collections.abc import Iterator

from runagent_ls.features.completion.layout import Layout
from runagent_ls.features.completion.model import Hole, Parts, Template
from runagent_ls.features.completion.writing import inside_quotes, joined
from runagent_ls.jsontree.edits.yaml_writing import scalar


def block_parts(value: Template, layout: Layout) -> Parts:
    """What stands behind `key:`, the blank or line break in front of it included.

    `layout.margin` is the indentation of the key.
    """
    return joined(_behind_colon(value, layout))


def item_parts(value: Template, layout: Layout) -> Parts:
    """`- ` and the value; `layout.margin` is the indentation of the dash."""
    return joined(_item(value, layout))


def _is_plain(text: str) -> bool:
    """Whether a hole needs no quotes. In the place of `1.0.0` a user may write a number."""
    return scalar(text) == text and not text[0].isdigit()


def _behind_colon(value: Template, layout: Layout) -> Iterator[str | Hole]:
    inner = layout.deeper()
    if isinstance(value, dict) and value:
        yield inner.newline + inner.margin
        yield from _pairs(value, inner)
    elif isinstance(value, list) and value:
        for item in value:
            yield inner.newline + inner.margin
            yield from _item(item, inner)
    else:
        yield " "
        yield from _scalar(value)


def _pairs(value: dict[str, Template], layout: Layout) -> Iterator[str | Hole]:
    for number, (key, item) in enumerate(value.items()):
        if number:
            yield layout.newline + layout.margin
        yield scalar(key) + ":"
        yield from _behind_colon(item, layout)


def _item(value: Template, layout: Layout) -> Iterator[str | Hole]:
    yield "- "
    if isinstance(value, dict) and value:
        margin = layout.margin + "  "
        inner = Layout(layout.unit, layout.newline, margin, layout.one_line, layout.spaced)
        yield from _pairs(value, inner)
    else:
        yield from _scalar(value)


def _scalar(value: Template) -> Iterator[str | Hole]:
    if isinstance(value, Hole):
        quotes = not all(map(_is_plain, (value.text, *value.choices)))
        if not quotes:
            yield value
            return
        yield '"'
        yield Hole(inside_quotes(value.text), tuple(inside_quotes(it) for it in value.choices))
        yield '"'
    elif isinstance(value, str):
        yield scalar(value)
    else:
        yield json.dumps(value, ensure_ascii=False)
