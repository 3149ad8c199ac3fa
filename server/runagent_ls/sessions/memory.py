"""What an agent remembers beyond its sessions, for people to look at."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from sys import getsizeof
from typing import Final

from agent_runtime.persistence.records import MemoryChange
from agent_runtime.persistence.store import MemoryRecord
from runagent_ls.sessions import fields
from runagent_ls.sessions.sizes import AN_ENTRY

MEMORY_BYTES: Final = 32 * 1024 * 1024
"""Of memory; far more than can be shown at once."""


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

    episodes: tuple[Episode, ...] = ()
    facts: tuple[Fact, ...] = ()


def memory_of(changes: Iterable[MemoryChange], most: int = MEMORY_BYTES) -> tuple[Memory, bool]:
    """What the changes to an agent's memory add up to, in at most so many bytes, and whether
    something was left out for them: what was changed longest ago. A record without a text says
    nothing."""
    found: OrderedDict[str, Episode | Fact] = OrderedDict()
    sizes: dict[str, int] = {}
    left, is_cut = most, False
    for change in changes:
        for name in change.removed:
            found.pop(name, None)
            left += sizes.pop(name, 0)
        for record in change.changed:
            found.pop(record.id, None)
            left += sizes.pop(record.id, 0)
            said = _read(record)
            if said is None:
                continue
            found[record.id] = said
            sizes[record.id] = _size(record.id, said)
            left -= sizes[record.id]
            while left < 0:
                is_cut = True
                oldest, _ = found.popitem(last=False)
                left += sizes.pop(oldest)
    episodes = [it for it in found.values() if isinstance(it, Episode)]
    episodes.sort(key=lambda it: (-(it.created_at or 0.0), it.id))
    facts = sorted((it for it in found.values() if isinstance(it, Fact)), key=lambda it: it.key)
    return Memory(tuple(episodes), tuple(facts)), is_cut


def _read(record: MemoryRecord) -> Episode | Fact | None:
    text = fields.text(record.fields, "text")
    if text is None:
        return None
    if record.kind == "episodic":
        return _episode(record, text)
    key = fields.text(record.fields, "key") or record.id
    return Fact(key, text, tuple(fields.texts(record.fields, "tags")))


def _size(name: str, said: Episode | Fact) -> int:
    texts = (name, said.text) if isinstance(said, Episode) else (said.key, said.text, *said.tags)
    return AN_ENTRY + sum(map(getsizeof, texts))


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
