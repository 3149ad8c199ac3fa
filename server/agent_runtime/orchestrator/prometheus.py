"""A snapshot of `Metrics` in Prometheus' text format.

This module imports `prometheus_client`: import it when the text is asked for, not before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


class _Snapshot(Collector):
    def __init__(self, snapshot: Mapping[str, Any], prefix: str) -> None:
        self._snapshot = snapshot
        self._prefix = prefix

    def collect(self) -> Iterator[Metric]:
        shot = self._snapshot
        sessions = shot["sessions"]
        yield GaugeMetricFamily(
            f"{self._prefix}_sessions_active", "Sessions that run now.", sessions["active"]
        )
        ends = {how: sessions[how] for how in ("completed", "failed", "cancelled")}
        yield self._by("sessions", "Sessions that ended, by how.", "state", ends)
        yield self._by("operations", "Sessions begun.", "operation", shot["operations"])
        yield self._by("errors", "Failed sessions, by error code.", "code", shot["errors"])
        for name, meaning in (
            ("chunks", "Pieces of output."),
            ("bytes", "Bytes of output."),
            ("retries", "Attempts that were repeated."),
            ("sheds", "Sessions turned away because too many ran."),
        ):
            yield CounterMetricFamily(f"{self._prefix}_{name}", meaning, shot[name])
        latency = shot["latency"]
        yield HistogramMetricFamily(
            f"{self._prefix}_session_seconds",
            "How long sessions took.",
            buckets=[
                ("+Inf" if bucket["le"] is None else str(float(bucket["le"])), bucket["count"])
                for bucket in latency["buckets"]
            ],
            sum_value=latency["sumSeconds"],
        )

    def _by(self, name: str, meaning: str, label: str, counts: Mapping[str, int]) -> Metric:
        family = CounterMetricFamily(f"{self._prefix}_{name}", meaning, labels=[label])
        for value, count in counts.items():
            family.add_metric([value], count)
        return family


def text_of(snapshot: Mapping[str, Any], prefix: str) -> str:
    """What a scrape would be answered; `snapshot` as `Metrics.snapshot` gives it."""
    registry = CollectorRegistry()
    registry.register(_Snapshot(snapshot, prefix))
    return generate_latest(registry).decode("utf-8")
