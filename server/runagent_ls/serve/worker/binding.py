"""Which arguments do not fit a function, one by one."""

from __future__ import annotations

import inspect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from inspect import Parameter
    from typing import Any


def problems_of(target: Any, args: Any, kwargs: Any) -> list[dict[str, object]]:
    """[{"parameter", "message"}], empty when the arguments fit or nobody can tell.

    `parameter` is None for what belongs to no single one.
    """
    try:
        signature = inspect.signature(target)
    except Exception:
        return []
    try:
        args, kwargs = list(args), dict(kwargs)
        signature.bind(*args, **kwargs)
    except TypeError:
        if isinstance(args, list) and isinstance(kwargs, dict):
            parameters = list(signature.parameters.values())
            return [
                {"parameter": name, "message": message}
                for name, message in _misfits(parameters, args, kwargs)
            ]
    except Exception:
        return []
    return []


def _misfits(
    parameters: list[Parameter], args: list[Any], kwargs: dict[str, Any]
) -> Iterator[tuple[str | None, str]]:
    positional = [
        it for it in parameters if it.kind in {it.POSITIONAL_ONLY, it.POSITIONAL_OR_KEYWORD}
    ]
    by_name = [
        it.name for it in parameters if it.kind in {it.POSITIONAL_OR_KEYWORD, it.KEYWORD_ONLY}
    ]
    takes_more = any(it.kind is it.VAR_POSITIONAL for it in parameters)
    takes_others = any(it.kind is it.VAR_KEYWORD for it in parameters)
    given = {it.name for it in positional[: len(args)]}
    if len(args) > len(positional) and not takes_more:
        yield None, f"takes {_positional(len(positional))}, but {len(args)} were given"
    for name in kwargs:
        if name in given and name in by_name:
            yield name, "given twice: by position and by name"
        elif name not in by_name and not takes_others:
            yield name, _unexpected(name, by_name)
    for it in parameters:
        if it.kind in {it.VAR_POSITIONAL, it.VAR_KEYWORD} or it.default is not it.empty:
            continue
        if it.name not in given and (it.kind is it.POSITIONAL_ONLY or it.name not in kwargs):
            yield it.name, "required, but not given"


def _positional(count: int) -> str:
    return f"{count} positional argument{'' if count == 1 else 's'}"


def _unexpected(name: str, known: list[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, known, 1)
    return "no such parameter" + (f"; did you mean '{close[0]}'?" if close else "")
