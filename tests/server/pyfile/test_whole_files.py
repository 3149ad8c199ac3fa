"""Reading in blocks gives what `ast.parse` of the whole file gives, over the standard library."""

from __future__ import annotations

import ast
import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.parsing import parse_python

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
# Small files in small numbers, large and odd ones by name: enough of each kind, in seconds.
ODD = [
    "typing.py", "dataclasses.py", "test/test_grammar.py", "test/test_fstring.py",
    "test/test_patma.py", "test/test_exceptions.py", "test/test_decorators.py", "turtle.py",
    "pydoc_data/topics.py", "test/test_string_literals.py", "test/bad_coding.py", "this.py",
    "test/test_tokenize.py", "lib2to3/tests/data/crlf.py", "lib2to3/tests/data/bom.py",
    "test/badsyntax_3131.py", "encodings/cp1252.py", "asyncio/base_events.py", "_pydecimal.py",
]  # fmt: skip


def files() -> Iterator[Path]:
    some = sorted(path for path in LIBRARY.glob("*/*.py") if "site-packages" not in path.parts)
    # a system's Python may come without its own tests, so it is the number that is fixed
    yield from some[:: max(1, len(some) // 60)]
    yield from sorted(LIBRARY.glob("*.py"))[::8]
    yield from (path for name in ODD if (path := LIBRARY / name).is_file())


def source(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        pytest.skip("not UTF-8")


def whole(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text.removeprefix("\ufeff"))
        except SyntaxError:
            return None


def read_in_blocks(file: PyFile) -> list[str]:
    """The statements of all blocks, each with its place in the whole file."""
    assert file.layout is not None
    found: list[str] = []
    offset = 1 if file.text.startswith("\ufeff") else 0
    for piece in file.layout.pieces:
        assert piece.start == offset
        offset += piece.length
        assert piece.block is not None
        before = file.text[: piece.start].replace("\r\n", "\n").replace("\r", "\n")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.increment_lineno(ast.parse(piece.block.text), before.count("\n"))
        found.extend(ast.dump(node, include_attributes=True) for node in tree.body)
    assert offset == len(file.text)
    return found


@pytest.mark.parametrize("path", list(files()), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_blocks_are_the_statements_of_the_file(path: Path) -> None:
    text = source(path)
    file, tree = parse_python(text), whole(text)
    assert (file.syntax_error is None) == (tree is not None)
    if tree is None:
        return
    assert read_in_blocks(file) == [ast.dump(node, include_attributes=True) for node in tree.body]
    defined = {
        node.name
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    for name in defined & set(file.symbols):
        symbol = file.symbols[name]
        assert text[symbol.span.start : symbol.span.end] == name


def test_enough_files_are_read() -> None:
    assert sum(path.is_file() for path in files()) > 60
