"""What a completion is, whatever editor shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from runagent_ls.features.markup.content import Block
from runagent_ls.text.position import Span

Kind: TypeAlias = Literal[
    "property", "value", "enum_member", "file", "folder", "function", "method", "class", "variable",
    "module", "text", "snippet",
]  # fmt: skip


class Hole(NamedTuple):
    """A place in a text that the user fills in: `text` until he does, or one of `choices`."""

    text: str = ""
    choices: tuple[str, ...] = ()


Parts: TypeAlias = tuple[str | Hole, ...]
"""A text with places to be filled in."""
Template: TypeAlias = (
    "str | int | float | bool | Hole | list[Template] | dict[str, Template] | None"
)
"""A JSON value in which some texts are to be filled in."""


class TextChange(NamedTuple):
    """Replace a span of the document."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Completion:
    """One thing that can be written at the cursor. Spans are of the document, in code points."""

    label: str
    kind: Kind
    parts: Parts
    replace: Span
    """On the cursor's line and around the cursor."""
    filter_text: str
    """What is compared with the text between the start of `replace` and the cursor."""
    insert: Span | None = None
    """The part of `replace` in front of the cursor, where what is behind it may stay."""
    detail: str = ""
    documentation: tuple[Block, ...] = ()
    also: tuple[TextChange, ...] = ()
    """Changes elsewhere that belong to it: a comma in front."""
    preselect: bool = False
    asks_again: bool = False
    """What is written ends where the next completion begins."""

    @property
    def text(self) -> str:
        """What is written when nothing is filled in."""
        return plain_text(self.parts)


@dataclass(frozen=True, slots=True)
class Completions:
    """All that can be written at one place, in the order in which it is shown."""

    items: tuple[Completion, ...] = ()
    complete: bool = True
    """False when more letters would bring others."""


NOTHING: Final = Completions()


def plain_text(parts: Parts) -> str:
    """The text with what stands in the holes for now."""
    return "".join(part.text if isinstance(part, Hole) else part for part in parts)
