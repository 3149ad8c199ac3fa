"""Strings in quotes, also those that lack one, hold raw line ends or wrong escapes."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from runagent_ls.jsontree.faults import Faults
from runagent_ls.jsontree.scanning import read_valid_string
from runagent_ls.text.position import Span

_PIECE: Final = re.compile(r'[^"\\\x00-\x1f]+')
_ESCAPE: Final = re.compile(r'\\(?:(["\\/bfnrt])|u([0-9a-fA-F]{4}))')
_BAD_ESCAPE: Final = re.compile(r"\\(?:u[0-9a-fA-F]{0,3}|[^\r\n]|)")
_ESCAPED: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]+")
_SURROGATES: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")

_STRUCTURE_BEHIND: Final = re.compile(r"[\s,:{}\[\]]*[,:][\s,:{}\[\]]*$")
"""The end of a string that ran on into the next item: `main.py, `."""
_COMMA_BEHIND: Final = re.compile(r"\s*,?\s*$")
_CLOSERS_BEHIND: Final = re.compile(r"[\s,\]}]*$")
_REAL_END: Final = re.compile(r'"(?=[ \t]*(?:[,:}\]\r\n]|$))')
_OTHER_QUOTES: Final = re.compile(
    r"'((?:[^'\\\r\n]|\\.)*)'|`([^`\r\n]*)`|[\u201c\u201d\u201e]([^\u201c\u201d\"\r\n]*)[\u201c\u201d\"]"
)

_LOOK_AHEAD: Final = 2000
"""Characters searched for the real end of a string: enough for a line a person wrote."""


class Quoted(NamedTuple):
    """A string's value and the offset behind it."""

    value: str
    end: int


def read_string(text: str, start: int, faults: Faults, opener: int) -> Quoted:
    """Read the string whose `"` is at `start`; `opener` is where its container begins."""
    try:
        value, end = read_valid_string(text, start)
    except ValueError:
        return _read_broken(text, start, faults, opener)
    behind = text[end : end + 1]
    if behind and (behind.isalnum() or behind in "_-.'$(<\\"):
        return _read_overlong(text, start, end, faults) or Quoted(value, end)
    return Quoted(value, end)


def read_other_quotes(text: str, start: int, faults: Faults) -> Quoted | None:
    """Read a string in quotes that JSON does not know; None when there is none."""
    match = _OTHER_QUOTES.match(text, start)
    if match is None:
        return None
    faults.add(
        "wrong-quotes",
        'JSON strings stand in double quotes: use " instead.',
        Span(start, match.end()),
    )
    content = next((group for group in match.groups() if group is not None), "")
    return Quoted(content.replace("\\'", "'"), match.end())


def _read_overlong(text: str, start: int, end: int, faults: Faults) -> Quoted | None:
    """A string with a word glued to its closing quote: that quote was not meant as its end."""
    content = text[start + 1 : end - 1]
    tail = _STRUCTURE_BEHIND.search(content)
    if tail is not None:
        stop = start + 1 + tail.start()
        faults.add("missing-quote", 'The closing " of this string is missing.', Span(stop, stop))
        return Quoted(content[: tail.start()], stop)
    real_end = _REAL_END.search(text, end, end + _LOOK_AHEAD)
    if real_end is None or "\n" in text[end : real_end.start()]:
        return None
    faults.add(
        "unescaped-quote",
        'A quotation mark inside a string must be written as \\".',
        Span(end - 1, end),
    )
    return Quoted(text[start + 1 : real_end.start()], real_end.end())


def _read_broken(text: str, start: int, faults: Faults, opener: int) -> Quoted:
    """A string that `json` refuses: read on to its quote or the end of its line."""
    pieces: list[str] = []
    offset = start + 1
    while True:
        piece = _PIECE.match(text, offset)
        if piece is not None:
            pieces.append(piece.group())
            offset = piece.end()
        char = text[offset : offset + 1]
        if char == '"':
            return Quoted(_join(pieces), offset + 1)
        if char in ("", "\n", "\r"):
            return _unterminated(text, start, offset, faults, opener)
        if char == "\\":
            piece_value, offset = _read_escape(text, offset, faults)
            pieces.append(piece_value)
            continue
        offset = _read_control(text, offset, pieces, faults)


def _join(pieces: list[str]) -> str:
    """Text of the pieces, in which two escaped halves of one character meet."""
    return _SURROGATES.sub(
        lambda pair: pair.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le"),
        "".join(pieces),
    )


def _read_escape(text: str, offset: int, faults: Faults) -> tuple[str, int]:
    good = _ESCAPE.match(text, offset)
    if good is not None:
        short, code = good.groups()
        value = _ESCAPED.get(short, short) if short else chr(int(code, 16))
        return value, good.end()
    bad = _BAD_ESCAPE.match(text, offset)
    end = bad.end() if bad else offset + 1
    faults.add(
        "invalid-escape",
        f"{text[offset:end]} is no escape in JSON. For a backslash write \\\\; "
        "\\u needs four hexadecimal digits.",
        Span(offset, end),
    )
    return text[offset + 1 : end], end


def _read_control(text: str, offset: int, pieces: list[str], faults: Faults) -> int:
    run = _CONTROL.match(text, offset)
    end = run.end() if run else offset + 1
    pieces.append(text[offset:end])
    name = "A tab" if text[offset] == "\t" else f"The control character U+{ord(text[offset]):04X}"
    written = "\\t" if text[offset] == "\t" else f"\\u{ord(text[offset]):04x}"
    faults.add(
        "control-character",
        f"{name} inside a string must be written as {written}.",
        Span(offset, end),
    )
    return end


def _unterminated(text: str, start: int, stop: int, faults: Faults, opener: int) -> Quoted:
    """The line ended first. What looks like the item's separator is not part of the string."""
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    # On a line that also opens the container, closing brackets at its end are the container's.
    tail = _CLOSERS_BEHIND if opener >= line_start else _COMMA_BEHIND
    content = text[start + 1 : stop]
    match = tail.search(content)
    length = match.start() if match else len(content)
    end = start + 1 + length
    faults.add("missing-quote", 'The closing " of this string is missing.', Span(end, end))
    return Quoted(content[:length], end)
