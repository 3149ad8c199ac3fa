"""Random small modules full of the ways in which Python binds names."""

from __future__ import annotations

import random
from collections.abc import Callable

NAMES = ("a", "b", "c", "d", "e")
ATTRIBUTES = ("m", "n", "run", "x")

BODIES = (
    'return "text"', "return {'k': 1}", "return [1, 2]", "return 1", "pass", "yield 1",
    "return None", "return f'{1}'", "return (i for i in (1, 2))", "raise ValueError",
    "return helper_value()", "if len('ab') > 1:\n    return 'x'\nreturn 'y'",
    "if len('ab') > 5:\n    return []\nreturn 'y'", "value = 'x'\nreturn value",
    "try:\n    return 'x'\nfinally:\n    pass", "def inner():\n    yield 1\nreturn 'x'",
    "return [i for i in (1,)]", "value = []\nreturn value", "return str(3)",
    "for i in (1,):\n    yield i", "return 'a' + 'b'", "return lambda: 1",
    "x = yield 'q'\nreturn x",
)  # fmt: skip
PARAMETERS = ("", "p", "p, /", "p, q=1", "*, k", "*args, **kw", "p: str = 'x', *, k=2")
VALUES = (
    "1", "'s'", "{}", "{'m': 1}", "[1]", "None", "lambda: 1", "lambda p: 'x'", "(1, 2)", "f'{1}'",
    "{i: i for i in 'ab'}", "-1", "True", "3.5", "(lambda: (yield))", "b''", "...", "object()",
    "type('T', (), {'m': 1})()", "dict(m=1)", "len", "int", "property(lambda s: 1)",
)  # fmt: skip

PRELUDE = """import functools, contextlib, asyncio, sys
from functools import partial
def helper_value():
    return [1]
def keep(fn):
    return fn
def loud(fn):
    @functools.wraps(fn)
    def inner(*args, **kwargs):
        return fn(*args, **kwargs)
    return inner
def bare(fn):
    def inner(*args, **kwargs):
        result = fn(*args, **kwargs)
        return result
    return inner
def waits(fn):
    @functools.wraps(fn)
    async def inner(*args, **kwargs):
        return await fn(*args, **kwargs)
    return inner
def times(n):
    def around(fn):
        def inner(*args, **kwargs):
            return fn(*args, **kwargs)
        return inner
    return around
def lister(fn):
    def inner(*args, **kwargs):
        return [fn]
    return inner
def swallow(fn):
    return "gone"
def mark(thing):
    try:
        thing.m = lambda: 1
    except Exception:
        pass
    return thing
"""
DECORATORS = (
    "keep", "loud", "bare", "waits", "times(2)", "lister", "swallow", "mark", "functools.cache",
    "functools.lru_cache(maxsize=3)", "helper.keep", "staticmethod", "contextlib.contextmanager",
)  # fmt: skip


