"""One thing known, as it is remembered and as a store keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent_runtime.memory.records import number, text_field
from agent_runtime.memory.vectors import unit
from agent_runtime.persistence.store import MemoryRecord

PREFIX = "fact:"
"""Of the id, so that no key is the id of an episode."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known. Times are seconds since 1970, UTC.

    `vector` has the length 1, whatever was given; `recalls` is how often it was recalled.
    """

    key: str
    text: str
    tags: frozenset[str]
    vector: Sequence[float] | None
    changed_at: float
    last_at: float
    recalls: int = 0

    @property
    def id(self) -> str:
        """What events and records call it."""
        return PREFIX + self.key


def fact_record(fact: Fact) -> MemoryRecord:
    """As a store keeps it."""
    return MemoryRecord(
        fact.id,
        "semantic",
        {
            "key": fact.key,
            "text": fact.text,
            "tags": sorted(fact.tags),
            "vector": None if fact.vector is None else list(fact.vector),
            "changed_at": fact.changed_at,
            "last_at": fact.last_at,
            "recalls": fact.recalls,
        },
    )


def read_fact(record: MemoryRecord) -> Fact:
    """What `fact_record` gave. ValueError when it is something else."""
    fields = record.fields
    tags, vector = fields.get("tags", []), fields.get("vector")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ValueError("tags is no list of texts")
    if vector is not None and not isinstance(vector, list):
        raise ValueError("vector is no list")
    changed_at, recalls = number(fields, "changed_at", 0.0), number(fields, "recalls", 0)
    if recalls < 0:
        raise ValueError("recalls is less than 0")
    fact = Fact(
        text_field(fields, "key"),
        text_field(fields, "text"),
        frozenset(tags),
        None if vector is None else unit(vector),
        changed_at,
        number(fields, "last_at", changed_at),
        int(recalls),
    )
    if fact.id != record.id:
        raise ValueError("the key is not that of the id")
    return fact
