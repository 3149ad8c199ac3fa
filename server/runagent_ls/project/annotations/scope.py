"""What a name in an annotation stands for, wherever it was imported from."""

from __future__ import annotations

import builtins
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.annotations.known import is_known_module
from runagent_ls.project.annotations.meaning import External, Local, Meaning, Place
from runagent_ls.project.annotations.statements import type_statement
from runagent_ls.project.importing import Module, ModuleReader
from runagent_ls.project.questions import Answers, Questions
from runagent_ls.pyfile.model import Symbol

_DEEPEST: Final = 24
"""Steps through imports after which a name is not followed any more."""
_SAME: Final = (
    ("typing_extensions.", "typing."),
    ("collections.abc.", "typing."),
    ("pydantic.types.", "pydantic."),
    ("pydantic.networks.", "pydantic."),
    ("pydantic.fields.", "pydantic."),
    ("pydantic.main.", "pydantic."),
    ("pydantic.functional_validators.", "pydantic."),
    ("pydantic.root_model.", "pydantic."),
    ("pydantic.config.", "pydantic."),
    ("pydantic.aliases.", "pydantic."),
)


class Scope:
    """Answers for one entry file, whose place decides what imports find."""

    def __init__(self, entry_file: FilePath, reader: ModuleReader) -> None:
        self._entry = entry_file
        self._reader = reader
        self._ask = Questions(Answers(reader))
        self._depth = 0
        self._known: dict[tuple[object, ...], Meaning] = {}

    def find(self, place: Place, dotted: str) -> Meaning:
        """What `dotted` (`a.b.C`) stands for where it is written."""
        key = (place.path, dotted, *(owner.full_span for owner in place.owners))
        if key not in self._known:
            self._known[key] = self._find(place, dotted)
        return self._known[key]

    def _find(self, place: Place, dotted: str) -> Meaning:
        first, *rest = dotted.split(".")
        for number in range(len(place.owners), 0, -1):
            member = place.owners[number - 1].members.get(first)
            if member is not None and member.kind == "class":
                return self._bound(member, Place(place.path, place.owners[:number]), rest)
        return self._top_level(place.path, first, rest)

    def _top_level(self, path: FilePath, name: str, rest: list[str]) -> Meaning:
        if self._depth >= _DEEPEST:
            return None
        self._depth += 1
        try:
            symbol = self._ask.symbol(path, name)
            if symbol is not None:
                return self._bound(symbol, Place(path), rest)
            return self._unbound(path, name, rest)
        finally:
            self._depth -= 1

    def _unbound(self, path: FilePath, name: str, rest: list[str]) -> Meaning:
        """A name that only `import *` or Python itself can give."""
        file = self._ask.file(path)
        if file is None:
            return None
        for target in file.star_imports:
            module_name = target.partition(":")[0]
            module = self._ask.module(module_name, path, self._entry)
            if module is not None:
                found = None if name.startswith("_") else self._in_module(module, [name, *rest])
                if found is not None:
                    return found
            elif not is_known_module(module_name):
                return None
            elif is_known_module(module_name, name):
                return External(canonical(".".join([module_name, name, *rest])))
        newer = self._type_alias(path, name) if file.broken and not rest else None
        if newer is not None:
            return newer
        is_builtin = hasattr(builtins, name) and not rest
        return External(f"builtins.{name}") if is_builtin else None

    def _type_alias(self, path: FilePath, name: str) -> Meaning:
        """`type X = ...`, where this Python is too old to parse it."""
        file = self._reader.python(path)
        place = type_statement(file.text, name) if file is not None else None
        return Local(Symbol(name, "other", place, place), Place(path)) if place else None

    def _bound(self, symbol: Symbol, place: Place, rest: list[str]) -> Meaning:
        if symbol.alternatives:
            options = [self._bound(option, place, rest) for option in symbol.alternatives]
            return options[0] if all(option == options[0] for option in options) else None
        if symbol.rebound or (symbol.conditional and hasattr(builtins, symbol.name)):
            return None
        if symbol.kind == "import":
            return self._imported(symbol.target or "", place.path, rest)
        if not rest:
            return Local(symbol, place)
        member = symbol.members.get(rest[0]) if symbol.kind == "class" else None
        if member is None or member.kind != "class":
            return None
        return self._bound(member, Place(place.path, (*place.owners, symbol)), rest[1:])

    def _imported(self, target: str, path: FilePath, rest: list[str]) -> Meaning:
        module_name, _, name = target.partition(":")
        parts = [name, *rest] if name else rest
        module = self._ask.module(module_name, path, self._entry)
        if module is not None:
            return self._in_module(module, parts)
        dot = "" if module_name.endswith(".") else "."
        for length in range(len(parts) - 1, 0, -1):
            below = f"{module_name}{dot}{'.'.join(parts[:length])}"
            module = self._ask.module(below, path, self._entry)
            if module is not None:
                return self._in_module(module, parts[length:])
        if module_name.startswith("."):
            return None
        return External(canonical(".".join([module_name, *parts])))

    def _in_module(self, module: Module, parts: list[str]) -> Meaning:
        if not parts:
            return None
        first, rest = parts[0], parts[1:]
        if self._ask.symbol(module.path, first) is None and module.folder is not None:
            below = self._ask.module(f".{first}", module.path, self._entry)
            if below is not None:
                return self._in_module(below, rest)
        found = self._top_level(module.path, first, rest)
        is_builtin = isinstance(found, External) and found.name.startswith("builtins.")
        return None if is_builtin else found


def canonical(name: str) -> str:
    """One name for what several modules export."""
    for prefix, instead in _SAME:
        if name.startswith(prefix):
            return instead + name[len(prefix) :]
    return name
