"""Single questions about a whole file."""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.pyfile.block import Block, shifted
from runagent_ls.pyfile.model import PyFile
from runagent_ls.pyfile.quiet import quiet_parser
from runagent_ls.pyfile.table import SymbolTable
from runagent_ls.pyfile.usage import Usage
from runagent_ls.text.position import Span


def relative_imports(file: PyFile) -> tuple[Span, ...]:
    """Places of the statements `from .x import y`, at any depth, in source order."""
    return tuple(
        shifted(span, start) for start, block in _blocks(file) for span in block.relative_imports
    )


def origin(file: PyFile, name: str) -> tuple[object, object]:
    """What makes a top-level name, and where: with an equal first part, `file.symbols[name]` of
    two readings differs in places alone, and with both equal not at all. (None, None) for a name
    that is not there.
    """
    symbols = file.symbols
    if isinstance(symbols, SymbolTable):
        return symbols.origin(name)
    found = symbols.get(name)
    return found, found


def usage(file: PyFile) -> Usage:
    """Attributes that the file sets, and names that it hands on; read when first asked for."""
    symbols = file.symbols
    if not isinstance(symbols, SymbolTable):
        return _usage(file)
    if symbols.usage is None:
        symbols.usage = _usage(file)
    return symbols.usage


def _usage(file: PyFile) -> Usage:
    stored: set[str] = set()
    escaping: set[str] = set()
    any_attribute = False
    with quiet_parser():
        for _, block in _blocks(file):
            stored |= block.usage.stored
            escaping |= block.usage.escaping
            any_attribute = any_attribute or block.usage.any_attribute
    return Usage(frozenset(stored), frozenset(escaping), any_attribute)


def _blocks(file: PyFile) -> Iterator[tuple[int, Block]]:
    for piece in file.layout.pieces if file.layout is not None else ():
        if piece.block is not None and not piece.block.opaque:
            yield piece.start, piece.block
