"""When it is said that an entrypoint runs one call at a time, and when not: simulated servers."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator

import pytest

from runagent_ls.agents.batch.one_at_a_time import OneAtATime
from runagent_ls.agents.batch.overlap import OverlapMeter

Durations = Callable[[random.Random], float]


def simulate(
    meter: OverlapMeter, work: Iterator[float], count: int, *, lanes: int, known: bool = True
) -> float:
    """Run `count` calls on a server that works on `lanes` at once; the time it took."""
    now, begun, ended = 0.0, 0, 0
    free = [0.0] * lanes
    running: list[tuple[float, int]] = []
    while ended < count:
        while begun < count and len(running) < meter.limit:
            lane = heapq.heappop(free)
            end = max(lane, now) + next(work)
            heapq.heappush(free, end)
            heapq.heappush(running, (end, begun))
            meter.begin(begun, now)
            begun += 1
        deadline = meter.deadline
        if deadline is not None and deadline < running[0][0]:
            now = max(now, deadline)
            meter.tick(now)
            if meter.deadline is None or meter.deadline > now:
                continue
        now, index = heapq.heappop(running)
        meter.end(index, now, count - begun if known else None)
        ended += 1
    return now


def verdict(
    durations: Durations, *, lanes: int, concurrency: int = 4, count: int = 400
) -> str | None:
    chance = random.Random(7)  # noqa: S311 - the same numbers each time
    meter = OverlapMeter(concurrency)
    simulate(meter, iter(lambda: durations(chance), None), count, lanes=lanes)
    assert meter.limit == (1 if meter.verdict == "one-at-a-time" else concurrency)
    return meter.verdict


STEADY: Durations = lambda chance: 0.2  # noqa: E731 - a table of them
SPREAD: Durations = lambda chance: chance.uniform(0.1, 0.3)  # noqa: E731
TAILS: Durations = lambda chance: 5.0 if chance.random() < 0.1 else 0.1  # noqa: E731
SKEWED: Durations = lambda chance: chance.lognormvariate(-1.5, 0.8)  # noqa: E731


@pytest.mark.parametrize("durations", [STEADY, SPREAD])
@pytest.mark.parametrize("concurrency", [2, 4, 16])
def test_a_serial_server_is_found_out(durations: Durations, concurrency: int) -> None:
    assert verdict(durations, lanes=1, concurrency=concurrency) == "one-at-a-time"


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("durations", [STEADY, SPREAD, TAILS, SKEWED])
@pytest.mark.parametrize(("concurrency", "lanes"), [(2, 2), (4, 4), (4, 2), (16, 16), (16, 4)])
def test_a_parallel_server_is_never_called_serial(
    durations: Durations, seed: int, concurrency: int, lanes: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same numbers each time
    meter = OverlapMeter(concurrency)
    simulate(meter, iter(lambda: durations(chance), None), 600, lanes=lanes)
    assert meter.verdict != "one-at-a-time"


def test_short_calls_are_not_judged() -> None:
    assert verdict(lambda chance: 0.01, lanes=1) == "unclear"


def test_one_call_at_a_time_is_nothing_to_judge() -> None:
    assert verdict(STEADY, lanes=1, concurrency=1) == "unclear"


def test_long_calls_are_compared_only_in_a_long_batch() -> None:
    assert verdict(lambda chance: 60.0, lanes=4, count=60) == "unclear"
    assert verdict(lambda chance: 60.0, lanes=1, count=600) == "one-at-a-time"


@pytest.mark.parametrize("count", [40, 400])
def test_the_comparison_costs_a_parallel_server_little(count: int) -> None:
    meter = OverlapMeter(4)
    took = simulate(meter, iter(lambda: 0.2, None), count, lanes=4)
    assert took <= 0.2 * count / 4 + 1.5


def test_calls_without_an_answer_count_for_nothing() -> None:
    meter = OverlapMeter(2)
    for index in range(100):
        meter.begin(index, float(index))
        meter.forget(index)
    assert meter.verdict is None
    assert meter.result(None, None, 0) is None


def test_too_few_inputs_to_fill_the_window_prove_nothing() -> None:
    meter = OverlapMeter(8)
    now = 0.0
    for index in range(200):
        meter.begin(index, now)
        now += 0.2
        meter.end(index, now, None)
    assert meter.verdict is None
    assert meter.limit == 8


def evidence(idle: float | None, busy: float | None, checks: int) -> OneAtATime:
    return OneAtATime(4, 200.0, 16, 200.0, 8, idle, busy, checks)


def test_waiting_health_checks_are_part_of_the_evidence() -> None:
    blocked = evidence(2.0, 150.0, 5)
    assert blocked.blocks_server
    assert "a health check took 150 ms meanwhile, 2 ms before" in blocked.sentence()
    for quiet in (evidence(2.0, 150.0, 2), evidence(2.0, 20.0, 9), evidence(60.0, 150.0, 9),
                  evidence(None, 150.0, 9), evidence(2.0, None, 0)):  # fmt: skip
        assert not quiet.blocks_server
        assert "health" not in quiet.sentence()
        assert "200 ms per item with 4 calls at once (16 items)" in quiet.sentence()
