"""Blocks as Markdown or as plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path as FilePath
from typing import Final, TypeAlias

from runagent_ls.features.markup import escaping, prose
from runagent_ls.features.markup.content import (
    Block,
    Code,
    Documentation,
    FileLink,
    Inline,
    Line,
    Prose,
    Separator,
    Source,
    Strong,
    Table,
    Text,
)

ToUri: TypeAlias = Callable[[FilePath], str]

_UNSAFE_IN_LINKS: Final = re.compile(r"""[\s()<>\[\]\\"'`#?|]""")
_MARKS: Final = re.compile(r"\*\*(?=\S)(.+?)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^)]+)\)")


def markdown(blocks: Iterable[Block], uri: ToUri) -> str:
    """GitHub's dialect, as editors read it; links to files by `uri`."""
    return "\n\n".join(_markdown(block, uri) for block in blocks)


def plain_text(blocks: Iterable[Block]) -> str:
    """For clients and terminals that show texts as they are."""
    return "\n\n".join(_plain(block) for block in blocks)


def _markdown(block: Block, uri: ToUri) -> str:
    match block:
        case Line(pieces=pieces):
            return _line(pieces, uri)
        case Documentation(markdown=text):
            return text
        case Prose(text=text):
            return prose.as_markdown(text)
        case Source(text=text, language=language):
            return escaping.fenced(text, language)
        case Table(head=head, rows=rows):
            cells = [tuple(map(escaping.cell, row)) for row in rows]
            lines = [tuple(map(escaping.inline, head)), ("---",) * len(head), *cells]
            return "\n".join(f"| {' | '.join(line)} |" for line in lines)
        case Separator():
            return "---"


def _line(pieces: tuple[Inline, ...], uri: ToUri) -> str:
    first, rest = pieces[:1], pieces[1:]
    # What begins a line could make it a heading or a list.
    begin = (
        escaping.paragraph_line(it.text) if isinstance(it, Text) else _inline(it, uri)
        for it in first
    )
    return "".join((*begin, *(_inline(piece, uri) for piece in rest)))


def _inline(piece: Inline, uri: ToUri) -> str:
    match piece:
        case Text(text=text):
            return escaping.inline(text)
        case Strong(text=text):
            return f"**{escaping.inline(text.strip())}**" if text.strip() else ""
        case Code(text=text):
            return escaping.code(text)
        case FileLink(text=text, path=path, at=at):
            target = _UNSAFE_IN_LINKS.sub(lambda it: f"%{ord(it.group()):02X}", uri(path))
            place = "" if at is None else f"#L{at.line + 1},{at.character + 1}"
            return f"[{escaping.link_text(text)}]({target}{place})"


def _plain(block: Block) -> str:
    match block:
        case Line(pieces=pieces):
            return escaping.plain("".join(piece.text for piece in pieces))
        case Documentation(markdown=text):
            return _MARKS.sub(_without_marks, text)
        case Prose(text=text):
            return prose.readable(text)
        case Source(text=text):
            return escaping.plain(text)
        case Table(head=head, rows=rows):
            return _plain_table((head, *rows))
        case Separator():
            return "-" * 40


def _without_marks(found: re.Match[str]) -> str:
    strong, code, text, address = found.groups()
    return str(strong or code or f"{text} ({address})")


def _plain_table(rows: tuple[tuple[str, ...], ...]) -> str:
    shown = [tuple(" ".join(escaping.plain(it).split()) for it in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    return "\n".join(
        "  ".join(it.ljust(width) for it, width in zip(row, widths, strict=True)).rstrip()
        for row in shown
    )
