"""Why a text does not parse, and where."""

from __future__ import annotations

import ast
import re
import sys

from runagent_ls.pyfile.model import PythonSyntaxError
from runagent_ls.pyfile.source import Source, count_lines
from runagent_ls.text.position import Span

_SINCE: tuple[tuple[tuple[int, int], str], ...] = (
    ((3, 12), r"^[ \t]*type[ \t]+\w+|\b(?:def|class)\s+\w+\s*\["),
    ((3, 13), r"\b(?:def|class|type)\s+\w+\s*\["),
    ((3, 14), r"\bexcept\*?[^:\n]*,|\b(?:[tT][rR]?|[rR][tT])[\"']"),
    ((3, 15), r"^\s*lazy\s+(?:import|from)\b|\[\s*\*|\{\s*\*"),
)
"""What later versions of Python added to the grammar, roughly."""

_NEWER = [re.compile(p, re.MULTILINE) for since, p in _SINCE if sys.version_info < since]
_OTHER_LINE = re.compile(r"(\bon line )(\d+)")
_F_STRING = re.compile(r"""\b(?:[fF][rR]?|[rR][fF])(\"{3}|'{3}|"|')""")
_F_STRING_LINES = 50
"""Lines before an error that may hold the start of the f-string it stands in."""


def describe(text: str, start: int) -> PythonSyntaxError | None:
    """The first error of `text[start:]`, placed in `text`; None when that parses."""
    lines_before = count_lines(text, start)
    text, base = text[start:], start
    try:
        ast.parse(text)
    except SyntaxError as error:
        return _located(error, text, base, lines_before)
    except ValueError as error:
        at = base + max(text.find("\0"), 0)
        return PythonSyntaxError(str(error), Span(at, at + 1))
    except (RecursionError, MemoryError):
        return None
    return None


def _located(error: SyntaxError, text: str, base: int, lines_before: int) -> PythonSyntaxError:
    source = Source(text)
    line, column = error.lineno or 1, (error.offset or 1) - 1
    start = source.character_offset(line, column)
    end = source.character_offset(error.end_lineno or line, (error.end_offset or 0) - 1)
    if end <= start:
        end = min(start + 1, len(text))
    message = _OTHER_LINE.sub(
        lambda found: f"{found[1]}{int(found[2]) + lines_before}",
        error.msg.partition(" (detected at line")[0],
    )
    newer = _is_newer(source, text, line, message)
    return PythonSyntaxError(message, Span(base + start, base + end), newer)


def _is_newer(source: Source, text: str, line: int, message: str) -> bool:
    """Whether a later Python may take it: an older one stops in the line of the first new word."""
    begin, end = source.character_offset(line, 0), source.character_offset(line + 1, 0)
    if any(pattern.search(text, begin, end) for pattern in _NEWER):
        return True
    if sys.version_info >= (3, 12):
        return False
    before = source.character_offset(max(line - _F_STRING_LINES, 1), 0)
    return "f-string" in message or _has_open_f_string(text, before, begin, end)


def _has_open_f_string(text: str, before: int, begin: int, end: int) -> bool:
    """Whether an f-string closes inside its braces, as only Python 3.12 and later can read it.

    Looked for in the line `[begin, end)`; one with three quotes may start as early as `before`.
    """
    for found in _F_STRING.finditer(text, before, end):
        quote, start = found[1], found.end()
        if len(quote) == 1 and start < begin:
            continue
        close = text.find(quote, start)
        if len(quote) == 1:
            newline = text.find("\n", start)
            close = min((at for at in (close, newline) if at >= 0), default=-1)
        content = text[start : close if close >= 0 else len(text)]
        if content.count("{") > content.count("}"):
            return True
    return False
