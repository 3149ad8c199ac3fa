"""Sessions and memory in one SQLite database, for many sessions and for looking into them."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, cast

from agent_runtime.events import Event
from agent_runtime.persistence import sqlite_memory
from agent_runtime.persistence.batch import (
    check_order,
    check_size,
    decoded_event,
    decoded_json,
    encoded,
    encoded_event,
)
from agent_runtime.persistence.lease import leased
from agent_runtime.persistence.links import check_no_link
from agent_runtime.persistence.locking import is_locked
from agent_runtime.persistence.names import file_name
from agent_runtime.persistence.progress import Progress, check_name
from agent_runtime.persistence.records import MemoryChange
from agent_runtime.persistence.sqlite_database import Database
from agent_runtime.persistence.sqlite_errors import explained
from agent_runtime.persistence.sqlite_tables import text_key
from agent_runtime.persistence.store import (
    MemoryRecord,
    SessionNotFoundError,
    SessionSummary,
    StoreError,
)

_PAGE: Final = 64
"""Events that are read at once."""
_PAGE_CHARACTERS: Final = 1024 * 1024
_LONGEST_PROGRESS: Final = 64 * 1024
"""Characters of how far a session has come."""


class SqliteStore:
    """A `SessionStore` in the database file `path`, which is made when something is first saved.

    Several processes may use it at once. With `sync` off a killed process still loses nothing, but
    a power cut may take the latest events. It opens the file when it needs to; `close`, or the end
    of a `with`, closes it. With `read_only` nothing is ever changed, neither the file nor anything
    beside it; what would is a StoreError.

    >>> import tempfile
    >>> with SqliteStore(Path(tempfile.mkdtemp()) / "runtime.sqlite") as store:
    ...     store.sessions()
    []
    """

    def __init__(self, path: Path | str, *, sync: bool = True, read_only: bool = False) -> None:
        """ValueError for ":memory:", which could not be resumed: a runtime needs no store."""
        if str(path) == ":memory:":
            raise ValueError("a SqliteStore is a file; a runtime without a store keeps nothing")
        self.path = Path(path)
        self._database = Database(self.path, sync=sync, read_only=read_only)
        self._leases = self.path.with_name(f"{self.path.name}.leases")

    def __repr__(self) -> str:
        return f"SqliteStore({str(self.path)!r})"

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file. It is opened again when it is needed."""
        self._database.close()

    def append(self, session: str, events: Sequence[Event]) -> None:
        """Adds events; see `SessionStore`."""
        if not events:
            return
        check_order(session, events)
        texts = _encoded(events)
        with self._database.writing() as connection:
            progress = self._progress_or_fresh(connection, session)
            self._add(connection, progress, events, texts)

    @contextmanager
    def creating(self, session: str) -> Iterator[Callable[[Sequence[Event]], None]]:
        """A new session, whole or not at all; see `SessionStore`. Nobody else writes meanwhile."""
        progress = Progress()
        with self._database.writing() as connection:
            self._progress_or_fresh(connection, session).check_next(session, 0, self.path)

            def append(events: Sequence[Event]) -> None:
                if events:
                    check_order(session, events)
                    self._add(connection, progress, events, _encoded(events))

            yield append

    def _add(
        self,
        connection: sqlite3.Connection,
        progress: Progress,
        events: Sequence[Event],
        texts: Sequence[str],
    ) -> None:
        session, first = events[0]["session"], events[0]["seq"]
        progress.check_next(session, first, self.path)
        for event in events:
            progress.apply(event)
        connection.execute(
            "INSERT INTO sessions (id, agent, progress) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET progress = excluded.progress",
            (
                text_key(session),
                text_key(progress.agent),
                encoded(progress.to_json(), "The summary"),
            ),
        )
        connection.executemany(
            "INSERT INTO events (session, seq, event)"
            " SELECT number, ?, ? FROM sessions WHERE id = ?",
            [(first + number, text, text_key(session)) for number, text in enumerate(texts)],
        )

    def _progress_or_fresh(self, connection: sqlite3.Connection, session: str) -> Progress:
        try:
            _, text = self._row(connection, session)
        except SessionNotFoundError:
            return Progress()
        return self._progress(session, text)

    def events(self, session: str, after: int = -1) -> Iterator[Event]:
        """Kept events after number `after`, read as they are asked for; see `SessionStore`."""
        number, _ = self._database.read(lambda connection: self._row(connection, session))
        return self._events(session, number, max(after, -1))

    def _events(self, session: str, number: int, after: int) -> Iterator[Event]:
        while page := self._database.read(partial(self._page, session, number, after)):
            for text in page:
                after += 1
                yield self._event(session, after, text)

    def _page(
        self, session: str, number: int, after: int, connection: sqlite3.Connection
    ) -> list[str]:
        # Deleted meanwhile, it has not simply come to its end.
        if self._row(connection, session)[0] != number:
            raise self._not_found(session)
        rows = connection.execute(
            "SELECT event FROM events WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?",
            (number, after, _PAGE),
        )
        page: list[str] = []
        size = 0
        for (text,) in rows:
            page.append(text)
            size += len(text) if isinstance(text, str | bytes) else 1
            if size > _PAGE_CHARACTERS:
                break
        return page

    def _event(self, session: str, seq: int, text: object) -> Event:
        with contextlib.suppress(ValueError, TypeError):
            event = decoded_event(decoded_json(cast(str, text)), session, seq)
            if event is not None:
                return event
        raise StoreError(
            f"{self.path} is damaged: event {seq} of session {session!r} cannot be read. Repair"
            " the file, or delete the session."
        )

    def summary(self, session: str) -> SessionSummary:
        """How far a session has come. SessionNotFoundError; StoreError when it is damaged."""
        row = self._database.read(lambda connection: self._row(connection, session))
        return self._summary(session, row[1])

    def _summary(self, session: str, progress_text: str) -> SessionSummary:
        progress = self._progress(session, progress_text)
        is_running = not progress.ended and is_locked(self._lease_path(session))
        return progress.summary(session, self.path, is_worked_on=is_running)

    def sessions(self, agent: str | None = None) -> list[SessionSummary]:
        """See `SessionStore`. `survey` also tells what could not be read."""
        return self.survey(agent)[0]

    def survey(self, agent: str | None = None) -> tuple[list[SessionSummary], list[str]]:
        """The sessions, and a sentence for each one that cannot be read. StoreError when nothing
        can."""
        return self._database.read(partial(self._survey, agent))

    def _survey(
        self, agent: str | None, connection: sqlite3.Connection
    ) -> tuple[list[SessionSummary], list[str]]:
        found: list[SessionSummary] = []
        problems: list[str] = []
        for key, progress_text in connection.execute(
            "SELECT id, progress FROM sessions WHERE agent = ? OR ?",
            (text_key(agent or ""), agent is None),
        ):
            try:
                found.append(self._summary(self._id(key), progress_text))
            except StoreError as error:
                problems.append(str(error))
        return sorted(found, key=SessionSummary.place), problems

    def delete(self, session: str) -> None:
        """Forgets a session; see `SessionStore`. A damaged one, too."""
        self._database.read(lambda connection: self._row(connection, session))
        with self.lease(session), self._database.writing() as connection:
            self._row(connection, session)
            connection.execute("DELETE FROM sessions WHERE id = ?", (text_key(session),))

    @contextmanager
    def lease(self, session: str) -> Iterator[None]:
        """Nobody else works on the session in this block; see `SessionStore`."""
        self._database.check_writable()
        path = self._lease_path(session)
        with ExitStack() as held:
            with explained(self.path):
                check_no_link(self._leases, self._leases.parent)
                held.enter_context(leased(path, session))
            try:
                yield
            finally:
                # Whoever waits for the lock sees that it is another file now.
                with contextlib.suppress(OSError):
                    path.unlink()
                    self._leases.rmdir()

    def load_memory(self, agent: str) -> list[MemoryRecord]:
        """All that is remembered for an agent, the oldest first."""
        return sqlite_memory.load(self._database, agent)

    def memory_changes(self, agent: str) -> Iterator[MemoryChange]:
        """What adds up to the memory of an agent, the oldest first, read as it is asked for: for
        who cannot trust that memory holds all of it."""
        return sqlite_memory.changes(self._database, agent)

    def save_memory(
        self, agent: str, changed: Sequence[MemoryRecord], removed: Sequence[str]
    ) -> None:
        """Forgets `removed`, then adds or replaces `changed`, all or nothing."""
        if not changed and not removed:
            return
        with self._database.writing() as connection:
            sqlite_memory.save(connection, agent, changed, removed)

    def _row(self, connection: sqlite3.Connection, session: str) -> tuple[int, str]:
        row: tuple[int, str] | None = connection.execute(
            "SELECT number, progress FROM sessions WHERE id = ?", (text_key(session),)
        ).fetchone()
        if row is None:
            raise self._not_found(session)
        return row

    def _progress(self, session: str, text: str) -> Progress:
        with contextlib.suppress(ValueError, TypeError):
            is_short = len(text) <= _LONGEST_PROGRESS
            progress = Progress.from_json(decoded_json(text)) if is_short else None
            if progress is not None:
                return progress
        raise StoreError(
            f"{self.path} is damaged: how far session {session!r} has come cannot be read. Repair"
            " the file, or delete the session."
        )

    def _id(self, key: str) -> str:
        try:
            session = str(decoded_json(f'"{key}"'))
        except ValueError as error:
            raise StoreError(f"{self.path} is damaged: {key[:40]!r} is no session.") from error
        check_name(session, self.path)
        return session

    def _lease_path(self, session: str) -> Path:
        return self._leases / file_name(session)

    def _not_found(self, session: str) -> SessionNotFoundError:
        return SessionNotFoundError(f"There is no session {session!r} in {self.path}.")


def _encoded(events: Sequence[Event]) -> list[str]:
    texts = [encoded_event(event) for event in events]
    check_size(events[0]["session"], sum(map(len, texts)), events)
    return texts
