"""One session in a folder of its own: its journal, a note of how far it has come, its lock."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from agent_runtime.events import Event
from agent_runtime.persistence.batch import decoded_json, encoded
from agent_runtime.persistence.journal import (
    Position,
    check_owner,
    encoded_line,
    events_after,
    owner,
)
from agent_runtime.persistence.lease import leased
from agent_runtime.persistence.line_file import (
    LineFile,
    flush,
    flush_folder,
    reading,
    replace,
    writing,
)
from agent_runtime.persistence.links import check_no_link
from agent_runtime.persistence.locking import is_locked
from agent_runtime.persistence.store import SessionExistsError, SessionSummary, StoreError

JOURNAL: Final = "events.jsonl"
PART: Final = "events.jsonl.part"
"""A journal that is not there yet: its session is being made as a whole."""
_NOTE: Final = "summary.json"
_LOCK: Final = "lock"
_LONGEST_NOTE: Final = 64 * 1024
_WORTH_A_NOTE: Final = 64 * 1024
"""Bytes of a journal that nobody should have to read twice."""


class SessionFolder:
    """The session `session` in the folder `path`. Methods raise OSError for what the system says,
    FileNotFoundError when there is no such session."""

    def __init__(self, path: Path, session: str, *, sync: bool) -> None:
        self.path = path
        self.session = session
        self._sync = sync
        self._journal = path / JOURNAL
        self._part = path / PART
        self._place = path.parents[1]
        self._position: Position | None = None
        self._noted_end = 0
        self._position_lock = threading.Lock()

    def append(self, events: Sequence[Event]) -> None:
        """Adds events whose order was checked; see `SessionStore`."""
        data = encoded_line(self.session, events)
        is_new = events[0]["seq"] == 0
        with writing(self._journal, create=is_new) as file, self._position_lock:
            position = self._caught_up(file)
            position.progress.check_next(self.session, events[0]["seq"], self._place)
            if is_new and self._sync:
                for folder in (self.path, *self.path.parents[:2]):
                    flush_folder(folder)
            end = file.add(data, position.end, sync=self._sync)
            position.add(events, data, end)
            if end - self._noted_end > _WORTH_A_NOTE:
                self._write_note(position)

    @contextmanager
    def creating(self) -> Iterator[Callable[[Sequence[Event]], None]]:
        """What is added in this block, whose order was checked, becomes the session at its end."""
        position = Position()
        try:
            with writing(self._part, create=True) as file:
                self._check_is_new()

                def append(events: Sequence[Event]) -> None:
                    data = encoded_line(self.session, events)
                    position.progress.check_next(self.session, events[0]["seq"], self._place)
                    position.add(events, data, file.add(data, position.end, sync=False))

                yield append
                if self._sync:
                    flush(file.descriptor)
            if position.end:
                self._part.replace(self._journal)
        finally:
            self._part.unlink(missing_ok=True)
        if self._sync:
            for folder in (self.path, *self.path.parents[:2]):
                flush_folder(folder)
        with self._position_lock:
            self._position = position

    def _check_is_new(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self.check_exists()
            raise SessionExistsError(
                f"There is a session {self.session!r} already in {self._place}."
            )

    def forget_part(self) -> None:
        """Removes what a process left that was killed while it made a session."""
        with contextlib.suppress(OSError, StoreError), leased(self.path / _LOCK, self.session):
            self._part.unlink()
            if not self._journal.exists():
                self._clear()

    def check_exists(self) -> None:
        """FileNotFoundError; StoreError when there is something else."""
        with reading(self._journal) as file:
            if not check_owner(file, self.session):
                raise FileNotFoundError(self._journal)

    def events(self, after: int) -> Iterator[Event]:
        """Those with a number greater than `after`."""
        with reading(self._journal) as file:
            yield from events_after(file, self.session, after)

    def summary(self) -> SessionSummary:
        """How far it has come, without writing anything. StoreError when it is damaged."""
        with reading(self._journal) as file, self._position_lock:
            position = self._caught_up(file)
            if position.end == 0:
                raise FileNotFoundError(self._journal)
            progress = position.progress
            is_running = not progress.ended and is_locked(self.path / _LOCK)
            return progress.summary(self.session, self._journal, is_worked_on=is_running)

    @contextmanager
    def lease(self) -> Iterator[None]:
        """Nobody else works on it in this block. SessionBusyError."""
        with leased(self.path / _LOCK, self.session):
            try:
                yield
            finally:
                if self._journal.exists():
                    with contextlib.suppress(OSError, StoreError):
                        self._note()
                else:
                    self._clear()

    def delete(self) -> None:
        """Removes it, damaged or not. SessionBusyError; StoreError when links lead elsewhere."""
        check_no_link(self.path, self.path.parents[1])
        with contextlib.suppress(StoreError):
            self.check_exists()
        with leased(self.path / _LOCK, self.session):
            # Without its journal it is gone, whatever happens next.
            self._journal.unlink()
            self._clear()

    def _clear(self) -> None:
        """What is left of a session that is none, as far as the system lets us."""
        with contextlib.suppress(OSError):
            for left in [*self.path.glob(f"*{_NOTE}*"), *self.path.glob(PART)]:
                left.unlink()
            # The lock last: whoever waits for it sees that it is another file now.
            (self.path / _LOCK).unlink()
            self.path.rmdir()

    def _note(self) -> None:
        """Tells a list how far it has come."""
        with reading(self._journal) as file, self._position_lock:
            position = self._caught_up(file)
            if position.end > self._noted_end:
                self._write_note(position)

    def _write_note(self, position: Position) -> None:
        note = encoded(position.to_json(self.session), "The summary").encode("ascii")
        # It only spares reading the journal, which a folder that cannot be written does not forbid.
        with contextlib.suppress(OSError):
            replace(self.path / _NOTE, note, sync=False)
            self._noted_end = position.end

    def _caught_up(self, file: LineFile) -> Position:
        position = self._position
        if position is None or not position.fits(file):
            position = self._read_note()
            if position is None or not position.fits(file):
                position = Position()
            self._noted_end = position.end
        self._position = None
        position.catch_up(file, self.session)
        self._position = position
        return position

    def _read_note(self) -> Position | None:
        try:
            with reading(self.path / _NOTE) as file:
                note = file.beginning(_LONGEST_NOTE + 1)
                if len(note) > _LONGEST_NOTE:
                    return None
                return Position.from_json(decoded_json(note), self.session)
        except (OSError, ValueError):
            return None


def session_in(path: Path) -> str | None:
    """The session whose folder this is, None when it has none. OSError, StoreError."""
    with reading(path / JOURNAL) as file:
        return owner(file)
