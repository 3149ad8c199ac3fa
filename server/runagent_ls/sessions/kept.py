"""The sessions in an agent's folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, TypeAlias

from agent_runtime.events import Event
from agent_runtime.persistence import (
    FileStore,
    SessionNotFoundError,
    SessionSummary,
    SqliteStore,
    StoreError,
)
from runagent_ls.sessions.history import SessionHistory, history_of
from runagent_ls.sessions.memory import Memory, memory_of

FOLDER: Final = Path(".runagent") / "runtime"
"""Of a `FileStore`, in the agent's folder."""
DATABASE: Final = Path(".runagent") / "runtime.sqlite"
"""Of a `SqliteStore`."""

_SAME_MOMENT_S: Final = 1e-6
"""Times that were rounded on their way are the same."""

StoreKind: TypeAlias = Literal["file", "sqlite"]


@dataclass(frozen=True, slots=True)
class KeptSession:
    """A session, and the kind of store that has it."""

    summary: SessionSummary
    store: StoreKind


@dataclass(frozen=True, slots=True)
class Found:
    """Sessions, and a sentence for each thing that could not be read."""

    sessions: tuple[KeptSession, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionDetails:
    """A session, what it had in mind after `step` and the steps it took; see `SessionHistory`.
    `problems` are sentences about what could not be read."""

    session: KeptSession
    step: int
    history: SessionHistory
    memory: Memory
    problems: tuple[str, ...]


class KeptSessions:
    """What the agent in `folder` keeps. All of it blocks. The end of a `with` closes files, to be
    opened again when needed.

    Nothing is written but by `delete`: the folder may be one that nobody trusts. What was read of
    long sessions is remembered. Methods raise `StoreError` with a sentence for people; when no
    store, or not the one that is asked for, has a session, that is `SessionNotFoundError`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = FileStore(folder / FOLDER)
        self._database = SqliteStore(folder / DATABASE, read_only=True)

    def __enter__(self) -> KeptSessions:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._database.close()

    def list(self, agent: str | None = None) -> Found:
        """Sessions of the agent of this name, or of all; what was worked on last comes first."""
        found: list[KeptSession] = []
        problems: list[str] = []
        for kind, store in self._stores().items():
            try:
                summaries, unread = store.survey(agent)
            except StoreError as error:
                problems.append(str(error))
                continue
            found += [KeptSession(summary, kind) for summary in summaries]
            problems += unread
        found.sort(key=lambda it: it.summary.place())
        return Found(tuple(found), tuple(problems))

    def get(
        self,
        session: str,
        step: int | None = None,
        store: StoreKind | None = None,
        *,
        before: int | None = None,
    ) -> SessionDetails:
        """The session as it was after `step`, or as it is, with its checkpoints, or those of steps
        before another. StoreError when it has no such step."""
        kept, place = self._find(session, store)
        history = history_of(place.events(session), step, before)
        if step is not None and step > history.last_step:
            raise StoreError(
                f"Session {session!r} has no step {step}; its last one is {history.last_step}."
            )
        memory, problems = _memory(place, kept.summary.agent)
        last = history.last_step if step is None else step
        return SessionDetails(kept, last, history, memory, (*problems, *_left_out(history)))

    def events(
        self,
        session: str,
        after: int = -1,
        store: StoreKind | None = None,
        started_at: float | None = None,
    ) -> Iterator[Event]:
        """Its kept events with a `seq` greater than `after`. With `started_at`, StoreError when
        that is not when it began: who asks has seen another session of this id."""
        kept, place = self._find(session, store)
        if started_at is not None and abs(kept.summary.started_at - started_at) > _SAME_MOMENT_S:
            raise StoreError(
                f"Session {session!r} is another one than before: read it from the start."
            )
        return place.events(session, after)

    def delete(self, session: str, store: StoreKind | None = None) -> bool:
        """Forget it; whether it was there. SessionBusyError when somebody works on it; StoreError
        when both stores have one of this id, and when a link leads to another place."""
        kinds = [kind for kind in self._stores(store) if self._has(kind, session)]
        if len(kinds) > 1:
            raise StoreError(
                f"There are two sessions {session!r}, in {self._places(kinds)}. Say in which store"
                f" it is to be deleted: {' or '.join(kinds)}."
            )
        for kind in kinds:
            self._check_is_inside(kind)
            if kind == "file":
                self._files.delete(session)
            else:
                self._database.close()
                with SqliteStore(self._database.path) as database:
                    database.delete(session)
        return bool(kinds)

    def like(self, text: str, store: StoreKind | None = None) -> Sequence[tuple[str, StoreKind]]:
        """The session of this id, in which stores it is, damaged or not; else those whose id begins
        so."""
        if exact := [kind for kind in self._stores(store) if self._has(kind, text)]:
            return [(text, kind) for kind in exact]
        listed = [(it.summary.id, it.store) for it in self.list().sessions]
        return [it for it in listed if it[0].startswith(text) and store in {None, it[1]}]

    def _stores(self, only: StoreKind | None = None) -> dict[StoreKind, FileStore | SqliteStore]:
        """Those that are there."""
        found: dict[StoreKind, FileStore | SqliteStore] = {}
        if only != "sqlite" and _is_there(self._folder / FOLDER, Path.is_dir):
            found["file"] = self._files
        if only != "file" and _is_there(self._folder / DATABASE, Path.is_file):
            found["sqlite"] = self._database
        return found

    def _has(self, kind: StoreKind, session: str) -> bool:
        try:
            self._stores()[kind].events(session)
        except SessionNotFoundError:
            return False
        except StoreError:
            # a damaged session is one; a database that cannot be read has none
            return kind == "file"
        return True

    def _find(
        self, session: str, only: StoreKind | None
    ) -> tuple[KeptSession, FileStore | SqliteStore]:
        stores = self._stores(only)
        for kind, store in stores.items():
            try:
                return KeptSession(store.summary(session), kind), store
            except SessionNotFoundError:
                continue
        if stores:
            where = f" in {self._places(stores)}. It may have been deleted."
        else:
            where = f": {self._folder} keeps none. Looked for {FOLDER} and {DATABASE}."
        raise SessionNotFoundError(f"There is no session {session!r}{where}")

    def _places(self, kinds: Iterable[StoreKind]) -> str:
        return " and ".join(str(self._folder / _PLACES[kind]) for kind in kinds)

    def _check_is_inside(self, kind: StoreKind) -> None:
        """Whoever asks to delete something of this agent means nothing of another one."""
        place = self._folder / _PLACES[kind]
        real = Path(os.path.realpath(place))
        if not real.is_relative_to(os.path.realpath(self._folder)):
            raise StoreError(
                f"{place} is a link that leads out of the agent's folder, to {real}. Nothing was"
                " deleted. Delete the session there."
            )


_PLACES: Final[dict[StoreKind, Path]] = {"file": FOLDER, "sqlite": DATABASE}


def _is_there(path: Path, is_it: Callable[[Path], bool]) -> bool:
    try:
        return is_it(path)
    except OSError:
        # whoever reads it says why it cannot be
        return True


def _left_out(history: SessionHistory) -> Iterator[str]:
    if history.graph_cut:
        yield "The graph takes more memory than there is for it here: a part of it is left out."
    if history.working_cut:
        yield "Working memory is too large to be read as a whole: its oldest texts are left out."


def _memory(store: FileStore | SqliteStore, agent: str) -> tuple[Memory, tuple[str, ...]]:
    """What an agent remembers, and why something of it is missing."""
    try:
        memory, is_cut = memory_of(store.memory_changes(agent))
    except StoreError as error:
        return Memory(), (str(error),)
    return memory, (_MEMORY_CUT,) if is_cut else ()


_MEMORY_CUT: Final = (
    "What the agent remembers takes more memory than there is for it here: the oldest is left out."
)
