"""An agent with inputs of many kinds and an answer in Markdown; it needs no network and no key."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Literal, TypedDict

SIGHTS = {
    "lisbon": ["tram 28 through Alfama", "Senhora do Monte", "custard tarts in Belém"],
    "porto": ["the bridge of Dom Luís at dusk", "Livraria Lello", "the cellars of Gaia"],
    "seville": ["the Alcázar early in the morning", "Plaza de España", "tapas in Triana"],
}


class Stop(TypedDict):
    """A city of the journey and the nights to stay there."""

    city: str
    nights: int


async def plan(
    stops: list[Stop],
    start: str = "2026-05-04",
    pace: Literal["calm", "normal", "busy"] = "normal",
    budget: float | None = None,
    by_train: bool = True,
) -> AsyncIterator[str]:
    """Plan a journey day by day.

    Args:
        stops: The cities in their order.
        start: The first day, such as 2026-05-04.
        pace: How much there is to see on each day.
        budget: Euros for the whole journey; empty for no limit.
        by_train: Whether to go by train instead of by plane.
    """
    first = day = date.fromisoformat(start)
    sights = {"calm": 1, "normal": 2, "busy": 3}[pace]
    cities = "1 city" if len(stops) == 1 else f"{len(stops)} cities"
    for piece in pieces(f"# {cities} from {first:%d %B}\n\n"):
        yield piece
    for stop in stops:
        nights = stop["nights"]
        known = SIGHTS.get(stop["city"].lower(), ["the old town", "the market", "the river"])
        text = f"## {stop['city']}, {nights} {'night' if nights == 1 else 'nights'}\n\n"
        text += "".join(f"- **{day:%a %d}**: {sight}\n" for sight in known[:sights])
        text += f"\n> On by {'train' if by_train else 'plane'} in the morning.\n\n"
        for piece in pieces(text):
            yield piece
            await asyncio.sleep(0.02)
        day += timedelta(days=nights)
    if budget is not None:
        yield f"Spend no more than **{budget / max(1, (day - first).days):.0f} euros** a day.\n"


def pieces(text: str) -> list[str]:
    """A text as a language model sends it: word by word."""
    return re.findall(r"\S*\s*", text)[:-1]


def estimate(stops: list[Stop], per_night: float = 80) -> dict[str, object]:
    """Say what the nights of a journey cost.

    Args:
        stops: The cities in their order.
        per_night: Euros for a night.
    """
    nights = {stop["city"]: stop["nights"] for stop in stops}
    return {"nights": nights, "total": per_night * sum(nights.values()), "currency": "EUR"}
