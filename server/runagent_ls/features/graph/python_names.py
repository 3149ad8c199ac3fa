"""Where dotted names of a project are defined, also in files that do not parse.

Unlike rules, which may only say what is proved, going somewhere may follow the best guess: a
condition, an unknown decorator or a broken line does not stop it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path as FilePath

from runagent_ls.features.graph.places import START, Place, distinct
from runagent_ls.project.evaluation import Evaluator
from runagent_ls.project.file_source import FileSource
from runagent_ls.project.module_reader import RecordingReader
from runagent_ls.project.objects import Thing, unknown
from runagent_ls.project.questions import Answers, Questions
from runagent_ls.pyfile.model import Proof, Symbol
from runagent_ls.text.position import Span

_DEEPEST = 16
"""Steps through imports and base classes; more are a circle."""


class PythonNames:
    """Answers for one entry file of a project, as files are now."""

    def __init__(self, entry_file: FilePath, root: FilePath, files: FileSource) -> None:
        self._entry = entry_file
        self._reader = RecordingReader(root, files)
        self._evaluator = Evaluator(entry_file, Questions(Answers(self._reader)))
        self._seen: set[tuple[FilePath, Span, str]] = set()
        """What was followed for one part: ways that branch and meet again are gone once."""

    def definitions(self, parts: Sequence[str]) -> tuple[Place, ...]:
        """Where what `parts` name together is really defined; several where conditions decide.

        For a member of an object that the project does not define, that is the object.
        """
        return distinct(place for it in self._things(parts) for place in _place(it))

    def declarations(self, parts: Sequence[str]) -> tuple[Place, ...]:
        """Where the last part is bound: for an imported name the import, else the definition."""
        *before, last = parts
        owners = [self._entry] if not before else self._modules(before)
        places = [place for file in owners for place in self._bound(file, last)]
        return distinct(places) or self.definitions(parts)

    def _bound(self, file: FilePath, name: str) -> Iterator[Place]:
        source = self._reader.python(file)
        symbol = source.symbols.get(name) if source is not None else None
        for option in _options(symbol):
            yield Place.of(file, option.span, option.full_span)

    def _modules(self, parts: Sequence[str]) -> list[FilePath]:
        found = (it.module for it in self._things(parts) if it.kind == "module")
        return [module.path for module in found if module is not None]

    def _things(self, parts: Sequence[str]) -> tuple[Thing, ...]:
        try:
            self._seen.clear()
            things = self._named(self._entry, parts[0], _DEEPEST)
            for part in parts[1:]:
                self._seen.clear()
                owners = things
                things = [it for owner in owners for it in self._attribute(owner, part, _DEEPEST)]
                if not any(it.symbol for it in things):
                    return tuple(it for it in owners if not self._lacks(it, part))
        except RecursionError:
            return ()
        return tuple(things)

    def _named(self, path: FilePath, name: str, depth: int) -> list[Thing]:
        found = self._evaluator.name(path, name).things
        return [it for thing in found for it in self._followed(thing, depth)]

    def _followed(self, thing: Thing, depth: int) -> list[Thing]:
        """What a name of which only the place is known leads to, itself when to nothing."""
        symbol, path = thing.symbol, thing.path
        if thing.kind != "unknown" or symbol is None or path is None or depth <= 0:
            return [thing]
        if self._was_here(path, symbol, ""):
            return []
        found: list[Thing] = []
        for option in _options(symbol):
            for it in self._evaluator.stands_for(option, path).things:
                again = it.kind == "unknown" and it.symbol is option
                found += [it] if again else self._followed(it, depth - 1)
        return found or [thing]

    def _attribute(self, owner: Thing, name: str, depth: int) -> list[Thing]:
        found = self._evaluator.attribute(owner, name).things
        places = [it for thing in found for it in self._followed(thing, depth)]
        return places if any(it.symbol for it in places) else self._member(owner, name, depth)

    def _lacks(self, owner: Thing, name: str) -> bool:
        """Whether an object certainly has no such member."""
        return self._evaluator.attribute(owner, name).exists is Proof.REFUTED

    def _member(self, owner: Thing, name: str, depth: int) -> list[Thing]:
        """The same by what is written alone: bodies of classes and of their bases."""
        symbol, path = owner.symbol, owner.path
        if symbol is None or path is None or depth <= 0 or self._was_here(path, symbol, name):
            return []
        if name in symbol.attributes:
            return [unknown(symbol.attributes[name], path)]
        if owner.kind == "instance" and owner.class_ is not None:
            symbol, path = owner.class_, owner.class_path or path
        if symbol.kind == "class":
            known = symbol.members.get(name) or symbol.instance_attributes.get(name)
            if known is not None:
                return [unknown(known, path)]
            return self._in_classes(path, symbol.bases, name, depth)
        if symbol.kind == "instance" and symbol.target:
            return self._in_classes(path, [symbol.target], name, depth)
        return []

    def _was_here(self, path: FilePath, symbol: Symbol, name: str) -> bool:
        key = (path, symbol.span, name)
        seen = key in self._seen
        self._seen.add(key)
        return seen

    def _in_classes(
        self, path: FilePath, classes: Iterable[str], name: str, depth: int
    ) -> list[Thing]:
        for written in classes:
            first, *rest = written.split(".")
            owners = self._named(path, first, depth - 1)
            for part in rest:
                owners = [it for owner in owners for it in self._attribute(owner, part, depth - 1)]
            found = [it for owner in owners for it in self._member(owner, name, depth - 1)]
            if found:
                return found
        return []


def _options(symbol: Symbol | None) -> tuple[Symbol, ...]:
    if symbol is None:
        return ()
    return symbol.alternatives or (symbol,)


def _place(thing: Thing) -> Iterator[Place]:
    if thing.path is None:
        return
    if thing.kind == "module":
        yield Place.of(thing.path, START)
        return
    for option in _options(thing.symbol):
        yield Place.of(thing.path, option.span, option.full_span)
