"""When to do what edits ask for: once the input is empty, on the event loop, no threads."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import perf_counter
from typing import Final

logger = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS: Final = 0.15
"""A client that never pauses is answered after this time all the same."""
_CHEAP_SECONDS: Final = 0.010
_LONGEST_DEBOUNCE_SECONDS: Final = 0.3


class PauseGate:
    """Opens when no more input waits, or when that has taken too long."""

    def __init__(self, input_is_empty: Callable[[], bool]) -> None:
        self._input_is_empty = input_is_empty
        self._waiting_since: float | None = None

    def opens(self) -> bool:
        """Ask after each read. False means: more is coming, do nothing yet."""
        if self._input_is_empty():
            self._waiting_since = None
            return True
        now = perf_counter()
        if self._waiting_since is None:
            self._waiting_since = now
        if now - self._waiting_since < LONGEST_WAIT_SECONDS:
            return False
        self._waiting_since = None
        return True


class Debounced:
    """Runs `action` soon after it was asked for: at once while it is cheap, else when quiet.

    With `quiet_seconds` it always waits until nobody has asked for so long.
    """

    def __init__(self, action: Callable[[], None], quiet_seconds: float | None = None) -> None:
        self._action = action
        self._quiet_seconds = quiet_seconds
        self._wanted = False
        self._timer: asyncio.TimerHandle | None = None
        self._cost = 0.0

    def ask(self) -> None:
        """The next `pause` may run the action. A timer that runs already starts again."""
        self._wanted = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def pause(self) -> None:
        """The input is empty: run now, or after twice the time that the last run took."""
        if not self._wanted or self._timer is not None:
            return
        delay = self._quiet_seconds
        if delay is None and self._cost < _CHEAP_SECONDS:
            self._run()
            return
        if delay is None:
            delay = min(2 * self._cost, _LONGEST_DEBOUNCE_SECONDS)
        self._timer = asyncio.get_running_loop().call_later(delay, self._run)

    def _run(self) -> None:
        self._wanted, self._timer = False, None
        begin = perf_counter()
        try:
            self._action()
        except Exception:
            logger.exception("A delayed action failed")
        self._cost = perf_counter() - begin
