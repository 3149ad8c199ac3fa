"""Steps: what becomes of items, sync and async, and failures named by step."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.orchestrator import Pipeline, PipelineError


class Lines:
    """Pieces of text to whole lines; what is left at the end is the last one."""

    def __init__(self) -> None:
        self.rest = ""

    def push(self, text: str, /) -> list[str]:
        *lines, self.rest = (self.rest + text).split("\n")
        return lines

    def finish(self) -> list[str]:
        return [self.rest] if self.rest else []


class Pairs:
    """Two items together."""

    def __init__(self) -> None:
        self.first: list[Any] = []

    async def push(self, item: Any, /) -> Iterable[tuple[Any, ...]]:
        await asyncio.sleep(0)
        self.first.append(item)
        if len(self.first) < 2:
            return ()
        pair, self.first = tuple(self.first), []
        return (pair,)

    async def finish(self) -> AsyncIterator[tuple[Any, ...]]:
        if self.first:
            yield tuple(self.first)


async def source(items: Iterable[Any]) -> AsyncIterator[Any]:
    for item in items:
        await asyncio.sleep(0)
        yield item


def positive(number: int) -> bool:
    return number > 0


async def positive_later(number: int) -> bool:
    await asyncio.sleep(0)
    return number > 0


def twice(number: int) -> list[int]:
    return [number, number]


async def twice_later(number: int) -> list[int]:
    return [number, number]


async def twice_one_by_one(number: int) -> AsyncIterator[int]:
    yield number
    yield number


async def half_later(number: int) -> float:
    await asyncio.sleep(0)
    return number / 2


@given(st.lists(st.integers()))
def test_steps_are_what_comprehensions_would_be(numbers: list[int]) -> None:
    steps = Pipeline.of(int).filter("positive", positive).flat_map("twice", twice)
    assert steps.map("text", str).apply(numbers) == [
        str(n) for n in numbers if n > 0 for _ in range(2)
    ]


@pytest.mark.parametrize("keep", [positive, positive_later])
@pytest.mark.parametrize("double", [twice, twice_later, twice_one_by_one])
async def test_steps_may_be_async(keep: Any, double: Any) -> None:
    steps = Pipeline.of(int).filter("keep", keep).flat_map("double", double)
    made = [item async for item in steps.map("half", half_later).stream(source([3, -1, 4]))]
    assert made == [1.5, 1.5, 2.0, 2.0]


@given(st.text("ab\n"), st.lists(st.integers(0, 30)))
def test_a_step_with_a_memory_does_not_care_how_the_text_was_cut(
    text: str, cuts: list[int]
) -> None:
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[a:b] for a, b in itertools.pairwise(edges)]
    lines = Pipeline.of(str).transform("lines", Lines)
    expected = text.split("\n")
    assert lines.apply(pieces) == (expected if expected[-1] else expected[:-1])
    assert lines.apply(pieces) == lines.apply([text]), "each run has a memory of its own"


async def test_the_rest_of_one_step_goes_through_the_next() -> None:
    steps = Pipeline.of(str).transform("lines", Lines).transform("pairs", Pairs)
    run = steps.start()
    assert await run.push(["a\nb", "\nc"]) == [("a", "b")]
    assert await run.finish() == [("c",)]


async def test_pipelines_put_together() -> None:
    first = Pipeline.of(str).transform("lines", Lines)
    both = first.then(Pipeline.of(str).map("length", len))
    assert both.stages == ("lines", "length")
    assert both.apply(["a\nbc"]) == [1, 2]
    assert first.stages == ("lines",)
    assert Pipeline.of(int).apply([1, 2]) == [1, 2]


def test_a_failure_is_named_by_its_step() -> None:
    steps = Pipeline.of(int).map("invert", lambda n: 1 / n).map("text", str)
    with pytest.raises(PipelineError, match=r"^invert: ZeroDivisionError: ") as caught:
        steps.apply([1, 0, 2])
    assert caught.value.stage == "invert"
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert caught.value.done == ["1.0"]


class Failing(Pairs):
    async def finish(self) -> AsyncIterator[tuple[Any, ...]]:
        raise ValueError("at the end")
        yield ()


class FailingOneByOne(Pairs):
    def finish(self) -> Iterator[tuple[Any, ...]]:  # type: ignore[override]  # a step of its own
        yield ("lost",)
        raise ValueError("at the end")


@pytest.mark.parametrize("failing", [Failing, FailingOneByOne])
async def test_a_failure_at_the_end_is_named_and_keeps_what_came_before(failing: Any) -> None:
    steps = Pipeline.of(str).transform("lines", Lines).transform("pairs", failing)
    run = steps.start()
    assert await run.push(["a\nb"]) == []
    with pytest.raises(PipelineError, match="pairs: ValueError: at the end") as caught:
        await run.finish()
    assert caught.value.done == [("a", "b")]


async def test_cancelling_passes_as_it_is() -> None:
    async def never(item: int) -> int:
        await asyncio.Event().wait()
        return item

    run = Pipeline.of(int).map("never", never).start()
    task = asyncio.create_task(run.push([1]))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_step_that_waits_cannot_be_applied_at_once() -> None:
    with pytest.raises(TypeError, match="use `stream`"):
        Pipeline.of(int).filter("later", positive_later).apply([1])
    assert Pipeline.of(int).flat_map("at once", twice_later).apply([1]) == [1, 1]
