"""One parameter of a tool."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

ABSENT: Final = inspect.Parameter.empty
"""Where there is no annotation, or no default."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """`checked` is `schema`, or empty where `decode` checks more exactly than JSON Schema can.

    `decode` gives a JSON value as the annotated type; ValueError, TypeError or LookupError when
    it cannot.
    """

    name: str
    schema: dict[str, Any]
    checked: dict[str, Any]
    decode: Callable[[Any], Any]
    positional: bool = False
    default: Any = ABSENT
