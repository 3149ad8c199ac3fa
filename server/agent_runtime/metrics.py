"""Counting what agents do, from the events of their sessions."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal, TypeAlias

from agent_runtime.events import EndReason, ErrorKind, Event
from agent_runtime.orchestrator.metrics import OTHER, Metrics, Session, SessionEnd

Outcome: TypeAlias = Literal["ok"] | ErrorKind
"""How a call of a tool ended."""

_ENDS: Final[dict[EndReason, SessionEnd]] = {"answered": "completed", "cancelled": "cancelled"}
"""Any other reason is a failure."""
INTERRUPTED: Final = "interrupted"
"""Counted as the failure of a run that left its session without an end, and said nothing."""


class RunMetrics:
    """Counts one run of a session. Made by `RuntimeMetrics.run`."""

    def __init__(self, metrics: RuntimeMetrics, session: Session) -> None:
        self._metrics = metrics
        self._session = session

    def saw(self, event: Event) -> None:
        """Counts an event that is new; copies in a fork and old ones are counted already."""
        if event["type"] == "model_retried":
            self.retried()
            return
        self._metrics._count(event)
        if event["type"] == "session_ended":
            reason = event["reason"]
            self._session.end(_ENDS.get(reason, "failed"), reason)

    def retried(self) -> None:
        """The model was asked again."""
        self._session.retried()


class RuntimeMetrics:
    """Counts sessions, steps, calls of tools, tokens, recalls and what was turned away.

    At most `names` agents, and tools, are told apart, the rest counts as `other`; so does what a
    model calls though there is no such tool. Safe for several threads. `clock` in seconds.

    >>> metrics = RuntimeMetrics()
    >>> with metrics.run("helper") as run:
    ...     run.retried()
    >>> metrics.snapshot()["failures"], metrics.snapshot()["retries"]
    ({'interrupted': 1}, 1)
    >>> 'agent_runtime_sessions_total{state="failed"} 1.0' in metrics.prometheus_text()
    True
    """

    def __init__(self, *, names: int = 50, clock: Callable[[], float] = time.perf_counter) -> None:
        self._sessions = Metrics(names=names, clock=clock)
        self._names = names
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._tokens: Counter[str] = Counter()
        self._tools: dict[str, Counter[Outcome]] = {}

    @contextmanager
    def run(self, agent: str) -> Iterator[RunMetrics]:
        """The block is one active session of the agent, until its end is seen or the block ends.

        An exception before that is named as the reason of a failure.
        """
        with self._sessions.session(agent) as session:
            yield RunMetrics(self, session)
            session.end("failed", INTERRUPTED)

    def shed(self) -> None:
        """A session was turned away before it began."""
        with self._lock:
            self._counts["sheds"] += 1

    def snapshot(self) -> dict[str, Any]:
        """All counts, as `metrics_schema.RUNTIME_SNAPSHOT_SCHEMA` describes them."""
        base = self._sessions.snapshot()
        with self._lock:
            counts, tokens = self._counts.copy(), self._tokens.copy()
            tools = {name: dict(outcomes) for name, outcomes in self._tools.items()}
        return {
            "sessions": base["sessions"] | {"resumed": counts["session_resumed"]},
            "agents": base["operations"],
            "failures": base["errors"],
            "steps": counts["step_started"],
            "modelCalls": counts["thought"],
            "retries": base["retries"],
            "tokens": {"input": tokens["input"], "output": tokens["output"]},
            "malformed": counts["malformed"],
            "toolCalls": tools,
            "recalls": counts["recalls"],
            "memoriesStored": counts["memory_stored"],
            "sheds": counts["sheds"],
            "latency": base["latency"],
        }

    def prometheus_text(self, prefix: str = "agent_runtime") -> str:
        """The counts in Prometheus' text format; every name begins with `prefix`.

        ValueError for a prefix that Prometheus does not allow.
        """
        from agent_runtime.metrics_text import text_of

        return text_of(self.snapshot(), prefix)

    def _count(self, event: Event) -> None:
        with self._lock:
            self._counts[event["type"]] += 1
            if event["type"] == "thought":
                self._tokens["input"] += event["tokens"]["input"]
                self._tokens["output"] += event["tokens"]["output"]
            elif event["type"] == "memory_recalled":
                self._counts["recalls"] += len(event["memories"])
            elif event["type"] == "observation":
                self._observed(event["tool"], event.get("error"))

    def _observed(self, tool: str | None, error: ErrorKind | None) -> None:
        if tool is None:
            self._counts["malformed"] += 1
            return
        is_known = tool in self._tools or len(self._tools) < self._names
        name = tool if is_known and error != "not_found" else OTHER
        self._tools.setdefault(name, Counter())[error or "ok"] += 1
