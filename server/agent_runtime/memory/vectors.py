"""Directions in space, as embeddings give them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from operator import mul

_ROUNDING = 1e-12


def unit(vector: Sequence[float]) -> array[float]:
    """The vector with the length 1; one of zeros stays as it is.

    ValueError when it is empty or has something in it that is no finite number.

    >>> list(unit([3, 4]))
    [0.6, 0.8]
    """
    try:
        numbers = array("d", vector)
    except (TypeError, OverflowError) as error:
        raise ValueError(f"A vector is a sequence of numbers: {error}") from error
    if not numbers:
        raise ValueError("A vector has at least one number.")
    if not all(map(math.isfinite, numbers)):
        raise ValueError("The numbers of a vector must be finite.")
    if abs(math.hypot(*numbers) - 1) < _ROUNDING:
        return numbers  # so that what was saved is read as it was
    # the largest first, so that squares neither overflow nor vanish
    largest = max(map(abs, numbers))
    if largest == 0:
        return numbers
    scaled = [number / largest for number in numbers]
    length = math.hypot(*scaled)
    return array("d", [number / length for number in scaled])


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """The cosine of the angle between two of `unit`: from -1 to 1, 0 where one has no direction."""
    return max(-1.0, min(1.0, float(sum(map(mul, one, other)))))
