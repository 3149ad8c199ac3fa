"""Values and children of a document by path, in the order of the text."""

from __future__ import annotations

from runagent_ls.jsontree.document import MISSING, Document, JsonValue, Missing, Path


def value_at(document: Document, path: Path) -> JsonValue | Missing:
    """The value at a path; `MISSING` when there is none."""
    value = document.value
    for step in path:
        match value, step:
            case dict(), str() if step in value:
                value = value[step]
            case list(), int() if 0 <= step < len(value):
                value = value[step]
            case _:
                return MISSING
    return value


def child_paths(document: Document, parent: Path) -> tuple[Path, ...]:
    """Paths of the children of an object or array, in the order in which they stand."""
    value = value_at(document, parent)
    if isinstance(value, list):
        return tuple((*parent, index) for index in range(len(value)))
    if not isinstance(value, dict):
        return ()
    paths = [(*parent, key) for key in value]
    return tuple(sorted(paths, key=lambda path: document.span(path, "key").start))
