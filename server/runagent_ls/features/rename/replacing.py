"""Replacements in a text, and how they become edits of a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import TypeAlias

from runagent_ls.rules.finding import TextEdit
from runagent_ls.text.lines import line_index
from runagent_ls.text.position import Span

Replacement: TypeAlias = tuple[Span, str]
"""A place in code points of the text as it is, and what is to stand there."""


def replaced(text: str, replacements: Iterable[Replacement]) -> str:
    """The text with all replacements made. They must not overlap."""
    for (start, end), new in sorted(replacements, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def text_edits(
    file: FilePath, text: str, replacements: Iterable[Replacement]
) -> tuple[TextEdit, ...]:
    """The same as edits of a file, in the order of their places; each is made once."""
    lines = line_index(text)
    return tuple(TextEdit(file, lines.range(span), new) for span, new in sorted(set(replacements)))
