"""Scopes and places of names, held against Python's own symbol table."""

from __future__ import annotations

import ast
import symtable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marked_text import mark, marked
from runagent_ls.pyfile.names import read_names

SERVER = Path(__file__).parents[3] / "server"
STANDARD_LIBRARY = Path(ast.__file__).parent
SOURCES = sorted(
    [
        *STANDARD_LIBRARY.glob("[a-d]*.py"),
        *STANDARD_LIBRARY.glob("test/test_[d-g]*.py"),
        *(SERVER / "runagent_ls" / "project").rglob("*.py"),
    ]
)


def global_names(table: symtable.SymbolTable) -> set[str]:
    """Names that mean something of the module, wherever they are used."""
    found = set()
    for symbol in table.get_symbols():
        if table.get_type() == "module":
            used = symbol.is_referenced() or symbol.is_assigned() or symbol.is_imported()
        else:
            used = symbol.is_global()
        if used:
            found.add(symbol.get_name())
    return found.union(*map(global_names, table.get_children()))


def test_scopes_are_those_of_python() -> None:
    read = 0
    for path in SOURCES:
        text = path.read_bytes().decode("utf-8", "replace")
        names = read_names(text)
        if names is None:
            with pytest.raises((SyntaxError, ValueError)):
                ast.parse(text)
            continue
        if "__future__ import annotations" in text:
            continue  # the symbol table then leaves annotations out
        table = symtable.symtable(text, str(path), "exec")
        ours = {it.name for it in names.uses if it.scope.binder(it.name) is names.module}
        # Two leading underscores are spelled otherwise in classes, and never renamed.
        theirs = {it for it in global_names(table) if not it.startswith(("_", "."))}
        assert {it for it in ours if not it.startswith("_")} == theirs, path
        read += 1
    assert read > 20


def test_each_place_holds_its_name() -> None:
    for path in SOURCES:
        text = path.read_bytes().decode("utf-8", "replace")
        names = read_names(text)
        if names is None:
            continue
        spans = [(it.name, it.span) for it in names.uses]
        spans += [(it.name, it.span) for it in names.attributes]
        assert all(text[span.start : span.end] == name for name, span in spans), path
        assert len({span for _, span in spans}) == len(spans), path
        for it in names.strings:
            assert it.span is None or text[it.span.start : it.span.end] == it.value


@pytest.mark.parametrize(
    "text",
    [
        "def ⟦a⟧(a=⟦a⟧, *, b: ⟦a⟧ = 1) -> ⟦a⟧: return a",
        "class A(⟦a⟧, metaclass=⟦a⟧):\n    def a(self): return ⟦a⟧\n    a = 1\n    b = a",
        "⟦a⟧ = lambda a, b=⟦a⟧: a + b",
        "x = [a for a in ⟦a⟧ for b in a]; y = {⟦a⟧: b for b in c}",
        "def f():\n    def g():\n        nonlocal a\n        a = 1\n    a = 2\n⟦a⟧",
        "def f():\n    global x, ⟦a⟧\n    import ⟦a⟧\n    def g(): return ⟦a⟧",
        "import x.a, x as ⟦a⟧, ⟦a⟧\nfrom b import a as c, d as ⟦a⟧",
        "def f(a): [⟦b⟧ for b in c]\nif (⟦a⟧ := 1): pass".replace("⟦b⟧", "b"),
        "try: ...\nexcept (E) as  ⟦a⟧: ...",
        "match x:\n    case {**⟦a⟧}: ...\n    case [*⟦a⟧]: ...\n    case A(a=⟦a⟧) as b: ...",
        "f\"{⟦a⟧!r} a {{a}} {x.a:{⟦a⟧}}\" f'{⟦a⟧}'",
        'ä = ⟦a⟧; \'😀\'; ⟦a⟧ = """a"""; ⟦a⟧',
    ],
)
def test_places_that_mean_the_module_s_name(text: str) -> None:
    plain = marked(text).text
    names = read_names(plain)
    assert names is not None
    ours = [it for it in names.uses if it.name == "a" and it.scope.binder("a") is names.module]
    assert mark(plain, *(it.span for it in ours)) == text


def test_strings_that_name_something() -> None:
    names = read_names(
        "__all__ = ['a', 'b'] + ['c']\n__all__ += ('d',)\n__all__.append('e')\n"
        "getattr(m.n, 'f')\nx = 'g', r'h', b'i', 'j' 'k', '\\x6c', f'm', \"\"\"n\"\"\"\n"
    )
    assert names is not None
    in_all = [it.value for it in names.strings if it.in_all]
    assert in_all == ["a", "b", "c", "d", "e"]
    (owned,) = (it for it in names.strings if it.owner is not None)
    assert (owned.owner, owned.value) == ("m.n", "f")
    plain = [it.value for it in names.strings if it.span is not None]
    assert plain == ["a", "b", "c", "d", "e", "f", "g", "h"]


@given(st.text(max_size=40) | st.text(alphabet="ab=()[]{}:*, \n\tdefclass\"'f", max_size=60))
def test_any_text_is_read_or_not(text: str) -> None:
    names = read_names(text)
    try:
        ast.parse(text.removeprefix("\ufeff"))
    except (SyntaxError, ValueError):
        assert names is None
    else:
        assert names is not None
