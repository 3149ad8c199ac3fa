"""What an annotation is made of, and what Python gets wrong about parts of it."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any, Final, get_args, get_origin

_QUALIFIERS: Final = {typing.Required: True, typing.NotRequired: False}


def parts_of(annotation: Any) -> Iterator[Any]:  # noqa: ANN401 - any annotation
    """The annotation, what stands in its brackets, and what the fields of its classes are."""
    left, seen = [annotation], set[Any]()
    while left:
        part = left.pop()
        yield part
        left += get_args(part)
        origin = get_origin(part) or part
        if isinstance(origin, type) and origin not in seen:
            seen.add(origin)
            with suppress(Exception):  # mashumaro will say what is wrong with it
                left += typing.get_type_hints(origin, include_extras=True).values()


def speaks_pydantic(annotation: Any) -> bool:  # noqa: ANN401 - any annotation
    """Whether it is a model of pydantic, or what that says of a type."""
    if get_origin(annotation) is Annotated:
        metadata = annotation.__metadata__
        if any(type(one).__module__.split(".")[0] == "pydantic" for one in metadata):
            return True
    return hasattr(annotation, "__pydantic_core_schema__")


def tell_required_keys(annotation: Any) -> None:  # noqa: ANN401 - any annotation
    """Makes true what a TypedDict says of its keys.

    While its annotations are texts, because they are postponed, Python does not see `Required` and
    `NotRequired` in them; everybody who reads these attributes is then told something wrong.
    """
    required = getattr(annotation, "__required_keys__", None)
    optional = getattr(annotation, "__optional_keys__", None)
    if not (isinstance(required, frozenset) and isinstance(optional, frozenset)):
        return
    with suppress(Exception):  # as above
        for key, hint in typing.get_type_hints(annotation, include_extras=True).items():
            is_required = _said_required(hint)
            if is_required is not None:
                one = frozenset([key])
                required = required | one if is_required else required - one
                optional = optional - one if is_required else optional | one
        annotation.__required_keys__, annotation.__optional_keys__ = required, optional


def _said_required(hint: Any) -> bool | None:  # noqa: ANN401 - any annotation
    """What the qualifiers around a type say, if they do; `ReadOnly` is one of newer Pythons."""
    while args := get_args(hint):
        origin = get_origin(hint)
        if origin in _QUALIFIERS:
            return _QUALIFIERS[origin]
        if origin is not Annotated and isinstance(origin, type):
            return None
        hint = args[0]
    return None
