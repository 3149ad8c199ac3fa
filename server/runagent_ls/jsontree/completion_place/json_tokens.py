"""The tokens of one line of JSON or flow-style YAML, also of a broken one.

A line can be read without those above it: no string goes on behind the end of its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from runagent_ls.jsontree.faults import Faults
from runagent_ls.jsontree.quoted import read_other_quotes, read_string

STRING: Final = '"'
WORD: Final = "w"
COMMENT: Final = "#"
OPENERS: Final = ("{", "[")
CLOSERS: Final = ("}", "]")

_BLANK: Final = re.compile(r"[^\S\r\n]*")
_PLAIN_STRING: Final = re.compile(
    r'"[^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+"(?![\w\-.\'$(<\\])'
)
_COMMENT: Final = re.compile(r"//[^\r\n]*|#[^\r\n]*|/\*.*?(?:\*/|$)", re.MULTILINE)
_WORD: Final = re.compile(r"[^\s{}\[\],:\"]+")
_UNOPENED: Final = re.compile(r'[^"\r\n:,{}\[\]]{1,200}"(?=[ \t]*(?:[:,}\]\r\n]|\Z))')
"""A string that lacks its opening quotation mark. Tried at each word, so not over a long way."""
_UNOPENED_VALUE: Final = re.compile(
    r"(?!(?:true|false|null)\b)[^\s\"{}\[\],\d-][^\"\r\n]{0,500}\"(?=[ \t]*(?:[,}\]\r\n]|\Z))"
)
"""The same behind a colon, where it may hold anything."""
_REST_OF_LINE: Final = re.compile(r"[^\r\n]*")


class Token(NamedTuple):
    """`kind` is the character itself for brackets, commas and colons, else a constant above."""

    kind: str
    start: int
    end: int
    closed: bool = True
    """False for a string without its closing quotation mark."""

    @property
    def is_scalar(self) -> bool:
        return self.kind in (STRING, WORD)


def line_start(text: str, offset: int) -> int:
    """Where the line of an offset begins."""
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def line_end(text: str, offset: int) -> int:
    """Where the line of an offset ends, in front of its line break."""
    found = _REST_OF_LINE.match(text, offset)
    return found.end() if found else len(text)


def tokens(text: str, start: int, opener: int = -1) -> Iterator[Token]:
    """The tokens from `start`, which is outside of strings, to the end of its line.

    `opener` is where the container around them begins, if that is known.
    """
    offset, end = start, line_end(text, start)
    behind_colon = False
    while True:
        blank = _BLANK.match(text, offset)
        offset = blank.end() if blank else offset
        if offset >= end:
            return
        token = _token(text, offset, opener, behind_colon)
        yield token
        offset, behind_colon = token.end, token.kind == ":"


def _token(text: str, offset: int, opener: int, behind_colon: bool) -> Token:
    char = text[offset]
    if char in "{}[],:":
        return Token(char, offset, offset + 1)
    if char == '"':
        plain = _PLAIN_STRING.match(text, offset)
        if plain is not None:
            return Token(STRING, offset, plain.end())
        end = max(read_string(text, offset, Faults(), opener).end, offset + 1)
        closed = end > offset + 1 and text[end - 1] == '"' and text[end - 2] != "\\"
        return Token(STRING, offset, end, closed)
    comment = _COMMENT.match(text, offset)
    if comment is not None:
        return Token(COMMENT, offset, comment.end())
    other = read_other_quotes(text, offset, Faults())
    if other is not None:
        return Token(STRING, offset, other.end)
    unopened = _UNOPENED_VALUE if behind_colon else _UNOPENED
    word = unopened.match(text, offset) or _WORD.match(text, offset)
    return Token(WORD, offset, word.end() if word else offset + 1)


def last_before(text: str, offset: int) -> Token | None:
    """The last token on the lines above the one of `offset`, comments left out."""
    start = line_start(text, offset)
    while start > 0:
        above = start - 1
        if text[above] == "\n" and above and text[above - 1] == "\r":
            above -= 1
        start = line_start(text, above)
        found = [token for token in tokens(text, start) if token.kind != COMMENT]
        if found:
            return found[-1]
    return None


def first_from(text: str, offset: int) -> Token | None:
    """The first token at or behind `offset`, on whichever line, comments left out."""
    while offset <= len(text):
        for token in tokens(text, offset):
            if token.kind != COMMENT:
                return token
        offset = line_end(text, offset) + 1
    return None
