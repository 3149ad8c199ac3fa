"""Many chunks in one row: a JSON array of their values, with times and types beside it.

A row for each chunk would cost a fast stream more than receiving it. `times` and `types` are
written as runs, `[[12.5, 40], [13.1, 7]]` for 40 chunks at 12.5 ms and 7 at 13.1 ms.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple, cast

from runagent_ls.agents.history.records import ChunkType, StoredChunk
from runagent_ls.agents.values import JsonValue

_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ENCODE_ASCII: Final = json.JSONEncoder(separators=(",", ":")).encode
_CUT: Final = "cut-"
"""In front of the type of a chunk whose value is `{"head": ..., "tail": ..., "length": ...}`."""


class Block(NamedTuple):
    """One row of `blocks`. `first` is the index of the first of `length` chunks."""

    first: int
    length: int
    times: str
    types: str
    items: str


def dump(value: JsonValue) -> str:
    """JSON as it is stored: readable, except when UTF-8 cannot hold it."""
    text = _ENCODE(value)
    return text if text.isascii() or _fits_utf8(text) else _ENCODE_ASCII(value)


def _fits_utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def runs_of(values: Iterable[JsonValue]) -> str:
    """Equal neighbours once, with their number."""
    return _ENCODE([[value, len(list(group))] for value, group in groupby(values)])


def times_of(times: Iterable[float]) -> str:
    """`runs_of` milliseconds, to the microsecond."""
    return _ENCODE([[round(at_ms, 3), len(list(group))] for at_ms, group in groupby(times)])


def values_of(text: str) -> Iterator[JsonValue]:
    """What `runs_of` was given."""
    for value, count in json.loads(text):
        for _ in range(count):
            yield value


def cut(value: JsonValue, limit: int) -> tuple[JsonValue, int] | None:
    """A value too long to keep as its beginning and end, and its length; None when it fits."""
    text = value if isinstance(value, str) else dump(value)
    if len(text) <= limit:
        return None
    head, tail = limit * 3 // 4, limit // 4
    kept: JsonValue = {"head": text[:head], "tail": text[len(text) - tail :], "length": len(text)}
    return kept, len(text)


def joined(value: JsonValue) -> str:
    """What `cut` kept, as one text that shows the gap."""
    parts = cast("dict[str, JsonValue]", value)
    head, tail, length = str(parts["head"]), str(parts["tail"]), parts["length"]
    missing = int(cast("int", length)) - len(head) - len(tail)
    return f"{head}\n[... {missing} characters are not stored ...]\n{tail}"


def cut_type(kind: str) -> str:
    """The stored type of a chunk that was cut."""
    return _CUT + kind


def chunks_of(block: Block, after: int = -1) -> Iterator[StoredChunk]:
    """The chunks of a row with an index above `after`."""
    values: Sequence[JsonValue] = json.loads(block.items)
    rows = zip(values, values_of(block.times), values_of(block.types), strict=True)
    for index, (value, at_ms, kind) in enumerate(rows, block.first):
        if index <= after:
            continue
        name, length, shown = str(kind), None, value
        if name.startswith(_CUT) and isinstance(value, dict):
            name, length = name.removeprefix(_CUT), cast("int", value["length"])
            shown = joined(value)
        yield StoredChunk(
            index, float(cast("float", at_ms)), cast("ChunkType", name), shown, length
        )
