"""What SQLite and the system say of a database, for people."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent_runtime.persistence.store import StoreError


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """What SQLite and the system say about `path` as a StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_explanation(path, error)) from error
    except UnicodeDecodeError as error:
        # in place of SQLite's error, where that quotes damaged bytes
        raise StoreError(f"{path} is damaged. Repair it, or move it away.") from error
    except OSError as error:
        raise StoreError(
            f"{error.filename or path} cannot be used: {error.strerror or error}. Nothing was"
            " changed."
        ) from error


def is_busy(error: sqlite3.Error) -> bool:
    """Whether somebody else keeps it locked."""
    return _code(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def is_unwritable(error: sqlite3.Error) -> bool:
    """Whether it, or a file beside it, cannot be written, which SQLite wants also for reading."""
    return _code(error) in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}


def _explanation(path: Path, error: sqlite3.Error) -> str:
    if is_busy(error):
        return f"{path} is being written by another program all the time. Try again."
    if _code(error) == sqlite3.SQLITE_NOTADB:
        return f"{path} is no database. Choose another file."
    if _code(error) == sqlite3.SQLITE_CORRUPT:
        return f"{path} is damaged ({error}). Repair it, or move it away."
    if _code(error) == sqlite3.SQLITE_FULL:
        return (
            f"{path} cannot be used: {error}. Nothing was changed. Make room on the disk first:"
            " deleting sessions needs some, too, and leaves the file as long as it is."
        )
    return f"{path} cannot be used: {error}. Nothing was changed."


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
