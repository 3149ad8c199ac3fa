"""What an agent remembers, as JSON text and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent_runtime.json_value import JsonValue
from agent_runtime.persistence.batch import decoded_json, encoded
from agent_runtime.persistence.store import MemoryRecord


@dataclass(frozen=True, slots=True)
class MemoryChange:
    """What was saved together: `removed` are ids of records that were forgotten first."""

    removed: Sequence[str]
    changed: Sequence[MemoryRecord]


def encoded_record(record: MemoryRecord) -> str:
    """StoreError for what JSON cannot say."""
    what = f"The {record.kind} memory {record.id!r}"
    return encoded({"id": record.id, "kind": record.kind, "fields": record.fields}, what)


def encoded_change(record: MemoryRecord, kept: str | None) -> str:
    """Like `encoded_record`, where `kept` is what the store has of it: counts grow from there."""
    if kept is None or not record.added:
        return encoded_record(record)
    try:
        before = decoded_record(decoded_json(kept)).fields
    except ValueError:
        before = {}
    grown: dict[str, JsonValue] = {}
    for name, more in record.added.items():
        count = before.get(name)
        if type(count) is int:
            grown[name] = count + more
    return encoded_record(replace(record, fields={**record.fields, **grown}))


def decoded_record(value: JsonValue) -> MemoryRecord:
    """ValueError for anything but a record."""
    match value:
        case {"id": str(name), "kind": "episodic" | "semantic" as kind, "fields": dict(fields)}:
            return MemoryRecord(name, kind, fields)
        case _:
            raise ValueError("no record")
