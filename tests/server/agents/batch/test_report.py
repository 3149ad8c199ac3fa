"""Percentiles, counts, rates."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from runagent_ls.agents.batch.latencies import Latencies
from runagent_ls.agents.batch.pace import Pace
from runagent_ls.agents.batch.plan import BatchProgress
from runagent_ls.agents.batch.report import Tally
from runagent_ls.cli.progress import duration, progress_text


def test_percentiles_are_by_nearest_rank() -> None:
    latencies = Latencies()
    for value in random.Random(1).sample(range(1, 101), 100):  # noqa: S311 - an order, no secret
        latencies.add(value)
    assert latencies.percentiles(50, 90, 95, 99, 100) == [50, 90, 95, 99, 100]
    one = Latencies()
    one.add(7.0)
    assert one.percentiles(1, 50, 99) == [7.0, 7.0, 7.0]
    assert Latencies().percentiles(50) is None


@pytest.mark.parametrize("seed", range(5))
def test_many_durations_are_estimated_closely_in_little_memory(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - numbers, no secret
    values = [chance.lognormvariate(4, 2) for _ in range(20_000)]
    exact, estimated = Latencies(), Latencies(exact_limit=100)
    for value in values:
        exact.add(value)
        estimated.add(value)
    assert (exact.exact, estimated.exact) == (True, False)
    percents = (1, 50, 90, 95, 99, 99.9)
    truth, found = exact.percentiles(*percents), estimated.percentiles(*percents)
    assert truth is not None
    assert found is not None
    assert all(
        math.isclose(one, other, rel_tol=0.003) for one, other in zip(truth, found, strict=True)
    )
    assert len(estimated._classes) < 5000
    assert len(estimated._kept) == 0


def record(index: int, state: str, code: str | None = None, attempts: int = 1) -> dict[str, Any]:
    error = {} if code is None else {"error": {"code": code, "message": f"{code} at {index}"}}
    return {"index": index, "line": index + 1, "state": state, "attempts": attempts,
            "elapsedMs": 10.0, **error}  # fmt: skip


def test_an_item_that_is_called_again_counts_once() -> None:
    tally = Tally()
    tally.add(record(0, "completed"))
    tally.add(record(1, "unknown", "TIMEOUT"))
    tally.add(record(2, "unknown", "CONNECTION_ERROR"))
    assert (tally.done, sorted(tally.unknown)) == (3, [1, 2])
    tally.add(record(1, "completed", attempts=3))
    assert (tally.done, tally.completed, tally.unknown) == (3, 2, {2: 3})
    assert set(tally.errors) == {"CONNECTION_ERROR"}
    assert (tally.retries, tally.latencies.count) == (2, 2)


def test_errors_are_counted_by_code_with_the_first_as_example() -> None:
    tally = Tally()
    for index in range(3):
        tally.add(record(index, "failed", "INTERNAL_ERROR"))
    tally.add(record(3, "failed", "VALIDATION_ERROR", attempts=0))
    kind = tally.errors["INTERNAL_ERROR"]
    assert (kind.count, kind.line, kind.message) == (3, 1, "INTERNAL_ERROR at 0")
    assert tally.latencies.count == 3


@pytest.mark.parametrize(
    "odd", [{"elapsedMs": "x"}, {"attempts": None}, {"error": 5}, {"line": []}]
)
def test_a_record_with_odd_fields_is_counted_all_the_same(odd: dict[str, Any]) -> None:
    tally = Tally()
    tally.add({**record(0, "completed"), **odd})
    assert tally.completed == 1


def test_the_rate_is_of_the_last_while_without_pauses() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    assert pace.rate(0, 0.0) is None
    for second in range(1, 101):
        now = float(second)
        rate = pace.rate(second * 10, 0.0)
    assert rate == pytest.approx(10)
    now += 50  # paused: no time for the rate
    assert pace.rate(1000, 50.0) == pytest.approx(10, rel=0.1)
    for _ in range(40):
        now += 1
        rate = pace.rate(1000 + int(now - 150) * 2, 50.0)
    assert rate == pytest.approx(2, rel=0.1)


def test_progress_in_words() -> None:
    full = BatchProgress(10, 40, 2, 4, 1.5, 20.0)
    assert progress_text(full) == "10/40 done, 2 failed, 4 running, 1.5/s, 20 s left"
    assert progress_text(BatchProgress(3, None, 0, 1, None, None)) == "3 done, 1 running"
    assert "paused" in progress_text(BatchProgress(3, None, 0, 1, None, None, paused=True))
    assert [duration(s) for s in (4.2, 65, 7400)] == ["4 s", "1:05 min", "2:03 h"]
