"""How much memory things take, for what is only read as far as memory has a limit."""

from __future__ import annotations

from sys import getsizeof
from typing import Final

from agent_runtime.json_value import JsonValue

AN_ENTRY: Final = 400
"""Bytes that tables take for each thing in them."""


def size_of(value: JsonValue, most: int) -> int:
    """Bytes of memory, about; counted no further than `most`."""
    size = 0
    waiting: list[JsonValue] = [value]
    while waiting and size <= most:
        item = waiting.pop()
        size += getsizeof(item)
        if isinstance(item, dict):
            waiting += item
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return size
