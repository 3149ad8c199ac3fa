"""Extractor expressions, read here and walked in the worker.

The worker has no jsonpath-ng, so an expression reaches it as plain JSON: a list of steps, each
applied to every match of the one before, in order.

    ["root"]                        the whole output again
    ["this"]
    ["parent"]                      what holds the match
    ["fields", NAME, ...]           "*" among the names: all keys
    ["index", N]
    ["slice", START, END, STEP]     numbers or null
    ["descendants", STEPS]          STEPS at the match and everywhere below it
    ["where", STEPS]                only a match at which STEPS find something
    ["wherenot", STEPS]             only a match at which STEPS find nothing
    ["union", STEPS, STEPS]         the matches of both
    ["intersect"]                   jsonpath-ng reads it and then cannot walk it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runagent_ls.agents.values import JsonValue

_TOO_DEEP = "the expression is nested too deeply"


def compile_extractor(extractor: Mapping[str, str]) -> dict[str, JsonValue]:
    """Output name to steps, or to {"error": text, "exception": class name} as jsonpath-ng words
    what it cannot read: the platform says so when the entrypoint is called."""
    return {name: compile_expression(text) for name, text in extractor.items()}


def compile_expression(text: str) -> JsonValue:
    """The steps of one expression, or its error."""
    from jsonpath_ng import parse

    try:
        return _steps(parse(text))
    except RecursionError:
        return {"error": _TOO_DEEP, "exception": "RecursionError"}
    except Exception as unreadable:  # noqa: BLE001 - its parser raises what comes up
        return {"error": str(unreadable), "exception": type(unreadable).__name__}


def _steps(path: Any) -> list[JsonValue]:  # noqa: ANN401 - the library has no types
    import jsonpath_ng as ng

    match path:
        case ng.Child():
            return [*_steps(path.left), *_steps(path.right)]
        case ng.Descendants():
            return [*_steps(path.left), ["descendants", _steps(path.right)]]
        case ng.WhereNot():
            return [*_steps(path.left), ["wherenot", _steps(path.right)]]
        case ng.Where():
            return [*_steps(path.left), ["where", _steps(path.right)]]
        case ng.Union():
            return [["union", _steps(path.left), _steps(path.right)]]
        case ng.Fields():
            return [["fields", *path.fields]]
        case ng.Index():
            return [["index", path.index]]
        case ng.Slice():
            return [["slice", path.start, path.end, path.step]]
        case ng.Intersect():
            return [["intersect"]]
        case ng.Root():
            return [["root"]]
        case ng.Parent():
            return [["parent"]]
        case _:
            return [["this"]]
