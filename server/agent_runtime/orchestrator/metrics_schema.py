"""The shape of `Metrics.snapshot()`, as JSON Schema."""

from __future__ import annotations

from typing import Any, Final

_COUNT: Final = {"type": "integer", "minimum": 0}
_COUNTS: Final = {"type": "object", "additionalProperties": _COUNT}


def _record(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


SNAPSHOT_SCHEMA: Final[dict[str, Any]] = _record(
    {
        "sessions": _record(
            dict.fromkeys(("active", "total", "completed", "failed", "cancelled"), _COUNT)
        ),
        "operations": {**_COUNTS, "description": "Sessions begun, by operation."},
        "chunks": _COUNT,
        "bytes": _COUNT,
        "errors": {**_COUNTS, "description": "Failed sessions, by error code."},
        "retries": _COUNT,
        "sheds": _COUNT,
        "latency": _record(
            {
                "count": _COUNT,
                "sumSeconds": {"type": "number", "minimum": 0},
                "buckets": {
                    "type": "array",
                    "description": "How many took no longer than `le` seconds; null has no bound.",
                    "items": _record({"le": {"type": ["number", "null"]}, "count": _COUNT}),
                },
            }
        ),
    }
)
