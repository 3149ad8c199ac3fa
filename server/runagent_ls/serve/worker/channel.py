"""The way to the front: frames of many threads on one pipe, in order and in large pieces."""

from __future__ import annotations

import os
import threading
from collections import deque
from json import dumps  # agents replace what stands in the module
from queue import SimpleQueue

from . import framing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Protocol

    class Source(Protocol):
        """Collects until it is its turn."""

        def take(self) -> bytes:
            """Whole frames of all that has been collected; called by one thread at a time."""
            ...


_LARGE = 1 << 18
"""Bytes that are not copied once more to be written together with others."""


class Channel:
    """What is `send` is written at once, after all that was handed over before. What is `offer`ed
    is written by a thread of its own, so that whoever makes many small pieces makes the next ones
    meanwhile."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.forked = False
        self._pending: deque[tuple[bytes, bytes] | Source] = deque()
        self._writing = threading.Lock()
        self._offers: SimpleQueue[None] = SimpleQueue()
        threading.Thread(target=self._write_offers, name="runagent-writer", daemon=True).start()

    def abandon(self) -> None:
        """In a child process that was forked off: it has nothing to say to the front."""
        self.forked = True
        os.close(self._descriptor)

    def send(self, kind: int, run: int, payload: bytes) -> None:
        if self.forked:
            os._exit(0)  # the end of a run that the parent process goes on with
        self._pending.append((framing.HEAD.pack(len(payload), kind, run), payload))
        self.flush()

    def tell(self, kind: int, run: int, message: Mapping[str, object]) -> None:
        """A message in JSON, as ASCII: any text of the agent can be said so."""
        self.send(kind, run, dumps(message).encode("ascii"))

    def offer(self, source: Source) -> None:
        self._pending.append(source)
        self._offers.put(None)

    def flush(self) -> None:
        """Everything that was handed over is in the pipe when this returns."""
        pending = self._pending
        if self.forked:
            pending.clear()
            return
        with self._writing:
            pieces: list[bytes] = []
            while pending:
                piece = pending.popleft()
                pieces += piece if isinstance(piece, tuple) else (piece.take(),)
            small: list[bytes] = []
            for data in pieces:
                if len(data) < _LARGE:
                    small.append(data)
                else:
                    self._write(b"".join(small))
                    self._write(data)
                    small = []
            self._write(b"".join(small))

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except OSError:
                os._exit(0)  # nobody listens any more

    def _write_offers(self) -> None:
        while True:
            self._offers.get()
            self.flush()


def frames_from(descriptor: int) -> Iterator[tuple[int, int, bytes]]:
    """Kind, run and payload of each frame that comes, until the other side is gone."""
    head = framing.HEAD
    with open(descriptor, "rb", buffering=1 << 16, closefd=False) as pipe:
        while True:
            start = pipe.read(head.size)
            if len(start) < head.size:
                return
            length, kind, run = head.unpack(start)
            payload = pipe.read(length)
            if len(payload) < length:
                return
            yield kind, run, payload
