"""The syntax tree of single definitions, cut out of their files."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from runagent_ls.project.annotations.meaning import Local
from runagent_ls.project.importing import ModuleReader
from runagent_ls.pyfile.quiet import quiet_parser
from runagent_ls.text.position import Span

_LONGEST = 200_000
"""Characters of a definition beyond which it is not looked at."""
_TYPE_STATEMENT = re.compile(r"\Atype[ \t]+(\w+)[ \t]*=")
_MOST_LINES = 40


def type_statement(text: str, name: str) -> Span | None:
    """Place of a top-level `type name = ...` in a text whose syntax is too new for this Python."""
    head = re.search(rf"^type[ \t]+{re.escape(name)}[ \t]*=", text, re.MULTILINE)
    if head is None:
        return None
    end = head.end()
    for _ in range(_MOST_LINES):
        end = text.find("\n", end) + 1 or len(text)
        if expression(text[head.end() : end]) is not None:
            return Span(head.start(), end)
    return None


def definition(local: Local, reader: ModuleReader) -> ast.stmt | None:
    """The statement that binds the symbol; None when it does not parse on its own."""
    file = reader.python(local.place.path)
    start, end = local.symbol.full_span
    if file is None or end - start > _LONGEST:
        return None
    line = file.text.rfind("\n", 0, start) + 1
    indent = file.text[line:start]
    return _statement(file.text[start:end], indent if not indent.strip() else "")


@lru_cache(maxsize=256)
def _statement(text: str, indent: str) -> ast.stmt | None:
    """Parse one statement that stands behind some spaces."""
    # Pythons before 3.12 do not read `type X = ...`, but what it means.
    text = _TYPE_STATEMENT.sub(r"\1 =", text, count=1)
    source = f"if 1:\n{indent}{text}" if indent else text
    try:
        with quiet_parser():
            (found,) = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return found.body[0] if indent and isinstance(found, ast.If) else found


@lru_cache(maxsize=512)
def expression(text: str) -> ast.expr | None:
    """An annotation as written; None when it is no expression."""
    if len(text) > _LONGEST:
        return None
    try:
        with quiet_parser():
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
