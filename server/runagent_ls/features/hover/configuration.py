"""Hover in a configuration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from runagent_ls.features.hover.entrypoint import entrypoint_blocks
from runagent_ls.features.hover.fields import field_blocks, value_blocks
from runagent_ls.features.hover.model import Happened, Hover, HoverBlock
from runagent_ls.features.markup.content import Separator
from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import Path
from runagent_ls.project.model import AgentProject, Entrypoint

_NAMES_OF_CODE: Final[frozenset[Path]] = frozenset({("module",), ("tag",)})
"""Values of an entrypoint that stand for what is called."""


def config_hover(project: AgentProject, offset: int) -> Hover | None:
    """What stands at a code point offset of the configuration; None where there is nothing."""
    document = project.document
    path, part = document.path_at(offset)
    span = document.span(path, part)
    if not path or part == "property" or not span.start <= offset <= span.end:
        return None
    is_container = isinstance(value_at(document.value, path), dict | list)
    if part == "value" and is_container and span.start < offset < span.end - 1:
        return None  # blanks between the fields of a container, not its own bracket
    fields = field_blocks(path, document.value, document.language)
    if part == "key":
        return Hover(span, fields) if fields else None
    entrypoint = entrypoint_at(project, path)
    if entrypoint is not None and path[3:] in _NAMES_OF_CODE:
        blocks = entrypoint_blocks(project, entrypoint)
        if blocks:
            return Hover(span, blocks)
    parts: list[tuple[HoverBlock, ...]] = [value_blocks(path, document.value), fields]
    blocks = joined(parts)
    if path == ("agent_id",):
        blocks = (*blocks, Happened(project.config_path, None))
    return Hover(span, blocks) if blocks else None


def entrypoint_at(project: AgentProject, path: Path) -> Entrypoint | None:
    """The entrypoint that a path of the configuration stands in."""
    if len(path) < 3 or path[:2] != ("agent_architecture", "entrypoints"):
        return None
    index = path[2]
    if not isinstance(index, int) or not 0 <= index < len(project.entrypoints):
        return None
    return project.entrypoints[index]


def joined(parts: Iterable[tuple[HoverBlock, ...]]) -> tuple[HoverBlock, ...]:
    """All parts that are not empty, a separator between them."""
    blocks: list[HoverBlock] = []
    for part in parts:
        if part and blocks:
            blocks.append(Separator())
        blocks.extend(part)
    return tuple(blocks)
