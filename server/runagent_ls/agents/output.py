"""A run's output for display: batches limited in time and bytes, long items cut.

An editor takes some thirty messages a second; an agent may send a hundred thousand chunks. What
arrives in between is collected, and an agent that is faster than its reader has to wait.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self, TypeAlias

from runagent_ls.agents.runs import OutputItem
from runagent_ls.agents.values import JsonValue, for_display

OutputMessage: TypeAlias = dict[str, JsonValue]
"""`OutputItem` of schemas/protocol.schema.json."""

INTERVAL_S = 1 / 30
BATCH_BYTES = 512 * 1024
ITEM_BYTES = 128 * 1024
"""An item that would be larger as JSON is cut for display."""
_OVERHEAD_BYTES = 80
"""What index, time and type add to an item."""


def message_of(item: OutputItem) -> tuple[OutputMessage, int]:
    """The item as the editor gets it, and an upper bound of its size in bytes as ASCII JSON."""
    message: OutputMessage = {
        "index": item.index,
        "atMs": round(item.at_ms, 3),
        "type": item.type,
    }
    size = _largest_size(item.raw)
    if size > ITEM_BYTES:
        size = _fill_measured(message, item)
    elif item.type == "value":
        message["value"] = for_display(item.value, item.raw)
    else:
        message["text"] = item.value if isinstance(item.value, str) else item.raw
    return message, size + _OVERHEAD_BYTES


def _largest_size(raw: str) -> int:
    """What came is the item's JSON with more escapes, so its length bounds the item's.

    Two exceptions: JSON without spaces is written with them, which adds half at most; and n bytes
    of UTF-8 beyond ASCII become at most 3 n as `\\uXXXX`.
    """
    length = len(raw) if raw.isascii() else 3 * len(raw.encode("utf-8", "surrogatepass"))
    return length * 3 // 2


def _fill_measured(message: OutputMessage, item: OutputItem) -> int:
    """Add the content of a long item, cut if it is too long; the size it takes."""
    if item.type == "value":
        value = for_display(item.value, item.raw)
        size = len(json.dumps(value))
        if size <= ITEM_BYTES:
            message["value"] = value
            return size
        message["type"] = "text"
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = item.value if isinstance(item.value, str) else item.raw
    kept, size = _beginning(text)
    message["text"] = kept
    if len(kept) < len(text):
        message["truncatedFrom"] = len(text)
    return size


def _beginning(text: str) -> tuple[str, int]:
    """As much of the text as fits into ITEM_BYTES of ASCII JSON, and its size so."""
    kept = text[:ITEM_BYTES]
    size = len(json.dumps(kept))
    while size > ITEM_BYTES:
        kept = kept[: len(kept) * ITEM_BYTES // size - 1]
        size = len(json.dumps(kept))
    return kept, size


class OutputBatcher:
    """Hands items on in batches, at most one per `interval` seconds, of BATCH_BYTES at most.

    Use as an async context manager around the run; leaving it sends the rest. `send` gets each
    batch, in order, never two at once; while it waits, `add` waits too once a batch is full.
    The first item goes out at once. What `send` raises is raised by the next `add`, or on leaving.
    """

    def __init__(
        self,
        send: Callable[[list[OutputMessage]], Awaitable[None]],
        interval: float = INTERVAL_S,
    ) -> None:
        self._send = send
        self._interval = interval
        self._waiting: list[OutputMessage] = []
        self._waiting_bytes = 0
        self._sending = asyncio.Lock()
        self._next_send = 0.0
        self._later: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        later, self._later = self._later, None
        if error is not None:
            if later is not None:
                later.cancel()
            return
        if later is not None:
            await later
        await self._flush()

    async def add(self, items: Sequence[OutputItem]) -> None:
        """Take items over; waits while there is a full batch that cannot be sent yet."""
        for item in items:
            message, size = message_of(item)
            if self._waiting and self._waiting_bytes + size > BATCH_BYTES:
                await self._flush()
            self._waiting.append(message)
            self._waiting_bytes += size
        if self._later is not None and self._later.done():
            await self._later
            self._later = None
        if self._waiting and self._later is None:
            self._later = asyncio.create_task(self._flush())

    async def _flush(self) -> None:
        """Send what is waiting, also what comes meanwhile, each batch when it is time for it."""
        async with self._sending:
            loop = asyncio.get_running_loop()
            while self._waiting:
                await asyncio.sleep(self._next_send - loop.time())
                batch, self._waiting, self._waiting_bytes = self._waiting, [], 0
                self._next_send = loop.time() + self._interval
                await self._send(batch)
