"""Limits that make no sense are refused where they are given, not ignored later."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import pytest

from agent_runtime import (
    AgentConfig,
    AnthropicModel,
    BackpressureGuard,
    CircuitBreaker,
    Deduplicator,
    EpisodicMemory,
    OpenAIModel,
    RecallWeights,
    RetryPolicy,
    RuntimeMetrics,
    ScriptedModel,
    SemanticMemory,
    ToolRegistry,
    WorkingMemory,
)
from agent_runtime.memory.tools import memory_tools
from agent_runtime.orchestrator import MemoryBackend
from agent_runtime.orchestrator.breaker_redis import RedisBackend

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
    ("max_keys", lambda given: MemoryBackend(max_keys=given)),
    ("piece", lambda given: ScriptedModel([], piece=given)),
    ("max_tokens", lambda given: AnthropicModel("claude", max_tokens=given)),
]
OPTIONAL: Final = ("piece",)
COUNTS_FROM_ZERO: Final[list[tuple[str, Callable[[Any], object]]]] = [
    ("max_memory_recalls", lambda given: AgentConfig(name="a", max_memory_recalls=given)),
    ("max_memory_tokens", lambda given: AgentConfig(name="a", max_memory_tokens=given)),
    ("max_size", lambda given: Deduplicator(max_size=given)),
    ("names", lambda given: RuntimeMetrics(names=given)),
    ("max_tokens", lambda given: memory_tools(max_tokens=given)),
]
SECONDS: Final[list[tuple[str, Callable[[Any], object]]]] = [
    ("time_limit", lambda given: AgentConfig(name="a", time_limit=given)),
    ("time_limit", lambda given: ToolRegistry(time_limit=given)),
    ("time_limit", lambda given: ToolRegistry().add(len, time_limit=given)),
    (
        "embed_limit",
        lambda given: SemanticMemory(embed=lambda _: [1.0], embed_limit=given),
    ),
    ("probe_limit", lambda given: CircuitBreaker("model", probe_limit=given)),
    ("limit", lambda given: RedisBackend(unused, limit=given)),
    ("half_life", lambda given: EpisodicMemory(half_life=given)),
    ("timeout", lambda given: OpenAIModel("gpt", timeout=given)),
]
SECONDS_OR_NONE: Final = ("time_limit",)
PAUSES: Final[list[tuple[str, Callable[[Any], object]]]] = [
    ("base", lambda given: RetryPolicy(base=given)),
    ("total", lambda given: RetryPolicy(total=given)),
    ("recovery", lambda given: CircuitBreaker("model", recovery=given)),
    ("ttl", lambda given: Deduplicator(ttl=given)),
    ("rest", lambda given: RedisBackend(unused, rest=given)),
    ("pause", lambda given: ScriptedModel([], pause=given)),
]
PAUSES_OR_NONE: Final = ("total",)
NUMBERS: Final[list[tuple[str, Callable[[Any], object]]]] = [
    ("factor must be a number of at least 1", lambda given: RetryPolicy(factor=given)),
    ("cap must be a number of seconds from 0 to 60", lambda given: RetryPolicy(cap=given)),
    ("jitter must be a number from 0 to 1", lambda given: RetryPolicy(jitter=given)),
    (
        "importance must be a number from 0 to 1",
        lambda given: EpisodicMemory().store("a", importance=given),
    ),
]
WEIGHTS: Final = ("relevance", "importance", "recency", "frequency")


def unused() -> Any:
    raise AssertionError("no client is made before it is asked")


HUGE: Final = pytest.param(10**400, id="huge")


@pytest.mark.parametrize(("name", "make"), COUNTS + COUNTS_FROM_ZERO)
@pytest.mark.parametrize("given", [math.nan, math.inf, 1.5, "3", None, True])
def test_a_count_is_a_whole_number(name: str, make: Callable[[Any], object], given: object) -> None:
    if given is None and name in OPTIONAL:
        make(given)
        return
    with pytest.raises(ValueError, match=f"^{name} must be a whole number, not {given!r}$"):
        make(given)


@pytest.mark.parametrize(("name", "make"), COUNTS)
@pytest.mark.parametrize("given", [0, -1])
def test_a_count_is_at_least_one(name: str, make: Callable[[Any], object], given: int) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be at least 1, not {given}$"):
        make(given)


@pytest.mark.parametrize(("name", "make"), COUNTS_FROM_ZERO)
def test_other_counts_may_be_none_at_all(name: str, make: Callable[[Any], object]) -> None:
    make(0)
    with pytest.raises(ValueError, match=f"^{name} must be at least 0, not -1$"):
        make(-1)


@pytest.mark.parametrize(("name", "make"), SECONDS)
@pytest.mark.parametrize("given", [math.nan, math.inf, 0, -1, "3", True, None, HUGE])
def test_a_limit_of_time_can_be_waited_for(
    name: str, make: Callable[[Any], object], given: object
) -> None:
    if (given is None and name in SECONDS_OR_NONE) or (given == math.inf and name == "half_life"):
        make(given)
        return
    message = f"^{name} must be a number of seconds greater than 0, not {given!r:.40}$"
    with pytest.raises(ValueError, match=message):
        make(given)


@pytest.mark.parametrize(("name", "make"), PAUSES)
@pytest.mark.parametrize("given", [math.nan, -math.inf, -1, "3", True, None, HUGE])
def test_a_pause_is_not_negative(name: str, make: Callable[[Any], object], given: object) -> None:
    make(0)
    if given is None and name in PAUSES_OR_NONE:
        make(given)
        return
    message = f"^{name} must be a number of seconds of at least 0, not {given!r:.40}$"
    with pytest.raises(ValueError, match=message):
        make(given)


@pytest.mark.parametrize(("message", "make"), NUMBERS)
@pytest.mark.parametrize("given", [math.nan, math.inf, -1, "3", True, None, HUGE])
def test_a_number_is_one_of_those_that_make_sense(
    message: str, make: Callable[[Any], object], given: object
) -> None:
    make(1)
    with pytest.raises(ValueError, match=f"^{message}, not {given!r:.40}$"):
        make(given)


@pytest.mark.parametrize("given", [math.nan, math.inf, "3", True, HUGE])
def test_a_temperature_is_a_number(given: Any) -> None:
    with pytest.raises(ValueError, match=f"^temperature must be a number, not {given!r:.40}$"):
        AgentConfig(name="a", temperature=given)


@pytest.mark.parametrize("given", [math.nan, math.inf, -1, "3", True, None, HUGE])
@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_are_numbers(name: str, given: Any) -> None:
    with pytest.raises(ValueError, match=r"^weights must be numbers that are not negative, one of"):
        RecallWeights(**{name: given})


def test_weights_can_be_added_up() -> None:
    with pytest.raises(ValueError, match=r"^weights must be numbers that are not negative, one of"):
        RecallWeights(relevance=1e308, importance=1e308)


@pytest.mark.parametrize("name", ["name", "instructions"])
@pytest.mark.parametrize("given", [None, 3])
def test_what_is_said_of_an_agent_is_text(name: str, given: Any) -> None:
    said: dict[str, Any] = {"name": "helper", name: given}
    with pytest.raises(ValueError, match=f"^{name} must be text, not {given!r}$"):
        AgentConfig(**said)
