"""Which environment variables Python code asks for by a name that is written there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.functions import dotted
from runagent_ls.pyfile.quiet import quiet_parser
from runagent_ls.pyfile.source import Source
from runagent_ls.pyfile.walking import walk
from runagent_ls.text.position import Span

_SIGNS: Final = ("environ", "getenv")
_READERS: Final = {"environ.get", "environ.pop", "environ.setdefault", "getenv"}
_OPENING: Final = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')")


class EnvironmentRead(NamedTuple):
    """One `os.environ["NAME"]`, `os.getenv("NAME")` or the like, read or set.

    `span` is what stands between the quotes, in code points of the file; `plain` tells that it is
    the name itself, without escapes.
    """

    name: str
    span: Span
    plain: bool


def environment_reads(file: PyFile) -> tuple[EnvironmentRead, ...]:
    """All in the order of the text; none of those in blocks that do not parse."""
    if file.layout is None or not _may_read(file.text):
        return ()
    return tuple(
        read._replace(span=Span(read.span.start + piece.start, read.span.end + piece.start))
        for piece in file.layout.pieces
        if piece.block is not None and not piece.block.opaque and _may_read(piece.block.text)
        for read in _reads(piece.block.text)
    )


def _may_read(text: str) -> bool:
    return any(sign in text for sign in _SIGNS)


@lru_cache(maxsize=512)
def _reads(text: str) -> tuple[EnvironmentRead, ...]:
    with quiet_parser():
        tree = ast.parse(text)
    source = Source(text)
    found = [_read(node, source) for node in _names(tree)]
    return tuple(sorted(found, key=lambda read: read.span))


def _names(tree: ast.AST) -> Iterator[ast.Constant]:
    """The strings that name a variable."""
    for node in walk(tree):
        name: ast.expr | None = None
        if isinstance(node, ast.Subscript) and _ends(node.value, {"environ"}):
            name = node.slice
        elif isinstance(node, ast.Call) and node.args and _ends(node.func, _READERS):
            name = node.args[0]
        elif isinstance(node, ast.Compare) and _ends(node.comparators[0], {"environ"}):
            name = node.left  # "NAME" in os.environ
        if isinstance(name, ast.Constant) and isinstance(name.value, str) and name.value:
            yield name


def _ends(node: ast.expr, endings: set[str]) -> bool:
    written = dotted(node) or ""
    return any(written == ending or written.endswith(f".{ending}") for ending in endings)


def _read(node: ast.Constant, source: Source) -> EnvironmentRead:
    start, end = source.local(node)
    written = source.text[start:end]
    opening = _OPENING.match(written)
    if opening is not None and written.endswith(opening[1]):
        start, end = start + opening.end(), end - len(opening[1])
    name = str(node.value)
    return EnvironmentRead(name, Span(start, end), source.text[start:end] == name)
