"""What a store has of a memory, read with care: others may have written it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from agent_runtime.json_value import JsonValue
from agent_runtime.memory.kept import MemoryKind
from agent_runtime.persistence.store import MemoryRecord

_T = TypeVar("_T")

MAX_TEXT = 20_000
"""Characters of one text that is remembered; anything longer belongs into a file."""


def read_records(
    records: Iterable[MemoryRecord], kind: MemoryKind, read: Callable[[MemoryRecord], _T]
) -> tuple[list[_T], list[str]]:
    """What `read` gives for the records of a kind, and the ids of those where it is ValueError."""
    found: list[_T] = []
    unreadable: list[str] = []
    for record in records:
        if record.kind == kind:
            try:
                found.append(read(record))
            except ValueError:
                unreadable.append(record.id)
    return found, unreadable


def checked_text(text: str) -> str:
    """The text without blanks around it. ValueError when nothing is left, or too much."""
    text = text.strip()
    if not text:
        raise ValueError("There is nothing to remember: the text is blank.")
    if len(text) > MAX_TEXT:
        raise ValueError(
            f"A text to remember has at most {MAX_TEXT:,} characters, this one has {len(text):,}. "
            "Remember a summary, and where the whole is."
        )
    return text


def number(fields: Mapping[str, JsonValue], name: str, default: float) -> float:
    """A finite number of a record. ValueError when it is something else."""
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{name} is no number")
    return float(value)


def text_field(fields: Mapping[str, JsonValue], name: str) -> str:
    """A text of a record. ValueError when it is none."""
    value = fields.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    return checked_text(value)
