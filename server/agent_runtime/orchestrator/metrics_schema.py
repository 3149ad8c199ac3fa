"""The shape of `Metrics.snapshot()`, as JSON Schema, and the parts that other shapes share."""

from __future__ import annotations

from typing import Any, Final

COUNT: Final = {"type": "integer", "minimum": 0}
COUNTS: Final = {"type": "object", "additionalProperties": COUNT}


def record(properties: dict[str, Any]) -> dict[str, Any]:
    """An object of exactly these."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


LATENCY: Final = record(
    {
        "count": COUNT,
        "sumSeconds": {"type": "number", "minimum": 0},
        "buckets": {
            "type": "array",
            "description": "How many took no longer than `le` seconds; null has no bound.",
            "items": record({"le": {"type": ["number", "null"]}, "count": COUNT}),
        },
    }
)

SNAPSHOT_SCHEMA: Final[dict[str, Any]] = record(
    {
        "sessions": record(
            dict.fromkeys(("active", "total", "completed", "failed", "cancelled"), COUNT)
        ),
        "operations": {**COUNTS, "description": "Sessions begun, by operation."},
        "chunks": COUNT,
        "bytes": COUNT,
        "errors": {**COUNTS, "description": "Failed sessions, by error code."},
        "retries": COUNT,
        "sheds": COUNT,
        "latency": LATENCY,
    }
)
