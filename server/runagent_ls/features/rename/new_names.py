"""May a name in Python be this one? What it would hide, and what would hide it."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.changes import RefusedError
from runagent_ls.features.graph.module_names import ModuleNames
from runagent_ls.features.graph.occurrences import Occurrences, spelling
from runagent_ls.project.file_source import FileSource
from runagent_ls.pyfile.names import read_names
from runagent_ls.text.position import Span

_STAR_IMPORT: Final = re.compile(r"import[\s\\]*\*")


def check_identifier(new: str) -> None:
    """Raise `RefusedError` unless it can name anything in Python."""
    if not new.isidentifier():
        raise RefusedError(f"{new!r} is no name of Python: letters, digits and _ make one.")
    if keyword.iskeyword(new):
        raise RefusedError(f"{new!r} is a word of Python's own language.")
    if hasattr(builtins, new):
        raise RefusedError(f"{new!r} is built into Python: code that means that would change.")
    if new.startswith("__"):
        raise RefusedError("Names that begin with two underscores mean something else in classes.")


def brought_by_star(
    new: str,
    homes: Iterable[FilePath],
    candidates: Iterable[FilePath],
    modules: ModuleNames,
    files: FileSource,
) -> FilePath | None:
    """A file that uses the new name and would get another thing by it from a star import."""
    spelt = spelling(new)
    for path in candidates:
        text = files.read(path).text if files.mentions(path, spelt) else None
        if text is not None and _STAR_IMPORT.search(text):
            names = read_names(text)
            for it in names.imports if names is not None else ():
                if it.name == "*" and not modules.named(it.module, path).files.isdisjoint(homes):
                    return path
    return None


def hidden_by(occurrences: Occurrences, new: str) -> tuple[FilePath, Span] | None:
    """Where another thing of the new name would be meant instead, or be hidden by it."""
    for path, uses in occurrences.local.items():
        for use, binder in uses:
            if use.scope.binder(new, besides=binder) is not binder:
                return path, use.span
        names = occurrences.names.get(path)
        binders = {id(binder): binder for _, binder in uses}
        for other in names.uses if names is not None else ():
            if other.name == new and any(
                other.scope.binder(new, besides=it) is it for it in binders.values()
            ):
                return path, other.span
    return None
