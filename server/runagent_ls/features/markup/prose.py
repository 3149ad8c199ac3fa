"""Docstrings and other people's paragraphs: cut to a size one reads in a popup."""

from __future__ import annotations

import inspect
import re
from typing import Final

from runagent_ls.features.markup.escaping import paragraph_line, plain

_MOST_CHARACTERS: Final = 4000
_MOST_LINES: Final = 60
_LONGEST_LINE: Final = 500
_STARTS_ANEW: Final = re.compile(r"\s|[-*+•>#|]|\d+[.)]\s|:\w|@\w|$")


def readable(text: str) -> str:
    """The text without common indentation, cut when it is long; `…` tells that it was."""
    shown = plain(text[: 2 * _MOST_CHARACTERS])
    shown = inspect.cleandoc(shown)[:_MOST_CHARACTERS].rstrip()
    lines = shown.split("\n")[:_MOST_LINES]
    lines = [it if len(it) <= _LONGEST_LINE else f"{it[:_LONGEST_LINE]}…" for it in lines]
    result = "\n".join(it.rstrip() for it in lines).rstrip()
    whole = len(text) <= 2 * _MOST_CHARACTERS and len(inspect.cleandoc(plain(text))) <= len(shown)
    return result if whole and len(shown.split("\n")) <= _MOST_LINES else f"{result}\n…"


def as_markdown(text: str) -> str:
    """Markdown that reads as the text does: with its lines and indentation, and no markup."""
    lines = readable(text).split("\n")
    written: list[str] = []
    for number, current in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        # A paragraph may flow; what is laid out in lines keeps them.
        breaks = current and following and any(map(_STARTS_ANEW.match, (current, following)))
        written.append(paragraph_line(current) + ("\\" if breaks else ""))
    return "\n".join(written)
