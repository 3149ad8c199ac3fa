"""Which modules a name may come from, told by one file and its imports, before any search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath

from runagent_ls.features.graph.module_names import ModuleNames
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.pyfile.names import read_names
from runagent_ls.pyfile.scopes import Names
from runagent_ls.text.position import Span


class Homes:
    """Answers about one name as it is seen from one file."""

    def __init__(self, snapshot: Snapshot, path: FilePath, name: str) -> None:
        self._snapshot = snapshot
        self._path = path
        self._name = name
        self._modules = ModuleNames(snapshot.files, [path], snapshot.folders)
        self._names: dict[FilePath, Names | None] = {}

    def at(self, span: Span) -> frozenset[FilePath]:
        """Files whose module has the name that stands at a span, however far it came."""
        names = self._read(self._path)
        return self.upwards(self._meant(names, span)) if names is not None else frozenset()

    def is_member(self, span: Span) -> bool:
        """Whether the span may be a method's name: an attribute, or bound by a class."""
        names = self._read(self._path)
        if names is None:
            return False
        bound = (it for it in names.uses if it.span == span and it.scope.kind == "class")
        return any(it.span == span for it in names.attributes) or any(bound)

    def upwards(self, files: Iterable[FilePath]) -> frozenset[FilePath]:
        """The files, and those that they import the name from under the same name."""
        found = dict.fromkeys(files)
        for path in (waiting := list(found)):
            names = self._read(path)
            if names is None:
                continue
            for it in names.imports:
                if it.name == self._name == it.bound and it.scope is names.module:
                    more = self._modules.named(it.module, path).files - found.keys()
                    found |= dict.fromkeys(more)
                    waiting += more
        return frozenset(found)

    def _meant(self, names: Names, span: Span) -> Iterator[FilePath]:
        for use in names.uses:
            if use.span == span and use.scope.binder(use.name) is names.module:
                yield self._path
        scopes = {id(it.scope.binder(it.name)) for it in names.uses if it.span == span}
        for it in names.imports:
            if it.name == self._name and (it.span == span or id(it.scope) in scopes):
                yield from self._modules.named(it.module, self._path).files
        for attribute in names.attributes:
            if attribute.span == span and attribute.chain is not None:
                chain, scope = attribute.chain, attribute.scope
                yield from self._modules.meant(chain, scope, names, self._path).files

    def _read(self, path: FilePath) -> Names | None:
        if path not in self._names:
            self._names[path] = read_names(self._snapshot.files.read(path).text or "")
        return self._names[path]
