"""Reading a database without changing it, or anything beside it.

What SQLite itself does to read a database with a write-ahead log writes: it makes that log and an
index of it, which a disk that cannot be written forbids, and a workspace that is not trusted, too.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from agent_runtime.persistence.sqlite_errors import is_unwritable
from agent_runtime.persistence.sqlite_tables import are_there, check_file, connected
from agent_runtime.persistence.store import StoreError

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

T = TypeVar("T")

_TRIES: Final = 10
_File: TypeAlias = tuple[int, ...]
_State: TypeAlias = tuple[_File, _File | None]
"""Of the database, and of its log if there is something in it."""


class Reader:
    """Reads the database at `path`. Not for several threads at once.

    Methods raise FileNotFoundError when nothing was ever kept there, sqlite3.Error, OSError, and
    StoreError for a file that is none of ours.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._copy: TemporaryDirectory[str] | None = None
        self._opened_for: _State | None = None
        self._follows = False

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` gives, which may be called again when somebody writes meanwhile."""
        for _ in range(_TRIES):
            before = self._state()
            connection = self._opened(before)
            try:
                found = work(connection)
            except (sqlite3.Error, StoreError):
                if self._follows or self._state() == before:
                    raise
            else:
                if self._follows or self._state() == before:
                    return found
            self.close()
        raise StoreError(
            f"{self.path} is being written by another program all the time. Try again."
        )

    def close(self) -> None:
        """It is opened again when it is needed."""
        if self._connection is not None:
            if self._opened_for is not None and self._opened_for[0][0] == os.getpid():
                self._connection.close()
            else:
                # A child made by fork must not touch what its parent opened.
                of_parents.append(self._connection)
        if self._copy is not None:
            self._copy.cleanup()
        self._connection = self._copy = self._opened_for = None

    def _state(self) -> _State:
        main = check_file(self.path)
        file = (os.getpid(), main.st_dev, main.st_ino, main.st_size, main.st_mtime_ns)
        try:
            log = self._beside("-wal").stat()
        except FileNotFoundError:
            return file, None
        return file, (log.st_ino, log.st_size, log.st_mtime_ns) if log.st_size else None

    def _opened(self, state: _State) -> sqlite3.Connection:
        if self._connection is not None and not self._is_current(state):
            self.close()
        if self._connection is None:
            self._connection = self._connect(state)
            self._opened_for = state
        return self._connection

    def _is_current(self, state: _State) -> bool:
        if self._follows and self._opened_for is not None:
            return self._opened_for[0][:3] == state[0][:3]
        return self._opened_for == state

    def _connect(self, state: _State) -> sqlite3.Connection:
        # Without a log everything is in the one file, and nobody changes that one alone.
        self._follows = state[1] is not None and self._beside("-shm").exists()
        if state[1] is None:
            return _with_tables(self.path, "mode=ro&immutable=1")
        if self._follows:
            try:
                return _with_tables(self.path, "mode=ro&readonly_shm=1")
            except sqlite3.OperationalError as error:
                if not is_unwritable(error):
                    raise
        # A log without its index, which is made anew where that may be.
        self._follows = False
        return self._connect_to_copy()

    def _connect_to_copy(self) -> sqlite3.Connection:
        # late: it is seldom needed
        import shutil
        from tempfile import TemporaryDirectory

        self._copy = TemporaryDirectory(prefix="agent-runtime-")
        copy = Path(self._copy.name) / "copy.sqlite"
        try:
            shutil.copyfile(self.path, copy)
            shutil.copyfile(self._beside("-wal"), f"{copy}-wal")
            return _with_tables(copy, "mode=rw", self.path)
        except BaseException:
            self._copy.cleanup()
            self._copy = None
            raise

    def _beside(self, end: str) -> Path:
        return self.path.with_name(self.path.name + end)


of_parents: Final[list[sqlite3.Connection]] = []
"""Connections of the process of which this one is a fork, never to be closed here."""


def _with_tables(path: Path, how: str, known_as: Path | None = None) -> sqlite3.Connection:
    connection = connected(path, how)
    try:
        if not are_there(connection, known_as or path):
            raise FileNotFoundError(path)
    except BaseException:
        connection.close()
        raise
    return connection
