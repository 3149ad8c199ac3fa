"""The shape of `RuntimeMetrics.snapshot()`, as JSON Schema."""

from __future__ import annotations

from typing import Any, Final

from agent_runtime.orchestrator.metrics_schema import COUNT, COUNTS, LATENCY, record

_SESSIONS: Final = ("active", "total", "completed", "failed", "cancelled", "resumed")

RUNTIME_SNAPSHOT_SCHEMA: Final[dict[str, Any]] = record(
    {
        "sessions": record(dict.fromkeys(_SESSIONS, COUNT))
        | {"description": "`total` were begun or resumed, `resumed` of them resumed."},
        "agents": {**COUNTS, "description": "Sessions begun or resumed, by agent."},
        "failures": {
            **COUNTS,
            "description": "Failed sessions, by the reason of their end or what was raised.",
        },
        "steps": COUNT,
        "modelCalls": COUNT,
        "retries": COUNT,
        "tokens": record({"input": COUNT, "output": COUNT}),
        "malformed": {**COUNT, "description": "Replies of models that could not be read."},
        "toolCalls": {
            "type": "object",
            "additionalProperties": COUNTS,
            "description": "By tool, then by outcome: `ok` or the kind of the error.",
        },
        "recalls": {**COUNT, "description": "Memories that were put into prompts."},
        "memoriesStored": COUNT,
        "sheds": COUNT,
        "latency": LATENCY,
    }
)
