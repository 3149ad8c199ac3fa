"""What hovering over a place gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TypeAlias

from runagent_ls.features.markup.content import Block, Line, Separator
from runagent_ls.text.position import Span


@dataclass(frozen=True, slots=True)
class Happened:
    """Where it will stand what has happened with an agent, or with one of its tags.

    Files do not tell it: whoever shows the hover asks and puts a line in its place.
    """

    config: FilePath
    tag: str | None


HoverBlock: TypeAlias = Block | Happened


@dataclass(frozen=True, slots=True)
class Hover:
    """`span` is what the popup is about, in code points of the file."""

    span: Span
    blocks: tuple[HoverBlock, ...]

    @property
    def asks(self) -> tuple[Happened, ...]:
        """What has to be found out before it can be shown."""
        return tuple(block for block in self.blocks if isinstance(block, Happened))

    def filled(self, line_of: Callable[[Happened], Line | None]) -> tuple[Block, ...]:
        """What to show; None leaves a line out, and a separator that then separates nothing."""
        shown: list[Block] = []
        for it in self.blocks:
            block = line_of(it) if isinstance(it, Happened) else it
            if block is None or (isinstance(block, Separator) and not shown):
                continue
            shown.append(block)
        return tuple(shown)
