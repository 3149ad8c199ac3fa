"""The tables of a `SqliteStore`, and whether a database has them."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from pathlib import Path
from typing import Final

from agent_runtime.persistence.line_file import LONGEST_LINE
from agent_runtime.persistence.locking import WRITE_WAIT_S
from agent_runtime.persistence.store import StoreError

_APPLICATION_ID: Final = 0x41675274
"""`AgRt`, in the header of the file: it is ours."""
_VERSION: Final = 1
_WHOSE: Final = """
    SELECT
        (SELECT application_id FROM pragma_application_id),
        (SELECT user_version FROM pragma_user_version),
        (SELECT count(*) FROM sqlite_master)
"""
"""In one statement, as another process may make the tables at any moment."""
_TABLES: Final = (
    """
    CREATE TABLE sessions (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        agent TEXT NOT NULL,
        progress TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE events (
        session INTEGER NOT NULL REFERENCES sessions (number) ON DELETE CASCADE,
        seq INTEGER NOT NULL,
        event TEXT NOT NULL,
        PRIMARY KEY (session, seq)
    )
    """,
    """
    CREATE TABLE memory (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        agent TEXT NOT NULL,
        id TEXT NOT NULL,
        record TEXT NOT NULL,
        UNIQUE (agent, id)
    )
    """,
)
_SMALLEST: Final = 512
"""Bytes of a database: SQLite takes a file with less for one that is empty, and overwrites it."""


def check_file(path: Path) -> os.stat_result:
    """StoreError for what is there and can be no database. FileNotFoundError when nothing is, or
    an empty file. Nothing is opened: closing it again would take away SQLite's locks."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise StoreError(f"{path} is no file, so that no database can be there.")
    if status.st_size == 0:
        raise FileNotFoundError(path)
    if status.st_size < _SMALLEST:
        raise StoreError(f"{path} is no database. Choose another file.")
    return status


def connected(path: Path, how: str) -> sqlite3.Connection:
    """A connection for all threads to a database that anybody may have written; `how` as in the
    query of SQLite's URIs."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=WRITE_WAIT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_LINE)
    connection.text_factory = _text
    return connection


def _text(data: bytes) -> str:
    # one text that is damaged leaves all others readable
    return data.decode("utf-8", "replace")


def text_key(text: str) -> str:
    """For columns: ASCII, which SQLite takes, whatever the text is made of."""
    return json.dumps(text)[1:-1]


def are_there(connection: sqlite3.Connection, path: Path) -> bool:
    """False when it is empty. StoreError when it is another program's, too new, or not as we make
    it: behind a view or a generated column may be anything, and it may take for ever."""
    owner, version, tables = connection.execute(_WHOSE).fetchone()
    if owner == _APPLICATION_ID:
        if version != _VERSION:
            raise StoreError(f"{path} is of another version: {version}, and not {_VERSION}.")
        if {name: _words(sql) for name, sql in connection.execute(_MADE_AS)} != _EXPECTED:
            raise StoreError(f"{path} has other tables than a store of sessions. Move it away.")
        return True
    if tables or owner or version:
        raise StoreError(f"{path} is a database of another program. Choose another file.")
    return False


def make(connection: sqlite3.Connection) -> None:
    """In a transaction, and in a database where nothing is."""
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {_VERSION}")


def empty() -> sqlite3.Connection:
    """A database in which nothing is kept, for reading where there is no file."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    make(connection)
    return connection


_MADE_AS: Final = """
    SELECT name, sql FROM sqlite_master
    WHERE type = 'trigger' OR name IN ('sessions', 'events', 'memory')
"""


def _words(sql: object) -> tuple[str, ...]:
    return tuple(str(sql).split())


_EXPECTED: Final = {
    words[2]: words for words in map(_words, _TABLES) if words[:2] == ("CREATE", "TABLE")
}
