"""How fast a batch goes, and when it will end."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Final

WINDOW_S: Final = 30.0
"""The rate is that of so many seconds, so that neither one slow item nor the beginning counts."""
_STEP_S: Final = 0.25
_SHORTEST_S: Final = 1.0


class Pace:
    """Items a second over the last WINDOW_S in which the batch was not paused."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque()

    def rate(self, done: int, paused_s: float) -> float | None:
        """`done` items of this run, `paused_s` seconds paused so far; None until it is known."""
        now = self._clock() - paused_s
        if not self._marks or now - self._marks[-1][0] >= _STEP_S:
            self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[1][0] >= WINDOW_S:
            self._marks.popleft()
        since, then = self._marks[0]
        if now - since < _SHORTEST_S or done == then:
            return None
        return (done - then) / (now - since)
