"""One thing that happened, as it is remembered and as a store keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from agent_runtime.memory.records import number, text_field
from agent_runtime.persistence.store import MemoryRecord


@dataclass(frozen=True, slots=True)
class Episode:
    """One thing remembered. Times are seconds since 1970, UTC.

    `importance` is from 0 to 1, as it was given. `last_at` is when it was stored or recalled last,
    `recalls` how often it was recalled.
    """

    id: str
    text: str
    importance: float
    created_at: float
    last_at: float
    recalls: int = 0


def episode_record(episode: Episode, recalled: int = 0) -> MemoryRecord:
    """As a store keeps it; `recalled` of its recalls the store does not know."""
    return MemoryRecord(
        episode.id,
        "episodic",
        {
            "text": episode.text,
            "importance": episode.importance,
            "created_at": episode.created_at,
            "last_at": episode.last_at,
            "recalls": episode.recalls,
        },
        {"recalls": recalled} if recalled else {},
    )


def read_episode(record: MemoryRecord) -> Episode:
    """What `episode_record` gave. ValueError when it is something else."""
    fields = record.fields
    created_at = number(fields, "created_at", 0.0)
    importance = number(fields, "importance", 0.5)
    recalls = number(fields, "recalls", 0)
    if not (0 <= importance <= 1 and recalls >= 0):
        raise ValueError("importance or recalls are out of their range")
    return Episode(
        record.id,
        text_field(fields, "text"),
        importance,
        created_at,
        number(fields, "last_at", created_at),
        int(recalls),
    )
