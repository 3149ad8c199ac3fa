"""Uses of a module's names in the Python files of the projects that have the module."""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.features.graph.module_names import ModuleNames
from runagent_ls.features.graph.occurrences import find_occurrences
from runagent_ls.features.graph.places import Place
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.names import read_names
from runagent_ls.text.position import Span


def python_uses(snapshot: Snapshot, definition: Place) -> Iterator[Place]:
    """Where the name of a function or class is used or imported, its definition included.

    Files that no entrypoint leads to are not looked through: there may be very many. Nothing for
    names that are not a module's own, such as methods.
    """
    source = snapshot.files.python(definition.file)
    if source is None or definition.span not in module_bindings(source, definition.span):
        return
    projects = tuple(snapshot.projects_of(definition.file))
    entry_files = [path for project in projects for path in project.entry_files]
    modules = ModuleNames(snapshot.files, entry_files, [project.root for project in projects])
    candidates = [path for project in projects for path in project.sources]
    name = source.text[definition.span.start : definition.span.end]
    found = find_occurrences(name, definition.file, candidates, snapshot.files, modules)
    for path, spans in sorted(found.spans.items()):
        for span in sorted(spans):
            yield Place.of(path, span)


def module_bindings(source: PyFile, word: Span) -> list[Span]:
    """Where a file's top level binds the name that stands at `word`."""
    symbol = source.symbols.get(source.text[word.start : word.end])
    if symbol is None:
        return []
    return [option.span for option in symbol.alternatives or (symbol,)]


def means_module_name(source: PyFile, word: Span) -> bool:
    """Whether the name at `word` is one of the module and not a local one, or an attribute."""
    names = read_names(source.text)
    if names is None:
        return False
    return any(
        use.span == word and use.scope.binder(use.name) is names.module for use in names.uses
    )
