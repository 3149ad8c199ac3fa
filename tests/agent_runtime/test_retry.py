"""Repeating: how often, after which pauses, after which failures."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.orchestrator import Retry, RetryPolicy, parse_retry_after


class FailedError(Exception):
    def __init__(self, may_have_run: Any = False, retry_after: Any = None) -> None:
        super().__init__("failed")
        self.may_have_run = may_have_run
        self.retry_after = retry_after


class World:
    """A clock that stands still but for pauses, which it remembers."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.pauses: list[float] = []

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    async def pause_async(self, seconds: float) -> None:
        self.pause(seconds)

    def policy(self, **limits: Any) -> RetryPolicy:
        given = {"sleep": self.pause_async, "sleep_sync": self.pause, "clock": lambda: self.now}
        return RetryPolicy(**(given | limits))


class Work:
    """Fails with each of the errors in turn, then gives what it is to give."""

    def __init__(self, *errors: BaseException, takes: Callable[[], None] = lambda: None) -> None:
        self.errors = list(errors)
        self.calls = 0
        self.takes = takes

    def __call__(self) -> str:
        self.calls += 1
        self.takes()
        if self.errors:
            raise self.errors.pop(0)
        return "done"

    async def later(self) -> str:
        return self()


Runner = Callable[[RetryPolicy, Work, list[Retry]], str]


def run_sync(policy: RetryPolicy, work: Work, seen: list[Retry]) -> str:
    return policy.run_sync(work, seen.append)


def run_async(policy: RetryPolicy, work: Work, seen: list[Retry]) -> str:
    async def remember(retry: Retry) -> None:
        seen.append(retry)

    return asyncio.run(policy.run(work.later, remember))


both = pytest.mark.parametrize("run", [run_sync, run_async])


@both
def test_until_it_succeeds(run: Runner) -> None:
    world, seen = World(), list[Retry]()
    errors = [FailedError(), FailedError()]
    work = Work(*errors)
    assert run(world.policy(jitter=0, base=1, factor=3), work, seen) == "done"
    assert work.calls == 3
    assert world.pauses == [1, 3]
    assert seen == [Retry(1, errors[0], 1), Retry(2, errors[1], 3)]


@both
def test_no_more_often_than_allowed(run: Runner) -> None:
    world = World()
    errors = [FailedError() for _ in range(9)]
    work = Work(*errors)
    with pytest.raises(FailedError) as caught:
        run(world.policy(attempts=3), work, [])
    assert caught.value is errors[2]
    assert work.calls == 3
    assert len(world.pauses) == 2


@both
@pytest.mark.parametrize(
    "error",
    [
        FailedError(may_have_run=True),
        FailedError(may_have_run=None),
        FailedError(may_have_run=0),
        ValueError("says nothing of it"),
        KeyboardInterrupt(),
        asyncio.CancelledError(),
    ],
)
def test_what_may_have_run_is_not_repeated(run: Runner, error: BaseException) -> None:
    work = Work(error)
    with pytest.raises(type(error)):
        run(World().policy(), work, [])
    assert work.calls == 1


@both
def test_what_is_repeatable_can_be_said(run: Runner) -> None:
    work = Work(ValueError(), KeyError())
    with pytest.raises(KeyError):
        run(World().policy(repeatable=lambda error: isinstance(error, ValueError)), work, [])
    assert work.calls == 2


@both
def test_no_attempt_begins_after_the_total_time(run: Runner) -> None:
    world = World()
    work = Work(*[FailedError() for _ in range(9)], takes=lambda: world.pause(4))
    with pytest.raises(FailedError):
        run(world.policy(attempts=9, base=1, jitter=0, factor=1, total=10), work, [])
    # at 0, 5 and 10; the next would begin at 15
    assert work.calls == 3


