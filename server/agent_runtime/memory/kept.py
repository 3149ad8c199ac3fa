"""What is remembered beyond a session: changes to be saved, and who is told of them."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from agent_runtime.persistence.store import MemoryRecord

MemoryKind: TypeAlias = Literal["episodic", "semantic"]

_LOG: Final = logging.getLogger("agent_runtime.memory")


@dataclass(frozen=True, slots=True)
class Stored:
    """Something that is remembered from now on: what a `memory_stored` event says."""

    id: str
    kind: MemoryKind
    text: str


@dataclass(frozen=True, slots=True)
class Degraded:
    """A memory works less well than it should: what a `memory_degraded` event says."""

    problem: str


@dataclass(frozen=True, slots=True)
class Recalled:
    """Something remembered that was asked for; a higher `score` fits better. `recalls` counts
    this time too."""

    id: str
    kind: MemoryKind
    text: str
    score: float
    recalls: int


@dataclass(frozen=True, slots=True)
class MemoryChanges:
    """What a store has to be told: `SessionStore.save_memory`. `removed` are ids."""

    changed: list[MemoryRecord]
    removed: list[str]

    def __bool__(self) -> bool:
        return bool(self.changed or self.removed)


class AgentMemory(ABC):
    """What belongs to an agent and is kept across its sessions. Threads may share it."""

    def __init__(self) -> None:
        self._changed: dict[str, None] = {}  # ids that a store does not know as they are
        self._removed: dict[str, None] = {}
        self._unknown: set[str] = set()  # ids that no store can have
        self._observers: list[Callable[[Stored | Degraded], None]] = []
        self._lock = threading.RLock()

    @abstractmethod
    def rank(self, query: str) -> list[Recalled]:
        """What fits the query, best first, without counting that as recalled."""

    @abstractmethod
    def touch(self, ids: Iterable[str]) -> None:
        """Counts these as recalled now. Unknown ones are ignored."""

    @abstractmethod
    def load(self, records: Iterable[MemoryRecord]) -> list[str]:
        """Takes what a store has in place of what was saved or loaded before.

        What is unsaved stays as it is. Gives the ids of records that cannot be read, which a store
        keeps as they are; other kinds are ignored.
        """

    @abstractmethod
    def _record_of(self, record_id: str) -> MemoryRecord | None:
        """What is kept under this id."""

    def observe(self, told: Callable[[Stored | Degraded], None]) -> Callable[[], None]:
        """Calls `told` for what is stored, and for what goes less well than it should, in the
        thread where that happens; gives what ends that.

        A function that observes already is told once all the same: several runtimes may share a
        memory.
        """
        with self._lock:
            if told not in self._observers:
                self._observers.append(told)

        def remove() -> None:
            with self._lock:
                self._observers = [other for other in self._observers if other != told]

        return remove

    def take_changes(self) -> MemoryChanges:
        """What has changed since it was asked last, for `SessionStore.save_memory`."""
        with self._lock:
            records = [self._record_of(changed) for changed in self._changed]
            changed = [record for record in records if record is not None]
            changes = MemoryChanges(changed, list(self._removed))
            self._changed.clear()
            self._removed.clear()
            self._unknown.clear()
            return changes

    def put_back(self, changes: MemoryChanges) -> None:
        """Has `take_changes` tell of these again, because they could not be saved."""
        with self._lock:
            for record in changes.changed:
                if self._record_of(record.id) is not None:
                    self._mark_changed(record.id)
            for removed in changes.removed:
                if self._record_of(removed) is None:
                    self._mark_removed(removed)

    def _mark_changed(self, record_id: str, *, is_new: bool = False) -> None:
        if is_new and record_id not in self._removed:
            self._unknown.add(record_id)
        self._removed.pop(record_id, None)
        self._changed[record_id] = None

    def _mark_removed(self, record_id: str) -> None:
        self._changed.pop(record_id, None)
        if record_id in self._unknown:  # else they were more and more where nothing is ever saved
            self._unknown.discard(record_id)
        else:
            self._removed[record_id] = None

    def _tell(self, what: Stored | Degraded) -> None:
        with self._lock:
            observers = list(self._observers)
        for told in observers:
            try:
                told(what)
            except Exception as error:  # noqa: BLE001 - what was stored is stored all the same
                _LOG.warning("Who observes memory has failed: %s", type(error).__name__)

    def _degraded(self, problem: str) -> None:
        """Tells observers, and the log. Not to be called with the lock."""
        _LOG.warning("%s", problem)
        self._tell(Degraded(problem))
