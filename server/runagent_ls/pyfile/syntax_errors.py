"""Why a text does not parse, and where."""

from __future__ import annotations

import ast
import re
import sys

from runagent_ls.pyfile.model import PythonSyntaxError
from runagent_ls.pyfile.source import Source, count_lines
from runagent_ls.text.position import Span

_SINCE: tuple[tuple[tuple[int, int], str], ...] = (
    ((3, 12), r"^[ \t]*type[ \t]+\w+|\b(?:def|class)\s+\w+\s*\[|\b(?:[fF][rR]?|[rR][fF])[\"']"),
    ((3, 13), r"\b(?:def|class|type)\s+\w+\s*\["),
    ((3, 14), r"\bexcept\*?[^:\n]*,|\b(?:[tT][rR]?|[rR][tT])[\"']"),
    ((3, 15), r"^\s*lazy\s+(?:import|from)\b|\[\s*\*|\{\s*\*"),
)
"""What later versions of Python added to the grammar, roughly."""

_NEWER = [re.compile(p, re.MULTILINE) for since, p in _SINCE if sys.version_info < since]
_OTHER_LINE = re.compile(r"(\bon line )(\d+)")
_AROUND = 10
"""Lines around an error that are searched for newer syntax."""


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
    near = text[
        source.character_offset(line - _AROUND, 0) : source.character_offset(line + _AROUND, 0)
    ]
    newer = any(pattern.search(near) for pattern in _NEWER)
    return PythonSyntaxError(message, Span(base + start, base + end), newer)
