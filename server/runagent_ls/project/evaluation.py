"""Following names through the files of a project: imports, aliases, instances, attributes."""

from __future__ import annotations

import ast
import types
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.behaviour import Behaviour, forwarded, wrapped, written
from runagent_ls.project.builtin_objects import value_attribute, value_of
from runagent_ls.project.classes import (
    class_attribute,
    class_thing,
    instance_attribute,
    instance_thing,
)
from runagent_ls.project.importing import Module
from runagent_ls.project.objects import (
    NOT_KNOWN,
    Found,
    Thing,
    after_partial,
    agreement,
    nearest,
    unknown,
)
from runagent_ls.project.questions import FileFacts, Questions
from runagent_ls.pyfile.functions import dotted
from runagent_ls.pyfile.model import Proof, Symbol

_DEEPEST: Final = 24
"""Steps through imports, aliases and bases after which nothing is claimed any more."""

_SAME_FUNCTION: Final = {
    "typing.final", "typing.override", "typing.no_type_check", "abc.abstractmethod",
    "typing_extensions.final", "typing_extensions.override",
}  # fmt: skip


class Evaluator:
    """Answers for one entry file; remembers which names it went through."""

    def __init__(self, entry_file: FilePath, ask: Questions) -> None:
        self.ask = ask
        self._entry = entry_file
        self._depth = 0
        self.visited: dict[tuple[FilePath, str], None] = {}
        self._names: dict[tuple[FilePath, str], Found] = {}
        """Imports that branch and meet again would otherwise take twice as long at each step."""

    # Names

    def name(self, path: FilePath, name: str) -> Found:
        """A top-level name of a file."""
        if (known := self._names.get((path, name))) is not None:
            return known
        file = self.ask.file(path)
        if file is None or self._depth >= _DEEPEST:
            return NOT_KNOWN
        self.visited[path, name] = None
        self._depth += 1
        try:
            found = self._names[path, name] = self._name(file, path, name)
        finally:
            self._depth -= 1
        return found

    def _name(self, file: FileFacts, path: FilePath, name: str) -> Found:
        symbol = self.ask.symbol(path, name)
        if symbol is None:
            return self._absent(file, path, name)
        exists = Proof.UNKNOWN if symbol.conditional else Proof.PROVEN
        if file.generates_names or file.broken:
            return Found(exists, (unknown(symbol, path),))
        if self._stars_may_bind(file, path, name):
            return Found(exists, (unknown(symbol, path),))
        found = [self.stands_for(option, path) for option in symbol.alternatives or (symbol,)]
        exists = agreement([exists, *(option.exists for option in found)])
        things = {id(thing): thing for option in found for thing in option.things}
        return Found(exists, tuple(things.values()))

    def _absent(self, file: FileFacts, path: FilePath, name: str) -> Found:
        dunder = name.startswith("__") and name.endswith("__")
        if file.generates_names or file.broken or dunder:
            return NOT_KNOWN
        package = Module(path, path.parent) if path.name == "__init__.py" else None
        if package is not None and self.ask.has_submodule(package, name):
            return NOT_KNOWN
        found = [self._star(target, path, name) for target in file.star_imports]
        if any(option.exists is not Proof.REFUTED for option in found):
            sure = len(file.star_imports) == 1 and found[0].things
            things = found[0].things if sure else ()
            return Found(Proof.UNKNOWN, things)
        choices = [*self.ask.names(path), *(near for option in found for near in option.nearest)]
        return Found(Proof.REFUTED, (), nearest(name, choices))

    def _stars_may_bind(self, file: FileFacts, path: FilePath, name: str) -> bool:
        stars = file.star_imports
        return any(self._star(s, path, name).exists is not Proof.REFUTED for s in stars)

    def _star(self, target: str, path: FilePath, name: str) -> Found:
        module = self.ask.module(target.partition(":")[0], path, self._entry)
        if module is None or self.ask.file(module.path) is None:
            return NOT_KNOWN
        if self.ask.symbol(module.path, "__all__") is not None:
            return NOT_KNOWN
        if self.ask.has_submodule(module, name):
            return NOT_KNOWN
        return Found(Proof.REFUTED) if name.startswith("_") else self.name(module.path, name)

    def chain(self, path: FilePath, text: str) -> Found:
        """`a.b.c` as a module's own code reads it; only names that are bound once count."""
        first, *rest = text.split(".")
        symbol = self.ask.symbol(path, first)
        if symbol is None or symbol.rebound or not symbol.certain:
            return NOT_KNOWN
        found = self.name(path, first)
        for part in rest:
            if found.exists is not Proof.PROVEN or len(found.things) != 1:
                return NOT_KNOWN
            found = self.attribute(found.things[0], part)
        return found if found.exists is Proof.PROVEN else NOT_KNOWN

    def qualified(self, path: FilePath, text: str) -> str | None:
        """`functools.partial` for whatever name that has here; None for names of the project."""
        first, _, rest = text.partition(".")
        file, symbol = self.ask.file(path), self.ask.symbol(path, first)
        if file is None or symbol is None or symbol.kind != "import" or not symbol.certain:
            return None
        if symbol.rebound or file.dynamic or not symbol.target or symbol.target.startswith("."):
            return None
        module, _, name = symbol.target.partition(":")
        return ".".join(part for part in (module, name, rest) if part)

    def is_builtin(self, name: str, path: FilePath) -> bool:
        """Whether a file leaves a built-in name alone."""
        file = self.ask.file(path)
        return file is not None and not file.dynamic and self.ask.symbol(path, name) is None

    # What a binding stands for

    def stands_for(self, symbol: Symbol, path: FilePath) -> Found:
        """The object of one binding at module level."""
        match symbol.kind:
            case "function" | "lambda":
                return _one(self.function(symbol, path))
            case "class":
                return _one(self._class(symbol, path))
            case "dict" | "literal":
                return _one(value_of(symbol, path))
            case "import":
                return self._import(symbol, path)
            case "instance":
                return _one(self._instance(symbol, path))
            case "partial":
                return _one(self._partial(symbol, path))
            case _:
                return _one(self._alias(symbol, path))

    def function(
        self, symbol: Symbol, path: FilePath, shadowed: Iterable[str] = (), *, skip: int = 0
    ) -> Thing:
        """A function after its decorators, the outermost `skip` of them left to the caller."""
        behaviour: Behaviour | None = written(symbol)
        certain = True
        for decorator in reversed(symbol.decorators[skip:]):
            effect = self._decorated(decorator, path, behaviour, shadowed)
            if effect is None:
                return unknown(symbol, path)
            behaviour, keeps = effect
            certain = certain and keeps
        return Thing(
            "function",
            symbol,
            path,
            behaviour=behaviour,
            is_callable=Proof.PROVEN,
            signature=symbol.signature,
            signature_certain=certain,
        )

    def _decorated(
        self, text: str, path: FilePath, inner: Behaviour | None, shadowed: Iterable[str]
    ) -> tuple[Behaviour, bool] | None:
        """Behaviour and whether the parameters stay; None when the decorator is not understood."""
        callee, called = decorator_parts(text)
        if callee is None or inner is None or callee.partition(".")[0] in shadowed:
            return None
        known = self.qualified(path, callee)
        if (known in _SAME_FUNCTION and not called) or (known == "functools.wraps" and called):
            return inner, known != "functools.wraps"
        if known in {"functools.cache", "functools.lru_cache"}:
            return forwarded(inner), True
        found = self.chain(path, callee)
        thing = found.things[0] if len(found.things) == 1 else None
        if thing is None or thing.kind != "function" or thing.symbol is None:
            return None
        symbol = thing.symbol
        wrapping = symbol.factory_wrapping if called else symbol.wrapping
        if wrapping is None or symbol.decorators or symbol.kind != "function":
            return None
        keeps = wrapping.returns_argument or (wrapping.forwards and wrapping.keeps_arguments)
        return wrapped(wrapping, inner), keeps

    def _class(self, symbol: Symbol, path: FilePath) -> Thing:
        return class_thing(self, symbol, path)

    def _instance(self, symbol: Symbol, path: FilePath) -> Thing:
        found = self.chain(path, symbol.target or "")
        callee = found.things[0] if len(found.things) == 1 else None
        if callee is None or callee.kind != "class":
            return unknown(symbol, path)
        return instance_thing(self, callee, symbol, path)

    def _partial(self, symbol: Symbol, path: FilePath) -> Thing:
        if symbol.bound is None or self.qualified(path, symbol.callee or "") != "functools.partial":
            return unknown(symbol, path)
        found = self.chain(path, symbol.target or "") if symbol.target else NOT_KNOWN
        inner = found.things[0] if len(found.things) == 1 else unknown()
        signature = inner.signature
        if signature is not None:
            bound = symbol.bound
            signature = after_partial(signature, bound.positional, bound.keywords)
        return Thing(
            "value",
            symbol,
            path,
            behaviour=inner.behaviour,
            is_callable=Proof.PROVEN,
            signature=signature,
            signature_certain=symbol.bound.exact and inner.signature_certain,
            type_name="functools.partial",
        )

    def _alias(self, symbol: Symbol, path: FilePath) -> Thing:
        target = symbol.target or ""
        if not all(part.isidentifier() for part in target.split(".")):
            return unknown(symbol, path)
        found = self.chain(path, target)
        return found.things[0] if len(found.things) == 1 else unknown(symbol, path)

    def _import(self, symbol: Symbol, path: FilePath) -> Found:
        """Something that was bound by an import exists, or the file would not load."""
        target, _, name = (symbol.target or "").partition(":")
        module = self.ask.module(target, path, self._entry)
        if not name:
            return _one(self._module(symbol, module) if module else unknown(symbol, path))
        found = self.name(module.path, name) if module is not None else NOT_KNOWN
        if found.things:
            return found
        package = self.ask.file(module.path) if module is not None else None
        known = package is not None and not package.dynamic and not package.broken
        if known or (module is None and target.strip(".") == ""):
            dot = "" if target.endswith(".") else "."
            below = self.ask.module(f"{target}{dot}{name}", path, self._entry)
            if below is not None:
                return _one(self._module(symbol, below))
        # A name that is not there makes the import fail, not the name missing: not said here.
        return Found(Proof.UNKNOWN, (unknown(symbol, path),))

    def _module(self, symbol: Symbol, module: Module) -> Thing:
        file = self.ask.file(module.path)
        plain = file is not None and not file.generates_names and not file.broken
        is_callable = Proof.REFUTED if plain else Proof.UNKNOWN
        return Thing("module", symbol, module.path, module=module, is_callable=is_callable)

    # Attributes

    def attribute(self, thing: Thing, name: str) -> Found:
        """`thing.name`."""
        if self._depth >= _DEEPEST:
            return NOT_KNOWN
        self._depth += 1
        try:
            if thing.symbol is not None and name in thing.symbol.attributes and thing.path:
                return self._assigned(thing.symbol.attributes[name], thing.path)
            match thing.kind:
                case "module":
                    return self._module_attribute(thing, name)
                case "function":
                    return self._function_attribute(thing, name)
                case "value" | "property":
                    return value_attribute(thing, name)
                case "class":
                    return class_attribute(self, thing, name)
                case "instance":
                    return instance_attribute(self, thing, name)
                case _:
                    return NOT_KNOWN
        finally:
            self._depth -= 1

    def _assigned(self, symbol: Symbol, path: FilePath) -> Found:
        """An attribute that module-level code sets: there, unless `__setattr__` took it."""
        if symbol.certain and symbol.kind in {"lambda", "other"}:
            found = self.stands_for(symbol, path)
            return Found(Proof.UNKNOWN, found.things)
        return NOT_KNOWN

    def _module_attribute(self, thing: Thing, name: str) -> Found:
        if thing.module is None:
            return NOT_KNOWN
        found = self.name(thing.module.path, name)
        if found.exists is not Proof.REFUTED:
            return found
        if self.ask.has_submodule(thing.module, name) or self.may_be_set(name):
            return NOT_KNOWN
        return found

    def _function_attribute(self, thing: Thing, name: str) -> Found:
        symbol = thing.symbol
        if hasattr(types.FunctionType, name) or name == "__wrapped__" or symbol is None:
            return Found(Proof.UNKNOWN)
        if symbol.decorators or self.may_be_set(name) or self.escapes():
            return NOT_KNOWN
        return Found(Proof.REFUTED)

    def may_be_set(self, name: str) -> bool:
        """Whether any file seen so far sets an attribute of this name, on anything."""
        for path in dict.fromkeys(path for path, _ in self.visited):
            file = self.ask.file(path)
            if file is None or file.broken or file.generates_names:
                return True
            if self.ask.sets_attribute(path, name):
                return True
        return False

    def escapes(self) -> bool:
        """Whether a name on the way is handed to code that may change the object."""
        return any(self.ask.hands_on(path, name) for path, name in self.visited)


@lru_cache(maxsize=1024)
def decorator_parts(text: str) -> tuple[str | None, bool]:
    """The dotted name of a decorator, and whether it is called."""
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, False
    if isinstance(node, ast.Call):
        return dotted(node.func), True
    return dotted(node), False


def _one(thing: Thing) -> Found:
    return Found(Proof.PROVEN, (thing,))
