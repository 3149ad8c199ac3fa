"""Making sure that an edit of a broken text says what was asked for, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from runagent_ls.jsontree import parse
from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import Document, JsonValue, Missing, Path
from runagent_ls.jsontree.edits.replacing import Replacement, apply
from runagent_ls.jsontree.faults import MAX_PROBLEMS

UNDERSTOOD: Final = frozenset(
    {"trailing-comma", "comment", "byte-order-mark", "duplicate-key", "not-a-number"}
)
"""Problems of JSON that leave no doubt about where a value begins and ends."""

_ANCHOR: Final = re.compile(r"(?:^|[\s\[{,])[&*][^\s&*]", re.MULTILINE)

GONE: Final = Missing()
"""In place of the value of what is removed."""


def proven(
    document: Document,
    made: tuple[Replacement, ...] | None,
    path: Path,
    value: JsonValue | Missing,
    *,
    is_new: bool = False,
    new_key: str | None = None,
) -> tuple[Replacement, ...] | None:
    """The edits, unless `path` would not have `value` afterwards or something else would change.

    `is_new` means that `path` moves what stands there on, `new_key` that its key becomes another.
    """
    if made is None or (document.language == "json" and _is_sound(document)):
        return made
    if not is_new and _is_plain_yaml(document, path, (value, new_key)):
        return made
    try:
        wanted = _changed(document.value, path, value, is_new=is_new, new_key=new_key)
    except (RecursionError, ValueError):
        return None
    after = parse(apply(document.text, made), document.language)
    if isinstance(after.value, Missing) or isinstance(wanted, Missing):
        return None
    fewer = len(after.problems) <= len(document.problems)
    return made if fewer and is_same(after.value, wanted) else None


def is_same(one: JsonValue | Missing, other: JsonValue | Missing) -> bool:
    """Whether two values are the same JSON: 1, 1.0 and true are three, key order means nothing."""
    return _canonical(one) == _canonical(other)


def _canonical(value: JsonValue | Missing) -> str:
    return json.dumps(None if isinstance(value, Missing) else value, sort_keys=True)


def _is_sound(document: Document) -> bool:
    problems = document.problems
    return len(problems) < MAX_PROBLEMS and all(it.kind in UNDERSTOOD for it in problems)


def _is_plain_yaml(document: Document, path: Path, new: Iterable[object]) -> bool:
    """Whether a scalar or key takes the place of another in YAML without anchors.

    Reading such a text again for each of many edits would take long, and would prove nothing.
    """
    old = value_at(document.value, path)
    return (
        document.language == "yaml"
        and not document.problems
        and not _has_anchors(document.text)
        and not isinstance(old, dict | list | Missing)
        and all(_is_simple(it) for it in new)
    )


@lru_cache(maxsize=8)
def _has_anchors(text: str) -> bool:
    """Asked again and again of one text, once for each of its findings."""
    return _ANCHOR.search(text) is not None


def _is_simple(value: object) -> bool:
    if isinstance(value, str):
        return value.isprintable()
    return value is None or isinstance(value, bool | int)


def _changed(
    whole: JsonValue | Missing,
    path: Path,
    value: JsonValue | Missing,
    *,
    is_new: bool,
    new_key: str | None,
) -> JsonValue | Missing:
    """A copy of the whole value, changed as asked for."""
    if isinstance(whole, Missing) or not path:
        return value
    # Not `deepcopy`: what an alias shares must not change with it.
    copied: JsonValue = json.loads(json.dumps(whole))
    owner = copied
    for step in path[:-1]:
        match owner, step:
            case dict(), str():
                owner = owner[step]
            case list(), int():
                owner = owner[step]
    if isinstance(value, Missing) or new_key is not None:
        _take_out(owner, path[-1])
    if not isinstance(value, Missing):
        _put(owner, path[-1] if new_key is None else new_key, value, is_new=is_new)
    return copied


def _take_out(owner: JsonValue, step: str | int) -> None:
    match owner, step:
        case dict(), str():
            del owner[step]
        case list(), int():
            del owner[step]


def _put(owner: JsonValue, step: str | int, value: JsonValue, *, is_new: bool) -> None:
    match owner, step:
        case dict(), str():
            owner[step] = value
        case list(), int() if is_new:
            owner.insert(step, value)
        case list(), int():
            owner[step] = value
