"""From a line of YAML up to the root: which object a column belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from runagent_ls.jsontree.completion_place.yaml_lines import YamlLine
from runagent_ls.jsontree.document import Path


class Marker(NamedTuple):
    """A dash, a key or other text, and the column it stands at."""

    kind: Literal["dash", "key", "text"]
    column: int
    line: YamlLine


@dataclass
class Above:
    """What stands above a place, as far as it decides where the place is."""

    path: Path = ()
    siblings: bool = False
    """The object has keys above already."""
    items: int | None = None
    """Only dashes stand above in this column, so many: the place is for another item."""
    parent: int = -1
    """Column of the key or dash that the object belongs to; -1 for the root."""


def markers(own: YamlLine, above: Iterable[YamlLine]) -> Iterator[Marker]:
    """The dashes of a line, then everything above it, from the right to the left of each line."""
    for dash in reversed(own.dashes):
        yield Marker("dash", dash, own)
    for line in above:
        if line.rest:
            yield Marker("key" if line.key is not None else "text", line.column, line)
        for dash in reversed(line.dashes):
            yield Marker("dash", dash, line)


@dataclass
class Climb:
    """Goes up from an object whose keys stand at `column`."""

    column: int
    _steps: list[str | int] = field(default_factory=list)
    """Innermost first."""
    _index: int | None = None
    """Dashes seen of the list that the climb is in; None in an object."""
    _dashes: int = 0
    _parent: int | None = None
    _siblings: bool = False

    def above(self, found: Iterable[Marker]) -> Above | None:
        """Where the object is; None when nothing can stand at its column."""
        seen = deeper = level = False
        for marker in found:
            seen = True
            if marker.column > self.column:
                deeper = True
                continue
            if marker.kind == "text":
                return None
            if marker.column == self.column and self._same_column(marker):
                level = True
                continue
            if deeper and not level:
                return None  # what is there already stands further in
            if marker.kind == "key" and not marker.line.opens_block:
                return None
            self._go_up(marker)
            deeper = level = False
        if deeper and not level:
            return None
        if self._index is not None:
            self._steps.append(self._index)
        if self._parent is None and seen and not self._siblings:
            return None
        items = self._dashes if self._dashes and not self._siblings else None
        parent = -1 if self._parent is None else self._parent
        return Above(tuple(reversed(self._steps)), self._siblings, items, parent)

    def _same_column(self, marker: Marker) -> bool:
        """Take what stands beside the object or list. False for the key that a list is under."""
        if self._index is not None:
            if marker.kind == "dash":
                self._index += 1
            return marker.kind == "dash"
        if self._parent is None:
            self._siblings = self._siblings or marker.kind == "key"
            self._dashes += marker.kind == "dash"
        return True

    def _go_up(self, marker: Marker) -> None:
        """To the list or the key that all of this belongs to."""
        if self._index is not None:
            self._steps.append(self._index)
        self._index = 0 if marker.kind == "dash" else None
        if marker.kind == "key":
            self._steps.append(marker.line.key or "")
        if self._parent is None:
            self._parent = marker.column
        self.column = marker.column
