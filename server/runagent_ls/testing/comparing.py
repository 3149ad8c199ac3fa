"""Whether two JSON values are the same, and where they differ first."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Final

from runagent_ls.jsontree.document import JsonValue, Path

LONGEST_SHOWN: Final = 100_000
"""Characters of a value that is shown beside what was expected."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place at which two values differ. `lacks` and `extra` name a key or an index that
    only one of them has."""

    path: Path
    expected: JsonValue = None
    actual: JsonValue = None
    lacks: str | int | None = None
    extra: str | int | None = None


def difference(expected: JsonValue, actual: JsonValue) -> Difference | None:
    """None when both are the same: numbers by value, true is not 1, objects in any order."""
    waiting: list[tuple[Path, JsonValue, JsonValue]] = [((), expected, actual)]
    while waiting:
        path, left, right = waiting.pop()
        if isinstance(left, dict) and isinstance(right, dict):
            if left.keys() != right.keys():
                return Difference(
                    path,
                    lacks=next((key for key in left if key not in right), None),
                    extra=next((key for key in right if key not in left), None),
                )
            waiting += [((*path, key), left[key], right[key]) for key in reversed(left)]
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return Difference(path, left, right)
            pairs = list(enumerate(zip(left, right, strict=True)))
            waiting += [((*path, index), *pair) for index, pair in reversed(pairs)]
        elif not _is_same(left, right):
            return Difference(path, left, right)
    return None


def as_text(value: JsonValue) -> str:
    """A value to be compared by eye: texts as they are, others as JSON with sorted keys."""
    if isinstance(value, str):
        text = value
    else:
        try:
            text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
        except RecursionError:
            text = "[a value that is nested too deeply]"
    if len(text) <= LONGEST_SHOWN:
        return text
    return f"{text[:LONGEST_SHOWN]}\n[... {len(text) - LONGEST_SHOWN} more characters ...]"


def _is_same(left: JsonValue, right: JsonValue) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        # Only floats: an integer may be larger than any float.
        return left == right or (_is_nan(left) and _is_nan(right))
    return type(left) is type(right) and left == right


def _is_nan(number: float) -> bool:
    return isinstance(number, float) and math.isnan(number)
