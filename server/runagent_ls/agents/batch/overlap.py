"""Does calling several items at once help? Measured on the batch's own calls, never guessed.

The server may call functions in threads, so that they overlap, or on its event loop, where one
that does not give way keeps all others waiting; a function may also have a lock of its own, or
need the whole processor. What these have in common: the time per item does not shrink when more
of them are in flight, and each call takes longer the more there are. Both are compared in turns,
a window with all the calls that are allowed, then a window with one call at a time, until some
rounds agree. A call alone that takes clearly longer than its share of a full window ends its round
at once, so an entrypoint that does run in parallel loses next to nothing.
"""

from __future__ import annotations

import statistics
from typing import Final, Literal, TypeAlias

from runagent_ls.agents.batch.one_at_a_time import OneAtATime

AGREEING: Final = 3
"""So many rounds more have to speak for a verdict than against it."""
MOST_ROUNDS: Final = 20
"""What is not clear after these stays so."""
ALONE_ITEMS: Final = 4
"""Calls in a window of one at a time."""
TOGETHER_ITEMS: Final = 8
"""Calls in a full window, and at least two for each that may be in flight."""
NO_GAIN: Final = 1.3
"""A call alone and the share of one in a full window are the same if they differ by less."""
SLOWED: Final = 0.65
"""Of the slowing-down that calls strictly one after another would show, so much has to be seen."""
SHORTEST_S: Final = 0.05
"""Below it the server's own work, not the entrypoint, is what is measured."""
LONG_CALL_S: Final = 5.0
LONG_BATCH: Final = 8
"""Calls longer than LONG_CALL_S are compared only if so many full rounds are still to come."""

Verdict: TypeAlias = Literal["helps", "one-at-a-time", "unclear"]


class OverlapMeter:
    """Says how many calls may be in flight, and learns from when they begin and end.

    Times in seconds of any one clock. `limit` changes as the comparison goes on; at its end it is
    `concurrency`, or 1 when more does not help.
    """

    def __init__(self, concurrency: int) -> None:
        self.concurrency = concurrency
        self.verdict: Verdict | None = "unclear" if concurrency < 2 else None
        self._phase: Literal["together", "alone"] = "together"
        self._rounds = 0
        self._balance = 0
        self._running: dict[int, float] = {}
        self._opened: float | None = None
        self._counted: set[int] = set()
        self._elapsed: list[float] = []
        self._share = 0.0
        self._window: list[float] = []
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
        return self._running[next(iter(self._counted))] + self._long

    @property
    def _long(self) -> float:
        """What a call alone would take if half of the calls in a full window had overlapped."""
        return self._share * (1 + self.concurrency) / 2

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
        elif now - begun >= self._long:
            self._end_round(speaks_for=False, speaks_against=True)
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
            self._end_round(speaks_for=False, speaks_against=True)

    def result(
        self, health_idle_ms: float | None, health_busy_ms: float | None, checks: int
    ) -> OneAtATime | None:
        """What was measured, if it is that calls run one at a time; else None."""
        if self.verdict != "one-at-a-time":
            return None
        return OneAtATime(
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
        self._window = self._elapsed
        is_long = statistics.median(self._elapsed) > LONG_CALL_S
        needed = LONG_BATCH * wanted if is_long else ALONE_ITEMS
        if remaining is not None and remaining < needed:
            self.verdict = "unclear"
        self._open("alone")

    def _end_alone(self) -> None:
        alone, together = statistics.median(self._elapsed), statistics.median(self._window)
        slowed = 1 + SLOWED * (self.concurrency - 1)
        if alone < SHORTEST_S:
            self.verdict = "unclear"
            return
        # much quicker calls than in the full window were other work, and prove nothing either
        is_same = self._share / NO_GAIN <= alone <= self._share * NO_GAIN
        is_slowed = together >= slowed * alone
        if is_same and is_slowed:
            self._shares.append(self._share)
            self._together += self._window
            self._alone += self._elapsed
        self._end_round(speaks_for=is_same and is_slowed, speaks_against=not is_slowed)

    def _end_round(self, *, speaks_for: bool, speaks_against: bool) -> None:
        self._rounds += 1
        self._balance += speaks_for - speaks_against
        if self._balance <= -AGREEING:
            self.verdict = "helps"
        elif self._balance >= AGREEING:
            self.verdict = "one-at-a-time"
        elif self._rounds >= MOST_ROUNDS:
            self.verdict = "unclear"
        self._open("together")
