"""Full-text search: words and beginnings of words in inputs, outputs and errors of runs.

The index answers where there is one; what is not indexed (running runs, or a SQLite without
FTS5) is read through. Both take a text apart in the same way, so that they find the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from runagent_ls.agents.history.documents import has_index

if TYPE_CHECKING:
    import sqlite3

_WORD: Final = re.compile(r"[^\W_]+")
_AROUND: Final = 60
_PLACES: Final = ("inputs", "output", "error")
_LINE_BREAKS: Final = re.compile(r"\s+")


def words_of(text: str) -> tuple[str, ...]:
    """The words that are looked for, in lower case."""
    return tuple(dict.fromkeys(_WORD.findall(text.lower())))


def matching_runs(connection: sqlite3.Connection, words: tuple[str, ...]) -> list[int]:
    """`seq` of the runs that have every word, newest first."""
    found: list[int] = []
    unindexed = "SELECT run FROM documents"
    if has_index(connection):
        asked = " AND ".join(f'"{word}"*' for word in words)
        found = [
            row[0]
            for row in connection.execute(
                "SELECT rowid FROM documents_index WHERE documents_index MATCH ?", (asked,)
            )
        ]
        unindexed += " WHERE indexed = 0"
    patterns = [_beginning(word) for word in words]
    for (run,) in connection.execute(unindexed).fetchall():
        texts = _document(connection, run)
        if all(any(pattern.search(text) for text in texts) for pattern in patterns):
            found.append(run)
    return sorted(found, reverse=True)


def place_of(connection: sqlite3.Connection, run: int, words: tuple[str, ...]) -> tuple[str, str]:
    """Where in the run a word was found, and the text around it on one line."""
    texts = _document(connection, run)
    for word in words:
        pattern = _beginning(word)
        for place, text in zip(_PLACES, texts, strict=True):
            match = pattern.search(text)
            if match is not None:
                return place, _excerpt(text, *match.span())
    return _PLACES[0], ""


def _document(connection: sqlite3.Connection, run: int) -> tuple[str, ...]:
    row = connection.execute(
        "SELECT inputs, output, error FROM documents WHERE run = ?", (run,)
    ).fetchone()
    return ("", "", "") if row is None else tuple(row)


def _beginning(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){re.escape(word)}", re.IGNORECASE)


def _excerpt(text: str, start: int, end: int) -> str:
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    shown = _LINE_BREAKS.sub(" ", text[first:last]).strip()
    return f"{'…' if first else ''}{shown}{'…' if last < len(text) else ''}"
