"""What an agent knows: texts by key, found by words, by tags, and by the direction of vectors."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from agent_runtime.limits import check_seconds, check_whole
from agent_runtime.memory.embedding import Embed, Embedder, in_thread
from agent_runtime.memory.fact import PREFIX, Fact, FactFound, fact_record, read_fact, score_of
from agent_runtime.memory.kept import AgentMemory, Recalled, Stored
from agent_runtime.memory.records import checked_text, read_records
from agent_runtime.memory.vectors import unit
from agent_runtime.memory.weights import RecallWeights
from agent_runtime.persistence.store import MemoryRecord
from agent_runtime.words import WordIndex


class SemanticMemory(AgentMemory):
    """Facts by key, at most `capacity`; one more makes the least recently used go.

    With `embed` every text gets a vector, and searching compares what texts mean, not only their
    words. Vectors may also be given, by whoever has them. When `embed` fails, or takes longer than
    `embed_limit` seconds, words alone count, and a warning is logged; the same holds for facts
    whose vectors are of another length, as those of another model, until they are set again.
    Threads may share it.

    >>> memory = SemanticMemory()
    >>> fact = memory.set("office", "The office is in Lisbon.", tags=["company"])
    >>> memory.get("office").text
    'The office is in Lisbon.'
    >>> [found.fact.key for found in memory.search("Where is the office?")]
    ['office']
    """

    def __init__(
        self,
        capacity: int = 10_000,
        *,
        embed: Embed | None = None,
        embed_limit: float = 10.0,
        weights: RecallWeights | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`weights` put facts in order when they are recalled, as those of `EpisodicMemory` do;
        `clock` as `time.time`. ValueError for a capacity below 1 and a limit not above 0."""
        check_whole("capacity", capacity, 1)
        check_seconds("embed_limit", embed_limit)
        super().__init__()
        self.capacity = capacity
        self.weights = weights or RecallWeights()
        self._embedder = None if embed is None else Embedder(embed, embed_limit, self._degraded)
        self._clock = clock
        self._facts: dict[str, Fact] = {}  # the least recently used first
        self._index = WordIndex()

    def set(
        self,
        key: str,
        text: str,
        *,
        tags: Iterable[str] = (),
        vector: Sequence[float] | None = None,
    ) -> Fact:
        """Knows this from now on, in place of what the key held.

        ValueError for a blank key or text, one of more than 20,000 characters, and a vector of
        another length than those before, or of something else than finite numbers. A text for
        which `embed` fails has no vector.
        """
        key, text = checked_text(key), checked_text(text)
        direction = self._embedded(text) if vector is None else unit(vector)
        return self._learned(key, text, tags, direction, is_given=vector is not None)

    async def aset(
        self,
        key: str,
        text: str,
        *,
        tags: Iterable[str] = (),
        vector: Sequence[float] | None = None,
    ) -> Fact:
        """The same for async code, whose event loop goes on while `embed` works. A cancel until
        then changes nothing."""
        key, text = checked_text(key), checked_text(text)
        if vector is not None or self._embedder is None:
            return self.set(key, text, tags=tags, vector=vector)
        direction = await in_thread(lambda: self._embedded(text))
        return self._learned(key, text, tags, direction, is_given=False)

    def _learned(
        self,
        key: str,
        text: str,
        tags: Iterable[str],
        direction: array[float] | None,
        *,
        is_given: bool,
    ) -> Fact:
        with self._lock:
            if is_given and direction is not None:
                self._check_length(len(direction), apart_from=key)
            now = self._clock()
            known = self._facts.get(key)
            recalls = known.recalls if known else 0
            fact = Fact(key, text, _tags(tags), direction, now, now, recalls)
            self._put(fact)
            self._mark_changed(fact.id, is_new=known is None)
            self._evict()
        self._tell(Stored(fact.id, "semantic", text))
        return fact

    def get(self, key: str) -> Fact | None:
        """What the key holds, which makes it the last used."""
        with self._lock:
            fact = self._facts.pop(key.strip(), None)
            if fact is not None:
                self._facts[fact.key] = fact
            return fact

    def delete(self, key: str) -> bool:
        """Whether there was something to forget."""
        with self._lock:
            fact = self._facts.get(key.strip())
            if fact is None:
                return False
            self._remove(fact)
            self._mark_removed(fact.id)
            return True

    def facts(self, *, tags: Iterable[str] = ()) -> list[Fact]:
        """Those that have all of the tags, by key."""
        wanted = _tags(tags)
        with self._lock:
            having = [fact for fact in self._facts.values() if wanted <= fact.tags]
        return sorted(having, key=lambda fact: fact.key)

    def search(
        self,
        query: str = "",
        *,
        vector: Sequence[float] | None = None,
        tags: Iterable[str] = (),
        limit: int = 5,
    ) -> list[FactFound]:
        """Facts that have all of the tags, nearest first.

        The score of a fact is the cosine similarity of its vector with the one asked for, which
        `embed` makes of `query` where it is not given; or, if that is more, how much of the
        query's words its key, text and tags have; facts that have neither are not found. Without
        query and vector all are, with the score 0, by key. Nothing counts as recalled. ValueError
        for a vector that is given and of another length.
        """
        direction = self._embedded(query) if vector is None else unit(vector)
        with self._lock:
            if vector is not None:
                self._check_length(len(vector))
            others = 0 if direction is None else self._of_other_length(len(direction))
            relevance = self._index.relevance(query)
            candidates = self.facts(tags=tags)
        if others and vector is None:
            self._degraded(
                f"Facts that have vectors of another model, and are found by words only: {others}. "
                "Set them again."
            )
        if direction is None and not query.strip():
            found = [FactFound(fact, 0.0) for fact in candidates]
        else:
            found = [
                FactFound(fact, score)
                for fact in candidates
                if (score := score_of(fact, direction, relevance)) is not None
            ]
        return sorted(found, key=lambda one: -one.score)[: max(0, limit)]

    async def asearch(
        self,
        query: str = "",
        *,
        vector: Sequence[float] | None = None,
        tags: Iterable[str] = (),
        limit: int = 5,
    ) -> list[FactFound]:
        """The same for async code, whose event loop goes on meanwhile."""
        return await in_thread(lambda: self.search(query, vector=vector, tags=tags, limit=limit))

    def rank(self, query: str) -> list[Recalled]:
        """What has to do with the query, best first, without counting it as recalled.

        To be put in one order with episodes: as one of middling importance that does not fade.
        """
        found = [one for one in self.search(query, limit=self.capacity) if one.score > 0]
        ranked = [
            Recalled(
                one.fact.id,
                "semantic",
                f"{one.fact.key}: {one.fact.text}",
                self.weights.score(
                    relevance=one.score, importance=0.5, recency=1.0, recalls=one.fact.recalls
                ),
                one.fact.recalls + 1,
            )
            for one in found
        ]
        return sorted(ranked, key=lambda recalled: -recalled.score)

    def touch(self, ids: Iterable[str]) -> None:
        """Counts these as recalled now. Unknown ones are ignored."""
        with self._lock:
            now = self._clock()
            for found in ids:
                fact = self.get(found.removeprefix(PREFIX)) if found.startswith(PREFIX) else None
                if fact is not None:
                    recalled = replace(fact, last_at=now, recalls=fact.recalls + 1)
                    self._facts[fact.key] = recalled
                    self._mark_changed(found)

    def __len__(self) -> int:
        return len(self._facts)

    def load(self, records: Iterable[MemoryRecord]) -> list[str]:
        """Takes what a store has in place of what was saved or loaded before.

        What is unsaved stays as it is. Gives the ids of records that cannot be read, which a store
        keeps as they are; other kinds are ignored.
        """
        read, unreadable = read_records(records, "semantic", read_fact)
        with self._lock:
            self._unknown -= {fact.id for fact in read}
            recalls = {fact.key: fact.recalls for fact in read}
            unsaved = [
                replace(fact, recalls=max(fact.recalls, recalls.get(fact.key, 0)))
                for fact in self._facts.values()
                if fact.id in self._changed
            ]
            for fact in list(self._facts.values()):
                self._remove(fact)
            for fact in unsaved + sorted(read, key=lambda fact: fact.last_at):
                if fact.key not in self._facts and fact.id not in self._removed:
                    self._put(fact)
            for fact in unsaved:
                self.get(fact.key)
            self._evict()
        return unreadable

    def _record_of(self, record_id: str) -> MemoryRecord | None:
        fact = self._facts.get(record_id.removeprefix(PREFIX))
        return None if fact is None else fact_record(fact)

    def _embedded(self, text: str) -> array[float] | None:
        if self._embedder is None or not text.strip():
            return None
        return self._embedder.direction(text)

    def _lengths(self, apart_from: str | None = None) -> list[int]:
        """Of each vector."""
        return [
            len(fact.vector)
            for fact in self._facts.values()
            if fact.vector is not None and fact.key != apart_from
        ]

    def _check_length(self, length: int, apart_from: str | None = None) -> None:
        known = sorted(set(self._lengths(apart_from)))
        if known and length not in known:
            raise ValueError(
                f"The vectors here have {' or '.join(map(str, known))} numbers, this one has "
                f"{length}. Vectors of different models cannot be compared: set the other facts "
                "again with this one."
            )

    def _of_other_length(self, length: int) -> int:
        """How many vectors cannot be compared with one of that length."""
        return sum(known != length for known in self._lengths())

    def _evict(self) -> None:
        while len(self._facts) > self.capacity:
            least = next(iter(self._facts.values()))
            self._remove(least)
            self._mark_removed(least.id)

    def _put(self, fact: Fact) -> None:
        self._facts.pop(fact.key, None)
        self._facts[fact.key] = fact
        self._index.add(fact.key, " ".join([fact.key, fact.text, *fact.tags]))

    def _remove(self, fact: Fact) -> None:
        del self._facts[fact.key]
        self._index.discard(fact.key)


def _tags(tags: Iterable[str]) -> frozenset[str]:
    return frozenset([tags] if isinstance(tags, str) else tags)
