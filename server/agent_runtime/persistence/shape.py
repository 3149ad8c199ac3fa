"""Whether events that were read have the fields that their types promise."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Literal, NotRequired, TypeAlias, Union, get_args, get_origin, get_type_hints
from typing import is_typeddict as is_typed_dict

from agent_runtime.events import Event

_Check: TypeAlias = Callable[[object], bool]


def has_its_fields(event: Mapping[str, object]) -> bool:
    """True as well for types and fields that are not known, which readers ignore. Words of fixed
    lists may be any text: a later version may know more of them."""
    fields = _fields_of_types().get(str(event["type"]))
    return fields is None or _has(event, fields)


_Fields: TypeAlias = tuple[tuple[str, bool, _Check], ...]


def _has(value: Mapping[str, object], fields: _Fields) -> bool:
    for name, is_required, check in fields:
        if name not in value:
            if is_required:
                return False
        elif not check(value[name]):
            return False
    return True


@cache
def _fields_of_types() -> dict[str, _Fields]:
    """By the event's type. Made when it is first asked for: it takes some milliseconds."""
    return {get_args(get_type_hints(kind)["type"])[0]: _fields(kind) for kind in get_args(Event)}


def _fields(kind: type) -> _Fields:
    hints = get_type_hints(kind, include_extras=True)
    fields: list[tuple[str, bool, _Check]] = []
    for name, hint in hints.items():
        is_required = get_origin(hint) is not NotRequired
        fields.append((name, is_required, _check(hint if is_required else get_args(hint)[0])))
    return tuple(fields)


def _check(hint: Any) -> _Check:  # noqa: ANN401 - forms of typing have no type
    """The check for one form of those in `events`."""
    if hint in _PLAIN:
        return _PLAIN[hint]
    if is_typed_dict(hint):
        fields = _fields(hint)
        return lambda value: isinstance(value, dict) and _has(value, fields)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _is_text
    if origin in {Union, types.UnionType}:
        checks = [_check(argument) for argument in arguments]
        return lambda value: any(check(value) for check in checks)
    if origin is list:
        item = _check(arguments[0])
        return lambda value: isinstance(value, list) and all(map(item, value))
    if origin is dict:
        item = _check(arguments[1])
        return lambda value: isinstance(value, dict) and all(map(item, value.values()))
    # within JsonValue: whatever was read as JSON is one
    if origin is Sequence:
        return lambda value: isinstance(value, list)
    if origin is Mapping:
        return lambda value: isinstance(value, dict)
    raise TypeError(f"events have no {hint}")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    return type(value) is int


def _is_number(value: object) -> bool:
    return type(value) is int or type(value) is float


_PLAIN: dict[Any, _Check] = {
    str: _is_text,
    int: _is_whole,
    float: _is_number,
    bool: lambda value: isinstance(value, bool),
    type(None): lambda value: value is None,
}
