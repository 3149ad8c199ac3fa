"""What hovering over a place gives."""

from __future__ import annotations

from dataclasses import dataclass

from runagent_ls.features.markup.content import Block
from runagent_ls.text.position import Span


@dataclass(frozen=True, slots=True)
class Hover:
    """`span` is what the popup is about, in code points of the file."""

    span: Span
    blocks: tuple[Block, ...]
