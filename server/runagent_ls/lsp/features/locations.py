"""Places of files as LSP locations, and positions of requests as offsets."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import NamedTuple

from runagent_ls.lsp.client import dig
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.rendering import range_message
from runagent_ls.lsp.session import Session
from runagent_ls.text.lines import LineIndex, line_index
from runagent_ls.text.position import Position, Span


class Asked(NamedTuple):
    """The place that a request is about: `offset` in code points of the file's text."""

    path: FilePath
    offset: int


def asked(session: Session, params: Json) -> Asked | None:
    """None for what is no file of this machine, cannot be read, or has no proper position."""
    path = session.uris.path(dig(params, "textDocument", "uri"))
    position = position_of(params, "position")
    text = session.workspace.files.read(path).text if path is not None else None
    if path is None or position is None or text is None:
        return None
    return Asked(path, line_index(text).offset(position))


def position_of(params: Json, *keys: str) -> Position | None:
    """The LSP `Position` at these keys; None where there is no proper one."""
    line, character = dig(params, *keys, "line"), dig(params, *keys, "character")
    if not isinstance(line, int) or not isinstance(character, int):
        return None
    return Position(line, character)


def lines_of(session: Session, path: FilePath) -> LineIndex:
    """The lines of a file as it is now; those of an empty text when it cannot be read."""
    return line_index(session.workspace.files.read(path).text or "")


def span_message(lines: LineIndex, span: Span) -> Json:
    """A span as LSP range."""
    return range_message(lines.range(span))


def location_message(session: Session, file: FilePath, span: Span) -> Json:
    """A span of a file as LSP `Location`."""
    return {"uri": session.uris.uri(file), "range": span_message(lines_of(session, file), span)}
