"""Pieces that several hovers are made of."""

from __future__ import annotations

from collections.abc import Iterable

from runagent_ls.features.hover.model import HoverBlock
from runagent_ls.features.markup.content import Code, Inline, Separator, Text

_LONGEST_NAME = 60


def joined(parts: Iterable[tuple[HoverBlock, ...]]) -> tuple[HoverBlock, ...]:
    """All parts that are not empty, a separator between them."""
    blocks: list[HoverBlock] = []
    for part in parts:
        if part and blocks:
            blocks.append(Separator())
        blocks.extend(part)
    return tuple(blocks)


def listed(names: tuple[str, ...], most: int = 8) -> list[Inline]:
    """`a`, `b` and 3 more."""
    pieces: list[Inline] = []
    for name in names[:most]:
        pieces += (
            [Text(", "), Code(name[:_LONGEST_NAME])] if pieces else [Code(name[:_LONGEST_NAME])]
        )
    if len(names) > most:
        pieces.append(Text(f" and {len(names) - most} more"))
    return pieces
