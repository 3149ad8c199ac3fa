"""Hover in a configuration."""

from __future__ import annotations

from runagent_ls.features.hover.fields import field_blocks, value_blocks
from runagent_ls.features.hover.model import Hover
from runagent_ls.features.markup.content import Block, Separator
from runagent_ls.jsontree.contents import value_at
from runagent_ls.project.model import AgentProject


def config_hover(project: AgentProject, offset: int) -> Hover | None:
    """What stands at a code point offset of the configuration; None where there is nothing."""
    document = project.document
    path, part = document.path_at(offset)
    if not path or part == "property":
        return None
    span = document.span(path, part)
    value = value_at(document.value, path)
    inside = span.start < offset < span.end - 1
    if not span.start <= offset <= span.end:
        return None
    if part == "value" and isinstance(value, dict | list) and inside:
        return None  # blanks between the fields of a container, not the container's own bracket
    parts: list[tuple[Block, ...]] = []
    if part == "value":
        parts.append(value_blocks(path, document.value))
    parts.append(field_blocks(path, document.value, document.language))
    blocks = joined(parts)
    return Hover(span, blocks) if blocks else None


def joined(parts: list[tuple[Block, ...]]) -> tuple[Block, ...]:
    """All parts that are not empty, a separator between them."""
    blocks: list[Block] = []
    for part in parts:
        if part and blocks:
            blocks.append(Separator())
        blocks.extend(part)
    return tuple(blocks)
