"""Children of a document by path, in the order of the text."""

from __future__ import annotations

from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import Document, Path


def child_paths(document: Document, parent: Path) -> tuple[Path, ...]:
    """Paths of the children of an object or array, in the order in which they stand."""
    value = value_at(document.value, parent)
    if isinstance(value, list):
        return tuple((*parent, index) for index in range(len(value)))
    if not isinstance(value, dict):
        return ()
    paths = [(*parent, key) for key in value]
    return tuple(sorted(paths, key=lambda path: document.span(path, "key").start))
