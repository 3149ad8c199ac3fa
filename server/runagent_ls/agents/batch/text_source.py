"""A file or standard input as text, line by line, in whatever encoding it came.

Reading never fails on bytes: those that are not valid stay in the text as lone surrogates
(U+DC80 to U+DCFF), so that their line can be named.
"""

from __future__ import annotations

import codecs
import io
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from runagent_ls.agents.batch.plan import BatchError
from runagent_ls.text.decoding import decode

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_HEAD_BYTES: Final = 4
"""Enough for every byte order mark, and for the zero bytes of UTF-16 and UTF-32."""
_MARKS: Final = {"utf-8": (b"\xef\xbb\xbf",), "utf-16-le": (b"\xff\xfe",)} | {
    "utf-16-be": (b"\xfe\xff",),
    "utf-32-le": (b"\xff\xfe\x00\x00",),
    "utf-32-be": (b"\x00\x00\xfe\xff",),
}

_BROKEN: Final = re.compile("[\udc80-\udcff]")
_LONE: Final = "runagent_ls.lone_surrogate"
codecs.register_error(_LONE, lambda error: ("\udcff", getattr(error, "end", 0)))


def has_broken_bytes(text: str) -> bool:
    """Whether some of the text's bytes were not valid in its encoding."""
    return broken_column(text) is not None


def broken_column(text: str) -> int | None:
    """Column, from 1, of the first byte that was not valid."""
    found = None if text.isascii() else _BROKEN.search(text)
    return None if found is None else found.start() + 1


def open_text(path: Path | None, newline: str) -> io.TextIOWrapper:
    """Open for reading; None is standard input. `newline` as for `open`.

    Raises BatchError when the file cannot be opened.
    """
    try:
        if path is None:
            binary: BinaryIO = sys.stdin.buffer
        else:
            binary = path.open("rb")
    except OSError as error:
        raise BatchError(
            f"{path} cannot be read: {error.strerror or error}.",
            "Give a JSONL or CSV file with one item a line, or - for standard input.",
        ) from error
    try:
        head = binary.read(_HEAD_BYTES)
    except OSError as error:
        raise BatchError(f"{path or 'Standard input'} cannot be read: {error}.") from error
    encoding = decode(head).encoding
    for mark in _MARKS[encoding]:
        head = head.removeprefix(mark)
    errors = "surrogateescape" if encoding == "utf-8" else _LONE
    # read1 hands on what is there, so that a slow pipe's lines arrive one by one
    reader = io.BufferedReader(_Replayed(head, binary))
    return io.TextIOWrapper(reader, encoding=encoding, errors=errors, newline=newline)


class _Replayed(io.RawIOBase):
    """What was read already, then the rest. Closes the rest unless it is standard input."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        if self._head:
            part, self._head = self._head[: len(view)], self._head[len(view) :]
        else:
            read = getattr(self._rest, "read1", self._rest.read)
            part = read(len(view))
        view[: len(part)] = part
        return len(part)

    def close(self) -> None:
        if not self.closed and self._rest is not sys.stdin.buffer:
            self._rest.close()
        super().close()
