"""Does calling several items at once help? Measured on the batch's own calls, never guessed.

The server may call functions in threads, so that they overlap, or on its event loop, where one
that does not give way keeps all others waiting; a function may also have a lock of its own, or
need the whole processor. What these have in common: the time per item does not shrink when more
of them are in flight, and each call takes longer the more there are. Both are compared in turns,
a window with all the calls that are allowed, then a window with one call at a time, twice. A call
alone that takes clearly longer than its share of a full window ends the comparison at once, so an
entrypoint that does run in parallel loses next to nothing.
"""

from __future__ import annotations

import statistics
from typing import Final, Literal

from runagent_ls.agents.batch.parallel import Parallelism, Verdict

ROUNDS: Final = 2
ALONE_ITEMS: Final = 4
"""Calls in a window of one at a time."""
TOGETHER_ITEMS: Final = 8
"""Calls in a full window, and at least two for each that may be in flight."""
HELPS: Final = 1.5
"""A call alone that takes this many shares of a full window shows that parallel calls help."""
NO_GAIN: Final = 1.2
"""A full window has to be faster by this factor to have been worth it."""
SLOWED: Final = 0.6
"""Of the slowing-down that calls strictly one after another would show, so much has to be seen."""
SHORTEST_S: Final = 0.05
"""Below it the server's own work, not the entrypoint, is what is measured."""
LONG_CALL_S: Final = 5.0
LONG_BATCH: Final = 8
"""Calls longer than LONG_CALL_S are compared only if so many full rounds are still to come."""


class OverlapMeter:
    """Says how many calls may be in flight, and learns from when they begin and end.

    Times in seconds of any one clock. `limit` changes as the comparison goes on; at its end it is
    `concurrency`, or 1 when more does not help.
    """

    def __init__(self, concurrency: int) -> None:
        self.concurrency = concurrency
        self.verdict: Verdict | None = "unclear" if concurrency < 2 else None
        self._phase: Literal["together", "alone"] = "together"
        self._round = 1
        self._running: dict[int, float] = {}
        self._opened: float | None = None
        self._counted: set[int] = set()
        self._elapsed: list[float] = []
        self._share = 0.0
        self._shares: list[float] = []
        self._together: list[float] = []
        self._alone: list[float] = []

    @property
    def limit(self) -> int:
        """Calls that may be in flight now."""
        if self.verdict is None:
            return 1 if self._phase == "alone" else self.concurrency
        return 1 if self.verdict == "one-at-a-time" else self.concurrency

    @property
    def deadline(self) -> float | None:
        """When a call that is alone will have proved that parallel calls help; see `tick`."""
        if self.verdict is not None or self._phase != "alone" or not self._counted:
            return None
        return self._running[next(iter(self._counted))] + HELPS * self._share

    def begin(self, index: int, now: float) -> None:
        """A call begins."""
        if self.verdict is None and (self._phase == "together" or not self._running):
            self._counted.add(index)
            if self._opened is None:
                self._opened = now
        self._running[index] = now

    def end(self, index: int, now: float, remaining: int | None) -> None:
        """A call ended with an answer; `remaining` items are not begun (None: not known)."""
        full = len(self._running) * 2 >= self.concurrency
        begun = self._running.pop(index)
        if self.verdict is not None or index not in self._counted:
            return
        self._counted.discard(index)
        if self._phase == "together" and not full:
            self._open("together")  # too few inputs, or too slow, to fill the window
            return
        self._elapsed.append(now - begun)
        if self._phase == "together":
            self._end_together(now, remaining)
        elif now - begun >= HELPS * self._share:
            self.verdict = "helps"
        elif len(self._elapsed) == ALONE_ITEMS:
            self._end_alone()

    def forget(self, index: int) -> None:
        """A call ended without an answer, which says nothing about the time calls take."""
        self._running.pop(index, None)
        if self.verdict is None:
            self._open(self._phase)

    def tick(self, now: float) -> None:
        """Time passed; to be called at `deadline`."""
        deadline = self.deadline
        if deadline is not None and now >= deadline:
            self.verdict = "helps"

    def result(
        self, health_idle_ms: float | None, health_busy_ms: float | None, checks: int
    ) -> Parallelism | None:
        """What was measured; None when the comparison came to no end."""
        if self.verdict is None or not self._alone:
            return None
        return Parallelism(
            self.verdict,
            self.concurrency,
            statistics.fmean(self._shares) * 1000,
            len(self._together),
            statistics.fmean(self._alone) * 1000,
            len(self._alone),
            health_idle_ms,
            health_busy_ms,
            checks,
        )

    def _open(self, phase: Literal["together", "alone"]) -> None:
        self._phase = phase
        self._opened = None
        self._counted = set()
        self._elapsed = []

    def _end_together(self, now: float, remaining: int | None) -> None:
        wanted = max(2 * self.concurrency, TOGETHER_ITEMS)
        if len(self._elapsed) < wanted or self._opened is None:
            return
        self._share = (now - self._opened) / len(self._elapsed)
        self._shares.append(self._share)
        self._together += self._elapsed
        is_long = statistics.median(self._elapsed) > LONG_CALL_S
        needed = LONG_BATCH * wanted if is_long else ALONE_ITEMS
        if remaining is not None and remaining < needed:
            self.verdict = "unclear"
        self._open("alone")

    def _end_alone(self) -> None:
        self._alone += self._elapsed
        mean = statistics.fmean(self._elapsed)
        alone, together = statistics.median(self._elapsed), statistics.median(self._together)
        slowed = 1 + SLOWED * (self.concurrency - 1)
        if mean > NO_GAIN * self._share or alone < SHORTEST_S or together < slowed * alone:
            self.verdict = "unclear"
        elif self._round == ROUNDS:
            self.verdict = "one-at-a-time"
        else:
            self._round += 1
            self._open("together")
