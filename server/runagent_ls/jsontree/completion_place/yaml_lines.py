"""The lines of block-style YAML, one by one: where dashes, keys and values stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from runagent_ls.jsontree.completion_place.json_tokens import line_end, line_start

_LINE: Final = re.compile(r"( *)((?:-(?: +|$))*)(.*)", re.DOTALL)
_COLON: Final = re.compile(r":(?=[ \t]|$)")
_COLON_NEXT: Final = re.compile(r"[ \t]*:(?=[ \t]|$)")
_NO_KEY: Final = "\"'#[]{},&*!|>%@`"
_QUOTED: Final = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'""")
_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#")

_MARKER: Final = re.compile(r"(?:---|\.\.\.)(?=\s|\Z)|%")


@dataclass(frozen=True, slots=True)
class YamlLine:
    """One line that is neither blank nor a comment. Columns count code points from its start."""

    start: int
    dashes: tuple[int, ...]
    column: int
    """Where the key, or whatever stands behind the dashes, begins."""
    rest: str
    """What stands there, without a comment behind it."""
    key: str | None
    """As it is meant, without quotation marks."""
    key_end: int = 0
    """Column behind the key."""
    value_start: int = 0
    """Column behind the colon."""
    comment: int | None = None
    """Column of the comment behind it."""

    @property
    def first(self) -> int:
        """Column of the first thing on the line."""
        return self.dashes[0] if self.dashes else self.column

    @property
    def value(self) -> str:
        """What stands behind the key's colon, without blanks around it."""
        return self.rest[self.value_start - self.column :].strip() if self.key is not None else ""

    @property
    def opens_block(self) -> bool:
        """A key without a value on its line; anchors and tags are none."""
        value = self.value
        return self.key is not None and (not value or (value[0] in "&!" and " " not in value))


def read_line(text: str, start: int) -> YamlLine:
    """The line that begins at `start`."""
    raw = text[start : line_end(text, start)]
    match = _LINE.match(raw)
    indent, marks, rest = match.groups() if match else ("", "", raw)
    column = len(indent) + len(marks)
    dashes = tuple(len(indent) + at for at, char in enumerate(marks) if char == "-")
    comment = _comment_of(rest)
    code = rest if comment is None else rest[:comment]
    code = code.rstrip()
    colon = _colon_of(code)
    place = None if comment is None else column + comment
    if colon is None:
        return YamlLine(start, dashes, column, code, None, comment=place)
    name = code[:colon].rstrip(" \t")
    end = column + len(name)
    return YamlLine(start, dashes, column, code, _meant(name), end, column + colon + 1, place)


def is_content(line: YamlLine) -> bool:
    """False for blank lines and comments."""
    return bool(line.rest) or bool(line.dashes)


def lines_above(text: str, start: int) -> Iterator[YamlLine]:
    """The lines above the one that begins at `start`, nearest first, without blank ones."""
    while start > 0:
        above = start - 1
        if text[above] == "\n" and above and text[above - 1] == "\r":
            above -= 1
        start = line_start(text, above)
        if is_marker(text, start):
            return
        line = read_line(text, start)
        if is_content(line):
            yield line


def line_below(text: str, offset: int) -> YamlLine | None:
    """The first line below the one of `offset` that is not blank."""
    while (end := line_end(text, offset)) < len(text):
        offset = end + (2 if text.startswith("\r\n", end) else 1)
        if is_marker(text, offset):
            return None
        line = read_line(text, offset)
        if is_content(line):
            return line
    return None


def is_marker(text: str, start: int) -> bool:
    """Whether the line at `start` begins or ends a document, or says something about it."""
    return _MARKER.match(text, start) is not None


def _comment_of(rest: str) -> int | None:
    """Where a comment begins in what stands behind the dashes; quoted texts may hold a #."""
    colon = _colon_of(rest)
    at = 0 if colon is None else colon + 1
    blank = len(rest[at:]) - len(rest[at:].lstrip())
    quoted = _QUOTED.match(rest, at + blank)
    found = _COMMENT.search(rest, quoted.end() if quoted else 0)
    return found.start() if found else None


def _colon_of(rest: str) -> int | None:
    """Where the colon of a key stands, if a line begins with one."""
    quoted = _QUOTED.match(rest)
    if quoted is not None:
        found = _COLON_NEXT.match(rest, quoted.end())
        return None if found is None else found.end() - 1
    plain = _COLON.search(rest) if rest and rest[0] not in _NO_KEY else None
    return plain.start() if plain is not None and plain.start() > 0 else None


def _meant(name: str) -> str:
    if name[:1] == "'":
        return name[1:-1].replace("''", "'")
    return name[1:-1] if name[:1] == '"' else name
