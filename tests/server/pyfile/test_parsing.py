"""Reading a file: what is bound, where, and what broken text leaves."""

from __future__ import annotations

import ast
import random
import sys
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.model import Symbol
from runagent_ls.pyfile.parsing import parse_python


def only(source: str, name: str) -> Symbol:
    return parse_python(source).symbols[name]


def at(file: PyFile, symbol: Symbol) -> str:
    return file.text[symbol.span.start : symbol.span.end]


SOURCE = '''"""Module."""
import os.path
import json as j, re
from .pkg.mod import first as second
from . import sibling

@decorated
@module.call(1,
             2)
async   def \\
    shout(a, /, b: "int" = (1 + 2), *rest, c, d=[], **more) -> list[str]:
    yield a

class Agent(Base, metaclass=Meta):
    """Docs."""
    size: int = 3
    def run(self, text="x"):
        return text
x = y = {"one": 1, 2: 3, **z}
(left, [right, *others]) = 1, (2, 3)
made = pkg.Agent(1)
alias = made.run
quiet = lambda a, *b: a
bound = functools.partial(shout, 1, *more, c=2, **rest)
'''


def test_every_binding_is_there_in_order() -> None:
    assert list(parse_python(SOURCE).symbols) == [
        "os", "j", "re", "second", "sibling", "shout", "Agent", "x", "y", "left", "right",
        "others", "made", "alias", "quiet", "bound",
    ]  # fmt: skip


def test_name_spans_are_the_names() -> None:
    file = parse_python(SOURCE)
    assert {name: at(file, symbol) for name, symbol in file.symbols.items()} == {
        name: name for name in file.symbols
    }


def test_kinds_and_targets() -> None:
    symbols = parse_python(SOURCE).symbols
    assert {name: (symbol.kind, symbol.target) for name, symbol in symbols.items()} == {
        "os": ("import", "os:"),
        "j": ("import", "json:"),
        "re": ("import", "re:"),
        "second": ("import", ".pkg.mod:first"),
        "sibling": ("import", ".:sibling"),
        "shout": ("function", None),
        "Agent": ("class", None),
        "x": ("dict", None),
        "y": ("dict", None),
        "left": ("literal", None),
        "right": ("other", None),
        "others": ("other", None),
        "made": ("instance", "pkg.Agent"),
        "alias": ("other", "made.run"),
        "quiet": ("lambda", None),
        "bound": ("partial", "shout"),
    }


def test_function_details() -> None:
    shout = only(SOURCE, "shout")
    assert (shout.is_async, shout.is_generator) == (True, True)
    assert shout.decorators == ("decorated", "module.call(1,\n             2)")
    assert SOURCE[shout.full_span.start :].startswith("@decorated")
    assert SOURCE[: shout.full_span.end].endswith("yield a")
    assert shout.signature is not None
    assert shout.signature.returns == "list[str]"
    read = [(p.name, p.kind, p.annotation, p.default) for p in shout.signature.parameters]
    assert read == [
        ("a", "positional_only", None, None),
        ("b", "positional_or_keyword", '"int"', "1 + 2"),
        ("rest", "var_positional", None, None),
        ("c", "keyword_only", None, None),
        ("d", "keyword_only", None, "[]"),
        ("more", "var_keyword", None, None),
    ]
    for parameter in shout.signature.parameters:
        assert SOURCE[parameter.span.start : parameter.span.end] == parameter.name


def test_class_details() -> None:
    agent = only(SOURCE, "Agent")
    assert agent.docstring == "Docs."
    assert agent.bases == ("Base", "metaclass=Meta")
    assert list(agent.members) == ["size", "run"]
    assert SOURCE[agent.members["run"].span.start :].startswith("run(self")


def test_partial_and_dict_details() -> None:
    bound = only(SOURCE, "bound").bound
    assert bound is not None
    assert (bound.positional, bound.keywords, bound.exact) == (1 + 1, ("c",), False)
    assert only(SOURCE, "x").keys == ("one",)


def test_private_members_have_the_name_python_gives_them() -> None:
    agent = only("class _A:\n    def __f(self): self.__v = 1\n    __g__ = 2\n", "_A")
    assert list(agent.members) == ["_A__f", "__g__"]
    assert list(agent.instance_attributes) == ["_A__v"]


