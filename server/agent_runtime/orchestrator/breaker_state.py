"""What a circuit breaker remembers of each key, and the rules by which that changes."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from agent_runtime.limits import check_pause, check_seconds, check_whole

if TYPE_CHECKING:
    from cachetools import LRUCache

BreakerState: TypeAlias = Literal["closed", "open", "half-open"]
"""Calls go through; none does; one does, to see."""
Verdict: TypeAlias = Literal["success", "failure", "none"]
"""How a call ended, as far as the other side is concerned; `none` tells nothing about it."""


@dataclass(frozen=True, slots=True)
class BreakerRules:
    """When a breaker opens, and how it closes again.

    `recovery` and `probe_limit` in seconds. ValueError for limits that make no sense.
    """

    threshold: int = 5
    recovery: float = 30.0
    probe_limit: float = 600.0

    def __post_init__(self) -> None:
        check_whole("threshold", self.threshold, 1)
        check_pause("recovery", self.recovery)
        check_seconds("probe_limit", self.probe_limit)


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a call may begin. `token` settles it afterwards; `retry_after` in seconds."""

    allowed: bool
    state: BreakerState
    token: str = ""
    retry_after: float = 0.0


class BreakerBackend(Protocol):
    """Where breakers keep their state. Each method is one step that nothing can come between.

    None of them may fail because its store does: a breaker protects calls, it must not stop them.
    """

    async def admit(self, key: str, rules: BreakerRules) -> Admission:
        """Let a call begin or not; a call that is let through half open is the only probe."""

    async def settle(self, key: str, rules: BreakerRules, token: str, verdict: Verdict) -> None:
        """Remember how an admitted call ended; a token of an earlier state changes nothing."""

    async def state(self, key: str, rules: BreakerRules) -> BreakerState:
        """Where the breaker stands."""


@dataclass(slots=True)
class _Record:
    """Closed while `opened` is None. `epoch` changes with the state, so old results are known."""

    epoch: int
    failures: int = 0
    opened: float | None = None
    probe: float | None = None


class MemoryBackend:
    """State in this process, for any number of keys; the least used of `max_keys` is forgotten.

    Safe for several threads and event loops at once. `clock` in seconds. ValueError for a limit
    below 1.
    """

    def __init__(
        self, *, max_keys: int = 10_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        from cachetools import LRUCache

        check_whole("max_keys", max_keys, 1)
        self._clock = clock
        self._lock = threading.Lock()
        self._epochs = itertools.count(1)
        self._records: LRUCache[str, _Record] = LRUCache(max_keys)

    async def admit(self, key: str, rules: BreakerRules) -> Admission:
        """See `BreakerBackend`."""
        with self._lock:
            now, record = self._clock(), self._record(key)
            if record.opened is None:
                return Admission(True, "closed", str(record.epoch))
            if record.probe is not None:
                left = record.probe + rules.probe_limit - now
                if left > 0:
                    return Admission(False, "half-open", retry_after=min(left, rules.recovery))
            else:
                left = record.opened + rules.recovery - now
                if left > 0:
                    return Admission(False, "open", retry_after=left)
            record.probe, record.epoch = now, next(self._epochs)
            return Admission(True, "half-open", str(record.epoch))

    async def settle(self, key: str, rules: BreakerRules, token: str, verdict: Verdict) -> None:
        """See `BreakerBackend`."""
        with self._lock:
            record = self._record(key)
            if token != str(record.epoch):
                return
            if verdict == "none":
                if record.probe is not None:  # the next call probes
                    record.probe, record.epoch = None, next(self._epochs)
                return
            if verdict == "success" and record.opened is None:
                record.failures = 0
                return
            record.failures += verdict == "failure"
            if verdict == "failure" and record.opened is None and record.failures < rules.threshold:
                return
            opened = self._clock() if verdict == "failure" else None
            self._records[key] = _Record(next(self._epochs), opened=opened)

    async def state(self, key: str, rules: BreakerRules) -> BreakerState:
        """See `BreakerBackend`."""
        with self._lock:
            record = self._records.get(key)
            if record is None or record.opened is None:
                return "closed"
            waits = record.probe is None and self._clock() < record.opened + rules.recovery
            return "open" if waits else "half-open"

    def _record(self, key: str) -> _Record:
        record = self._records.get(key)
        if record is None:
            record = self._records[key] = _Record(next(self._epochs))
        return record
