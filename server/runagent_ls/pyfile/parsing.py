"""Python source text to `PyFile`. Total: any text gives a file, with a syntax error or without."""

from __future__ import annotations

from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.layout import lay_out
from runagent_ls.pyfile.quiet import quiet_parser
from runagent_ls.pyfile.table import SymbolTable

_LONGEST = 4_000_000
"""Texts beyond this many characters are not looked into."""


def parse_python(text: str, previous: PyFile | None = None) -> PyFile:
    """Read a file; with the `previous` state of the same file only what was edited is parsed.

    Never raises. Where the text does not parse, symbols of `previous` stay, not `certain`.
    """
    if previous is not None and previous.text == text:
        return previous
    if len(text) > _LONGEST:
        return PyFile(text, {}, dynamic=True, generates_names=True)
    start = 1 if text.startswith("\ufeff") else 0
    with quiet_parser():
        layout = lay_out(_encodable(text), start, previous.layout if previous else None)
    pieces = layout.pieces
    blocks = [piece.block for piece in pieces if piece.block is not None]
    stars = tuple(dict.fromkeys(star for block in blocks for star in block.stars))
    generates = any(block.generates_names for block in blocks)
    guarded = [block.guarded for block in blocks if block.guarded]
    return PyFile(
        text=text,
        symbols=SymbolTable(layout),
        dynamic=generates or bool(stars),
        syntax_error=layout.error,
        stale=any(piece.lost for piece in pieces if piece.block is None),
        star_imports=stars,
        generates_names=generates,
        guarded_names=frozenset().union(*guarded) if guarded else frozenset(),
        layout=layout,
    )


def _encodable(text: str) -> str:
    """Lone surrogates, which no parser takes, become a character of the same length."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
