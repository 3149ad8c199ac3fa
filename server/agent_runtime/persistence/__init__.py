"""Keeping sessions and memory, so that a killed process loses nothing that was finished.

- `SessionStore`: what a store does
- `FileStore`: in the files of a folder
- `SqliteStore`: in one database
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent_runtime.persistence.file_store import FileStore
from agent_runtime.persistence.store import (
    MemoryRecord,
    SessionBusyError,
    SessionExistsError,
    SessionNotFoundError,
    SessionState,
    SessionStore,
    SessionSummary,
    StoreError,
    UnsavableError,
)

if TYPE_CHECKING:
    from agent_runtime.persistence.sqlite_store import SqliteStore

__all__ = [
    "FileStore",
    "MemoryRecord",
    "SessionBusyError",
    "SessionExistsError",
    "SessionNotFoundError",
    "SessionState",
    "SessionStore",
    "SessionSummary",
    "SqliteStore",
    "StoreError",
    "UnsavableError",
]

if not TYPE_CHECKING:  # to type checkers each unknown name would exist

    def __getattr__(name: str) -> object:
        # late: agents that keep their sessions in files need no sqlite3
        if name == "SqliteStore":
            from agent_runtime.persistence.sqlite_store import SqliteStore

            return SqliteStore
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
