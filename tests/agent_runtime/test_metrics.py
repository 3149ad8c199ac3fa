"""Counting, and that names from anywhere neither explode nor corrupt what is shown."""

from __future__ import annotations

import asyncio
import re
import threading
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from agent_runtime.orchestrator import Metrics
from agent_runtime.orchestrator.metrics_schema import SNAPSHOT_SCHEMA


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def samples(text: str) -> dict[tuple[str, str], float]:
    """What Prometheus' own parser reads: by metric and the value of its only label, if any."""
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_end_is_counted_once() -> None:
    clock = Clock()
    metrics = Metrics(clock=clock)
    done, broken, left, running = (metrics.begin(name) for name in ("a", "b", "b", "c"))
    clock.now += 0.3
    done.output(3, 120)
    done.output(1, 5)
    done.end("completed")
    done.end("failed", "LATE")
    broken.retried()
    broken.shed()
    broken.end("failed", "TIMEOUT")
    left.end("cancelled")
    shot = metrics.snapshot()
    assert shot["sessions"] == {
        "active": 1,
        "total": 4,
        "completed": 1,
        "failed": 1,
        "cancelled": 1,
    }
    assert shot["operations"] == {"a": 1, "b": 2, "c": 1}
    assert (shot["chunks"], shot["bytes"]) == (4, 125)
    assert shot["errors"] == {"TIMEOUT": 1}
    assert (shot["retries"], shot["sheds"]) == (1, 1)
    assert shot["latency"]["count"] == 3
    assert shot["latency"]["sumSeconds"] == pytest.approx(0.9)
    below = {bucket["le"]: bucket["count"] for bucket in shot["latency"]["buckets"]}
    assert (below[0.25], below[0.5], below[None]) == (0, 3, 3)
    jsonschema.validate(shot, SNAPSHOT_SCHEMA)
    running.end("completed")
    assert metrics.snapshot()["sessions"]["active"] == 0


class CodedError(Exception):
    code = "MY_CODE"


@pytest.mark.parametrize(
    ("error", "state", "errors"),
    [
        (CodedError(), "failed", {"MY_CODE": 1}),
        (KeyError("x"), "failed", {"KeyError": 1}),
        (asyncio.CancelledError(), "cancelled", {}),
    ],
)
def test_the_block_of_a_session_names_its_failure(
    error: BaseException, state: str, errors: dict[str, int]
) -> None:
    metrics = Metrics()
    with pytest.raises(type(error)), metrics.session("x"):
        raise error
    shot = metrics.snapshot()
    assert shot["sessions"][state] == 1
    assert shot["sessions"]["active"] == 0
    assert shot["errors"] == errors


def test_the_text_says_what_the_snapshot_says() -> None:
    metrics = Metrics()
    with metrics.session("greet") as session:
        session.output(2, 10)
    metrics.begin("greet").end("failed", "TIMEOUT")
    metrics.begin("other").retried()
    read = samples(metrics.prometheus_text("runs"))
    assert read["runs_sessions_active", ""] == 1
    assert read["runs_sessions_total", "completed"] == 1
    assert read["runs_operations_total", "greet"] == 2
    assert read["runs_errors_total", "TIMEOUT"] == 1
    assert read["runs_chunks_total", ""] == 2
    assert read["runs_bytes_total", ""] == 10
    assert read["runs_retries_total", ""] == 1
    assert read["runs_sheds_total", ""] == 0
    assert read["runs_session_seconds_count", ""] == 2
    assert read["runs_session_seconds_bucket", "+Inf"] == 2


@given(st.lists(st.text(max_size=100) | st.text('"\\\n{}=# \u2028\ud800', max_size=8), max_size=30))
def test_hostile_names_stay_within_their_label(names: list[str]) -> None:
    metrics = Metrics(names=5)
    for name in names:
        metrics.begin(name).end("failed", name)
    shot = metrics.snapshot()
    assert sum(shot["operations"].values()) == sum(shot["errors"].values()) == len(names)
    assert len(shot["operations"]) <= 6
    assert all(len(name) <= 80 for name in shot["errors"])
    text = metrics.prometheus_text()
    text.encode("utf-8")
    read = samples(text)
    assert read["agent_sessions_total", "failed"] == len(names)
    for operation, count in shot["operations"].items():
        assert read["agent_operations_total", operation] == count
    assert all(re.match(r"# (HELP|TYPE) agent_|agent_\w+[{ ]", line) for line in text.splitlines())


@pytest.mark.parametrize("prefix", ["", "1a", "a b", "a\n", "é"])
def test_a_prefix_that_prometheus_does_not_allow(prefix: str) -> None:
    with pytest.raises(ValueError, match="cannot begin"):
        Metrics().prometheus_text(prefix)


def test_threads_lose_no_count() -> None:
    metrics = Metrics()

    def work(_: Any = None) -> None:
        for _number in range(2000):
            with metrics.session("x") as session:
                session.output(1, 2)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shot = metrics.snapshot()
    assert shot["sessions"]["completed"] == shot["chunks"] == 8000
    assert shot["bytes"] == 16000