@pytest.mark.parametrize("style", ["rest", "google", "numpy", "epydoc"])
def test_docstrings_describe_parameters(style: str) -> None:
    docs = {
        "rest": "Do.\n\n    :param name: who it is\n    ",
        "google": "Do.\n\n    Args:\n        name: who it is\n    ",
        "numpy": "Do.\n\n    Parameters\n    ----------\n    name : str\n        who it is\n    ",
        "epydoc": "Do.\n\n    @param name: who it is\n    ",
    }[style]
    found = only(f'def f(name, other):\n    """{docs}"""\n', "f").signature
    assert found is not None
    assert [p.description for p in found.parameters] == ["who it is", None]


@pytest.mark.parametrize(
    "lead",
    [
        "",
        "\ufeff",
        "# -*- coding: latin-1 -*-\n",
        "s = '\U0001f600\u00e9\u4e2d'; ",
        "# \u2028 \x0b \x1c \x85 not line ends\n",
        's = """\U0001f600\r\n\u2028"""\r\n',
        "a = 1\r\r\n",
        "a = 1\r",
        "\x0c",
        "a = 1\n\x0c\n",
        "if 1:\n\ta = '\u00e9'\n",
        "s = '''\ndef not_here():\n    pass\n'''\n",
        "s = (\nfoo\n)\n",
        "s = 1 + \\\n2\n",
        '"""doc\n"""\n',
        "é = 1\n",
    ],
    ids=repr,
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_are_code_points_of_the_text(lead: str, end: str) -> None:
    tail = (
        f"é = 'ü'; name = 1{end}class K:{end}    '😀'; attr = 2{end}    def m(self, ä=1): pass{end}"
    )
    file = parse_python(lead + tail)
    assert file.syntax_error is None
    assert at(file, file.symbols["name"]) == "name"
    assert at(file, file.symbols["K"]) == "K"
    member = file.symbols["K"].members["attr"]
    assert file.text[member.span.start : member.span.end] == "attr"
    method = file.symbols["K"].members["m"].signature
    assert method is not None
    span = method.parameters[1].span
    assert file.text[span.start : span.end] == "ä"
    assert "not_here" not in file.symbols


def test_names_under_the_main_guard_are_not_bound() -> None:
    file = parse_python("if __name__ == '__main__':\n    app = 1\nelse:\n    other = 2\n")
    assert "app" not in file.symbols
    assert file.guarded_names == {"app"}
    assert "other" in file.symbols


def test_conditions_and_rebinding() -> None:
    file = parse_python(
        "try:\n    import fast as impl\nexcept ImportError:\n    impl = None\n"
        "if x:\n    maybe = 1\nonce = 1\nonce = 2\ngone = 1\ndel gone\n"
    )
    impl, maybe, once = (file.symbols[name] for name in ("impl", "maybe", "once"))
    assert [symbol.kind for symbol in impl.alternatives] == ["import", "literal"]
    assert (impl.certain, impl.conditional) == (False, False)
    assert (maybe.certain, maybe.conditional) == (False, True)
    assert (once.certain, once.rebound) == (True, True)
    assert "gone" not in file.symbols


@pytest.mark.parametrize(
    "source",
    [
        "from x import *\n",
        "globals()['a'] = 1\n",
        "exec('a = 1')\n",
        "def f():\n    exec('global a; a = 1')\n",
        "eval('(a := 1)')\n",
        "def __getattr__(name): return 1\n",
        "import sys\nsys.modules[__name__].a = 1\n",
        "from sys import modules\n",
    ],
)
def test_dynamic_files(source: str) -> None:
    assert parse_python(source).dynamic


@pytest.mark.parametrize(
    "source", ["x = 'exec'  # eval globals()\n", "def f(s):\n    return eval(s)\n", "a * b\n"]
)
def test_plain_files_are_not_dynamic(source: str) -> None:
    assert not parse_python(source).dynamic


# Broken text


GOOD = "import os\n\ndef one(a):\n    return a\n\ndef two(b):\n    yield b\n\nclass C:\n    x = 1\n"


def test_error_has_its_place_and_the_rest_is_fresh() -> None:
    before = parse_python(GOOD)
    text = GOOD.replace("return a", "return (a").replace("yield b", "yield b + 1")
    file = parse_python(text, before)
    assert file.syntax_error is not None
    assert text[file.syntax_error.span.start] == "("
    assert file.stale
    assert set(file.symbols) == {"os", "one", "two", "C"}
    assert file.symbols["two"].certain
    assert not file.symbols["one"].certain
    assert text[file.symbols["two"].span.start :].startswith("two(b)")
    place = file.symbols["one"].span
    assert 0 <= place.start <= place.end <= len(text)


def test_mending_brings_everything_back() -> None:
    broken = parse_python(GOOD.replace("(a):", "(a:"), parse_python(GOOD))
    assert broken.syntax_error is not None
    file = parse_python(GOOD, broken)
    assert file.syntax_error is None
    assert not file.stale
    assert dict(file.symbols) == dict(parse_python(GOOD).symbols)


def test_a_string_opened_above_and_closed_below() -> None:
    text = 'a = 1\nb = """\ndef inside(): pass\n"""\nc = 2\n'
    opened = parse_python(text.replace('"""\nc', "\nc"))
    assert opened.syntax_error is not None
    file = parse_python(text, opened)
    assert file.syntax_error is None
    assert list(file.symbols) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\0\n",
        "x = " + "(" * 3000 + ")" * 3000 + "\n",
        "x = " + "-" * 20_000 + "1\n",
        "x = " + "1+" * 20_000 + "1\n",
        "x = " + "[" * 150 + "]" * 150 + "\n",
        "x = " + "9" * 5000 + "\n",
        "x = '\\d'\nassert (1, 'x')\n1 is 1\n",
        "\ud800 = 1\n",
        "x = '\ud800'\n",
        "if a: pass\n" + "elif b: pass\n" * 3000,
        "def f():\n" + " x = 1\n\ty = 2\n",
        "\\",
        "x = 1\\\n",
        "@",
        "@decorator\n",
        "\x00" * 100,
        "'''",
        "(\n" * 500,
        "try:\n    pass\n",
        "else:\n",
        ")",
        "async",
        "\x0c\x0c def f(): pass\n",
    ],
    ids=lambda source: repr(source[:12]),
)
def test_anything_gives_a_file(source: str, recwarn: pytest.WarningsRecorder) -> None:
    file = parse_python("a = 1\n" + source + "\nz = 1\n", parse_python("b = 2\n"))
    for symbol in file.symbols.values():
        assert symbol.span.start <= symbol.span.end <= len(file.text)
    if file.syntax_error is not None:
        span = file.syntax_error.span
        assert 0 <= span.start <= span.end <= len(file.text) + 1
    assert len(recwarn) == 0


