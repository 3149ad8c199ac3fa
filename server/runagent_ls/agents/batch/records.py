"""The lines of the output file: one JSON object for each item that has ended."""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from runagent_ls.agents.batch.items import Item
from runagent_ls.agents.batch.plan import BatchError
from runagent_ls.agents.values import JsonValue, for_display

ItemState: TypeAlias = Literal["completed", "failed", "unknown"]
"""`failed`: the agent said so, or it was certainly not called. `unknown`: it may have run."""

STATES: Final[tuple[ItemState, ...]] = ("completed", "failed", "unknown")
_LARGEST_GAP: Final = 1_000_000
"""Items end nearly in the order they are read; an index far beyond the others is not ours."""


@dataclass(frozen=True, slots=True)
class Record:
    """How one item ended. `value` counts when `has_value`; for a stream it is the list of chunks.

    `error` is a `RunError` of schemas/protocol.schema.json. Times in milliseconds.
    """

    item: Item
    state: ItemState
    elapsed_ms: float = 0.0
    attempts: int = 0
    has_value: bool = False
    value: JsonValue = None
    error: dict[str, JsonValue] | None = None
    first_chunk_ms: float | None = None
    unknown_frames: int = 0
    shared: bool = False

    def line(self, tag: str) -> bytes:
        """The record as a line of the output file. Blocks as long as writing the JSON takes."""
        head = self.summary() | {"tag": tag}
        if self.first_chunk_ms is not None:
            head["firstChunkMs"] = round(self.first_chunk_ms, 3)
        if self.unknown_frames:
            head["unknownFrames"] = self.unknown_frames
        if self.has_value:
            head["value"] = self.value
        try:
            text = json.dumps(head, allow_nan=False)
        except ValueError:
            text = json.dumps(for_display(head))
        return text.encode() + b"\n"

    def summary(self) -> dict[str, JsonValue]:
        """The record without what the function gave."""
        item = self.item
        head: dict[str, JsonValue] = {"index": item.index, "line": item.line}
        if item.id is not None:
            head["id"] = item.id
        head |= {"input_sha256": item.sha256, "state": self.state}
        if self.error is not None:
            head["error"] = self.error
        head |= {"elapsedMs": round(self.elapsed_ms, 3), "attempts": self.attempts}
        if self.shared:
            head["shared"] = True
        return head


class RecordTable:
    """Which items have ended, in 17 bytes each: state, hash and place in the output file."""

    def __init__(self) -> None:
        self._states = bytearray()
        self._hashes = array("Q")
        self._offsets = array("Q")
        self.count = 0
        self.superseded = 0

    def __len__(self) -> int:
        """One more than the largest index."""
        return len(self._states)

    def put(self, index: int, state: ItemState, sha256: str, offset: int) -> None:
        """Note a record; a later one of the same item takes the place of the earlier."""
        missing = index + 1 - len(self._states)
        if missing > _LARGEST_GAP:
            raise BatchError(f"The output file has an item {index}, far beyond all others.")
        if missing > 0:
            self._states.extend(bytes(missing))
            self._hashes.extend([0] * missing)
            self._offsets.extend([0] * missing)
        if self._states[index]:
            self.superseded += 1
        else:
            self.count += 1
        self._states[index] = STATES.index(state) + 1
        self._hashes[index] = _short(sha256)
        self._offsets[index] = offset

    def state(self, index: int) -> ItemState | None:
        """How the item ended; None when it has not."""
        number = self._states[index] if index < len(self._states) else 0
        return STATES[number - 1] if number else None

    def offset(self, index: int) -> int:
        """Where the item's record begins, in bytes."""
        return self._offsets[index]

    def fits(self, index: int, sha256: str) -> bool:
        """Whether the item that ended had the same input."""
        return self._hashes[index] == _short(sha256)


def _short(sha256: str) -> int:
    return int(sha256[:16], 16)
