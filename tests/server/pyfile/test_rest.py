"""Symbols that were dropped are made again, the same."""

from __future__ import annotations

from runagent_ls.pyfile.parsing import parse_python
from runagent_ls.pyfile.table import SymbolTable

TEXT = """\
import os
from .helpers import greet as hello

LIMIT = 3


class Agent:
    def run(self, name: str) -> str:
        return hello(name)


def stream(n: int = LIMIT):
    yield from range(n)


app = Agent()
app.extra = stream
"""


def test_what_rests_is_made_again_with_the_same_places() -> None:
    file = parse_python("# first line\n" * 100 + TEXT)
    assert isinstance(file.symbols, SymbolTable)
    before = dict(file.symbols)
    file.symbols.rest()
    assert dict(file.symbols) == before
    edited = parse_python("\n" + file.text, file)
    file.symbols.rest()
    fresh = parse_python(edited.text)
    assert dict(edited.symbols) == dict(fresh.symbols)


def test_resting_forgets_what_was_made() -> None:
    file = parse_python(TEXT)
    assert isinstance(file.symbols, SymbolTable)
    first = file.symbols["Agent"]
    assert file.symbols["Agent"] is first
    file.symbols.rest()
    assert file.symbols["Agent"] == first
    assert file.symbols["Agent"] is not first
