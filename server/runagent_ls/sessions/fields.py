"""Fields of events and records, which another version or another program may have written.

What has another type than it should have counts as left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from agent_runtime.json_value import JsonValue


def text(fields: Mapping[str, object], name: str) -> str | None:
    """A text."""
    value = fields.get(name)
    return value if isinstance(value, str) else None


def number(fields: Mapping[str, object], name: str) -> float | None:
    """A finite number."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def count(fields: Mapping[str, object], name: str) -> int | None:
    """A whole number from 0 on."""
    value = fields.get(name)
    return value if type(value) is int and value >= 0 else None


def mapping(fields: Mapping[str, object], name: str) -> dict[str, JsonValue]:
    """An object; empty when it is left out."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def objects(fields: Mapping[str, object], name: str) -> Iterator[dict[str, JsonValue]]:
    """The objects of an array."""
    value = fields.get(name)
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def texts(fields: Mapping[str, object], name: str) -> list[str]:
    """The texts of an array."""
    value = fields.get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def beginning(value: str, most: int) -> str:
    """At most so many characters of a text."""
    return value if len(value) <= most else f"{value[: most - 1]}…"
