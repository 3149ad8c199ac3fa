"""The call that is just being written: its string, or its brackets, are not closed yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Final, NamedTuple

from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.clients.reading import calls_in

_CLIENT: Final = "RunAgentClient"
_LONGEST: Final = 4_000
"""Characters of a call in front of the cursor."""
_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}
_QUOTES: Final = ("'", '"', "`")
_COMMENTS: Final = ("#", "//")


class _Open(NamedTuple):
    quote: str
    closers: str
    """The brackets that are open around the string, closed."""


def half_written_calls(
    path: FilePath, text: str, offset: int
) -> Iterator[tuple[tuple[ClientCall, ...], str]]:
    """The calls of a file as they may be meant, if a string of a call is being written at `offset`.

    Each time with the quotation mark that the string lacks, empty if it has it. Up to `offset` all
    places are those of `text`.
    """
    begin = text.rfind(_CLIENT, max(0, offset - _LONGEST), offset)
    opened = _open_at(text, begin, offset) if begin >= 0 else None
    if opened is None:
        return
    quote, closers = opened
    end = min((at for at in (text.find(it, offset) for it in "\r\n") if at >= 0), default=len(text))
    yield calls_in(path, text[:offset] + quote + text[offset:]), quote
    behind = text.find(quote, offset, end) + 1
    if behind:
        yield calls_in(path, text[:behind] + closers + text[end:]), ""
        return
    for rest in (",", closers):
        yield calls_in(path, text[:offset] + quote + rest + text[end:]), quote


def _open_at(text: str, begin: int, offset: int) -> _Open | None:
    """What is open between a call's name and an offset inside of a string; None elsewhere."""
    closers, quote, at = "", "", begin
    while at < offset:
        character = text[at]
        if quote:
            if character in "\r\n" and quote != "`":
                return None
            at += character == "\\"
            quote = "" if character == quote else quote
        elif character in _QUOTES:
            quote = character
        elif text.startswith(_COMMENTS, at):
            at = max(at, text.find("\n", at, offset))
        elif character in _CLOSERS:
            closers = _CLOSERS[character] + closers
        elif closers and character in _CLOSERS.values():
            closers = closers[1:]
            if not closers:
                return None
        at += 1
    return _Open(quote, closers) if quote and closers else None