class Generator:
    """Makes one module; all choices come from `rng`."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.bound: list[str] = []

    def module(self) -> str:
        lines = [PRELUDE, "import helper\n"]
        lines.extend(self.statement(depth=0) for _ in range(self.rng.randint(2, 9)))
        return "".join(lines)

    def helper(self) -> str:
        lines = ["def keep(fn):\n    return fn\n"]
        lines.extend(self.plain() for _ in range(self.rng.randint(1, 5)))
        return "".join(lines)

    def name(self) -> str:
        name = self.rng.choice(NAMES)
        self.bound.append(name)
        return name

    def known(self) -> str:
        return self.rng.choice(self.bound) if self.bound else "helper_value"

    def statement(self, depth: int) -> str:
        nested: list[Callable[[int], str]] = [
            self.if_, self.try_, self.with_, self.loop, self.match_, self.guard, self.while_,
        ]  # fmt: skip
        if depth < 2 and self.rng.random() < 0.3:
            return self.rng.choice(nested)(depth + 1)
        return self.plain() if self.rng.random() < 0.55 else self.odd()

    def plain(self) -> str:
        kind = self.rng.random()
        if kind < 0.45:
            return self.function(self.name(), "")
        if kind < 0.7:
            return self.class_(0)
        return f"{self.name()} = {self.rng.choice(VALUES)}\n"

    def odd(self) -> str:
        rng, known = self.rng, self.known()
        attribute = rng.choice(ATTRIBUTES)
        options = [
            f"{self.name()} = {known}\n", f"{self.name()} = {known}()\n",
            f"{self.name()} = {known}()\n", f"{self.name()} = partial({known})\n",
            f"{self.name()} = functools.partial({known}, 1)\n",
            f"{self.name()} = {known}.{attribute}\n",
            safe(f"{known}.{attribute} = lambda: 1\n"), safe(f"{known}.{attribute} = 3\n"),
            f"del {known}\n", f"{self.name()}: int\n", f"{self.name()}: int = 3\n",
            f"{self.name()}, {self.name()} = {rng.choice(VALUES)}, {known}\n",
            f"{self.name()} = {self.name()} = {rng.choice(VALUES)}\n",
            f"({self.name()} := {rng.choice(VALUES)})\n", f"[{self.name()} := i for i in (1, 2)]\n",
            f"def late():\n    global {self.name()}\n    {self.bound[-1]} = 7\nlate()\n",
            safe(f"setattr({known}, '{attribute}', 5)\n"), f"mark({known})\n", f"{known} += 1\n",
            safe(f"from helper import {self.name()}\n"), safe("from helper import *\n"),
            safe(f"from helper import {rng.choice(NAMES)} as {self.name()}\n"),
            safe(f"from .helper import {self.name()}\n"), "from . import helper as rel\n",
            f"import helper as {self.name()}\n", f"globals()['{self.name()}'] = lambda: 1\n",
            f"sys.modules[__name__].{self.name()} = 4\n", f"{self.name()} = mark({known})\n",
            f"for {known} in ():\n    pass\n", f"{self.name()} = {known} if len('a') else None\n",
        ]  # fmt: skip
        return rng.choice(options)

    def function(self, name: str, indent: str, first: str = "") -> str:
        rng = self.rng
        body = rng.choice(BODIES)
        head = "async def" if rng.random() < 0.25 else "def"
        if head == "async def" and "return x" in body:
            body = "yield 1"
        parameters = ", ".join(part for part in (first, rng.choice(PARAMETERS)) if part)
        if first and parameters.endswith("/"):
            parameters = first
        decorated = f"{indent}@{rng.choice(DECORATORS)}\n" if rng.random() < 0.25 else ""
        inside = "".join(f"{indent}    {line}\n" for line in body.split("\n"))
        return f"{decorated}{indent}{head} {name}({parameters}):\n{inside}"

    def class_(self, depth: int) -> str:
        rng = self.rng
        base = rng.choice(["", "", "(object)", f"({self.known()})", "(Exception)", "(dict)"])
        indent = "    " * (depth + 1)
        name = self.name()
        keyword = "@mark\n" if rng.random() < 0.05 else ""
        lines = [f"{keyword}{indent[4:]}class {name}{base}:\n"]
        if rng.random() < 0.5:
            lines.append(self.init(indent))
        for _ in range(rng.randint(0, 3)):
            lines.append(self.member(indent, depth))
        lines.append(f"{indent}pass\n")
        return "".join(lines)

    def init(self, indent: str) -> str:
        attribute = self.rng.choice(ATTRIBUTES)
        lines = [
            f"self.{attribute} = {self.rng.choice(VALUES)}",
            f"if len('a') > 3:\n{indent}        self.{attribute} = 1",
            f"self.{attribute} = self",
            "mark(self)",
            f"if len('a') > 0:\n{indent}        return\n{indent}    self.{attribute} = 1",
        ]
        return f"{indent}def __init__(self):\n{indent}    {self.rng.choice(lines)}\n"

    def member(self, indent: str, depth: int) -> str:
        rng = self.rng
        name = rng.choice((*ATTRIBUTES, "__call__", "__getattr__", "__iter__", "__m"))
        kind = rng.random()
        if kind < 0.45:
            return self.function(name, indent, "self")
        if kind < 0.6:
            return f"{indent}@staticmethod\n" + self.function(name, indent)
        if kind < 0.7:
            return f"{indent}@classmethod\n" + self.function(name, indent, "cls")
        if kind < 0.8:
            return f"{indent}@property\n{indent}def {name}(self):\n{indent}    return 's'\n"
        if kind < 0.85 and depth < 1:
            return f"{indent}class {name}:\n{indent}    def m(self):\n{indent}        yield 1\n"
        if kind < 0.9:
            return f"{indent}if len('a'):\n{indent}    {name} = {rng.choice(VALUES)}\n"
        return f"{indent}{name} = {rng.choice(VALUES)}\n"

    def block(self, depth: int) -> str:
        return indented("".join(self.statement(depth) for _ in range(self.rng.randint(1, 2))))

    def condition(self) -> str:
        return self.rng.choice(("len('a') > 0", "len('a') > 1", "__name__ == 'x'"))

    def if_(self, depth: int) -> str:
        text = f"if {self.condition()}:\n{self.block(depth)}"
        if self.rng.random() < 0.3:
            text += f"elif {self.condition()}:\n{self.block(depth)}"
        return text + (f"else:\n{self.block(depth)}" if self.rng.random() < 0.6 else "")

    def guard(self, depth: int) -> str:
        text = f"if __name__ == '__main__':\n{self.block(depth)}"
        return text + (f"else:\n{self.block(depth)}" if self.rng.random() < 0.3 else "")

    def try_(self, depth: int) -> str:
        maybe = "    if len('a') > 1:\n        raise ValueError\n"
        fail = self.rng.choice(("", "    raise ValueError\n", maybe))
        text = f"try:\n{self.block(depth)}{fail}except Exception as {self.rng.choice(NAMES)}:\n"
        text += self.block(depth)
        if self.rng.random() < 0.3:
            text += f"else:\n{self.block(depth)}"
        return text + (f"finally:\n{self.block(depth)}" if self.rng.random() < 0.2 else "")

    def with_(self, depth: int) -> str:
        fail = self.rng.choice(("", "    raise ValueError\n"))
        manager = f"contextlib.suppress(Exception) as {self.name()}"
        return f"with {manager}:\n{self.block(depth)}{fail}{self.block(depth)}"

    def loop(self, depth: int) -> str:
        items = self.rng.choice(("()", "(1, 2)"))
        leave = self.rng.choice(("", f"    if {self.condition()}:\n        break\n"))
        text = f"for {self.name()} in {items}:\n{self.block(depth)}{leave}{self.block(depth)}"
        return text + (f"else:\n{self.block(depth)}" if self.rng.random() < 0.3 else "")

    def while_(self, depth: int) -> str:
        return f"while {self.condition()}:\n{self.block(depth)}    break\n"

    def match_(self, depth: int) -> str:
        subject = self.rng.choice(("1", "{'k': 1}", "[1, 2]"))
        pattern = self.rng.choice(("1", "{'k': " + self.name() + "}", f"[{self.name()}, *_]", "_"))
        return f"match {subject}:\n    case {pattern}:\n{indented(self.block(depth))}"


def safe(statement: str) -> str:
    return f"try:\n{indented(statement)}except Exception:\n    pass\n"


def indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.split("\n") if line)


def queries() -> list[str]:
    found = [*NAMES, "helper", "nope", "late", "rel", ""]
    found += [f"{name}.{attribute}" for name in NAMES for attribute in (*ATTRIBUTES, "zz", "__m")]
    found += [f"helper.{name}" for name in (*NAMES, "nope")]
    found += [f"helper.{name}.{attribute}" for name in NAMES for attribute in ATTRIBUTES]
    found += [f"{name}.{one}.m" for name in NAMES for one in ATTRIBUTES]
    return found
