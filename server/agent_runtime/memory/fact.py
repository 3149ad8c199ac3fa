"""One thing known, as it is remembered and as a store keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent_runtime.memory.records import number, text_field
from agent_runtime.memory.vectors import cosine, unit
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


@dataclass(frozen=True, slots=True)
class FactFound:
    """A fact that a search found. `score` is at most 1; higher is nearer."""

    fact: Fact
    score: float


def score_of(
    fact: Fact, direction: Sequence[float] | None, relevance: Mapping[str, float]
) -> float | None:
    """How near the fact is to what is asked for, at most 1; None when nothing is in common."""
    scores = []
    vector = fact.vector
    if direction is not None and vector is not None and len(direction) == len(vector):
        scores.append(cosine(direction, vector))
    if fact.key in relevance:
        scores.append(relevance[fact.key])
    return max(scores, default=None)


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
