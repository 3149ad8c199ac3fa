"""Runs as JSON Lines: lossless, and read back by `read_jsonl`.

One object a line. `{"record": "run", ...}` begins a run and has every field of `StoredRun`; each
`{"record": "chunk", "historyId", "index", "atMs", "type", "value"}` after it is one of its chunks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from typing import IO, Any

from runagent_ls.agents.history.blocks import dump
from runagent_ls.agents.history.records import HistoryError, StoredChunk, StoredRun
from runagent_ls.agents.values import JsonValue

FORMAT = 1
"""Version of the lines."""
_STEERING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What JSON allows as it is, but moves a terminal's cursor, turns a line around or ends it."""


def write_jsonl(run: StoredRun, chunks: Iterable[StoredChunk], out: IO[str]) -> None:
    """Write one run."""
    row = {_camel(name): value for name, value in asdict(run).items()}
    out.write(_line({"record": "run", "format": FORMAT, **row}))
    for chunk in chunks:
        line: dict[str, JsonValue] = {
            "record": "chunk",
            "historyId": run.history_id,
            "index": chunk.index,
            "atMs": chunk.at_ms,
            "type": chunk.type,
            "value": chunk.value,
        }
        if chunk.cut_from is not None:
            line["cutFrom"] = chunk.cut_from
        out.write(_line(line))


def _line(value: JsonValue) -> str:
    return _STEERING.sub(lambda char: f"\\u{ord(char[0]):04x}", dump(value)) + "\n"


def read_jsonl(lines: Iterable[str]) -> Iterator[StoredRun | StoredChunk]:
    """What `write_jsonl` wrote, in its order. Raises HistoryError for anything else."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if row["record"] == "run" and row["format"] == FORMAT:
                yield _run_of(row)
                continue
            if row["record"] == "chunk":
                yield StoredChunk(
                    row["index"], row["atMs"], row["type"], row["value"], row.get("cutFrom")
                )
                continue
        except (ValueError, KeyError, TypeError) as error:
            raise HistoryError(f"Line {number} is no line of an exported history.") from error
        raise HistoryError(f"Line {number} is of a kind or format that is not known.")


def _run_of(row: Mapping[str, Any]) -> StoredRun:
    return StoredRun(**{field.name: row[_camel(field.name)] for field in fields(StoredRun)})


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(map(str.capitalize, rest))
