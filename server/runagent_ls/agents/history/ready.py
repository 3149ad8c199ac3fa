"""Clean items on their way into blocks, a list for each of their properties: there are many, and
an object for each would cost more than receiving it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from runagent_ls.agents.history.blocks import cut, cut_type
from runagent_ls.agents.runs import OutputItem
from runagent_ls.agents.values import JsonValue

ITEM_CHARS: Final = 40
"""Roughly what an item takes beside its content."""
_BLOCK_ITEMS: Final = 2048
_BLOCK_CHARS: Final = 128 * 1024


@dataclass(slots=True)
class Ready:
    """Items in their order; `sizes` of the values in characters, `times` in milliseconds."""

    indexes: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    values: list[JsonValue] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    @classmethod
    def texts(cls, items: Sequence[OutputItem], texts: list[str], limit: int) -> Ready:
        """As many of the items as there are clean texts, none longer than `limit`."""
        items = items[: len(texts)]
        sizes = list(map(len, texts))
        return cls._limited(items, ["text"] * len(texts), list(texts), sizes, limit)

    @classmethod
    def values_of(cls, items: Sequence[OutputItem], values: list[JsonValue], limit: int) -> Ready:
        """The items with clean values, none longer than `limit`."""
        sizes = [
            len(value) if isinstance(value, str) else len(item.raw)
            for item, value in zip(items, values, strict=True)
        ]
        return cls._limited(items, [item.type for item in items], values, sizes, limit)

    @classmethod
    def _limited(
        cls,
        items: Sequence[OutputItem],
        types: list[str],
        values: list[JsonValue],
        sizes: list[int],
        limit: int,
    ) -> Ready:
        indexes, times = [item.index for item in items], [item.at_ms for item in items]
        ready = cls(indexes, times, types, values, sizes)
        if max(sizes, default=0) > limit:
            ready._shorten(limit)
        return ready

    def __len__(self) -> int:
        return len(self.indexes)

    def extend(self, other: Ready) -> None:
        """Put other items behind these."""
        self.indexes += other.indexes
        self.times += other.times
        self.types += other.types
        self.values += other.values
        self.sizes += other.sizes

    def blocks(self) -> Iterator[Ready]:
        """Parts for one block each: without a gap, and neither too many nor too long."""
        for start, end in _unbroken(self.indexes):
            for at in range(start, end, _BLOCK_ITEMS):
                yield from self._halves(at, min(at + _BLOCK_ITEMS, end))

    def size(self) -> int:
        """What the items take, in characters."""
        return _size(self.sizes)

    def _halves(self, start: int, end: int) -> Iterator[Ready]:
        part = slice(start, end)
        if end - start == 1 or _size(self.sizes[part]) <= _BLOCK_CHARS:
            yield Ready(
                self.indexes[part],
                self.times[part],
                self.types[part],
                self.values[part],
                self.sizes[part],
            )
            return
        middle = (start + end) // 2
        yield from self._halves(start, middle)
        yield from self._halves(middle, end)

    def _shorten(self, limit: int) -> None:
        for at, size in enumerate(self.sizes):
            kept = cut(self.values[at], limit) if size > limit else None
            if kept is not None:
                self.types[at] = cut_type(self.types[at])
                self.values[at] = kept[0]
                self.sizes[at] = limit


def _size(sizes: Sequence[int]) -> int:
    return sum(sizes) + ITEM_CHARS * len(sizes)


def _unbroken(indexes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where runs of numbers that follow each other begin and end."""
    start = 0
    while start < len(indexes):
        end = len(indexes)
        if indexes[-1] - indexes[start] != end - start - 1:
            first = indexes[start]
            end = next(at for at in range(start, end + 1) if indexes[at] != first + at - start)
        yield start, end
        start = end
