"""What a popup says: blocks that know which of their texts are ours and which are anybody's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TypeAlias

from runagent_ls.text.position import Position


@dataclass(frozen=True, slots=True)
class Text:
    """Words that are shown as they are, whatever markup they look like."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A name or value within a line."""

    text: str


@dataclass(frozen=True, slots=True)
class FileLink:
    """Opens a file of this machine, at a place if there is one."""

    text: str
    path: FilePath
    at: Position | None = None


Inline: TypeAlias = Text | Strong | Code | FileLink


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph of pieces, put together without blanks."""

    pieces: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Documentation:
    """Markdown of our own. Never anything that a project or a server says."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Text of several lines by whoever wrote the project, such as a docstring."""

    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """Lines of code. `language` is the name that editors colour it by."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Table:
    """Cells are code, except those of the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Separator:
    """What follows is about something else."""


Block: TypeAlias = Line | Documentation | Prose | Source | Table | Separator


def line(*pieces: Inline | str) -> Line:
    """A line; plain strings are `Text`."""
    return Line(tuple(Text(it) if isinstance(it, str) else it for it in pieces))
