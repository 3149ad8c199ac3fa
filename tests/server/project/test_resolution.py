"""Resolution says what it should, and Python itself agrees with every row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import pytest

from runagent_ls.project.model import Resolution
from runagent_ls.project.resolution import resolve
from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.model import Proof
from runagent_ls.pyfile.parsing import parse_python

YES, NO, OPEN = Proof.PROVEN, Proof.REFUTED, Proof.UNKNOWN
HERE = Path(__file__).parent


def _soundness() -> Any:
    spec = spec_from_file_location("soundness", HERE / "test_resolution_soundness.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


soundness = _soundness()


class Memory:
    """A project in memory."""

    def __init__(self, files: Mapping[str, str], root: str = "/work-area/agent") -> None:
        self.root = Path(root)
        self.texts = {self.root / name: text for name, text in files.items()}
        self._parsed = {path: parse_python(text) for path, text in self.texts.items()}

    def python(self, path: Path) -> PyFile | None:
        return self._parsed.get(path)

    def is_file(self, path: Path) -> bool:
        return path in self.texts

    def listing(self, folder: Path) -> Sequence[str]:
        below = [path.relative_to(folder).parts[0] for path in self.texts if folder in path.parents]
        return sorted(set(below))


def ask(module: str, main: str, **others: str) -> Resolution:
    files = {"main.py": main, "__init__.py": ""}
    files.update({name.replace("__", "/") + ".py": text for name, text in others.items()})
    reader = Memory(files)
    return resolve(module, reader.root / "main.py", reader)


class Row(NamedTuple):
    """Source, what is asked, and the answers: exists, callable, streams."""

    source: str
    module: str
    exists: Proof
    is_callable: Proof
    streams: Proof


AGENT = """
class Base:
    def shared(self, x):
        return "s"
class Agent(Base):
    kind = "k"
    def __init__(self, model):
        self.model = "m"
        self.table = {"run": 1}
        if model:
            self.extra = 1
        self.hook = lambda: 1
    def run(self, text):
        return {"t": text}
    def stream(self, text):
        yield text
    async def astream(self, text):
        yield text
    async def arun(self, text):
        return "x"
    @staticmethod
    def tool(x):
        return [x]
    @classmethod
    def make(cls, x=1):
        return None
    @property
    def name(self):
        return "n"
    class Inner:
        def go(self):
            yield 1
app = Agent(None)
"""
DECO = """
import functools
def plain(fn):
    @functools.wraps(fn)
    def inner(*args, **kwargs):
        print("called")
        return fn(*args, **kwargs)
    return inner
def register(fn):
    print(fn)
    return fn
def twice(n):
    def around(fn):
        async def inner(*args, **kwargs):
            return await fn(*args, **kwargs)
        return inner
    return around
def strange(fn):
    return 3 if fn else fn
