"""Where something may be written in a configuration, and what stands there already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from runagent_ls.jsontree.document import Path
from runagent_ls.text.position import Span

Part: TypeAlias = Literal["key", "value"]
Style: TypeAlias = Literal["json", "flow", "block"]
"""`flow`: YAML inside of brackets; `block`: YAML by indentation."""


@dataclass(frozen=True, slots=True)
class CompletionPlace:
    """A place for a key of an object, or for a value. Offsets are code points of the text."""

    part: Part
    path: Path
    """Of a key: the object that it is for. Of a value: its own, which may not exist yet."""
    cursor: int
    token: Span
    """The key or plain value that is there, quotes included, on one line; else empty."""
    style: Style = "json"
    quote: str = ""
    """The quotation mark that `token` begins with."""
    closed: bool = False
    """Whether that mark is closed."""
    written: str = ""
    """What of `token` stands in front of the cursor, without its quotation mark."""
    colon: bool = False
    """Of a key: a colon follows, so that only the key is to be written."""
    comma_at: int | None = None
    """Where a comma is missing in front of the place."""
    comma_behind: bool = False
    """Whether a comma must follow what is written."""
    space_before: bool = False
    """Whether a blank must stand in front of what is written: `key:|`."""
    dash: bool = False
    """A dash must stand in front of what is written: it is another item of a list."""
    column: int = 0
    """Of block style: the column at which the keys beside this one stand."""

    @property
    def is_inside_quotes(self) -> bool:
        """The cursor is between two quotation marks, which can stay as they are."""
        return bool(self.quote) and self.closed and self.token.start < self.cursor < self.token.end
