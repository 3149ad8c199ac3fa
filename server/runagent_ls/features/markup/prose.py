"""Docstrings and other people's paragraphs: cut to a size one reads in a popup."""

from __future__ import annotations

import inspect
import re
from functools import lru_cache
from typing import Final

from runagent_ls.features.markup.escaping import paragraph_line, plain

_MOST_CHARACTERS: Final = 4000
_MOST_LINES: Final = 60
_LONGEST_LINE: Final = 500
_STARTS_ANEW: Final = re.compile(r"\s|[-*+•>#|]|\d+[.)]\s|:\w|@\w|$")


def readable(text: str) -> str:
    """The text without common indentation, cut when it is long; `…` tells that it was."""
    begin = text[: 2 * _MOST_CHARACTERS]
    clean = inspect.cleandoc(plain(begin)).rstrip()
    lines = clean[:_MOST_CHARACTERS].split("\n")
    is_cut = len(begin) < len(text) or len(clean) > _MOST_CHARACTERS or len(lines) > _MOST_LINES
    kept = (it[:_LONGEST_LINE] + "…" * (len(it) > _LONGEST_LINE) for it in lines[:_MOST_LINES])
    shown = "\n".join(it.rstrip() for it in kept).rstrip()
    return f"{shown}\n…" if is_cut else shown


def as_markdown(text: str) -> str:
    """Markdown that reads as the text does: with its lines and indentation, and no markup."""
    return _kept(text) if len(text) <= _MOST_CHARACTERS else _as_markdown(text)


@lru_cache(maxsize=256)
def _kept(text: str) -> str:
    """A list of completions has the same docstrings at every letter that is typed."""
    return _as_markdown(text)


def _as_markdown(text: str) -> str:
    lines = readable(text).split("\n")
    written: list[str] = []
    for number, current in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        # A paragraph may flow; what is laid out in lines keeps them.
        breaks = current and following and any(map(_STARTS_ANEW.match, (current, following)))
        written.append(paragraph_line(current) + ("\\" if breaks else ""))
    return "\n".join(written)
