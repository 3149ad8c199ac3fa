"""Limits that people give: held against what they can be, before anything depends on them.

NaN is the trap: it is neither below nor above anything, so that a limit of NaN holds for nothing.
"""

from __future__ import annotations

import sys


def check_whole(name: str, value: object, least: int) -> None:
    """ValueError unless it is a whole number of at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} must be a whole number, not {value!r:.40}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, not {value}")


def check_seconds(name: str, value: object) -> None:
    """ValueError unless it is a number of seconds that can be waited for."""
    if isinstance(value, bool) or not (
        isinstance(value, int | float) and 0 < value <= sys.float_info.max
    ):
        raise ValueError(f"{name} must be a number of seconds greater than 0, not {value!r:.40}")
