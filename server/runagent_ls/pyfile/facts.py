"""Single questions about a whole file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import NamedTuple, TypeVar, cast

from runagent_ls.pyfile.block import Block, ImportedName, shifted
from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.quiet import quiet_parser
from runagent_ls.pyfile.table import SymbolTable
from runagent_ls.pyfile.usage import Usage
from runagent_ls.text.position import Span

Answer = TypeVar("Answer")


def _once(question: Callable[[PyFile], Answer]) -> Callable[[PyFile], Answer]:
    """Ask each file only once: most edits leave most files as they are."""

    @wraps(question)
    def asked(file: PyFile) -> Answer:
        symbols = file.symbols
        if not isinstance(symbols, SymbolTable):
            return question(file)
        if question not in symbols.answers:
            symbols.answers[question] = question(file)
        return cast("Answer", symbols.answers[question])

    return asked


@_once
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


@_once
def imported_names(file: PyFile) -> tuple[ImportedName, ...]:
    """Names of the top-level statements `from x import y` that no condition guards."""
    with quiet_parser():
        return tuple(
            found._replace(span=shifted(found.span, start))
            for start, block in _blocks(file)
            for found in block.imported_names
        )


@_once
def usage(file: PyFile) -> Usage:
    """Attributes that the file sets, and names that it hands on."""
    stored: set[str] = set()
    escaping: set[str] = set()
    any_attribute = False
    with quiet_parser():
        for _, block in _blocks(file):
            stored |= block.usage.stored
            escaping |= block.usage.escaping
            any_attribute = any_attribute or block.usage.any_attribute
    return Usage(frozenset(stored), frozenset(escaping), any_attribute)


class ExitStatement(NamedTuple):
    """A statement that ends the process, and its first line.

    `certain` is true when nothing before it can raise or fail to import.
    """

    span: Span
    source: str
    certain: bool


@_once
def early_exit(file: PyFile) -> ExitStatement | None:
    """The first exit at the top level of a file, None when there is none.

    Only statements that stand unconditionally count, and only names that the file itself has not
    bound to something else. `setup()` counts: setuptools reads the command line of the server,
    finds no command that it knows, and exits.
    """
    pieces = file.layout.pieces if file.layout is not None else ()
    if file.syntax_error is not None or any(p.block is None or p.block.opaque for p in pieces):
        return None
    blocks = list(_blocks(file))
    if not any(block.mentions_exit for _, block in blocks):
        return None
    with quiet_parser():
        facts = [(start, block.exits) for start, block in blocks]
    exits = {"exit", "quit", "SystemExit"}.difference(*(found.bound for _, found in facts))
    exits.update(*(found.imported for _, found in facts))
    certain = True
    for start, found in facts:
        for step in found.steps:
            if step.name in exits:
                sure = certain and not step.name.endswith("setup")
                return ExitStatement(shifted(step.span, start), step.source, sure)
            if step.raises:
                return None
            certain = certain and not step.may_fail
    return None


def _blocks(file: PyFile) -> Iterator[tuple[int, Block]]:
    for piece in file.layout.pieces if file.layout is not None else ():
        if piece.block is not None and not piece.block.opaque:
            yield piece.start, piece.block
