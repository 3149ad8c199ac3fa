"""Snapshots of counts in Prometheus' text format.

This module imports `prometheus_client`: import it when the text is asked for, not before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector


class _Families(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families


def exposition(families: Iterable[Metric]) -> str:
    """What a scrape would be answered."""
    registry = CollectorRegistry()
    registry.register(_Families(families))
    return generate_latest(registry).decode("utf-8")


def checked_prefix(prefix: str) -> str:
    """ValueError for a prefix that Prometheus does not allow."""
    if re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", prefix) is None:
        raise ValueError(f"{prefix!r} cannot begin a metric's name")
    return prefix


def text_of(snapshot: Mapping[str, Any], prefix: str) -> str:
    """`snapshot` as `Metrics.snapshot` gives it."""
    return exposition(_families(snapshot, checked_prefix(prefix)))


def session_families(sessions: Mapping[str, int], prefix: str) -> Iterator[Metric]:
    """How many run, and how many ended in which way."""
    yield GaugeMetricFamily(
        f"{prefix}_sessions_active", "Sessions that run now.", sessions["active"]
    )
    ends = {how: sessions[how] for how in ("completed", "failed", "cancelled")}
    yield counter_by(f"{prefix}_sessions", "Sessions that ended, by how.", "state", ends)


def counter_by(name: str, meaning: str, label: str, counts: Mapping[str, int]) -> Metric:
    """One counter for each value of the label."""
    family = CounterMetricFamily(name, meaning, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family


def latency_family(latency: Mapping[str, Any], prefix: str) -> Metric:
    """How long sessions took."""
    return HistogramMetricFamily(
        f"{prefix}_session_seconds",
        "How long sessions took.",
        buckets=[
            ("+Inf" if bucket["le"] is None else str(float(bucket["le"])), bucket["count"])
            for bucket in latency["buckets"]
        ],
        sum_value=latency["sumSeconds"],
    )


def _families(shot: Mapping[str, Any], prefix: str) -> Iterator[Metric]:
    yield from session_families(shot["sessions"], prefix)
    yield counter_by(f"{prefix}_operations", "Sessions begun.", "operation", shot["operations"])
    yield counter_by(f"{prefix}_errors", "Failed sessions, by error code.", "code", shot["errors"])
    for name, meaning in (
        ("chunks", "Pieces of output."),
        ("bytes", "Bytes of output."),
        ("retries", "Attempts that were repeated."),
        ("sheds", "Sessions turned away because too many ran."),
    ):
        yield CounterMetricFamily(f"{prefix}_{name}", meaning, shot[name])
    yield latency_family(shot["latency"], prefix)
