"""Doing something again after a failure, with growing pauses: `tenacity` does the looping."""

from __future__ import annotations

import asyncio
import random as _random
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final, TypeVar

from agent_runtime.limits import check_pause, check_share, check_whole, is_number

if TYPE_CHECKING:
    from tenacity import RetryCallState

_T = TypeVar("_T")

LONGEST_PAUSE_S: Final = 60.0
"""No pause is longer, whatever is asked for."""


def has_not_run(error: Exception) -> bool:
    """Whether `error` says of itself that nothing was done: its `may_have_run` is False."""
    return getattr(error, "may_have_run", True) is False


def asked_pause(error: Exception) -> float | None:
    """The seconds in the error's `retry_after`, if it has a sensible one."""
    seconds = getattr(error, "retry_after", None)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return float(seconds) if 0 <= seconds <= sys.float_info.max else None


def parse_retry_after(header: str, now: datetime | None = None) -> float | None:
    """Seconds of an HTTP `Retry-After` header: a number or a date; None for anything else.

    A date that is over gives 0. `now` must know its time zone; the default is the present.
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])  # a longer number is no pause that anybody waits for
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


@dataclass(frozen=True, slots=True)
class Retry:
    """What is about to be repeated: `attempt` (from 1) failed with `error`; `delay` in seconds."""

    attempt: int
    error: Exception
    delay: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often, when and after which failures something is done again.

    The pause after attempt n is `base * factor ** (n - 1)` seconds, at most `cap` (60 at most);
    `jitter` is the share of it that is left to chance: 0 none, 1 anything from 0 to the pause. A
    server that asks for a longer pause (`retry_after` of the error) gets it; when it asks for
    more than `cap`, nothing is repeated, as it would be refused again. `attempts` counts the
    first one. No attempt begins later than `total` seconds after the first; one that runs is not
    cut short. Only what `repeatable` allows is repeated; by default that is what says of itself
    that it has not run. Exceptions outside `Exception`, like a cancel, are never repeated.

    The last failure is raised as it is. ValueError for limits that make no sense.
    """

    attempts: int = 4
    base: float = 0.5
    factor: float = 2.0
    cap: float = LONGEST_PAUSE_S
    jitter: float = 0.5
    total: float | None = None
    repeatable: Callable[[Exception], bool] = has_not_run
    retry_after: Callable[[Exception], float | None] = asked_pause
    clock: Callable[[], float] = time.monotonic
    random: Callable[[], float] = _random.random
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    sleep_sync: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        check_whole("attempts", self.attempts, 1)
        check_pause("base", self.base)
        if not is_number(self.factor) or self.factor < 1:
            raise ValueError(f"factor must be a number of at least 1, not {self.factor!r:.40}")
        if not is_number(self.cap) or not 0 <= self.cap <= LONGEST_PAUSE_S:
            raise ValueError(f"cap must be a number of seconds from 0 to 60, not {self.cap!r:.40}")
        check_share("jitter", self.jitter)
        if self.total is not None:
            check_pause("total", self.total, may_be_endless=True)

    def delay(self, attempt: int, error: Exception | None = None) -> float:
        """Seconds to wait after the failed `attempt` (from 1); random when there is jitter."""
        try:
            full = min(self.cap, self.base * self.factor ** (attempt - 1))
        except OverflowError:
            full = self.cap
        pause = full * (1 - self.jitter * self.random())
        asked = None if error is None else self.retry_after(error)
        return pause if asked is None else min(self.cap, max(pause, asked))

    def allows(self, error: BaseException | None) -> bool:
        """Whether something that failed with `error` may be done again at all."""
        if not isinstance(error, Exception) or not self.repeatable(error):
            return False
        asked = self.retry_after(error)
        return asked is None or asked <= self.cap

    async def run(
        self,
        work: Callable[[], Awaitable[_T]],
        on_retry: Callable[[Retry], Awaitable[None] | None] | None = None,
    ) -> _T:
        """What `work` gives, called until it succeeds or no further attempt is allowed.

        `on_retry` is told before each pause. Cancelling ends the pause or the attempt.
        """
        from tenacity import AsyncRetrying, retry_if_exception

        async def attempt() -> _T:
            return await work()

        async def before_sleep(state: RetryCallState) -> None:
            told = None if on_retry is None else on_retry(_retry_of(state))
            if told is not None:
                await told

        retrying = AsyncRetrying(
            sleep=self.sleep,
            wait=self._wait,
            stop=self._stop_from(self.clock()),
            retry=retry_if_exception(self.allows),
            before_sleep=before_sleep,
            reraise=True,
        )
        result: _T = await retrying(attempt)
        return result

    def run_sync(
        self,
        work: Callable[[], _T],
        on_retry: Callable[[Retry], None] | None = None,
        cancel: threading.Event | None = None,
    ) -> _T:
        """The same without asyncio. Setting `cancel` ends a pause; the last failure is raised."""
        from tenacity import Retrying, retry_if_exception

        failed: list[Exception] = []

        def before_sleep(state: RetryCallState) -> None:
            retry = _retry_of(state)
            failed[:] = [retry.error]
            if on_retry is not None:
                on_retry(retry)

        def sleep(seconds: float) -> None:
            if cancel is None:
                self.sleep_sync(seconds)
            elif cancel.wait(seconds):
                raise failed[0]

        return Retrying(
            sleep=sleep,
            wait=self._wait,
            stop=self._stop_from(self.clock()),
            retry=retry_if_exception(self.allows),
            before_sleep=before_sleep,
            reraise=True,
        )(work)

    def _wait(self, state: RetryCallState) -> float:
        return self.delay(state.attempt_number, _error_of(state))

    def _stop_from(self, begun: float) -> Callable[[RetryCallState], bool]:
        def stop(state: RetryCallState) -> bool:
            if state.attempt_number >= self.attempts:
                return True
            # asked after the pause is known: one that ends too late is not begun
            late = self.clock() - begun + state.upcoming_sleep
            return self.total is not None and late > self.total

        return stop


def _error_of(state: RetryCallState) -> Exception:
    error = None if state.outcome is None else state.outcome.exception()
    if not isinstance(error, Exception):
        raise TypeError("asked about an attempt that did not fail")
    return error


def _retry_of(state: RetryCallState) -> Retry:
    return Retry(state.attempt_number, _error_of(state), state.upcoming_sleep)
