"""Counting what runs: read as a plain dict, or as text for Prometheus."""

from __future__ import annotations

import asyncio
import bisect
import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal, TypeAlias

from agent_runtime.limits import check_whole

SessionEnd: TypeAlias = Literal["completed", "failed", "cancelled"]
"""How a counted session ended."""

LATENCY_BOUNDS_S: Final = (
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
    60.0,
    300.0,
)
"""Upper bounds of the histogram's buckets in seconds; a last one takes the rest."""

OTHER: Final = "other"
"""Under this name is counted what comes after the room for names is used up."""
LONGEST_NAME: Final = 80


class Session:
    """One counted session. Made by `Metrics`; ends once, later ends are ignored."""

    __slots__ = ("_begun", "_ended", "_metrics")

    def __init__(self, metrics: Metrics, begun: float) -> None:
        self._metrics = metrics
        self._begun = begun
        self._ended = False

    def output(self, chunks: int, size: int) -> None:
        """`chunks` arrived together, `size` bytes in all."""
        self._metrics._add(chunks=chunks, size=size)

    def retried(self) -> None:
        """It was tried again."""
        self._metrics._add(retries=1)

    def shed(self) -> None:
        """It was turned away; `end` is still to be called."""
        self._metrics._add(sheds=1)

    def end(self, how: SessionEnd, code: str | None = None) -> None:
        """`code` names the error of a failed session."""
        if not self._ended:
            self._ended = True
            self._metrics._end(self._begun, how, code)


class Metrics:
    """Counts sessions, their output, failures and how long they took.

    Names (operations, error codes) may come from anywhere: at most `names` different ones of each
    kind are told apart, shortened to 80 characters without control characters. Safe for several
    threads. `clock` in seconds.

        with metrics.session("greet") as session:
            session.output(1, 120)
    """

    def __init__(self, *, names: int = 50, clock: Callable[[], float] = time.perf_counter) -> None:
        check_whole("names", names, 0)
        self._names = names
        self._clock = clock
        self._lock = threading.Lock()
        self._active = self._chunks = self._bytes = self._retries = self._sheds = 0
        self._ends: Counter[SessionEnd] = Counter()
        self._operations: Counter[str] = Counter()
        self._errors: Counter[str] = Counter()
        self._latency = [0] * (len(LATENCY_BOUNDS_S) + 1)
        self._latency_sum = 0.0

    def begin(self, operation: str) -> Session:
        """Count a session that begins now; its `end` must follow. `session` sees to that."""
        with self._lock:
            self._active += 1
            self._operations[self._room(self._operations, operation)] += 1
        return Session(self, self._clock())

    @contextmanager
    def session(self, operation: str) -> Iterator[Session]:
        """Count the block as a session; an exception's `code` or type names its failure."""
        session = self.begin(operation)
        try:
            yield session
        except asyncio.CancelledError:
            session.end("cancelled")
            raise
        except BaseException as error:
            code = getattr(error, "code", None)
            session.end("failed", code if isinstance(code, str) else type(error).__name__)
            raise
        finally:
            session.end("completed")

    def snapshot(self) -> dict[str, Any]:
        """All counts, as `metrics_schema.SNAPSHOT_SCHEMA` describes them."""
        with self._lock:
            ends = {how: self._ends[how] for how in ("completed", "failed", "cancelled")}
            total = self._active + sum(ends.values())
            counts = itertools.accumulate(self._latency)
            bounds = [*LATENCY_BOUNDS_S, None]
            return {
                "sessions": {"active": self._active, "total": total, **ends},
                "operations": dict(self._operations),
                "chunks": self._chunks,
                "bytes": self._bytes,
                "errors": dict(self._errors),
                "retries": self._retries,
                "sheds": self._sheds,
                "latency": {
                    "count": sum(self._latency),
                    "sumSeconds": self._latency_sum,
                    "buckets": [
                        {"le": bound, "count": count}
                        for bound, count in zip(bounds, counts, strict=True)
                    ],
                },
            }

    def prometheus_text(self, prefix: str = "agent") -> str:
        """The counts in Prometheus' text format; every name begins with `prefix`.

        ValueError for a prefix that Prometheus does not allow.
        """
        from agent_runtime.orchestrator.prometheus import text_of

        return text_of(self.snapshot(), prefix)

    def _add(self, *, chunks: int = 0, size: int = 0, retries: int = 0, sheds: int = 0) -> None:
        with self._lock:
            self._chunks += chunks
            self._bytes += size
            self._retries += retries
            self._sheds += sheds

    def _end(self, begun: float, how: SessionEnd, code: str | None) -> None:
        seconds = self._clock() - begun
        with self._lock:
            self._active -= 1
            self._ends[how] += 1
            if how == "failed":
                self._errors[self._room(self._errors, code or "UNKNOWN_ERROR")] += 1
            self._latency[bisect.bisect_left(LATENCY_BOUNDS_S, seconds)] += 1
            self._latency_sum += seconds

    def _room(self, counter: Counter[str], name: str) -> str:
        shown = "".join(c if c.isprintable() else "\ufffd" for c in name[:LONGEST_NAME])
        return shown if shown in counter or len(counter) < self._names else OTHER
