"""Places of `ast` nodes, which count UTF-8 bytes, as code points of the text."""

from __future__ import annotations

import ast
import re
from itertools import accumulate

from runagent_ls.text.position import Span

# The parser's own line ends: never `str.splitlines`, which also splits at \x0c, \x1c or U+2028.
_LINE_END = re.compile(r"\r\n|\r|\n")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_DEFINITION = re.compile(r"(?:async(?:[ \t\f]|\\\r?\n)+)?(?:def|class)(?:[ \t\f]|\\\r?\n)+")


def _line_starts(text: str) -> list[int]:
    if "\r" in text:
        return [0, *(match.end() for match in _LINE_END.finditer(text))]
    lengths = (len(line) + 1 for line in text.split("\n"))
    return list(accumulate(lengths, initial=0))[:-1]


def count_lines(text: str, end: int) -> int:
    """Line ends in `text[:end]`, as the parser counts them."""
    pairs = text.count("\r\n", 0, end)
    return text.count("\n", 0, end) + text.count("\r", 0, end) - pairs


class Source:
    """A piece of source text and the places of its nodes, relative to `base`."""

    __slots__ = ("_ascii", "_starts", "base", "text")

    def __init__(self, text: str, base: int = 0) -> None:
        self.text = text
        self.base = base
        self._starts = _line_starts(text)
        self._ascii = text.isascii()

    def offset(self, line: int, column: int) -> int:
        """Code point offset in `text` of a 1-based line and a 0-based UTF-8 column."""
        starts = self._starts
        if line < 1:
            return 0
        if line > len(starts):
            return len(self.text)
        start = starts[line - 1]
        if self._ascii:
            return min(start + column, len(self.text))
        end = starts[line] if line < len(starts) else len(self.text)
        encoded = self.text[start:end].encode("utf-8", "replace")
        return start + len(encoded[:column].decode("utf-8", "ignore"))

    def character_offset(self, line: int, column: int) -> int:
        """The same for a 0-based column in code points, as syntax errors have it."""
        if line < 1:
            return 0
        if line > len(self._starts):
            return len(self.text)
        return max(0, min(self._starts[line - 1] + max(column, 0), len(self.text)))

    def local(self, node: ast.AST) -> tuple[int, int]:
        """Start and end of a node in `text`, decorators not included."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        start = self.offset(line, column)
        end_line = getattr(node, "end_lineno", None)
        if end_line is None:
            return start, start
        return start, max(start, self.offset(end_line, getattr(node, "end_col_offset", 0)))

    def span(self, node: ast.AST) -> Span:
        start, end = self.local(node)
        return Span(start + self.base, end + self.base)

    def full_span(self, node: ast.AST) -> Span:
        """Like `span`, from the first decorator's `@` on."""
        start, end = self.local(node)
        decorators = getattr(node, "decorator_list", None)
        if decorators:
            first = self.local(decorators[0])[0]
            at = self.text.rfind("@", 0, first)
            start = at if at >= 0 else first
        return Span(start + self.base, end + self.base)

    def segment(self, node: ast.AST) -> str:
        """The node as written."""
        start, end = self.local(node)
        return self.text[start:end]

    def name_span(self, node: ast.AST) -> Span:
        """Place of the name that a `def`, `class`, import alias or name node binds."""
        start, end = self.local(node)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            head = _DEFINITION.match(self.text, start)
            return self._identifier_at(head.end() if head else start, end)
        if isinstance(node, ast.alias):
            names = list(_IDENTIFIER.finditer(self.text, start, end))
            if not names:
                return Span(start + self.base, end + self.base)
            bound = names[-1] if node.asname else names[0]
            return Span(bound.start() + self.base, bound.end() + self.base)
        if isinstance(node, ast.Attribute):
            tail = self.local(node.value)[1]
            return self._identifier_at(self.text.find(".", tail, end) + 1, end)
        return Span(start + self.base, end + self.base)

    def _identifier_at(self, start: int, limit: int) -> Span:
        found = _IDENTIFIER.search(self.text, max(start, 0), max(limit, 0))
        if found is None:
            return Span(start + self.base, start + self.base)
        return Span(found.start() + self.base, found.end() + self.base)
