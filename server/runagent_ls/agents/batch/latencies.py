"""Percentiles of many durations in bounded memory."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from typing import Final

EXACT_LIMIT: Final = 1_000_000
"""Up to so many durations every one is kept (8 bytes each); above they are counted in classes."""
_RATIO: Final = 1.005
_LOG_RATIO: Final = math.log(_RATIO)
_SMALLEST: Final = 1e-3


class Latencies:
    """Durations in milliseconds. A percentile is by nearest rank: an actual duration.

    Above EXACT_LIMIT durations it is off by at most 0.25 % of itself.
    """

    def __init__(self, exact_limit: int = EXACT_LIMIT) -> None:
        self._limit = exact_limit
        self._kept = array("d")
        self._classes: Counter[int] = Counter()
        self.count = 0

    @property
    def exact(self) -> bool:
        """Whether every duration is still known."""
        return not self._classes

    def add(self, elapsed_ms: float) -> None:
        """Take one duration in."""
        self.count += 1
        if self._classes:
            self._classes[_class_of(elapsed_ms)] += 1
            return
        self._kept.append(elapsed_ms)
        if len(self._kept) > self._limit:
            self._classes.update(map(_class_of, self._kept))
            self._kept = array("d")

    def percentiles(self, *wanted: float) -> list[float] | None:
        """The durations below which `wanted` percent lie, in order; None without any."""
        if not self.count:
            return None
        ranks = [max(math.ceil(self.count * percent / 100), 1) for percent in wanted]
        if self.exact:
            ordered = sorted(self._kept)
            return [ordered[rank - 1] for rank in ranks]
        return [self._at_rank(rank) for rank in ranks]

    def _at_rank(self, rank: int) -> float:
        seen = 0
        for number in sorted(self._classes):
            seen += self._classes[number]
            if seen >= rank:
                return math.exp((number + 0.5) * _LOG_RATIO)
        raise AssertionError("a rank is never above the count")


def _class_of(elapsed_ms: float) -> int:
    return math.floor(math.log(max(elapsed_ms, _SMALLEST)) / _LOG_RATIO)
