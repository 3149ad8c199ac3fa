"""Enums: JSON gets the value of a member."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from runagent_ls.project.annotations.family import Family, family_of
from runagent_ls.project.annotations.known import ENUMS, FLAGS, Schema
from runagent_ls.project.annotations.meaning import Local, Place
from runagent_ls.project.annotations.reading import Reading
from runagent_ls.pyfile.signature_schema import JsonValue, Missing, literal

_CHANGES_VALUES: Final = {"__new__", "__init__", "_missing_", "_generate_next_value_", "_ignore_"}


def enum_schema(reading: Reading, family: Family) -> Schema:
    """The values of the members; empty when they cannot all be known."""
    if family.foreign & FLAGS:
        return {"type": "integer"}
    values: dict[str, JsonValue] = {}
    for ancestor in family.line:
        found = _members(reading, ancestor.node, ancestor.inside, family.foreign)
        if found is None:
            return _by_mixin(family)
        values.update(found)
    return _values(list(values.values()))


def _by_mixin(family: Family) -> Schema:
    """Of values that are made at run time only the type may be known, `_missing_` aside."""
    for ancestor in family.line:
        if any(name in _CHANGES_VALUES for name in _bound_names(ancestor.node)):
            return {}
    if family.foreign & {"enum.StrEnum", "builtins.str"}:
        return {"type": "string"}
    return {"type": "integer"} if family.foreign & {"enum.IntEnum", "builtins.int"} else {}


def _values(values: list[JsonValue]) -> Schema:
    distinct: list[JsonValue] = []
    for value in values:
        if not any(type(it) is type(value) and it == value for it in distinct):
            distinct.append(value)
    return {"enum": distinct} if distinct else {}


def _bound_names(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))


def _members(
    reading: Reading, node: ast.ClassDef, place: Place, foreign: set[str]
) -> dict[str, JsonValue] | None:
    """Members in order; None when one of the values, or which are members, cannot be known."""
    if any(name in _CHANGES_VALUES for name in _bound_names(node)):
        return None
    found: dict[str, JsonValue] = {}
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.AnnAssign(value=None):
                continue
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                continue
            case _:
                return None
        if name.startswith("__") or (name.startswith("_") and name.endswith("_")):
            continue
        if isinstance(value, ast.Call) and reading.external(value.func, place) == "enum.auto":
            known = _automatic(name, foreign, list(found.values()))
        else:
            known = _written(value, foreign)
        if isinstance(known, Missing):
            return None
        found[name] = known
    return found


def _automatic(name: str, foreign: set[str], earlier: list[JsonValue]) -> JsonValue | Missing:
    """The value of `auto()` behind members with the `earlier` values."""
    if "enum.StrEnum" in foreign:
        return name.lower()
    numbers = [value for value in earlier if type(value) is int]
    if "builtins.str" in foreign or len(numbers) != len(earlier):
        return Missing()
    return max(numbers, default=0) + 1


def _written(node: ast.expr, foreign: set[str]) -> JsonValue | Missing:
    """A value that the mixed-in type leaves as it is."""
    value = literal(node)
    numeric = foreign & {"builtins.int", "builtins.float", "enum.IntEnum"}
    texts = foreign & {"builtins.str", "enum.StrEnum"}
    if (numeric and type(value) is not int) or (texts and not isinstance(value, str)):
        return Missing()
    return value


def member_value(reading: Reading, owner: Local, name: str) -> tuple[JsonValue] | None:
    """The value of one member, alone in a tuple; None when it cannot be known."""
    family = family_of(reading, owner)
    if family is None or not family.complete or not family.foreign & (ENUMS - FLAGS):
        return None
    for ancestor in family.line:
        members = _members(reading, ancestor.node, ancestor.inside, family.foreign)
        if members is not None and name in members:
            return (members[name],)
    return None


def functional_enum(callee: str, call: ast.Call) -> Schema:
    """`Enum("Color", "RED GREEN")`, `Enum("Color", {"RED": "r"})` and its like."""
    if callee in FLAGS:
        return {"type": "integer"}
    given = {keyword.arg for keyword in call.keywords}
    if len(call.args) != 2 or given - {"module", "qualname"}:
        return {}
    names = literal(call.args[1])
    if isinstance(names, dict):
        return _values(list(names.values()))
    if isinstance(names, str):
        listed: list[JsonValue] = list(names.replace(",", " ").split())
    else:
        listed = names if isinstance(names, list) else []
    if listed and all(isinstance(pair, list) and len(pair) == 2 for pair in listed):
        return _values([pair[1] for pair in listed if isinstance(pair, list)])
    texts = [name for name in listed if isinstance(name, str)]
    if not texts or len(texts) != len(listed):
        return {}
    is_text = callee == "enum.StrEnum"
    return _values([n.lower() if is_text else at for at, n in enumerate(texts, 1)])
