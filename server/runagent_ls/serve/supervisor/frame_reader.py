"""Frames out of the bytes that a worker writes, in whatever pieces they arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from runagent_ls.serve.worker import framing

OnFrame: TypeAlias = Callable[[int, int, bytes], None]
"""Kind, run and payload."""
OnTooLong: TypeAlias = Callable[[int, int, int], None]
"""Kind, run and length of a frame whose payload was left out."""

_KINDS: Final = frozenset(range(framing.READY, framing.PONG + 1))


class NoFrameError(Exception):
    """The bytes are no frames: somebody else wrote into the pipe. Nothing after them has a
    meaning."""


class FrameReader:
    """Feed it bytes; it calls `on_frame` for each whole frame, in order.

    `last_run` is the highest number that was given to a run; a higher one in a frame is no number.
    A payload of more than `longest` bytes is not kept.
    """

    def __init__(self, on_frame: OnFrame, on_too_long: OnTooLong, longest: int) -> None:
        self._on_frame = on_frame
        self._on_too_long = on_too_long
        self.last_run = 0
        self._longest = longest
        self._pending = bytearray()
        self._wanted = framing.HEAD.size
        self._skip = 0

    def feed(self, data: bytes) -> None:
        """NoFrameError when the bytes cannot be frames."""
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        if self._pending:
            self._pending += data
            if len(self._pending) < self._wanted:
                return
            data = bytes(self._pending)
            self._pending.clear()
        rest = self._read(data)
        if rest < len(data):
            self._pending += memoryview(data)[rest:]

    def _read(self, data: bytes) -> int:
        """Reads all whole frames; where the first unfinished one begins."""
        head, unpack, on_frame = framing.HEAD.size, framing.HEAD.unpack_from, self._on_frame
        at, size = 0, len(data)
        while size - at >= head:
            length, kind, run = unpack(data, at)
            if kind not in _KINDS or run > self.last_run:
                raise NoFrameError
            end = at + head + length
            if length > self._longest:
                self._skip = max(0, end - size)
                self._on_too_long(kind, run, length)
                at = min(end, size)
                continue
            if end > size:
                self._wanted = end - at
                return at
            on_frame(kind, run, data[at + head : end])
            at = end
        self._wanted = head
        return at


def texts_of(payload: bytes) -> list[bytes]:
    """The texts of a CHUNKS payload; NoFrameError when their lengths do not add up."""
    texts = []
    at, size, head, unpack = 0, len(payload), framing.LENGTH.size, framing.LENGTH.unpack_from
    while at < size:
        if at + head > size:
            raise NoFrameError
        (length,) = unpack(payload, at)
        begin = at + head
        at = begin + length
        if at > size:
            raise NoFrameError
        texts.append(payload[begin:at])
    return texts
