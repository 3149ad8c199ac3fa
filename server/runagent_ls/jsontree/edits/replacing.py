"""Replacements of parts of one text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from runagent_ls.text.position import Span

Replacement: TypeAlias = tuple[Span, str]
"""Code points of a text, and what is to stand there instead."""


def apply(text: str, replacements: Iterable[Replacement]) -> str:
    """The text with all replacements made; they must not overlap.

    Of two insertions at one place the first given comes first.
    """
    pieces: list[str] = []
    done = 0
    for span, new_text in sorted(replacements, key=lambda it: it[0]):
        pieces += [text[done : span.start], new_text]
        done = span.end
    return "".join([*pieces, text[done:]])
