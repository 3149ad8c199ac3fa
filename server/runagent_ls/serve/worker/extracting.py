"""Extractors: a few values taken out of an output, as jsonpath-ng 1.7.0 would find them.

The front has read the expressions; `serve.supervisor.extractors` says what the steps are. They are
walked on the live objects here, its surprises included.
"""

from __future__ import annotations

import json
from dataclasses import asdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MISSING = object()


class ExpressionError(Exception):
    """An expression that cannot be walked. `name` is the class jsonpath-ng raises."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.name = name


def extract(value: Any, extractor: dict[str, Any]) -> dict[str, Any]:
    """The first match of each expression; None where nothing matches."""
    top = Match(_as_dict(value), None)
    found = {}
    for name, steps in extractor.items():
        if isinstance(steps, dict):
            raise ExpressionError(steps["error"], steps.get("exception", "Exception"))
        matches = walk(top, steps)
        if matches and matches[0] is _ABOVE_ALL:
            raise AttributeError(_NO_VALUE)
        found[name] = matches[0].value if matches else None
    return found


class Match:
    """A value and what it was found in."""

    __slots__ = ("parent", "value")

    def __init__(self, value: Any, parent: Match | None) -> None:
        self.value = value
        self.parent = parent


_ABOVE_ALL = Match(None, None)
"""What the whole output is in. jsonpath-ng goes on from there, but cannot answer with it."""
_NO_VALUE = "'NoneType' object has no attribute 'value'"


def walk(start: Match, steps: list[list[Any]]) -> list[Match]:
    """All matches, in jsonpath-ng's order."""
    matches = [start]
    for kind, *arguments in steps:
        step = _STEPS[kind]
        matches = [found for match in matches for found in step(match, arguments)]
    return matches


def _root(match: Match, _: list[Any]) -> list[Match]:
    while match.parent is not None:
        match = match.parent
    return _this(match, _)


def _this(match: Match, _: list[Any]) -> list[Match]:
    return [Match(None, None) if match is _ABOVE_ALL else match]


def _parent(match: Match, _: list[Any]) -> list[Match]:
    return [_ABOVE_ALL if match.parent is None else match.parent]


def _fields(match: Match, names: list[Any]) -> list[Match]:
    if "*" in names:
        try:
            names = list(match.value.keys())
        except AttributeError:
            return []
    found = []
    for name in names:
        try:
            value = match.value.get(name, _MISSING)
        except (TypeError, AttributeError):
            continue
        if value is not _MISSING:
            found.append(Match(value, match))
    return found


def _index(match: Match, arguments: list[Any]) -> list[Match]:
    (index,) = arguments
    if match.value and len(match.value) > index:
        return [Match(match.value[index], match)]
    return []


def _slice(match: Match, arguments: list[Any]) -> list[Match]:
    start, end, step = arguments
    value = match.value
    if not value:
        return []
    if isinstance(value, (dict, int, str)):
        match = Match([value], match.parent)
        value = match.value
    return [Match(value[index], match) for index in range(len(value))[start:end:step]]


def _descendants(match: Match, arguments: list[Any]) -> list[Match]:
    found = walk(match, arguments[0])
    if match is _ABOVE_ALL:
        raise AttributeError(_NO_VALUE)
    value = match.value
    if isinstance(value, list):
        below = value
    elif isinstance(value, dict):
        below = list(value.values())
    else:
        return found
    for each in below:
        found.extend(_descendants(Match(each, match), arguments))
    return found


def _where(match: Match, arguments: list[Any]) -> list[Match]:
    return [match] if walk(match, arguments[0]) else []


def _where_not(match: Match, arguments: list[Any]) -> list[Match]:
    return [] if walk(match, arguments[0]) else [match]


def _union(match: Match, arguments: list[Any]) -> list[Match]:
    return walk(match, arguments[0]) + walk(match, arguments[1])


def _intersect(_match: Match, _: list[Any]) -> list[Match]:
    raise NotImplementedError


_STEPS = {
    "root": _root,
    "this": _this,
    "parent": _parent,
    "fields": _fields,
    "index": _index,
    "slice": _slice,
    "descendants": _descendants,
    "where": _where,
    "wherenot": _where_not,
    "union": _union,
    "intersect": _intersect,
}


def _as_dict(value: Any) -> Any:
    """The output as a dict, when it can be one; only the top is looked at."""
    if isinstance(value, dict):
        return value
    for method in ("model_dump", "dict"):
        if hasattr(value, method):
            return _or_itself(value, getattr(value, method))
    if hasattr(value, "__dataclass_fields__"):
        return _or_itself(value, lambda: asdict(value))
    if hasattr(value, "_asdict"):
        return _or_itself(value, value._asdict)
    if hasattr(value, "__dict__"):
        return value.__dict__
    return _or_itself(value, lambda: json.loads(json.dumps(value, default=str)))


def _or_itself(value: Any, convert: Any) -> Any:
    try:
        return convert()
    except Exception:
        return value
