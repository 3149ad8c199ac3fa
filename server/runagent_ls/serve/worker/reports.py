"""What an entrypoint is, as the runtime sees it."""

from __future__ import annotations

import functools
import inspect
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def report(tag: str, target: object) -> dict[str, object]:
    """The report of an entrypoint whose object was found."""
    origin = _origin(target)
    return {
        "tag": tag,
        "exists": True,
        "callable": callable(target),
        "streams": streams(target) if callable(target) else None,
        "kind": kind(target),
        "signature": _signature(target),
        "file": _file(origin),
        "line": _line(origin),
        "failure": None,
    }


def failed(tag: str, failure: Mapping[str, object], exists: bool) -> dict[str, object]:
    """The report of an entrypoint without an object."""
    return {"tag": tag, "exists": exists, "failure": failure}


def kind(target: object) -> str:
    if inspect.isasyncgenfunction(target):
        return "async generator function"
    if inspect.iscoroutinefunction(target):
        return "coroutine function"
    if inspect.isgeneratorfunction(target):
        return "generator function"
    if inspect.isclass(target):
        return "class"
    return "function" if inspect.isroutine(_unwrapped_partial(target)) else "object"


def streams(target: object) -> bool:
    return inspect.isasyncgenfunction(target) or inspect.isgeneratorfunction(target)


def _unwrapped_partial(target: object) -> object:
    while isinstance(target, functools.partial):
        target = target.func
    return target


def _origin(target: object) -> object:
    """What the source of `target` is the source of."""
    target = _unwrapped_partial(target)
    with suppress(ValueError):
        target = inspect.unwrap(target)  # type: ignore[arg-type]  # takes anything
    if not (inspect.isroutine(target) or inspect.isclass(target)) and callable(target):
        return type(target)
    return target


def _signature(target: object) -> str | None:
    if not callable(target):
        return None
    try:
        return str(inspect.signature(target))
    except Exception:
        return None


def _file(origin: object) -> str | None:
    try:
        return inspect.getsourcefile(origin)  # type: ignore[arg-type]  # raises when it has none
    except Exception:
        return None


def _line(origin: object) -> int | None:
    code = getattr(origin, "__code__", None) or getattr(
        getattr(origin, "__func__", None), "__code__", None
    )
    if code is not None:
        return int(code.co_firstlineno)
    try:
        return inspect.getsourcelines(origin)[1] or None  # type: ignore[arg-type]
    except Exception:
        return None
