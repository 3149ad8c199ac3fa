"""What an agent remembers beyond its sessions, for people to look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent_runtime.persistence.store import MemoryRecord
from runagent_ls.sessions import fields


@dataclass(frozen=True, slots=True)
class Episode:
    """Something that happened. Times are seconds since 1970; None for what is not said."""

    id: str
    text: str
    importance: float | None
    recalls: int | None
    created_at: float | None
    last_at: float | None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known by a key."""

    key: str
    text: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """`episodes` newest first, `facts` by key."""

    episodes: tuple[Episode, ...]
    facts: tuple[Fact, ...]


def memory_of(records: Iterable[MemoryRecord]) -> Memory:
    """What the records of an agent say; one without a text says nothing."""
    episodes, facts = [], []
    for record in records:
        text = fields.text(record.fields, "text")
        if text is None:
            continue
        if record.kind == "episodic":
            episodes.append(_episode(record, text))
        else:
            key = fields.text(record.fields, "key") or record.id
            facts.append(Fact(key, text, tuple(fields.texts(record.fields, "tags"))))
    episodes.sort(key=lambda it: (-(it.created_at or 0.0), it.id))
    facts.sort(key=lambda it: it.key)
    return Memory(tuple(episodes), tuple(facts))


def _episode(record: MemoryRecord, text: str) -> Episode:
    said = record.fields
    return Episode(
        record.id,
        text,
        fields.number(said, "importance"),
        fields.count(said, "recalls"),
        fields.number(said, "created_at"),
        fields.number(said, "last_at"),
    )
