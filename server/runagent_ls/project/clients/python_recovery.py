"""Calls in Python text that does not parse: each is read by itself, from bracket to bracket."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from runagent_ls.project.clients.python_scopes import Scope
from runagent_ls.pyfile.source import Source

_LEXEME: Final = re.compile(
    r"""(?P<skipped>\#[^\r\n]*
      | [A-Za-z]{0,2}\"\"\"(?:[^\\]|\\.)*?\"\"\" | [A-Za-z]{0,2}'''(?:[^\\]|\\.)*?'''
      | [A-Za-z]{0,2}"(?:[^"\\\r\n]|\\(?:\r\n|.))*"? | [A-Za-z]{0,2}'(?:[^'\\\r\n]|\\(?:\r\n|.))*'?)
      | (?P<call>[^\W\d]\w*(?:[ \t]*\.[ \t]*[^\W\d]\w*)*)(?=[ \t]*\()
      | (?P<name>[^\W\d]\w*)
      | (?P<open>[(\[{]) | (?P<close>[)\]}])""",
    re.VERBOSE | re.DOTALL,
)
_LONGEST: Final = 4_000
"""Characters between the brackets of a call."""


def recovered(text: str, start: int, module: Scope) -> Iterator[tuple[ast.Call, Source]]:
    """Calls of the client in `text`, which stands at `start`, by the names of the module."""
    for found in _LEXEME.finditer(text):
        if found.lastgroup != "call" or text[: found.start()].rstrip().endswith("."):
            continue
        end = _closed(text, found.end())
        if end is None:
            continue
        piece = text[found.start() : end]
        try:
            node = ast.parse(piece, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if isinstance(node, ast.Call) and module.is_client(node.func):
            yield node, Source(piece, start + found.start())


def _closed(text: str, start: int) -> int | None:
    """The end of the brackets that open at `start`."""
    depth = 0
    for found in _LEXEME.finditer(text, start, min(len(text), start + _LONGEST)):
        if found.lastgroup == "open":
            depth += 1
        elif found.lastgroup == "close":
            depth -= 1
            if depth == 0:
                return found.end()
    return None
