"""What names mean in the annotations of a function that was made inside another one.

Postponed annotations (`from __future__ import annotations`) are texts. Python evaluates them with
the names of the module; what the function around knows is lost, unless it still runs.
"""

from __future__ import annotations

import sys
import typing
from collections import ChainMap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from types import CodeType, FrameType
from typing import Any, ForwardRef

from agent_runtime.tools.annotation_parts import parts_of


def local_names(function: Any) -> dict[str, Any]:  # noqa: ANN401 - any callable
    """The names in its annotations that are those of functions around it which are running.

    The fields of classes that these functions have made are settled as well.
    """
    code = getattr(function, "__code__", None)
    is_inside = "<locals>" in getattr(function, "__qualname__", "")
    if not isinstance(code, CodeType) or not is_inside:
        return {}
    annotations = (getattr(function, "__annotations__", None) or {}).values()
    texts = [one for one in annotations if isinstance(one, str)]
    wanted = {name for text in texts for name in _names_in(text)}
    found: dict[str, Any] = {}
    for frame in _running():
        if _makes(frame.f_code, code):
            around = frame.f_locals
            found |= {name: around[name] for name in wanted - found.keys() if name in around}
    _settle([*found.values(), *(one for one in annotations if not isinstance(one, str))])
    return found


def _names_in(text: str) -> tuple[str, ...]:
    try:
        return compile(text, "<annotation>", "eval").co_names
    except (SyntaxError, ValueError):
        return ()


def _running() -> Iterator[FrameType]:
    """Who has called whom, the latest first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back


def _makes(outer: CodeType, inner: CodeType) -> bool:
    """Whether the code of a function has the other one in it, perhaps in a class."""
    parts = [part for part in outer.co_consts if isinstance(part, CodeType)]
    return any(part is inner or _makes(part, inner) for part in parts)


def _settle(annotations: Iterable[Any]) -> None:
    """Puts types in place of the texts that annotate fields of local classes, as they would be
    there if annotations were not postponed: whoever reads them later cannot know any more."""
    for annotation in annotations:
        for part in parts_of(annotation):  # which looks into a class after it was given
            for kind in getattr(typing.get_origin(part) or part, "__mro__", ()):
                _settle_fields(kind)


def _settle_fields(kind: type) -> None:
    fields = vars(kind).get("__annotations__")
    if "<locals>" not in kind.__qualname__ or not isinstance(fields, dict):
        return
    texts = [name for name, said in fields.items() if isinstance(said, str | ForwardRef)]
    around = _around(kind) if texts else None
    if around is None:
        return
    own = [  # classes that stand in the class itself
        {name: one for name, one in vars(base).items() if isinstance(one, type)}
        for base in kind.__mro__[:-1]
    ]
    with suppress(Exception):  # whoever reads the class says what is wrong with it
        names = ChainMap(*around.maps, *own)
        hints = typing.get_type_hints(kind, localns=names, include_extras=True)
        fields.update({name: hints[name] for name in texts})


def _around(kind: type) -> ChainMap[str, Any] | None:
    """What the function knows that made the class, and those around it; None when it has ended."""
    path, _, name = kind.__qualname__.rpartition(".<locals>.")
    frames = _running()
    for frame in frames:
        is_maker = frame.f_code.co_qualname == path
        if is_maker and _is_among(kind, name, frame.f_locals.values()):
            break
    else:
        return None
    known = [dict(frame.f_locals)]
    known += [
        dict(further.f_locals)
        for further in frames
        if path.startswith(f"{further.f_code.co_qualname}.<locals>.")
    ]
    return ChainMap(*known)


def _is_among(kind: type, name: str, known: Iterable[object]) -> bool:
    """Whether one of those known is the class, or has it in itself; `Outer.Inner` is its name."""
    _, *path = name.split(".")
    return any(_inside(one, path) is kind for one in known)


def _inside(outer: object, path: Sequence[str]) -> object:
    for name in path:
        outer = vars(outer).get(name) if isinstance(outer, type) else None
    return outer
