"""What the agent prints, told to the run that prints it."""

from __future__ import annotations

import io
import os
import sys
from collections import deque
from contextvars import ContextVar
from json import dumps
from time import sleep

from . import framing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .channel import Channel

current_run: ContextVar[int] = ContextVar("runagent_run", default=0)
"""The number of the run that this code belongs to; 0 is none."""

_MOST = 256 * 1024
"""Characters that wait for the pipe; who prints more waits as well."""


class Prints:
    """What was written to both streams, per run, until the channel takes it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.forked = False
        """In a child process: nobody takes the texts there, its descriptors lead to the front."""
        self._texts: dict[tuple[int, str], _Text] = {}

    def write(self, run: int, stream: str, text: str) -> None:
        key = (run, stream)
        waiting = self._texts.get(key)
        if waiting is None:
            waiting = self._texts.setdefault(key, _Text(run, stream))
        waiting.pieces.append(text)
        waiting.size += len(text)
        if not waiting.offered:
            waiting.offered = True
            self._channel.offer(waiting)
        while waiting.size > _MOST:
            sleep(0.001)

    def settle(self, run: int) -> None:
        """The run ends: all that it has written stands before whatever is sent next, even when it
        was interrupted in the middle of writing."""
        for stream in ("stdout", "stderr"):
            text = self._texts.pop((run, stream), None)
            if text is not None and text.pieces:
                self._channel.offer(text)


class _Text:
    def __init__(self, run: int, stream: str) -> None:
        self._run = run
        self._stream = stream
        self.pieces: deque[str] = deque()
        self.size = 0
        self.offered = False

    def take(self) -> bytes:
        self.offered = False
        pieces = [self.pieces.popleft() for _ in range(len(self.pieces))]
        self.size = 0
        if not pieces:
            return b""
        message = {"stream": self._stream, "text": "".join(pieces)}
        return framing.frame(framing.LOG, self._run, dumps(message).encode("ascii"))


class _Attributed(io.BufferedIOBase):
    """The bytes below a text stream."""

    def __init__(self, prints: Prints, stream: str, descriptor: int) -> None:
        self._prints = prints
        self._stream = stream
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def write(self, data: Any) -> int:
        data = bytes(data)
        if self._prints.forked:
            return os.write(self._descriptor, data)
        self._prints.write(current_run.get(), self._stream, data.decode("utf-8", "replace"))
        return len(data)


def redirect(prints: Prints) -> None:
    """From here on `sys.stdout` and `sys.stderr` write to `prints`."""
    for stream, descriptor in (("stdout", 1), ("stderr", 2)):
        raw = _Attributed(prints, stream, descriptor)
        text = io.TextIOWrapper(
            raw,  # type: ignore[type-var]  # typeshed asks for more than the documentation
            encoding="utf-8",
            errors="backslashreplace",
            write_through=True,
        )
        setattr(sys, stream, text)
        setattr(sys, f"__{stream}__", text)
