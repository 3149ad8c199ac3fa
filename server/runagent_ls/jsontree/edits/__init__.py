"""Minimal edits of a configuration: what is not asked for keeps its bytes.

Each function gives replacements in code points of `document.text`, to be made together, or None
when it cannot be done with certainty: the place is not there, or the text is too broken to prove
that the edit says what is asked for and nothing else. Nothing to change gives no replacements.
"""

from __future__ import annotations

from runagent_ls.jsontree import parse
from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import Document, JsonValue, Missing, Path, SyntaxProblem
from runagent_ls.jsontree.edits import proof
from runagent_ls.jsontree.edits.json_edits import JsonEdits
from runagent_ls.jsontree.edits.places import child_paths
from runagent_ls.jsontree.edits.replacing import Replacement, apply
from runagent_ls.jsontree.edits.yaml_edits import YamlEdits

__all__ = [
    "Replacement",
    "apply",
    "insert_item",
    "insert_property",
    "remove",
    "remove_shadowed",
    "rename_key",
    "set_value",
]


def set_value(document: Document, path: Path, value: JsonValue) -> tuple[Replacement, ...] | None:
    """Write `value` in the place of the one at `path`, in its style: spread or on one line."""
    old = value_at(document.value, path)
    if isinstance(old, Missing):
        return None
    if proof.is_same(old, value):
        return ()
    return proof.proven(document, _edits(document).set_value(path, value), path, value)


def insert_property(
    document: Document, parent: Path, key: str, value: JsonValue, after: str | None = None
) -> tuple[Replacement, ...] | None:
    """Add a property to the object at `parent`, behind the key `after`; as the last one else."""
    owner = value_at(document.value, parent)
    if not isinstance(owner, dict) or key in owner:
        return None
    children = child_paths(document, parent)
    last = children[-1] if children else None
    behind = (*parent, after) if after is not None and after in owner else last
    made = _edits(document).insert(parent, key, value, behind)
    return proof.proven(document, made, (*parent, key), value)


def insert_item(
    document: Document, parent: Path, value: JsonValue, index: int | None = None
) -> tuple[Replacement, ...] | None:
    """Add an item to the array at `parent`, so that it has this index; as the last one else."""
    owner = value_at(document.value, parent)
    if not isinstance(owner, list):
        return None
    at = len(owner) if index is None else max(0, min(index, len(owner)))
    made = _edits(document).insert(parent, None, value, (*parent, at - 1) if at else None)
    return proof.proven(document, made, (*parent, at), value, is_new=True)


def remove(document: Document, path: Path) -> tuple[Replacement, ...] | None:
    """Take out a property or an item, with its comma and the lines that it fills."""
    if (
        not path
        or isinstance(value_at(document.value, path), Missing)
        or _stands_twice(document, path)
    ):
        return None
    return proof.proven(document, _edits(document).remove(path), path, proof.GONE)


def rename_key(document: Document, path: Path, key: str) -> tuple[Replacement, ...] | None:
    """Give the property at `path` another key; its value and place stay."""
    value = value_at(document.value, path)
    owner = value_at(document.value, path[:-1])
    if not path or isinstance(value, Missing) or not isinstance(owner, dict):
        return None
    if path[-1] == key:
        return ()
    if key in owner or _stands_twice(document, path):
        return None
    return proof.proven(document, _edits(document).rename_key(path, key), path, value, new_key=key)


def _edits(document: Document) -> JsonEdits | YamlEdits:
    return JsonEdits(document) if document.language == "json" else YamlEdits(document)


def _stands_twice(document: Document, path: Path) -> bool:
    """Whether an equal key stands in front: with this one gone or renamed, that one would speak."""
    key = document.span(path, "key")
    return any(it.kind == "duplicate-key" and it.span == key for it in document.problems)


def remove_shadowed(document: Document, problem: SyntaxProblem) -> tuple[Replacement, ...] | None:
    """Take out the first of two equal keys, which a `duplicate-key` problem is related to."""
    key = problem.related
    if document.language != "json" or key is None or isinstance(document.value, Missing):
        return None
    made = JsonEdits(document).remove_property(key)
    after = parse(apply(document.text, made), "json")
    fewer = len(after.problems) < len(document.problems)
    return made if fewer and proof.is_same(after.value, document.value) else None
