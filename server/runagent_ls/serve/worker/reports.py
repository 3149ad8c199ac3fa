"""What an entrypoint is, as the runtime sees it."""

from __future__ import annotations

import functools
import inspect
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def report(tag: str, target: Any) -> dict[str, object]:
    """The report of an entrypoint whose object was found."""
    origin = _origin(target)
    return {
        "tag": tag,
        "exists": True,
        "callable": callable(target),
        "streams": _streams(target),
        "kind": kind(target),
        "signature": _signature(target),
        "file": _file(origin),
        "line": _line(origin),
        "failure": None,
    }


def missing(tag: str, failure: Mapping[str, object]) -> dict[str, object]:
    """The report of an entrypoint without an object."""
    return {"tag": tag, "exists": False, "failure": failure}


def kind(target: Any) -> str:
    """As in EntrypointReport."""
    if inspect.isasyncgenfunction(target):
        return "async generator function"
    if inspect.iscoroutinefunction(target):
        return "coroutine function"
    if inspect.isgeneratorfunction(target):
        return "generator function"
    if inspect.isclass(target):
        return "class"
    return "function" if inspect.isroutine(_without_partial(target)) else "object"


def _streams(target: Any) -> bool | None:
    """Whether it gives items; None: that depends on what it returns."""
    if inspect.isasyncgenfunction(target) or inspect.isgeneratorfunction(target):
        return True
    return None if callable(target) else False


def _without_partial(target: Any) -> Any:
    while isinstance(target, functools.partial):
        target = target.func
    return target


def _origin(target: Any) -> Any:
    """What has the source that a reader looks for."""
    target = _without_partial(target)
    with suppress(ValueError):
        target = inspect.unwrap(target)
    if inspect.isroutine(target) or inspect.isclass(target):
        return target
    return getattr(type(target), "__call__", None) or target  # noqa: B004 - it is not called


def _signature(target: Any) -> str | None:
    if not callable(target):
        return None
    try:
        signature = inspect.signature(target)
        parameters = [
            it.replace(annotation=_as_written(it.annotation))
            for it in signature.parameters.values()
        ]
        result = _as_written(signature.return_annotation)
        return str(signature.replace(parameters=parameters, return_annotation=result))
    except Exception:
        return None


class _Written:
    """An annotation that is still text, as with `from __future__ import annotations`."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _as_written(annotation: Any) -> Any:
    """Without the quotes that a text has. Nothing of it is evaluated."""
    if not isinstance(annotation, str):
        return annotation
    return _Written(" ".join(str(annotation).split()))


def _file(origin: Any) -> str | None:
    try:
        return inspect.getsourcefile(origin)
    except Exception:
        return None


def _line(origin: Any) -> int | None:
    code = getattr(getattr(origin, "__func__", origin), "__code__", None)
    if code is not None:
        return int(code.co_firstlineno)
    try:
        return inspect.getsourcelines(origin)[1] or None
    except Exception:
        return None
