"""How far a session has come, kept up as its events are saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final, get_args

from agent_runtime.events import EndReason, Event, Fork
from agent_runtime.json_value import JsonValue
from agent_runtime.persistence.batch import BEYOND_ALL
from agent_runtime.persistence.store import (
    SessionExistsError,
    SessionNotFoundError,
    SessionState,
    SessionSummary,
    StoreError,
)

LONGEST_INPUT: Final = 1_000
"""Characters of a session's input in a list."""
LONGEST_NAME: Final = 4_096
"""Characters of the id of a session in a list, or of an agent's name."""
_REASONS: Final[tuple[EndReason, ...]] = get_args(EndReason)


@dataclass(slots=True)
class Progress:
    """What a `SessionSummary` says, and `next_seq`, the number of the next event."""

    next_seq: int = 0
    agent: str = ""
    input: str = ""
    reason: EndReason | None = None
    ended: bool = False
    steps: int = 0
    entity_count: int = 0
    started_at: float = 0.0
    last_at: float = 0.0
    forked_session: str | None = None
    forked_step: int = 0

    def check_next(self, session: str, seq: int, place: Path) -> None:
        """StoreError and its kinds when `seq` is not the number of the next event."""
        if seq == self.next_seq:
            return
        if seq == 0:
            raise SessionExistsError(f"There is a session {session!r} already in {place}.")
        if self.next_seq == 0:
            raise SessionNotFoundError(f"There is no session {session!r} in {place}.")
        raise StoreError(
            f"Event {seq} cannot be the next one of session {session!r}, which would be"
            f" {self.next_seq}: has another run added to it?"
        )

    def apply(self, event: Event) -> None:
        """Follow one more event. Fields that are missing or wrong count for nothing."""
        fields_of: Mapping[str, object] = dict(event)
        self.next_seq += 1
        self.last_at = float(event["at"])
        # a session that goes on is not ended any more
        self.ended = event["type"] == "session_ended"
        self.reason = None
        match event["type"]:
            case "session_started":
                self._start(fields_of)
            case "checkpoint":
                self.steps = max(self.steps, event["step"])
            case "graph_changed":
                self.entity_count = _count(fields_of.get("entity_count"), self.entity_count)
            case "session_ended":
                self.steps = _count(fields_of.get("steps"), self.steps)
                self.entity_count = _count(fields_of.get("entity_count"), self.entity_count)
                self.reason = _reason(fields_of.get("reason"))
            case _:
                pass

    def _start(self, event: Mapping[str, object]) -> None:
        # one more than may be: enough to see that it is too long
        self.agent = _text(event.get("agent"))[: LONGEST_NAME + 1]
        text = _text(event.get("input"))
        self.input = text if len(text) <= LONGEST_INPUT else text[: LONGEST_INPUT - 1] + "…"
        self.started_at = self.last_at
        fork = event.get("forked_from")
        if isinstance(fork, Mapping) and isinstance(fork.get("session"), str):
            self.forked_session = fork["session"][: LONGEST_NAME + 1]
            self.forked_step = _count(fork.get("step"), 0)

    def summary(self, session: str, place: Path, *, is_worked_on: bool) -> SessionSummary:
        """As it stands in a list. StoreError for names that no list should have to hold."""
        for name in (session, self.agent, self.forked_session or ""):
            check_name(name, place)
        running: SessionState = "running" if is_worked_on else "interrupted"
        forked = self.forked_session
        return SessionSummary(
            session,
            self.agent,
            self.input,
            "ended" if self.ended else running,
            self.reason,
            self.steps,
            self.entity_count,
            self.started_at,
            self.last_at,
            None if forked is None else Fork(session=forked, step=self.forked_step),
        )

    def to_json(self) -> dict[str, JsonValue]:
        """As `from_json` takes it."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: JsonValue) -> Progress | None:
        """None for anything that `to_json` does not say."""
        if not isinstance(value, dict) or set(value) != {field.name for field in fields(cls)}:
            return None
        fresh = cls()
        for name, found in value.items():
            expected = (str, type(None)) if name in _OR_NONE else type(getattr(fresh, name))
            if not isinstance(found, expected) or (expected is int and type(found) is bool):
                return None
            if isinstance(found, int | float) and not 0 <= found < BEYOND_ALL:
                return None
            setattr(fresh, name, found)
        return fresh if fresh.reason is None or fresh.reason in _REASONS else None


def check_name(name: str, place: Path) -> None:
    """StoreError for an id of a session, or a name of an agent, that is too long for a list."""
    if len(name) > LONGEST_NAME:
        raise StoreError(
            f"{place} has a session with a name of more than {LONGEST_NAME:,} characters"
            f" ({name[:40]!r}…), which cannot be listed."
        )


_OR_NONE: Final = frozenset({"reason", "forked_session"})


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object, otherwise: int) -> int:
    return value if type(value) is int and value >= 0 else otherwise


def _reason(value: object) -> EndReason | None:
    return next((reason for reason in _REASONS if value == reason), None)
