"""Limits that make no sense are refused where they are given, not ignored later."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import pytest

from agent_runtime import (
    AgentConfig,
    BackpressureGuard,
    CircuitBreaker,
    EpisodicMemory,
    RetryPolicy,
    SemanticMemory,
    ToolRegistry,
    WorkingMemory,
)

COUNTS: Final[list[tuple[str, Callable[[Any], object]]]] = [
    ("max_iterations", lambda given: AgentConfig(name="a", max_iterations=given)),
    ("attempts", lambda given: RetryPolicy(attempts=given)),
    ("threshold", lambda given: CircuitBreaker("model", threshold=given)),
    ("soft", lambda given: BackpressureGuard(soft=given, hard=9)),
    ("hard", lambda given: BackpressureGuard(soft=1, hard=given)),
    ("capacity", EpisodicMemory),
    ("capacity", SemanticMemory),
    ("capacity", WorkingMemory),
    ("max_tokens", lambda given: WorkingMemory(max_tokens=given)),
]
SECONDS: Final[list[tuple[str, Callable[[Any], object]]]] = [
    ("time_limit", lambda given: AgentConfig(name="a", time_limit=given)),
    ("time_limit", lambda given: ToolRegistry(time_limit=given)),
    ("time_limit", lambda given: ToolRegistry().add(len, time_limit=given)),
    (
        "embed_limit",
        lambda given: SemanticMemory(embed=lambda _: [1.0], embed_limit=given),
    ),
]


@pytest.mark.parametrize(("name", "make"), COUNTS)
@pytest.mark.parametrize("given", [math.nan, math.inf, 1.5, "3", None, True])
def test_a_count_is_a_whole_number(name: str, make: Callable[[Any], object], given: object) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be a whole number, not {given!r}$"):
        make(given)


@pytest.mark.parametrize(("name", "make"), COUNTS)
@pytest.mark.parametrize("given", [0, -1])
def test_a_count_is_at_least_one(name: str, make: Callable[[Any], object], given: int) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be at least 1, not {given}$"):
        make(given)


@pytest.mark.parametrize(("name", "make"), SECONDS)
@pytest.mark.parametrize(
    "given", [math.nan, math.inf, 0, -1, "3", True, pytest.param(10**400, id="huge")]
)
def test_a_limit_of_time_can_be_waited_for(
    name: str, make: Callable[[Any], object], given: object
) -> None:
    message = f"^{name} must be a number of seconds greater than 0, not {given!r:.40}$"
    with pytest.raises(ValueError, match=message):
        make(given)
