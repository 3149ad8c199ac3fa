"""Opening the database of a `SqliteStore`, to write and to read."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

from agent_runtime.persistence.locking import WRITE_WAIT_S
from agent_runtime.persistence.sqlite_errors import explained, is_busy, is_unwritable
from agent_runtime.persistence.sqlite_reader import Reader, of_parents
from agent_runtime.persistence.sqlite_tables import are_there, check_file, connected, empty, make
from agent_runtime.persistence.store import StoreError

T = TypeVar("T")

_PAUSE_S: Final = 0.01


class Database:
    """The file at `path`, opened when it is needed, for all threads of a process."""

    def __init__(self, path: Path, *, sync: bool, read_only: bool = False) -> None:
        self.path = path
        self._sync = sync
        self._read_only = read_only
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._opened_as: tuple[int, int, int] | None = None
        self._reader = Reader(path)

    def __del__(self) -> None:
        # CPython 3.13 warns of a connection that nobody closed
        self._reader.close()
        if self._connection is not None and self._opened_as and self._opened_as[0] == os.getpid():
            self._connection.close()

    def close(self) -> None:
        """It is opened again when it is needed."""
        with self._lock, explained(self.path):
            self._reader.close()
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def check_writable(self) -> None:
        """StoreError when it is only to be read."""
        if self._read_only:
            raise StoreError(f"{self.path} was opened to be read only. Nothing was changed.")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All that happens in this block, or nothing of it."""
        self.check_writable()
        with self._lock, explained(self.path):
            # what it has open cannot be written by others of this process
            self._reader.close()
            connection = self._opened(create=True)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` gives; in empty tables when there is no file, which is not made. It may be
        called again, and is to read only."""
        with self._lock, explained(self.path):
            try:
                connection = None if self._read_only else self._opened_to_read()
                return self._reader.read(work) if connection is None else work(connection)
            except FileNotFoundError:
                with closing(empty()) as connection:
                    return work(connection)

    def _opened_to_read(self) -> sqlite3.Connection | None:
        """None where it cannot be written."""
        try:
            return self._opened(create=False)
        except sqlite3.OperationalError as error:
            if not is_unwritable(error):
                raise
            return None

    def _opened(self, *, create: bool) -> sqlite3.Connection:
        if self._connection is not None and self._identity() != self._opened_as:
            if self._opened_as is not None and self._opened_as[0] == os.getpid():
                self._connection.close()
            else:
                of_parents.append(self._connection)
            self._connection = None
        if self._connection is None:
            self._connection = connect(self.path, create=create, sync=self._sync)
            self._opened_as = self._identity()
        return self._connection

    def _identity(self) -> tuple[int, int, int] | None:
        """Which process has which file; None when there is no file (any more)."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return None
        return os.getpid(), status.st_dev, status.st_ino


def connect(path: Path, *, create: bool, sync: bool) -> sqlite3.Connection:
    """The database. FileNotFoundError when nothing was ever kept there and none is to be made;
    sqlite3.Error, OSError; StoreError for a file that is none of ours.
    """
    try:
        check_file(path)
    except FileNotFoundError:
        if not create:
            raise
        path.parent.mkdir(parents=True, exist_ok=True)
        # For nobody else to read; SQLite's files beside it are made like it.
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = connected(path, "mode=rw")
    try:
        if not are_there(connection, path):
            if not create:
                raise FileNotFoundError(path)
            _make_tables(connection, path)
        # With WAL, what was committed outlives a killed process also when it is not flushed.
        connection.execute(f"PRAGMA synchronous = {'FULL' if sync else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys = ON")
        # What was deleted is overwritten.
        connection.execute("PRAGMA secure_delete = ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _make_tables(connection: sqlite3.Connection, path: Path) -> None:
    _switch_to_wal(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been quicker.
        if not are_there(connection, path):
            make(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not wait by itself when several processes do this at once."""
    deadline = time.monotonic() + WRITE_WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE_S)
