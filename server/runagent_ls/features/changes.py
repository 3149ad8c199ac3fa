"""What a feature wants to have changed: texts, new files, new names of files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path as FilePath

from runagent_ls.rules.finding import TextEdit
from runagent_ls.text.lines import line_index
from runagent_ls.text.position import Span


@dataclass(frozen=True, slots=True)
class CreateFile:
    """A new file with this text. Never one that exists: an editor refuses the whole change then."""

    path: FilePath
    text: str


@dataclass(frozen=True, slots=True)
class RenameFile:
    """A file or folder gets another path."""

    old: FilePath
    new: FilePath


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Edits that are right only when something holds which reading cannot prove.

    Editors that can ask show `label` and `description` and let the user decide; for others these
    edits are left out.
    """

    label: str
    description: str
    edits: tuple[TextEdit, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Everything that one action does, all or nothing.

    `edits` of one file do not overlap and are in terms of its text before the change; files are
    created and renamed first, so edits name files by their new paths.
    """

    edits: tuple[TextEdit, ...] = ()
    creates: tuple[CreateFile, ...] = ()
    renames: tuple[RenameFile, ...] = ()
    doubtful: tuple[Doubtful, ...] = ()


def text_edits(
    file: FilePath, text: str, replacements: Iterable[tuple[Span, str]]
) -> tuple[TextEdit, ...]:
    """Replacements in the `text` of a file, in code points, as edits of that file.

    They come in the order of their places, those at one place as given, equal ones once.
    """
    lines = line_index(text)
    ordered = sorted(dict.fromkeys(replacements), key=lambda it: it[0])
    return tuple(TextEdit(file, lines.range(span), new_text) for span, new_text in ordered)


class RefusedError(Exception):
    """Why something cannot be done, in words for the user: what would break, and what to do."""