def test_warnings_as_errors_change_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_python("x = '\\d'\ny = 1 is 1\n").syntax_error is None


@pytest.mark.parametrize(
    "text",
    [
        "a = 1\nb = = 2\nc = 3\nd = ! 4\ne = 5\n",
        "a = 1\nb = = 2\nc = 3\nd = ) 4\ne = 5\n",
        "a = 1\ndef f(x:\n    pass\nc = 3\ne = 5\n",
        "a = 1\nx = 'open\nc = 3\ne = 5\n",
        "a = 1\nif x:\npass\nc = 3\ne = 5\n",
        "a = 1\né = '😀' 1\nc = 3\ne = 5\n",
    ],
)
def test_errors_are_those_python_tells(text: str) -> None:
    file = parse_python(text)
    with pytest.raises(SyntaxError) as told:
        ast.parse(text)
    assert file.syntax_error is not None
    assert file.syntax_error.message == told.value.msg.partition(" (detected")[0]
    start = file.syntax_error.span.start
    line = text.count("\n", 0, start) + 1
    column = start - (text.rfind("\n", 0, start) + 1) + 1
    assert (line, column) == (told.value.lineno, told.value.offset)
    assert {"a", "c", "e"} <= set(file.symbols)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="adefclsx()[]{}:=,.'\"\\#@ \t\n\r\x0c\0é😀\u2028\ufeff\ud800*"))
def test_any_text_is_read(text: str) -> None:
    file = parse_python(text)
    for symbol in file.symbols.values():
        assert 0 <= symbol.span.start <= symbol.span.end <= len(text)


def visible(file: PyFile) -> object:
    return (dict(file.symbols), file.dynamic, file.syntax_error, file.star_imports)


