"""Opening the history file: permissions, settings, version, damage. Blocks, so in a thread."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from runagent_ls.agents.history.records import HistoryError
from runagent_ls.agents.history.schema import APPLICATION_ID, STEPS, VERSION

BUSY_WAIT_S: Final = 20.0
"""How long to wait while another process writes."""
_MAGIC: Final = b"SQLite format 3\x00"


class NotReadableError(HistoryError):
    """The file is there and not damaged, but this program cannot use it."""


def open_for_writing(
    path: Path,
    *,
    ours: bool,
    suspect: bool = False,
    tell: Callable[[str], None] = lambda message: None,
) -> sqlite3.Connection:
    """The file, made when it is missing, brought to our version, moved aside when it is damaged.

    `ours` tells that the place is our own, so that a file there which is no database at all is
    a damaged one of ours. A `suspect` file is looked through first. `tell` hears of a file that
    was moved aside. Raises HistoryError with a sentence for people.
    """
    with explained(path):
        _prepare_place(path)
        try:
            return _opened(path, look_through=suspect)
        except sqlite3.DatabaseError as error:
            if not is_damage(error) or not (ours or _has_magic(path)):
                raise
        aside = _move_aside(path)
        tell(f"The history file {path} was damaged. It is kept as {aside}, and a new one begun.")
        _prepare_place(path)
        return _opened(path)


def open_for_reading(path: Path) -> sqlite3.Connection | None:
    """The file as it is, None when there is none. Raises HistoryError."""
    if not path.exists():
        return None
    with explained(path):
        _refuse_other_than_files(path)
        connection = _connect(path, "ro")
        try:
            if _version(connection, path) < VERSION:
                # only a writer may bring it to our version
                connection.close()
                open_for_writing(path, ours=False).close()
                connection = _connect(path, "ro")
            connection.execute("SELECT 1 FROM runs LIMIT 1")
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the system say about `path` into a HistoryError."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explanation(path, error) from error
    except (UnicodeEncodeError, OverflowError) as error:
        raise HistoryError(
            "What was asked for holds half a character or an endless number, which nothing in the"
            " history does."
        ) from error
    except OSError as error:
        raise HistoryError(
            f"The history file {path} cannot be used: {error.strerror or error}.",
            "Check the folder and its permissions, or choose another file with"
            " RUNAGENT_LS_HISTORY.",
        ) from error


def is_busy(error: sqlite3.Error) -> bool:
    """Whether another process writes, so that trying again may help."""
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_damage(error: BaseException | None) -> bool:
    """Whether SQLite found the content of the file to be wrong."""
    return isinstance(error, sqlite3.Error) and _code(error) in {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }


def _opened(path: Path, *, look_through: bool = False) -> sqlite3.Connection:
    connection = _connect(path, "rwc")
    try:
        if look_through:
            _look_through(connection)
        version = _version(connection, path)
        if version == 0:
            # counts only while the file has no table yet
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        # Full: each batch is on the disk before it counts, also if the power goes. With some ten
        # batches a second, off the event loop, that costs a stream nothing.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_size_limit = 4194304")
        if version < VERSION:
            _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _look_through(connection: sqlite3.Connection) -> None:
    """Raises sqlite3.DatabaseError when the content of the file is wrong."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        error = sqlite3.DatabaseError(found)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    # used by one thread at a time, but not always by the one that opened it
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_WAIT_S, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    return connection


def _version(connection: sqlite3.Connection, path: Path) -> int:
    # at one moment: in between, another process may make the file what it should be
    alone = not connection.in_transaction
    if alone:
        connection.execute("BEGIN")
    try:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        owner = int(connection.execute("PRAGMA application_id").fetchone()[0])
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    finally:
        if alone and connection.in_transaction:
            connection.execute("ROLLBACK")
    if owner != APPLICATION_ID and (owner or version or tables):
        raise NotReadableError(
            f"{path} is a database of another program, so no history is written to it.",
            "Choose another file with RUNAGENT_LS_HISTORY.",
        )
    if version > VERSION:
        raise NotReadableError(
            f"The history file {path} was written by a newer version of this program.",
            "Update this program, or choose another file with RUNAGENT_LS_HISTORY.",
        )
    return version


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        # another process may have been faster
        version = _version(connection, path)
        for step in STEPS[version:]:
            for statement in step.split(";"):
                if statement.strip():
                    connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _prepare_place(path: Path) -> None:
    """Folder and file for their owner alone; SQLite gives its side files the same mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    _refuse_other_than_files(path)


def _refuse_other_than_files(path: Path) -> None:
    """SQLite would wait for ever for the other end of a pipe."""
    if not path.is_file():
        raise NotReadableError(
            f"{path} is not a file, so it holds no history.",
            "Choose another file with RUNAGENT_LS_HISTORY.",
        )


def _has_magic(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _code(error: sqlite3.Error) -> int:
    """The primary code of SQLite, without its refinements."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _move_aside(path: Path) -> Path:
    """Keep the damaged file under another name, its side files with it."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    path.rename(aside)
    for side in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + side).rename(aside.with_name(aside.name + side))
    return aside


def _explanation(path: Path, error: sqlite3.Error) -> HistoryError:
    code = _code(error)
    elsewhere = "Choose another file with RUNAGENT_LS_HISTORY."
    if is_damage(error):
        return HistoryError(
            f"The history file {path} is damaged or no history file ({error}).",
            "Move it away; a new one is made with the next run.",
        )
    if code == sqlite3.SQLITE_FULL:
        return HistoryError(
            f"The history file {path} cannot grow: the disk is full.", "Make room on the disk."
        )
    if code == sqlite3.SQLITE_READONLY:
        return HistoryError(f"The history file {path} may not be written.", elsewhere)
    if is_busy(error):
        return HistoryError(
            f"The history file {path} stayed locked by another program.", "Try again later."
        )
    return HistoryError(f"The history file {path} cannot be used ({error}).", elsewhere)