"""

ROWS = [
    Row("def f(x):\n    return x\n", "f", YES, YES, OPEN),
    Row("def f(x):\n    return x\n", "f.", YES, YES, OPEN),
    Row("def f(x):\n    return x\n", "f..", NO, NO, NO),
    Row("def f(x):\n    return x\n", ".f", NO, NO, NO),
    Row("def f(x):\n    return x\n", "", NO, NO, NO),
    Row("def f(x):\n    return x\n", "g", NO, NO, NO),
    Row("def f(x):\n    return x\n", "main.f", NO, NO, NO),
    Row("def f(x):\n    return x\n", "main:f", NO, NO, NO),
    Row("def f(x):\n    return x\n", "f()", NO, NO, NO),
    Row("def f(x):\n    return x\n", "__doc__", OPEN, OPEN, OPEN),
    Row("def f():\n    return 'x'\n", "f", YES, YES, NO),
    Row("def f():\n    return f'{1}'\n", "f", YES, YES, NO),
    Row("def f():\n    return {'a': 1}\n", "f", YES, YES, NO),
    Row("def f():\n    pass\n", "f", YES, YES, NO),
    Row("def f():\n    return [1]\n", "f", YES, YES, YES),
    Row("def f():\n    yield 1\n", "f", YES, YES, YES),
    Row("async def f():\n    yield 1\n", "f", YES, YES, YES),
    Row("async def f():\n    return [1]\n", "f", YES, YES, YES),
    Row("async def f():\n    return 'x'\n", "f", YES, YES, NO),
    Row("def g():\n    yield 1\ndef f():\n    return g()\n", "f", YES, YES, OPEN),
    Row("def f(a):\n    if a:\n        return [1]\n", "f", YES, YES, OPEN),
    Row("def f(a):\n    if a:\n        return 'x'\n", "f", YES, YES, NO),
    Row("def f():\n    def g():\n        yield 1\n    return 'x'\n", "f", YES, YES, NO),
    Row("f = lambda: 'x'\n", "f", YES, YES, NO),
    Row("f = lambda x: x\n", "f", YES, YES, OPEN),
    Row("x = 5\n", "x", YES, NO, NO),
    Row("x = -5\n", "x", YES, NO, NO),
    Row("x: int\n", "x", NO, NO, NO),
    Row("x: int = 3\n", "x", YES, NO, NO),
    Row("x, (y, *z) = 1, (2, 3)\n", "x", YES, NO, NO),
    Row("x, (y, *z) = 1, (2, 3)\n", "z", YES, OPEN, OPEN),
    Row("x = y = 's'\n", "y", YES, NO, NO),
    Row("(x := 3)\n", "x", YES, NO, NO),
    Row("print(x := 3)\n", "x", OPEN, NO, NO),
    Row("def f(): pass\napp = {'invoke': f}\n", "app.invoke", NO, NO, NO),
    Row("app = {'invoke': 1}\n", "app.get", OPEN, OPEN, OPEN),
    Row("app = [1]\n", "app.invoke", NO, NO, NO),
    Row("app = 'x'\n", "app.run", NO, NO, NO),
    Row("def f(): pass\n", "f.invoke", NO, NO, NO),
    Row("def f(): pass\nf.invoke = f\n", "f.invoke", OPEN, YES, NO),
    Row("def f(): pass\nprint(f)\n", "f.invoke", OPEN, OPEN, OPEN),
    Row("def f(): pass\ndef g(h):\n    h.invoke = 1\n", "f.invoke", OPEN, OPEN, OPEN),
    Row(AGENT, "app", YES, NO, NO),
    Row(AGENT, "app.run", YES, YES, NO),
    Row(AGENT, "app.stream", YES, YES, YES),
    Row(AGENT, "app.astream", YES, YES, YES),
    Row(AGENT, "app.shared", YES, YES, NO),
    Row(AGENT, "app.tool", YES, YES, YES),
    Row(AGENT, "app.make", YES, YES, NO),
    Row(AGENT, "Agent.make", YES, YES, NO),
    Row(AGENT, "Agent.run", YES, YES, NO),
    Row(AGENT, "Agent.name", YES, NO, NO),
    Row(AGENT, "app.name", OPEN, NO, NO),
    Row(AGENT, "app.kind", YES, NO, NO),
    Row(AGENT, "app.model", YES, NO, NO),
    Row(AGENT, "app.table.run", NO, NO, NO),
    Row(AGENT, "app.extra", OPEN, OPEN, OPEN),
    Row(AGENT, "app.hook", YES, OPEN, OPEN),
    Row(AGENT, "app.invoke", NO, NO, NO),
    Row(AGENT, "Agent.model", OPEN, OPEN, OPEN),
    Row(AGENT, "Agent.invoke", NO, NO, NO),
    Row(AGENT, "Agent.Inner.go", YES, YES, YES),
    Row(AGENT, "Agent.Inner.stop", NO, NO, NO),
    Row(AGENT, "Agent", YES, YES, NO),
    Row(AGENT + "app.invoke = app.run\n", "app.invoke", OPEN, YES, NO),
    Row(AGENT + "print(app)\n", "app.invoke", OPEN, OPEN, OPEN),
    Row("class A:\n    def __call__(self):\n        return 'x'\na = A()\n", "a", YES, YES, NO),
    Row("class A:\n    async def __call__(self):\n        return 1\na = A()\n", "a", YES, YES, NO),
    Row(
        "class A:\n    def __getattr__(self, n):\n        return n\na = A()\n",
        "a.x", OPEN, OPEN, OPEN,
    ),
    Row(
        "from abc import ABC\n" "class A(ABC):\n    def run(self): pass\na = A()\n",
        "a.x", OPEN, OPEN, OPEN,
    ),
    Row("class A(Exception):\n    pass\na = A()\n", "a.args", OPEN, OPEN, OPEN),
    Row("class A(Exception):\n    pass\na = A()\n", "a.invoke", NO, NO, NO),
    Row("class A:\n    __slots__ = ('x',)\na = A()\n", "a.x", OPEN, OPEN, OPEN),
    Row(
        "class A:\n    def __init__(self):\n        setattr(self, 'x', 1)\na = A()\n",
        "a.x", OPEN, OPEN, OPEN,
    ),
    Row("def f(): yield 1\ng = f\n", "g", YES, YES, YES),
    Row("def f(): yield 1\ng = f\ndef f(): return 1\n", "g", YES, OPEN, OPEN),
    Row(
        "import functools\ndef f(a, b): return 'x'\np = functools.partial(f, 1)\n",
        "p", YES, YES, NO,
    ),
    Row(
        "from functools import partial as bind\ndef f(a): yield 1\np = bind(f)\n",
        "p", YES, OPEN, OPEN,
    ),
    Row("from functools import partial\ndef f(a): yield 1\np = partial(f)\n", "p", YES, YES, YES),
    Row("def partial(f):\n    return 1\ndef f(a): yield 1\np = partial(f)\n", "p", YES, OPEN, OPEN),
    Row("if len('a'):\n    def f(): pass\n", "f", OPEN, YES, NO),
    Row("if len('a'):\n    def f(): pass\nelse:\n    def f(): yield 1\n", "f", YES, YES, OPEN),
    Row("try:\n    import nope as f\nexcept ImportError:\n    f = None\n", "f", YES, OPEN, OPEN),
    Row("try:\n    f = 1\nexcept ImportError:\n    raise\n", "f", YES, NO, NO),
    Row("if __name__ == '__main__':\n    f = 1\n", "f", NO, NO, NO),
    Row("f = 1\ndel f\n", "f", NO, NO, NO),
    Row("def f(): pass\nf = 3\n", "f", YES, NO, NO),
    Row("f = 3\ndef f(): pass\n", "f", YES, YES, NO),
    Row("f = 3\ndef g():\n    global f\n    f = len\n", "f", YES, OPEN, OPEN),
    Row("def g():\n    global f\n    f = len\ng()\n", "f", OPEN, OPEN, OPEN),
    Row("globals()['f'] = len\n", "f", OPEN, OPEN, OPEN),
    Row("def __getattr__(name):\n    return 1\n", "f", OPEN, OPEN, OPEN),
    Row("from math import *\n", "sin", OPEN, OPEN, OPEN),
    Row("import json\n", "json.dumps", OPEN, OPEN, OPEN),
    Row("for f in (1, 2):\n    pass\n", "f", OPEN, OPEN, OPEN),
    Row(DECO + "@plain\ndef f(a): return 'x'\n", "f", YES, YES, NO),
    Row(DECO + "@plain\ndef f(a): yield 1\n", "f", YES, YES, YES),
    Row(DECO + "@plain\nasync def f(a): return [1]\n", "f", YES, YES, NO),
    Row(DECO + "@plain\nasync def f(a): yield 1\n", "f", YES, YES, NO),
    Row(DECO + "@register\ndef f(a): yield 1\n", "f", YES, YES, YES),
    Row(DECO + "@twice(2)\nasync def f(a): return [1]\n", "f", YES, YES, OPEN),
    Row(DECO + "@strange\ndef f(a): return 'x'\n", "f", YES, OPEN, OPEN),
    Row(DECO + "@functools.lru_cache\nasync def f(): return [1]\n", "f", YES, YES, NO),
    Row("import contextlib\n@contextlib.contextmanager\ndef f(): yield 1\n", "f", YES, OPEN, OPEN),
    Row("from helper import greet\n", "greet", YES, YES, NO),
    Row("from helper import greet as hi\n", "hi", YES, YES, NO),
    Row("from .helper import greet\n", "greet", YES, YES, NO),
    Row("from agent.helper import greet\n", "greet", YES, YES, NO),
    Row("import helper\n", "helper.greet", YES, YES, NO),
    Row("import helper\n", "helper.grete", NO, NO, NO),
    Row("import helper\n", "helper", YES, NO, NO),
    Row("from helper import *\n", "greet", OPEN, YES, NO),
    Row("from helper import *\n", "nothing", NO, NO, NO),
    Row("from helper import Tool\nt = Tool()\n", "t.call", YES, YES, YES),
    Row("from helper import Tool\nt = Tool()\n", "t.cal", NO, NO, NO),
    Row("from pkg import again\n", "again", YES, YES, NO),
    Row("from pkg import deep\n", "deep.f", YES, YES, NO),
    Row("from pkg.deep import f\n", "f", YES, YES, NO),
    Row("import pkg.deep\n", "pkg.deep.f", OPEN, OPEN, OPEN),
    Row("import pkg.deep as d\n", "d.f", YES, YES, NO),
    Row("from somewhere import agent\n", "agent.run", OPEN, OPEN, OPEN),
    Row("from loop import x\n", "x", OPEN, OPEN, OPEN),
]  # fmt: skip
HELPERS = {
    "helper.py": "def greet(a, b=2):\n    return 'x'\nclass Tool:\n    def call(self, u):\n"
    "        yield u\n",
    "pkg/__init__.py": "from .deep import f as again\n",
    "pkg/deep.py": "def f():\n    return None\n",
    "loop.py": "from loop import x\n",
    "__init__.py": "",
}


def resolved(row: Row) -> Resolution:
    reader = Memory({"main.py": row.source, **HELPERS})
    return resolve(row.module, reader.root / "main.py", reader)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.module}<-{row.source[-40:]!r}")
def test_row(row: Row) -> None:
    found = resolved(row)
    answers = (found.exists, found.is_callable, found.streams)
    assert answers == (row.exists, row.is_callable, row.streams)


@pytest.fixture(scope="module")
def truths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Any]]:
    cases = []
    for number, row in enumerate(ROWS):
        folder = tmp_path_factory.mktemp(f"row{number}") / "agent"
        soundness.write(folder, {"main.py": row.source, **HELPERS})
        cases.append({"folder": str(folder), "file": "main.py", "queries": [row.module]})
    yield soundness.really(cases)


def test_python_agrees_with_every_row(truths: list[Any]) -> None:
    loaded = 0
    for row, answers in zip(ROWS, truths, strict=True):
        if answers is None:
            continue
        loaded += 1
        assert soundness.contradictions(resolved(row), answers[0]) == [], row
    assert loaded >= len(ROWS) - 6, "most rows must be modules that load"


def test_refuted_name_tells_the_part_and_the_nearest() -> None:
    found = ask("greet", "def great():\n    pass\ndef other():\n    pass\n")
    assert (found.failed_part, found.nearest, found.owner) == ("greet", ("great",), None)


def test_refuted_attribute_tells_its_owner() -> None:
    found = ask("app.invok", AGENT.replace("def run", "def invoke"))
    assert found.failed_part == "invok"
    assert found.nearest == ("invoke",)
    assert found.owner is not None
    assert (found.owner.name, found.owner.kind) == ("app", "instance")


def test_dict_member_has_the_dict_as_owner() -> None:
    found = ask("app.invoke", "def f(): pass\napp = {'invoke': f}\n")
    assert found.owner is not None
    assert (found.owner.kind, found.owner.keys) == ("dict", ("invoke",))


def test_instance_method_on_its_class_needs_an_instance() -> None:
    assert ask("Agent.run", AGENT).needs_instance
    assert not ask("app.run", AGENT).needs_instance
    assert not ask("Agent.tool", AGENT).needs_instance
    assert not ask("Agent.make", AGENT).needs_instance


def test_property_is_told() -> None:
    assert ask("app.name", AGENT).is_property
    assert ask("Agent.name", AGENT).is_property


@pytest.mark.parametrize(
    ("module", "names"),
    [
        ("app.run", ["text"]),
        ("Agent.run", ["self", "text"]),
        ("app.make", ["x"]),
        ("Agent.tool", ["x"]),
        ("Agent", ["model"]),
    ],
)
def test_signature_is_what_a_caller_meets(module: str, names: list[str]) -> None:
    found = ask(module, AGENT)
    assert found.signature is not None
    assert [parameter.name for parameter in found.signature.parameters] == names
    assert found.symbol is not None
    assert found.symbol.signature == found.signature


def test_partial_takes_arguments_away() -> None:
    source = "from functools import partial\ndef f(a, b, *, c, d): pass\np = partial(f, 1, d=2)\n"
    found = ask("p", source)
    assert found.signature is not None
    assert [parameter.name for parameter in found.signature.parameters] == ["b", "c"]
    assert found.signature_certain


def test_decorated_async_function_loses_its_coroutine() -> None:
    found = ask("f", DECO + "@plain\nasync def f(a): return 1\n")
    assert found.gives_coroutine is YES
    assert found.signature_certain
    awaited = ask("f", DECO + "@twice(1)\nasync def f(a): return 1\n")
    assert awaited.gives_coroutine is NO


def test_async_call_method_loses_its_coroutine() -> None:
    source = "class A:\n    async def __call__(self, q):\n        return 1\na = A()\n"
    found = ask("a", source)
    assert found.gives_coroutine is YES
    assert found.signature is not None
    assert [parameter.name for parameter in found.signature.parameters] == ["q"]


def test_generators_are_told() -> None:
    assert ask("app.stream", AGENT).gives_generator is YES
    assert ask("app.run", AGENT).gives_generator is NO
    assert ask("f", DECO + "@strange\ndef f(): yield 1\n").gives_generator is OPEN


def test_definition_is_found_in_the_other_file() -> None:
    found = ask("hi", "from helper import greet as hi\n", helper=HELPERS["helper.py"])
    assert found.defined_in == Path("/work-area/agent/helper.py")
    assert found.symbol is not None
    assert found.symbol.span == (4, 9)


def test_blocking_calls_are_those_of_the_real_modules() -> None:
    source = (
        "import time as t, requests\n{}"
        "def f():\n    t.sleep(1)\n    requests.get('u')\n    yield 1\n"
    )
    found = ask("f", source.format(""))
    assert found.symbol is not None
    assert [call.callee for call in found.symbol.blocking_calls] == ["t.sleep", "requests.get"]
    own = ask("f", source.format("class t:\n    sleep = print\n"))
    assert own.symbol is not None
    assert [call.callee for call in own.symbol.blocking_calls] == ["requests.get"]


def test_next_without_default_is_found_where_nothing_catches_it() -> None:
    source = (
        "def f(it):\n    a = next(it)\n    b = next(it, 1)\n    try:\n        c = next(it)\n"
        "    except StopIteration:\n        pass\n    def g():\n        return next(it)\n"
        "    return list(next(it) for _ in it)\n"
    )
    found = ask("f", source)
    assert found.symbol is not None
    assert [call.span.start for call in found.symbol.bare_next_calls] == [source.index("next(it)")]
    shadowed = ask("f", source + "def next(x): return x\n")
    assert shadowed.symbol is not None
    assert shadowed.symbol.bare_next_calls == ()


def test_syntax_error_refutes_nothing() -> None:
    found = ask("nope", "def f(:\n    pass\n")
    assert found.exists is OPEN
    assert ask("app.nope", "app = {}\ndef f(:\n").exists is not YES


def test_a_local_file_named_like_a_loaded_module_is_not_followed() -> None:
    assert ask("types.nope", "import types\n", types="x = 1\n").exists is OPEN


def test_missing_files_and_cycles_stay_unknown() -> None:
    found = ask("x", "from a import x\n", a="from b import x\n", b="from a import x\n")
    assert found.exists is OPEN
    chain = {f"m{i}": f"from m{i + 1} import x\n" for i in range(40)}
    assert ask("x", "from m0 import x\n", **chain).exists is OPEN


CORPUS = sorted((HERE.parents[1] / "corpus").glob("*/facts.json"))


def _stub(fact: Mapping[str, Any]) -> str:
    """Python with the same head as the callable the fact tells of."""
    if fact["kind"] == "assign":
        return f"from somewhere import {fact['callee']}\n{fact['name']} = {fact['callee']}()\n"
    parts: list[str] = []
    for parameter in fact["params"]:
        stars = {"var_positional": "*", "var_keyword": "**"}.get(parameter["kind"], "")
        annotation = f": {parameter['annotation']}" if parameter["annotation"] else ""
        default = f" = {parameter['default']}" if parameter["default"] is not None else ""
        parts.append(f"{stars}{parameter['name']}{annotation}{default}")
    returns = f" -> {fact['returns']}" if fact["returns"] else ""
    decorators = "".join(f"@{one}\n" for one in fact["decorators"])
    body = "yield 1" if fact["generator"] else "return work()"
    prefix = "async " if fact["async"] else ""
    return f"{decorators}{prefix}def {fact['name']}({', '.join(parts)}){returns}:\n    {body}\n"


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.parent.name)
def test_real_projects_are_read_as_they_are(path: Path) -> None:
    for entry in json.loads(path.read_text(encoding="utf-8"))["entrypoints"]:
        fact = entry.get("callable")
        if fact is None:
            continue
        found = ask(entry["module"], _stub(fact))
        assert NO not in (found.exists, found.is_callable), entry
        if fact["kind"] == "assign":
            continue
        assert found.exists is YES
        assert found.symbol is not None
        assert (found.symbol.is_async, found.symbol.is_generator) == (
            fact["async"],
            fact["generator"],
        )
        assert found.signature is not None
        read = [
            {"name": p.name, "kind": p.kind, "annotation": p.annotation, "default": p.default}
            for p in found.signature.parameters
        ]
        assert read == fact["params"]
        assert found.signature.returns == fact["returns"]
        assert found.streams is not NO


def test_the_corpus_is_there() -> None:
    assert len(CORPUS) >= 20


def test_imports_that_branch_and_meet_again_are_followed_once() -> None:
    following = (
        "import os\nif os.name:\n    from m{0} import f\nelse:\n    from m{0} import f as f\n"
    )
    steps = {f"m{number}": following.format(number + 1) for number in range(20)}
    begin = perf_counter()
    found = ask("f", "from m0 import f\n", **steps, m20="def f(): ...\n")
    assert perf_counter() - begin < 20  # 2 ** 20 ways take minutes
    assert (found.exists, found.is_callable) == (YES, YES)
    assert found.defined_in is not None
    assert found.defined_in.name == "m20.py"