@both
def test_a_longer_pause_that_is_asked_for_is_kept(run: Runner) -> None:
    world = World()
    work = Work(FailedError(retry_after=17), FailedError(retry_after=0.001))
    assert run(world.policy(jitter=0, base=2), work, []) == "done"
    assert world.pauses == [17, 4]


@both
def test_nothing_is_repeated_before_the_time_that_is_asked_for(run: Runner) -> None:
    world = World()
    work = Work(FailedError(retry_after=61))
    with pytest.raises(FailedError):
        run(world.policy(), work, [])
    assert (work.calls, world.pauses) == (1, [])


@pytest.mark.parametrize("asked", ["17", True, float("nan"), float("inf"), 10**400, -1, None])
def test_a_pause_that_makes_no_sense_is_not_heard(asked: Any) -> None:
    policy = World().policy(jitter=0, base=2)
    assert policy.delay(1, FailedError(retry_after=asked)) == 2
    assert policy.allows(FailedError(retry_after=asked))


chances = st.floats(0, 1, exclude_max=True)


@given(
    attempt=st.integers(1, 10_000),
    base=st.floats(0, 1e6),
    factor=st.floats(1, 1e6),
    cap=st.floats(0, 60),
    jitter=st.floats(0, 1),
    chance=chances,
    asked=st.none() | st.floats(0, 1e9),
)
def test_pauses_stay_within_their_bounds(
    attempt: int,
    base: float,
    factor: float,
    cap: float,
    jitter: float,
    chance: float,
    asked: float | None,
) -> None:
    policy = RetryPolicy(base=base, factor=factor, cap=cap, jitter=jitter, random=lambda: chance)
    pause = policy.delay(attempt, FailedError(retry_after=asked))
    assert 0 <= pause <= cap <= 60
    try:
        full = min(cap, base * factor ** (attempt - 1))
    except OverflowError:
        full = cap
    if asked is None:
        assert full * (1 - jitter) * 0.999999 <= pause <= full
    else:
        assert pause >= min(asked, cap)


@given(chances)
def test_pauses_without_jitter_never_shrink(chance: float) -> None:
    policy = RetryPolicy(jitter=0, random=lambda: chance)
    pauses = [policy.delay(attempt) for attempt in range(1, 2000)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0.5, 60)


async def test_cancelling_ends_the_pause() -> None:
    pausing = asyncio.Event()
    work = Work(FailedError(), FailedError())
    policy = RetryPolicy(base=60, jitter=0)
    task = asyncio.create_task(policy.run(work.later, lambda _: pausing.set()))
    await pausing.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.calls == 1


def test_an_event_ends_the_pause_without_asyncio() -> None:
    cancel = threading.Event()
    error = FailedError()
    work = Work(error)
    begun = time.monotonic()
    with pytest.raises(FailedError) as caught:
        RetryPolicy(base=60, jitter=0).run_sync(work, lambda _: cancel.set(), cancel)
    assert time.monotonic() - begun < 30
    assert caught.value is error
    assert work.calls == 1


@pytest.mark.parametrize(
    "limits",
    [
        {"attempts": 0},
        {"base": -1.0},
        {"base": float("inf")},
        {"factor": 0.5},
        {"cap": 61.0},
        {"cap": float("nan")},
        {"jitter": 1.5},
        {"total": -1.0},
    ],
)
def test_limits_that_make_no_sense(limits: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        RetryPolicy(**limits)


NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("17", 17.0),
        (" 0 ", 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0.0),
        ("Sun, 01 Mar 2026 12:00:30 -0000", 30.0),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("Sun, 99 Foo 2026 99:99:99 GMT", None),
    ],
)
def test_the_header_retry_after(header: str, seconds: float | None) -> None:
    assert parse_retry_after(header, NOW) == seconds


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d{1,9} [A-Z][a-z]{2} \d+ \d+:\d+:\d+ .*"))
def test_any_header_is_read(header: str) -> None:
    seconds = parse_retry_after(header)
    assert seconds is None or seconds >= 0
