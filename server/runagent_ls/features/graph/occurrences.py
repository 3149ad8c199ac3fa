"""Every place in the Python files of a workspace that means one module-level name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.graph.module_names import NO_MODULE, ModuleNames, Modules
from runagent_ls.project.file_source import FileSource
from runagent_ls.pyfile.names import read_names
from runagent_ls.pyfile.scopes import ImportUse, Names, NameUse, Scope
from runagent_ls.text.lines import line_index
from runagent_ls.text.position import Span

_DYNAMIC_IMPORTS: Final = ("import_module", "__import__", "sys.modules")
_GENERATED: Final = re.compile(r"(?im)^\s*#.*(?:@generated|\bdo not (?:edit|modify)\b)")
_HEAD: Final = 2_000
"""Characters in which a generator says so."""


@dataclass(slots=True)
class Occurrences:
    """Where a name stands. `problems` say why some places cannot be told: nothing may be changed
    then. `doubtful` are places that may mean the name, for the user to decide."""

    name: str
    homes: dict[FilePath, None] = field(default_factory=dict)
    """Files whose module has the name: where it is defined, and those that import it."""
    spans: dict[FilePath, set[Span]] = field(default_factory=dict)
    doubtful: dict[FilePath, set[Span]] = field(default_factory=dict)
    names: dict[FilePath, Names | None] = field(default_factory=dict)
    """What was read of each file that mentions the name; None: it does not parse."""
    local: dict[FilePath, list[tuple[NameUse, Scope]]] = field(default_factory=dict)
    """Uses as a name, each with the scope that binds it."""
    problems: list[str] = field(default_factory=list)


def find_occurrences(
    name: str,
    home: FilePath,
    candidates: Iterable[FilePath],
    files: FileSource,
    modules: ModuleNames,
) -> Occurrences:
    """All occurrences of the `name` of the module in the file `home`, among `candidates`."""
    search = _Search(name, files, modules)
    search.add_home(home)
    spelt = spelling(name)
    others = [path for path in dict.fromkeys([home, *candidates]) if files.mentions(path, spelt)]
    search.run(others)
    return search.found


class _Search:
    def __init__(self, name: str, files: FileSource, modules: ModuleNames) -> None:
        self.found = Occurrences(name)
        self._name = name
        self._files = files
        self._modules = modules
        self._waiting: list[FilePath] = []

    def add_home(self, path: FilePath) -> None:
        if path not in self.found.homes:
            self.found.homes[path] = None
            self._waiting.append(path)

    def run(self, candidates: list[FilePath]) -> None:
        """Homes bring further homes, upwards by their own imports, downwards by those of others."""
        while self._waiting:
            while self._waiting:
                self._home(self._waiting.pop())
            for path in candidates:
                self._imports(path)
        for path in candidates:
            self._rest(path)
        for path in self.found.spans:
            if _GENERATED.search((self._files.read(path).text or "")[:_HEAD]):
                self._problem(path, 0, "this file is generated, and will be again as it was.")

    def names(self, path: FilePath) -> Names | None:
        known = self.found.names
        if path not in known:
            known[path] = read_names(self._files.read(path).text or "")
        return known[path]

    def _problem(self, path: FilePath, offset: int, text: str) -> None:
        line = line_index(self._files.read(path).text or "").position(offset).line + 1
        problem = f"{path.name}, line {line}: {text}"
        if problem not in self.found.problems:
            self.found.problems.append(problem)

    def _add(self, path: FilePath, span: Span) -> None:
        self.found.spans.setdefault(path, set()).add(span)

    # --- files that have the name ---------------------------------------------------------

    def _home(self, path: FilePath) -> None:
        names, source = self.names(path), self._files.python(path)
        if names is None or source is None:
            error = source.syntax_error if source is not None else None
            self._problem(path, error.span.start if error else 0, "this file does not parse.")
            return
        if source.generates_names:
            self._problem(path, 0, "this file makes names while it runs, so not all can be found.")
        if self._name in names.unplaced:
            self._problem(path, names.unplaced[self._name], "this name cannot be told apart here.")
        bound = self._bound(path, names, names.module)
        if not bound:
            self._problem(path, 0, f"{self._name} is not bound here in a way that can be seen.")
        for it in names.imports:
            if it.bound == self._name and it.scope is names.module and not it.renamed:
                self._upwards(path, it)

    def _bound(self, path: FilePath, names: Names, binder: Scope) -> bool:
        """Note all uses of the name that a scope binds. False when it binds none."""
        bound = False
        for use in names.uses:
            if use.name != self._name:
                continue
            if use.either and use.scope.parent and use.scope.parent.binder(use.name) is binder:
                text = f"only running tells whether the class's own {use.name} is meant here."
                self._problem(path, use.span.start, text)
            if use.scope.binder(use.name) is not binder:
                continue
            bound = bound or use.binds
            self._add(path, use.span)
            self.found.local.setdefault(path, []).append((use, binder))
        return bound

    def _upwards(self, path: FilePath, it: ImportUse) -> None:
        """The name comes from another file: there it is renamed as well."""
        if it.name is None or self._modules.named(_joined(it), path).files:
            self._problem(path, it.span.start, f"{self._name} is a module: rename its file.")
            return
        found = self._modules.named(it.module, path)
        if not found.files:
            text = f"{self._name} comes from {it.module}, which is not part of this workspace."
            self._problem(path, it.span.start, text)
        elif not found.certain:
            self._problem(path, it.span.start, f"several files may be meant by {it.module}.")
        for home in found.files:
            self.add_home(home)

    # --- files that import it -------------------------------------------------------------

    def _imports(self, path: FilePath) -> None:
        names = self.names(path)
        for it in names.imports if names is not None else ():
            modules = self._modules.named(it.module, path) if it.name == self._name else NO_MODULE
            if names is None or modules.files.isdisjoint(self.found.homes):
                continue
            if not modules.certain:
                self._doubtful_import(path, names, it)
                continue
            self._add(path, it.span)
            if not it.renamed and it.scope is names.module:
                self.add_home(path)
            elif not it.renamed:
                self._local_import(path, names, it)

    def _doubtful_import(self, path: FilePath, names: Names, it: ImportUse) -> None:
        """The module may be another one of this name: then all that it brings is doubtful."""
        binder = it.scope.binder(it.bound)
        uses = (use for use in names.uses if use.name == it.name and not it.renamed)
        spans = {use.span for use in uses if use.scope.binder(use.name) is binder}
        self.found.doubtful.setdefault(path, set()).update({it.span, *spans})

    def _local_import(self, path: FilePath, names: Names, it: ImportUse) -> None:
        """An import in a function or class: its scope's own name, unless it is declared away."""
        binder = it.scope.binder(self._name)
        if binder is names.module:
            self.add_home(path)
            return
        mixed = any(
            use.binds and not use.imported and use.name == self._name and use.scope is binder
            for use in names.uses
        )
        if mixed or binder.kind == "class":
            self._problem(path, it.span.start, f"{self._name} is bound to several things here.")
        self._bound(path, names, binder)

    def _rest(self, path: FilePath) -> None:
        """What brings no further homes: attributes, strings, stars, files that do not parse."""
        names = self.names(path)
        if names is None:
            if path not in self.found.homes and self._may_import(path):
                error = "this file does not parse, and it may use the name."
                self._problem(path, 0, error)
            return
        for it in names.imports:
            if it.name == "*" and path not in self.found.homes:
                self._star(path, it)
            elif it.name == self._name:
                self._through_star(path, it)
        for attribute in names.attributes:
            if attribute.name == self._name and attribute.chain is not None:
                meant = self._modules.meant(attribute.chain, attribute.scope, names, path)
                self._member(path, attribute.span, meant)
                variable = "." not in attribute.chain and attribute.chain not in {"self", "cls"}
                if variable and not meant.files and self._imports_late(path):
                    self.found.doubtful.setdefault(path, set()).add(attribute.span)
        unplaced = names.unplaced.get(self._name)
        if unplaced is not None and path not in self.found.homes and self._may_import(path):
            self._problem(path, unplaced, "this name cannot be told apart here.")
        self._strings(path, names)

    def _imports_late(self, path: FilePath) -> bool:
        """Whether a variable of the file may hold one of the modules."""
        late = any(self._files.mentions(path, text) for text in _DYNAMIC_IMPORTS)
        return late and self._may_import(path)

    def _through_star(self, path: FilePath, it: ImportUse) -> None:
        """`from package import name`, where the package has it by `from module import *`."""
        for file in self._modules.named(it.module, path).files - self.found.homes.keys():
            source = self._files.python(file)
            for star in source.star_imports if source is not None else ():
                named = self._modules.named(star.removesuffix(":*"), file)
                if not named.files.isdisjoint(self.found.homes) or not named.certain:
                    text = f"{it.module} has {self._name} by a star import: import it by name."
                    self._problem(path, it.span.start, text)

    def _star(self, path: FilePath, it: ImportUse) -> None:
        modules = self._modules.named(it.module, path)
        if not modules.files.isdisjoint(self.found.homes):
            text = f"the star import of {it.module} may bring {self._name}: import it by name."
            self._problem(path, it.span.start, text)

    def _member(self, path: FilePath, span: Span, meant: Modules) -> None:
        if meant.files.isdisjoint(self.found.homes):
            return
        if meant.certain:
            self._add(path, span)
        else:
            self.found.doubtful.setdefault(path, set()).add(span)

    def _may_import(self, path: FilePath) -> bool:
        stems = {module_name(home) for home in self.found.homes}
        return any(self._files.mentions(path, stem) for stem in stems)

    def _strings(self, path: FilePath, names: Names) -> None:
        """`__all__`, `getattr(module, "name")`; other strings that spell the name are doubtful."""
        near = path in self.found.homes or path in self.found.spans
        for it in names.strings:
            if it.span is None or not _names_it(it.value, self._name):
                continue
            span = Span(it.span.end - len(self._name), it.span.end)
            before = it.value[: -len(self._name) - 1] if it.value != self._name else ""
            if it.in_all and path in self.found.homes:
                self._add(path, span)
            elif it.owner is not None:
                meant = self._modules.meant(it.owner, it.scope, names, path)
                self._member(path, span, meant)
            elif before:
                homes = self.found.homes
                if not self._modules.named(before, path).files.isdisjoint(homes):
                    self.found.doubtful.setdefault(path, set()).add(span)
            elif near:
                self.found.doubtful.setdefault(path, set()).add(span)


def _joined(it: ImportUse) -> str:
    dot = "" if it.module.endswith(".") else "."
    return it.module if it.name is None else f"{it.module}{dot}{it.name}"


def module_name(path: FilePath) -> str:
    """The last part of the name by which a file is imported."""
    return path.parent.name if path.name == "__init__.py" else path.stem


def spelling(name: str) -> re.Pattern[str]:
    """The name, where no longer one begins with it. Text in front makes the search slow."""
    return re.compile(rf"{re.escape(name)}\b")


def _names_it(value: str, name: str) -> bool:
    """`name`, `module.name` or `module:name`."""
    if not value.endswith(name):
        return False
    before = value[: -len(name)]
    return not before or (before[-1] in ".:" and all(map(str.isidentifier, before[:-1].split("."))))
