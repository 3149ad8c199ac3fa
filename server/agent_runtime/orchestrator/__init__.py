"""Parts for calling something that may be slow, busy or broken. Each is usable alone.

- `RetryPolicy`: again after a failure, with growing pauses
- `CircuitBreaker`: not at all for a while, after too many failures
- `BackpressureGuard`: only so many at once
- `Deduplicator`: equal calls once
- `Pipeline`: what comes back, changed step by step
- `Metrics`: counts of all that
"""

from agent_runtime.orchestrator.breaker import Attempt, CircuitBreaker, CircuitOpenError
from agent_runtime.orchestrator.breaker_redis import RedisBackend
from agent_runtime.orchestrator.breaker_state import (
    Admission,
    BreakerBackend,
    BreakerRules,
    BreakerState,
    MemoryBackend,
    Verdict,
)
from agent_runtime.orchestrator.dedup import DedupCounts, Deduplicator
from agent_runtime.orchestrator.guard import BackpressureGuard, BackpressureShed, GuardCounts
from agent_runtime.orchestrator.metrics import Metrics, Session, SessionEnd
from agent_runtime.orchestrator.pipeline import Pipeline, PipelineError, PipelineRun, Transform
from agent_runtime.orchestrator.retry import Retry, RetryPolicy, parse_retry_after

__all__ = [
    "Admission",
    "Attempt",
    "BackpressureGuard",
    "BackpressureShed",
    "BreakerBackend",
    "BreakerRules",
    "BreakerState",
    "CircuitBreaker",
    "CircuitOpenError",
    "DedupCounts",
    "Deduplicator",
    "GuardCounts",
    "MemoryBackend",
    "Metrics",
    "Pipeline",
    "PipelineError",
    "PipelineRun",
    "RedisBackend",
    "Retry",
    "RetryPolicy",
    "Session",
    "SessionEnd",
    "Transform",
    "Verdict",
    "parse_retry_after",
]