WHOLE = (
    "def f(a):\n    return a\n", "class C:\n    def m(self): yield 1\n", "x = 1\n",
    "@dec\ndef d(): pass\n", "if x:\n    z = 3\nelse:\n    y = 2\n", "\n", "\r\n", "\x0c\n",
    "from a import b\n", "del x\n", "é = '😀'\r\n", "# note\n", "g.h = 1\n", "ü = 2\n",
    "def g(): global x\n", "try:\n    q = 1\nexcept E:\n    pass\n", "s = (\nx\n)\n",
    'text = """\ndef no(): pass\n"""\n', "a = 1 + \\\n2\n", "from m import *\n", "x.y = z\n",
    "long = 1\n" * 90, "with x as w:\n    v = 1\n", "if __name__ == '__main__':\n    k = 1\n",
)  # fmt: skip
BROKEN = (
    '"""', "'''\n", "(", ")\n", "[\n", "else:\n    y = 2\n", "\\\n", "    indented = 1\n",
    "async ", "name", ": ", "@dec\n", "def f(\n", "x = = 1\n", "\0", "return = 1\n",
)  # fmt: skip


def edited(rng: random.Random, parts: list[str]) -> None:
    """Put in, take out or break a part; what is broken is soon mended."""
    bad = [index for index, part in enumerate(parts) if part in BROKEN]
    choice = rng.random()
    if bad and choice < 0.5:
        del parts[rng.choice(bad)]
    elif choice < 0.65:
        parts.insert(rng.randint(0, len(parts)), rng.choice(BROKEN))
    elif parts and choice < 0.8:
        del parts[rng.randrange(len(parts))]
    else:
        parts.insert(rng.randint(0, len(parts)), rng.choice(WHOLE))


def test_edits_give_what_a_fresh_reading_gives() -> None:
    whole = 0
    for seed in range(60):
        rng = random.Random(seed)  # noqa: S311 - only a repeatable choice
        parts = [rng.choice(WHOLE) for _ in range(rng.randint(0, 12))]
        file = parse_python("".join(parts))
        for _ in range(40):
            edited(rng, parts)
            text = "".join(parts)
            file, fresh = parse_python(text, file), parse_python(text)
            assert file.syntax_error == fresh.syntax_error, text
            if fresh.syntax_error is None:
                assert visible(file) == visible(fresh), text
                assert not file.stale
                whole += 1
    assert whole > 600, "many of the edits must end in a text that parses"


def test_an_edit_reads_one_block_again() -> None:
    text = "".join(f"def f{i}(a):\n    return a + {i}\n\n" for i in range(200))
    first = parse_python(text)
    second = parse_python(text.replace("a + 100", "a * 100"), first)
    assert first.layout is not None
    assert second.layout is not None
    before = {id(piece.block) for piece in first.layout.pieces}
    changed = [piece for piece in second.layout.pieces if id(piece.block) not in before]
    assert len(changed) == 1


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python knows the syntax")
@pytest.mark.parametrize(
    "text",
    [
        "type X = int\n",
        "def first[T](items: list[T]) -> T: pass\n",
        "x = f'{d['key']}'\n",
        "x = f'{\n1}'\n",
        "x = f'{1 # one\n}'\n",
        'x = f"""\n{d["""key"""]}\n"""\n',
        "x = f'{chr(10).join(a) + '\\n'}'\n",
        "try:\n    pass\nexcept A, B:\n    pass\n",
        "x = t'{name}'\n",
    ],
)
def test_newer_syntax_is_no_proof_of_an_error(text: str) -> None:
    error = parse_python("a = 1\n" + text).syntax_error
    assert error is not None
    assert error.newer_python


@pytest.mark.parametrize(
    "text",
    [
        "def f(a):\n    return (a\n",
        "def f(a):\n    text = f'{a}'\n    x = = text\n    return f'{x}!'\n",
        "def f(a):\n    return f'{a}' + )\n",
        'PROMPT = f"""\n{a}\n"""\nx = = 1\n',
        "items = [*a, *b]\nx = = 1\n",
    ],
)
def test_a_plain_mistake_is_no_newer_syntax(text: str) -> None:
    error = parse_python(text).syntax_error
    assert error is not None
    assert not error.newer_python
