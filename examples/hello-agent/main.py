"""A small agent that needs no network and no key: try Run and Stream above its functions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator


def greet(name: str, excited: bool = False) -> dict[str, object]:
    """Say hello.

    Args:
        name: Whom to greet.
        excited: Whether to shout.
    """
    text = f"Hello, {name}{'!' if excited else '.'}"
    return {"text": text.upper() if excited else text, "letters": len(name)}


async def count_down(start: int = 5, pause: float = 0.5) -> AsyncIterator[str]:
    """Count down to zero, one number at a time.

    Args:
        start: The first number.
        pause: Seconds between two numbers.
    """
    for number in range(start, 0, -1):
        yield f"{number} ... "
        await asyncio.sleep(pause)
    yield "lift-off!"


def divide(dividend: float, divisor: float) -> float:
    """Divide two numbers; dividing by zero shows what a failing agent looks like.

    Args:
        dividend: What is divided.
        divisor: By what it is divided.
    """
    return dividend / divisor
