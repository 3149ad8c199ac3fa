"""A snapshot of `RuntimeMetrics` in Prometheus' text format.

This module imports `prometheus_client`: import it when the text is asked for, not before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from prometheus_client.core import CounterMetricFamily, Metric

from agent_runtime.orchestrator.prometheus import (
    checked_prefix,
    counter_by,
    exposition,
    latency_family,
    session_families,
)

_COUNTERS: Final = {
    "steps": ("steps", "Steps that were begun."),
    "modelCalls": ("model_calls", "Replies of models."),
    "retries": ("retries", "Questions to models that were repeated."),
    "malformed": ("malformed_replies", "Replies of models that could not be read."),
    "recalls": ("recalls", "Memories that were put into prompts."),
    "memoriesStored": ("memories_stored", "Memories that were stored."),
    "sheds": ("sheds", "Sessions turned away because too many ran."),
}


def text_of(snapshot: Mapping[str, Any], prefix: str) -> str:
    """What a scrape would be answered; `snapshot` as `RuntimeMetrics.snapshot` gives it."""
    return exposition(_families(snapshot, checked_prefix(prefix)))


def _families(shot: Mapping[str, Any], prefix: str) -> Iterator[Metric]:
    sessions = shot["sessions"]
    yield from session_families(sessions, prefix)
    yield CounterMetricFamily(
        f"{prefix}_sessions_resumed", "Sessions that went on.", sessions["resumed"]
    )
    yield counter_by(f"{prefix}_sessions_begun", "Sessions begun.", "agent", shot["agents"])
    yield counter_by(f"{prefix}_failures", "Failed sessions.", "reason", shot["failures"])
    for key, (name, meaning) in _COUNTERS.items():
        yield CounterMetricFamily(f"{prefix}_{name}", meaning, shot[key])
    yield counter_by(f"{prefix}_tokens", "Tokens of models.", "direction", shot["tokens"])
    calls = CounterMetricFamily(
        f"{prefix}_tool_calls", "Calls of tools.", labels=["tool", "outcome"]
    )
    for tool, outcomes in shot["toolCalls"].items():
        for outcome, count in outcomes.items():
            calls.add_metric([tool, outcome], count)
    yield calls
    yield latency_family(shot["latency"], prefix)
