"""The searchable text of each run: its inputs, its output as one text, its error.

Of a long output the beginning and the end. With FTS5 there is an index over it; a process whose
SQLite has no FTS5 leaves its documents to the next one that has.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from runagent_ls.agents.history.blocks import Block, chunks_of, dump
from runagent_ls.agents.history.records import StoredChunk

if TYPE_CHECKING:
    import sqlite3

HEAD_CHARS: Final = 512 * 1024
TAIL_CHARS: Final = 128 * 1024
_INDEX: Final = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS documents_index USING fts5(inputs, output, error,"
    " content='documents', content_rowid='run', tokenize='unicode61 remove_diacritics 0')"
)


def begin(connection: sqlite3.Connection, history_id: str) -> None:
    """A running run is found by its inputs."""
    connection.execute(
        "INSERT INTO documents (run, inputs, output, error)"
        " SELECT seq, inputs, '', '' FROM runs WHERE history_id = ?",
        (history_id,),
    )


def finish(connection: sqlite3.Connection, history_id: str) -> None:
    """Put the output of a run that ended into its document and index it."""
    row = connection.execute(
        "SELECT seq, result, error FROM runs WHERE history_id = ?", (history_id,)
    ).fetchone()
    if row is None:
        return
    output = _as_text(json.loads(row["result"])) if row["result"] else _output(connection, row[0])
    connection.execute(
        "UPDATE documents SET output = ?, error = ? WHERE run = ? AND indexed = 0",
        (_storable(_shortened(output)), row["error"] or "", row["seq"]),
    )
    if has_index(connection):
        _index(connection, "run = ?", (row["seq"],))


def prepare_index(connection: sqlite3.Connection) -> bool:
    """Make the index, and index what a process without FTS5 left; False without FTS5."""
    import sqlite3

    try:
        connection.execute(_INDEX)
    except sqlite3.OperationalError as error:
        if "fts5" not in str(error):
            raise
        return False
    _index(connection, "run IN (SELECT seq FROM runs WHERE state <> 'running')", ())
    return True


def has_index(connection: sqlite3.Connection) -> bool:
    """Whether the index is there and this SQLite can read it."""
    import sqlite3

    try:
        connection.execute("SELECT 1 FROM documents_index WHERE documents_index MATCH 'a' LIMIT 1")
    except sqlite3.OperationalError as error:
        if "no such" in str(error):
            return False
        raise
    return True


def forget(connection: sqlite3.Connection, runs: list[int]) -> None:
    """Take runs out of the index; their rows go with the runs."""
    if not has_index(connection):
        return
    for run in runs:
        connection.execute(
            "INSERT INTO documents_index (documents_index, rowid, inputs, output, error)"
            " SELECT 'delete', run, inputs, output, error FROM documents"
            " WHERE run = ? AND indexed = 1",
            (run,),
        )


def _index(connection: sqlite3.Connection, where: str, values: tuple[int, ...]) -> None:
    connection.execute(
        "INSERT INTO documents_index (rowid, inputs, output, error)"
        f" SELECT run, inputs, output, error FROM documents WHERE indexed = 0 AND {where}",
        values,
    )
    connection.execute(f"UPDATE documents SET indexed = 1 WHERE indexed = 0 AND {where}", values)


def _output(connection: sqlite3.Connection, run: int) -> str:
    """The beginning and the end of a stream's chunks as text."""
    head, first_not_read = _read(connection, run, "ASC", -1, HEAD_CHARS)
    tail, _ = _read(connection, run, "DESC", first_not_read, TAIL_CHARS)
    return f"{head}\n{tail}" if tail else head


def _read(
    connection: sqlite3.Connection, run: int, order: str, above: int, limit: int
) -> tuple[str, int]:
    rows = connection.execute(
        "SELECT first, count, times, types, items FROM blocks WHERE run = ? AND first > ?"
        f" ORDER BY first {order}",
        (run, above),
    )
    texts: list[str] = []
    length, last, expected = 0, above, None
    for row in rows:
        text = _text_of(Block(*row))
        if expected is not None and order == "ASC" and row["first"] != expected:
            text = f"\n{text}"  # what was dropped in between must not look as if it followed
        texts.append(text)
        length, last, expected = length + len(text), row["first"], row["first"] + row["count"]
        if length >= limit:
            break
    return "".join(texts if order == "ASC" else reversed(texts)), last


def _text_of(block: Block) -> str:
    if block.types == f'[["text",{block.length}]]':
        return "".join(map(str, json.loads(block.items)))
    return "".join(map(_chunk_text, chunks_of(block)))


def _chunk_text(chunk: StoredChunk) -> str:
    if chunk.type == "text":
        return str(chunk.value)
    return f"\n{chunk.value if isinstance(chunk.value, str) else dump(chunk.value)}\n"


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shortened(text: str) -> str:
    if len(text) <= HEAD_CHARS + TAIL_CHARS:
        return text
    return f"{text[:HEAD_CHARS]}\n{text[-TAIL_CHARS:]}"


def _storable(text: str) -> str:
    """Without halves of surrogate pairs, which UTF-8 cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8")
