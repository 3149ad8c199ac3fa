"""A place in a text that moves on, token by token; whole valid subtrees in one step."""

from __future__ import annotations

import re
from json import JSONDecodeError
from typing import Final

from runagent_ls.jsontree.bare import read_bare_key, read_bare_value
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.jsontree.faults import Faults
from runagent_ls.jsontree.quoted import read_other_quotes, read_string
from runagent_ls.jsontree.scanning import WatchfulScanner, skip_space
from runagent_ls.text.position import Span

_COMMENT: Final = re.compile(r"//[^\r\n]*|#[^\r\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_ODD_SPACE: Final = re.compile(
    "[\u00a0\u1680\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff\x0b\x0c\x85\x00]+"
)
_LEVELS_SKIPPED: Final = 400
"""How much deeper to go before the C scanner is asked again, after it ran out of stack."""


class Cursor:
    """Reads tokens of a broken text and notes what is wrong with each."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.faults = Faults()
        self.offset = 0
        self.last_end = 0
        """Behind the last token that is neither blank nor comment."""
        self.too_deep = False
        self._scanner = WatchfulScanner()
        self._scan_budget = 4 * len(text) + 1_000_000
        """Characters that failing scans may still read, so that deep faults stay linear."""
        self._no_scan_above = 0
        """Containers nested less deep than this are known to be too deep for the C scanner."""

    def _skip_blank(self) -> None:
        text = self.text
        while True:
            self.offset = skip_space(text, self.offset)
            odd = _ODD_SPACE.match(text, self.offset)
            if odd is not None:
                self._odd_space(odd)
                continue
            comment = _COMMENT.match(text, self.offset)
            if comment is None:
                return
            self.faults.add("comment", "JSON has no comments.", Span(*comment.span()))
            self.offset = comment.end()

    def _odd_space(self, match: re.Match[str]) -> None:
        if match.start() == 0 and match.group()[0] == "\ufeff":
            kind, message = "byte-order-mark", "A byte order mark may not stand in front of JSON."
        else:
            code = ord(match.group()[0])
            kind = "invalid-character"
            message = f"The character U+{code:04X} is no blank in JSON: use a plain space."
        self.faults.add(kind, message, Span(*match.span()))
        self.offset = match.end()

    def _scan(self, start: int, depth: int) -> tuple[JsonValue, int] | None:
        """Read a whole subtree at once; None when it holds something to be reported."""
        if self._scan_budget <= 0 or depth < self._no_scan_above:
            return None
        self._scanner.remarkable = False
        try:
            value, end = self._scanner.scan(self.text, start)
        except RecursionError:
            self._too_deep(start)
            self._no_scan_above = depth + _LEVELS_SKIPPED
            self._scan_budget -= 1000
        except ValueError as error:
            # The integer limit of Python raises a ValueError that knows no place.
            stopped = error.pos if isinstance(error, JSONDecodeError) else len(self.text)
            self._scan_budget -= stopped - start
        else:
            if not self._scanner.remarkable:
                return value, end
            self._scan_budget -= end - start
        return None

    def _too_deep(self, start: int) -> None:
        if not self.too_deep:
            message = "This nests too deep: RunAgent's reader stops at about 990 levels."
            self.faults.add("too-deep", message, Span(start, start + 1))
        self.too_deep = True

    def _read_scalar(self, opener: int) -> JsonValue:
        """Read a value that begins with no bracket; `opener` is where its container begins."""
        if self.text[self.offset] == '"':
            quoted = read_string(self.text, self.offset, self.faults, opener)
            self._move(quoted.end)
            return quoted.value
        other = read_other_quotes(self.text, self.offset, self.faults)
        if other is not None:
            self._move(other.end)
            return other.value
        bare = read_bare_value(self.text, self.offset, self.faults)
        self._move(bare.end)
        return bare.value

    def _read_key(self, opener: int) -> str:
        """Read a key, quoted or not."""
        if self.text[self.offset] == '"':
            return str(self._read_scalar(opener))
        other = read_other_quotes(self.text, self.offset, self.faults)
        if other is not None:
            self._move(other.end)
            return other.value
        name, end = read_bare_key(self.text, self.offset, self.faults)
        self._move(end)
        return name

    def _peek_colon(self) -> bool:
        offset = skip_space(self.text, self.offset)
        return self.text[offset : offset + 1] == ":"

    def _consume(self, count: int) -> None:
        self._move(self.offset + count)

    def _move(self, offset: int) -> None:
        self.offset = self.last_end = offset
