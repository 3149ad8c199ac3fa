"""Where a feature leads to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path as FilePath

from runagent_ls.text.position import Span

START = Span(0, 0)
"""The place of a file as a whole."""


@dataclass(frozen=True, slots=True)
class Place:
    """Something in a file. Spans are in code points of its text."""

    file: FilePath
    span: Span
    """What to select: a name, a value."""
    full: Span
    """What to show: the whole definition. Holds `span`."""

    @classmethod
    def of(cls, file: FilePath, span: Span, full: Span | None = None) -> Place:
        """`full` is widened where it does not hold `span`, as happens in broken text."""
        if full is None:
            return cls(file, span, span)
        return cls(file, span, Span(min(span.start, full.start), max(span.end, full.end)))


@dataclass(frozen=True, slots=True)
class Jump:
    """What `origin` in the file that was asked about leads to."""

    origin: Span
    targets: tuple[Place, ...]


def distinct(places: Iterable[Place]) -> tuple[Place, ...]:
    """Each place once, the first of equal ones; the order stays."""
    found: dict[tuple[FilePath, Span], Place] = {}
    for place in places:
        found.setdefault((place.file, place.span), place)
    return tuple(found.values())
