"""What a store of sessions does. All of it blocks: the runtime calls it in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from agent_runtime.events import EndReason, Event, Fork
from agent_runtime.json_value import JsonValue


class StoreError(Exception):
    """A store could not do what it should. The message names the place and what can be done."""


class UnsavableError(StoreError):
    """What was to be saved is too large, or nothing that JSON can say. The store has nothing of it,
    and takes whatever comes next."""


class SessionNotFoundError(StoreError):
    """There is no session of this id."""


class SessionExistsError(StoreError):
    """There is one of this id already."""


class SessionBusyError(StoreError):
    """Another run, in this process or another one that lives, works on the session."""


SessionState: TypeAlias = Literal["running", "interrupted", "ended"]
"""`interrupted`: it has no end, and nobody works on it any more."""


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session in a list. Times are seconds since 1970, UTC; `steps` those that are complete."""

    id: str
    agent: str
    input: str
    state: SessionState
    reason: EndReason | None
    steps: int
    entity_count: int
    started_at: float
    last_at: float
    forked_from: Fork | None

    def place(self) -> tuple[float, float, str]:
        """For sorting: what was worked on last comes first. A fork began when its origin did."""
        return -self.last_at, -self.started_at, self.id


@dataclass(frozen=True, slots=True)
class MemoryRecord:
    """Something remembered for an agent, beyond a session. `fields` is what the kind needs.

    `added` says of counts in `fields` by how much they have grown: by so much what the store has
    grows when the record is saved, whatever other processes have counted meanwhile.
    """

    id: str
    kind: Literal["episodic", "semantic"]
    fields: dict[str, JsonValue]
    added: dict[str, int] = field(default_factory=dict)


@runtime_checkable
class SessionStore(Protocol):
    """Sessions are their kept events in order; memory belongs to an agent, by its name.

    `append` has saved all of the events when it returns, or, however it ends, none. Damage by
    others is reported as `StoreError`, except for a last event that was not written to its end:
    it never happened.
    """

    def append(self, session: str, events: Sequence[Event]) -> None:
        """Adds events; the first one of a session must be its `session_started`.

        SessionNotFoundError, SessionExistsError, and StoreError when `seq` leaves a hole.
        """

    def creating(self, session: str) -> AbstractContextManager[Callable[[Sequence[Event]], None]]:
        """A new session, whole or not at all: what the block adds, by calling what it is given as
        `append` is called, is there when the block has ended well. For who has its lease.
        SessionExistsError."""

    def events(self, session: str, after: int = -1) -> Iterator[Event]:
        """Kept events whose `seq` is greater than `after`, in order. SessionNotFoundError."""

    def sessions(self, agent: str | None = None) -> list[SessionSummary]:
        """Of one agent or of all, what was worked on last first. A damaged session does not hide
        the others."""

    def delete(self, session: str) -> None:
        """Forgets a session. SessionNotFoundError, SessionBusyError."""

    def lease(self, session: str) -> AbstractContextManager[None]:
        """Nobody else works on the session in this block, which ends with the process at the
        latest. SessionBusyError."""

    def load_memory(self, agent: str) -> list[MemoryRecord]:
        """All that is remembered for an agent."""

    def save_memory(
        self, agent: str, changed: Sequence[MemoryRecord], removed: Sequence[str]
    ) -> None:
        """Adds or replaces records and forgets others, all or nothing."""
