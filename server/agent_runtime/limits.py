"""Limits that people give: held against what they can be, before anything depends on them.

NaN is the trap: it is neither below nor above anything, so that a limit of NaN holds for nothing.
"""

from __future__ import annotations

import math
import sys
from typing import TypeGuard

_MOST = sys.float_info.max


def check_whole(name: str, value: object, least: int) -> None:
    """ValueError unless it is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} must be a whole number, not {value!r:.40}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")


def check_seconds(name: str, value: object) -> None:
    """ValueError unless it is a number of seconds that can be waited for."""
    if not is_number(value) or value <= 0:
        raise ValueError(f"{name} must be a number of seconds greater than 0, not {value!r:.40}")


def check_pause(name: str, value: object, *, may_be_endless: bool = False) -> None:
    """ValueError unless it is a number of seconds, which may be none."""
    if may_be_endless and value == math.inf:
        return
    if not is_number(value) or value < 0:
        raise ValueError(f"{name} must be a number of seconds of at least 0, not {value!r:.40}")


def check_share(name: str, value: object) -> None:
    """ValueError unless it is a number from 0 to 1."""
    if not is_number(value) or not 0 <= value <= 1:
        raise ValueError(f"{name} must be a number from 0 to 1, not {value!r:.40}")


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is a number that is finite, also as a float."""
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and -_MOST <= value <= _MOST
    )
