"""Which file of a workspace a dotted name of an import or expression means."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import NamedTuple

from runagent_ls.project.file_source import FileSource
from runagent_ls.project.importing import files_named, is_loaded, search_path
from runagent_ls.project.module_reader import RecordingReader
from runagent_ls.pyfile.scopes import ImportUse, Names, Scope


class Modules(NamedTuple):
    """Files that a name may mean; `certain` when it is all of one file, or none for sure."""

    files: frozenset[FilePath] = frozenset()
    certain: bool = True


NO_MODULE = Modules()


class ModuleNames:
    """Looks names up as the agents that `entry_files` belong to would, and as scripts and tests
    would that are started anywhere in `folders`."""

    def __init__(
        self, files: FileSource, entry_files: Iterable[FilePath], folders: Iterable[FilePath]
    ) -> None:
        self._reader = RecordingReader(FilePath(), files)
        self._folders = frozenset(folders)
        one_each = {entry.parent: entry for entry in entry_files}  # only its folder matters
        searched = [search_path(entry, self._reader) for entry in one_each.values()]
        self._paths = tuple(dict.fromkeys(it for paths in searched for it in paths))
        self._agents = frozenset(it for paths in searched for it in (paths[0], *paths[:-1]))
        """The folders of the agents, without what lies around them."""

    def named(self, module: str, importer: FilePath) -> Modules:
        """What `import module` reads; leading dots as written."""
        dots = len(module) - len(module.lstrip("."))
        parts = [part for part in module[dots:].split(".") if part]
        if dots:
            folder = importer.parents[min(dots, len(importer.parents)) - 1]
            return Modules(frozenset(files_named(parts, [folder], self._reader)))
        if not parts:
            return NO_MODULE
        found = files_named(parts, [importer.parent], self._reader)
        if not found:
            around = [it for it in importer.parents if self._inside(it)]
            own = [] if self._agents.isdisjoint(importer.parents) else self._paths
            found = files_named(parts, dict.fromkeys([*own, *around]), self._reader)
        if found:
            return Modules(frozenset(found), len(found) == 1 and not is_loaded(parts[0]))
        # Code elsewhere may have put an agent's folder on its path, or that of another agent.
        elsewhere = files_named(parts, self._paths, self._reader)
        return Modules(frozenset(elsewhere), certain=not elsewhere)

    def _inside(self, folder: FilePath) -> bool:
        return folder in self._folders or not self._folders.isdisjoint(folder.parents)

    def meant(self, chain: str, scope: Scope, names: Names, file: FilePath) -> Modules:
        """What an expression of dotted names means where it stands, when it is a module."""
        first, _, rest = chain.partition(".")
        binder = scope.binder(first)
        imports = [it for it in names.imports if it.bound == first and it.scope is binder]
        if not imports:
            return NO_MODULE
        found = [self._through(it, chain, rest, file) for it in imports]
        others = any(
            use.binds
            and not use.imported
            and use.name == first
            and use.scope.binder(first) is binder
            for use in names.uses
        )
        files = frozenset(path for it in found for path in it.files)
        certain = all(it.certain for it in found) and len(files) < 2 and not (files and others)
        return Modules(files, certain)

    def _through(self, found: ImportUse, chain: str, rest: str, file: FilePath) -> Modules:
        if found.name is None and not found.renamed:
            return self.named(chain, file)
        name = found.module
        if found.name is not None:
            name = f"{name}{found.name}" if name.endswith(".") else f"{name}.{found.name}"
        return self.named(f"{name}.{rest}" if rest else name, file)
