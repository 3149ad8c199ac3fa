"""What has happened to an agent, and how well it still remembers."""

from __future__ import annotations

import heapq
import math
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from agent_runtime.limits import check_seconds, check_share, check_whole
from agent_runtime.memory.episode import Episode, episode_record, read_episode
from agent_runtime.memory.kept import AgentMemory, MemoryChanges, Recalled, Stored
from agent_runtime.memory.records import checked_text, read_records
from agent_runtime.memory.weights import RecallWeights
from agent_runtime.persistence.store import MemoryRecord
from agent_runtime.words import WordIndex

WEEK = 7 * 24 * 3600.0


class EpisodicMemory(AgentMemory):
    """Short texts about what happened, which fade unless they are recalled.

    A memory that was not recalled for `half_life` seconds counts half, after two of them a
    quarter. Recall puts them in order by a weighted mean of four numbers from 0 to 1: *relevance*,
    how much of the question's words (rare ones above all) the text has; *importance*, as given;
    *recency*, what fading leaves; *frequency*, `n / (n + 1)` after n recalls. Where there is no
    room, the memory goes whose faded importance is the least. Threads may share it.

    >>> memory = EpisodicMemory(capacity=100)
    >>> episode = memory.store("Ada prefers invoices by post.", importance=0.8)
    >>> episode = memory.store("The printer was out of paper.", importance=0.2)
    >>> [found.text for found in memory.recall("How does Ada want her invoices?", limit=1)]
    ['Ada prefers invoices by post.']
    """

    def __init__(
        self,
        capacity: int = 1_000,
        *,
        half_life: float = WEEK,
        weights: RecallWeights | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`half_life` in seconds, `math.inf` for never; `clock` as `time.time`.

        ValueError for a capacity below 1 and a half-life that is not above 0.
        """
        check_whole("capacity", capacity, 1)
        if half_life != math.inf:
            check_seconds("half_life", half_life)
        super().__init__()
        self.capacity = capacity
        self.half_life = half_life
        self.weights = weights or RecallWeights()
        self._clock = clock
        self._episodes: dict[str, Episode] = {}
        self._ids: dict[str, str] = {}
        self._recalled: Counter[str] = Counter()  # recalls that a store does not know of
        self._index = WordIndex()

    def store(self, text: str, *, importance: float = 0.5) -> Episode:
        """Remembers something. What is remembered in the same words already becomes fresh again.

        Where that is one too many, the least important of the others goes. ValueError for a blank
        text, one of more than 20,000 characters, and an importance not from 0 to 1.
        """
        text = checked_text(text)
        check_share("importance", importance)
        now = self._clock()
        with self._lock:
            known = self._episodes.get(self._ids.get(text, ""))
            if known is None:
                episode = Episode(secrets.token_hex(8), text, importance, now, now)
            else:
                importance = max(importance, known.importance)
                episode = replace(known, importance=importance, last_at=max(now, known.last_at))
            self._put(episode)
            self._mark_changed(episode.id, is_new=known is None)
            if len(self._episodes) > self.capacity:
                self._evict(keep=episode.id)
        self._tell(Stored(episode.id, "episodic", text))
        return episode

    def recall(self, query: str, *, limit: int = 5) -> list[Recalled]:
        """What fits best, best first, which counts as recalled: it is fresh again."""
        with self._lock:
            found = self.rank(query)[: max(0, limit)]
            self.touch([recalled.id for recalled in found])
        return found

    def rank(self, query: str) -> list[Recalled]:
        """All memories, best first, as `recall` would give them, without counting that."""
        with self._lock:
            now = self._clock()
            relevance = self._index.relevance(query) if self.weights.relevance else {}
            found = [
                Recalled(
                    episode.id,
                    "episodic",
                    episode.text,
                    self.weights.score(
                        relevance=relevance.get(episode.id, 0.0),
                        importance=episode.importance,
                        recency=self._freshness(episode, now),
                        recalls=episode.recalls,
                    ),
                    episode.recalls + 1,
                )
                for episode in reversed(self._episodes.values())
            ]
        # sorting keeps the order of equals: what was stored later comes first
        return sorted(found, key=lambda recalled: -recalled.score)

    def touch(self, ids: Iterable[str]) -> None:
        """Counts these as recalled now. Unknown ones are ignored."""
        with self._lock:
            now = self._clock()
            for found in ids:
                episode = self._episodes.get(found)
                if episode is not None:
                    self._episodes[found] = replace(
                        episode, last_at=max(now, episode.last_at), recalls=episode.recalls + 1
                    )
                    self._recalled[found] += 1
                    self._mark_changed(found)

    def strength(self, episode: Episode) -> float:
        """What fading has left of its importance: half of it after each half-life."""
        return episode.importance * self._freshness(episode, self._clock())

    def get(self, episode_id: str) -> Episode | None:
        """The memory of this id, without counting that as recalled."""
        return self._episodes.get(episode_id)

    def episodes(self) -> list[Episode]:
        """All of them, in the order in which they were stored first."""
        with self._lock:
            return list(self._episodes.values())

    def forget(self, episode_id: str) -> bool:
        """Whether there was something to forget."""
        with self._lock:
            if episode_id not in self._episodes:
                return False
            self._remove(episode_id)
            self._mark_removed(episode_id)
            self._recalled.pop(episode_id, None)
            return True

    def __len__(self) -> int:
        return len(self._episodes)

    def load(self, records: Iterable[MemoryRecord]) -> list[str]:
        """Takes what a store has in place of what was saved or loaded before.

        What is unsaved stays as it is. Gives the ids of records that cannot be read, which a store
        keeps as they are; other kinds are ignored. What is there twice in the same words becomes
        one memory.
        """
        read, unreadable = read_records(records, "episodic", read_episode)
        with self._lock:
            self._unknown -= {episode.id for episode in read}
            stored = {episode.id: episode for episode in read if episode.id not in self._removed}
            unsaved = {changed: self._unsaved(changed, stored) for changed in self._changed}
            for known in list(self._episodes):
                self._remove(known)
            merged = {**stored, **unsaved}.values()
            for episode in sorted(merged, key=lambda episode: episode.created_at):
                self._take(episode, is_stored=episode.id in stored)
            self._evict()
        return unreadable

    def take_changes(self) -> MemoryChanges:
        """What has changed since it was asked last; recalls as what is to be added."""
        with self._lock:
            changes = super().take_changes()
            self._recalled.clear()
            return changes

    def put_back(self, changes: MemoryChanges) -> None:
        """Has `take_changes` tell of these again, because they could not be saved."""
        with self._lock:
            super().put_back(changes)
            for record in changes.changed:
                self._recalled[record.id] += record.added.get("recalls", 0)

    def _unsaved(self, episode_id: str, stored: Mapping[str, Episode]) -> Episode:
        episode, kept = self._episodes[episode_id], stored.get(episode_id)
        if kept is None:
            return episode
        return replace(episode, recalls=kept.recalls + self._recalled[episode_id])

    def _take(self, episode: Episode, *, is_stored: bool) -> None:
        earlier = self._episodes.get(self._ids.get(episode.text, ""))
        if earlier is None:
            self._put(episode)
            return
        # Two processes have remembered the same, or one at each of its starts.
        if is_stored:
            self._mark_removed(episode.id)
        else:
            self._changed.pop(episode.id)
            self._unknown.discard(episode.id)
        self._put(
            replace(
                earlier,
                importance=max(earlier.importance, episode.importance),
                last_at=max(earlier.last_at, episode.last_at),
                recalls=earlier.recalls + episode.recalls,
            )
        )
        self._recalled[earlier.id] += episode.recalls
        self._mark_changed(earlier.id)

    def _record_of(self, record_id: str) -> MemoryRecord | None:
        episode = self._episodes.get(record_id)
        return None if episode is None else episode_record(episode, self._recalled[record_id])

    def _freshness(self, episode: Episode, now: float) -> float:
        # a clock that was set back makes nothing fresher than fresh
        return float(0.5 ** (max(0.0, now - episode.last_at) / self.half_life))

    def _lasting(self, episode: Episode) -> tuple[float, float]:
        """Orders by strength, at whatever time: two that fade alike never change places.

        The logarithm still tells apart what has faded to 0.0.
        """
        if episode.importance == 0:
            return -math.inf, episode.last_at
        fading = episode.last_at / self.half_life
        return math.log2(episode.importance) + fading, episode.last_at

    def _evict(self, keep: str | None = None) -> None:
        others = [episode for episode in self._episodes.values() if episode.id != keep]
        excess = len(self._episodes) - self.capacity
        for least in heapq.nsmallest(excess, others, key=self._lasting):
            self._remove(least.id)
            self._mark_removed(least.id)
            self._recalled.pop(least.id, None)

    def _put(self, episode: Episode) -> None:
        if episode.id not in self._episodes:
            self._index.add(episode.id, episode.text)
        self._episodes[episode.id] = episode
        self._ids[episode.text] = episode.id

    def _remove(self, episode_id: str) -> None:
        episode = self._episodes.pop(episode_id)
        self._index.discard(episode_id)
        if self._ids.get(episode.text) == episode_id:
            del self._ids[episode.text]
