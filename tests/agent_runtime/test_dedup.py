"""Equal calls made once: sharing, reuse, failures and who cancels what."""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_runtime.orchestrator import Deduplicator


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Work:
    """Goes on until it is told how to end."""

    def __init__(self) -> None:
        self.calls = 0
        self.cancelled = 0
        self.end: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def __call__(self) -> str:
        self.calls += 1
        try:
            return await asyncio.shield(self.end)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_many_equal_calls_make_one() -> None:
    shared, work = Deduplicator[str](), Work()
    calls = [asyncio.create_task(shared.run("k", work)) for _ in range(100)]
    await turns()
    work.end.set_result("done")
    assert set(await asyncio.gather(*calls)) == {"done"}
    assert work.calls == 1
    counts = shared.counts()
    assert (counts.begun, counts.shared, counts.reused) == (1, 99, 0)
    assert (counts.in_flight, counts.cached) == (0, 0)


async def test_other_keys_are_other_calls() -> None:
    shared, works = Deduplicator[str](), [Work(), Work()]
    calls = [asyncio.create_task(shared.run(n, work)) for n, work in enumerate(works)]
    await turns()
    for n, work in enumerate(works):
        work.end.set_result(str(n))
    assert await asyncio.gather(*calls) == ["0", "1"]


async def test_a_cancelled_waiter_leaves_the_others_alone() -> None:
    shared, work = Deduplicator[str](), Work()
    calls = [asyncio.create_task(shared.run("k", work)) for _ in range(3)]
    await turns()
    calls[0].cancel()
    calls[1].cancel()
    await turns()
    assert [call.cancelled() for call in calls] == [True, True, False]
    assert work.cancelled == 0
    work.end.set_result("done")
    assert await calls[2] == "done"


async def test_the_last_waiter_cancels_the_work_and_awaits_its_end() -> None:
    shared = Deduplicator[str]()
    begun, ended = asyncio.Event(), False

    async def work() -> str:
        nonlocal ended
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await turns()
            ended = True
        raise AssertionError

    calls = [asyncio.create_task(shared.run("k", work)) for _ in range(2)]
    await begun.wait()
    for call in calls:
        call.cancel()
    await asyncio.wait(calls)
    assert all(call.cancelled() for call in calls)
    assert ended
    assert shared.counts().in_flight == 0


async def test_who_comes_after_the_last_has_left_begins_anew() -> None:
    shared, first, second = Deduplicator[str](), Work(), Work()
    left = asyncio.create_task(shared.run("k", first))
    await turns()
    left.cancel()
    fresh = asyncio.create_task(shared.run("k", second))
    await turns()
    second.end.set_result("second")
    assert await fresh == "second"
    assert first.cancelled == 1


@pytest.fixture
async def noise() -> list[Any]:
    """What asyncio would complain of in the log."""
    heard: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))
    return heard


async def test_a_failure_goes_to_all_and_is_not_kept(noise: list[Any]) -> None:
    shared, work = Deduplicator[str](ttl=60), Work()
    calls = [asyncio.create_task(shared.run("k", work)) for _ in range(3)]
    await turns()
    work.end.set_exception(ValueError("broken"))
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [str(result) for result in results] == ["broken"] * 3
    again = Work()
    again.end.set_result("done")
    assert await shared.run("k", again) == "done"
    assert noise == []


async def test_who_comes_in_the_moment_of_a_failure_begins_anew() -> None:
    shared, failing = Deduplicator[str](), asyncio.Event()

    async def fail() -> str:
        failing.set()
        raise ValueError("broken")

    async def later() -> str:
        await failing.wait()
        work = Work()
        work.end.set_result("done")
        return await shared.run("k", work)

    results = await asyncio.gather(shared.run("k", fail), later(), return_exceptions=True)
    assert [str(result) for result in results] == ["broken", "done"]


async def test_a_failure_that_nobody_waits_for_makes_no_noise(noise: list[Any]) -> None:
    shared = Deduplicator[str]()

    async def work() -> str:
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("while it was cancelled")

    call = asyncio.create_task(shared.run("k", work))
    await turns()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gc.collect()
    await turns()
    assert noise == []


async def test_a_result_serves_again_until_it_is_old() -> None:
    clock = Clock()
    shared = Deduplicator[int](ttl=10, clock=clock)
    calls = 0

    async def work() -> int:
        nonlocal calls
        calls += 1
        return calls

    assert [await shared.run("k", work) for _ in range(3)] == [1, 1, 1]
    clock.now = 9.9
    assert await shared.run("k", work) == 1
    clock.now = 10
    assert await shared.run("k", work) == 2
    assert shared.counts().reused == 3


async def test_forgetting() -> None:
    shared, before, after = Deduplicator[str](ttl=60), Work(), Work()
    call = asyncio.create_task(shared.run("k", before))
    await turns()
    shared.forget("k")
    fresh = asyncio.create_task(shared.run("k", after))
    await turns()
    before.end.set_result("before")
    assert await call == "before"
    joining = asyncio.create_task(shared.run("k", Work()))
    await turns()
    assert not joining.done()
    after.end.set_result("after")
    assert [await fresh, await joining] == ["after", "after"]
    assert await shared.run("k", Work()) == "after"
    shared.forget()
    assert shared.counts().cached == 0


async def test_a_key_that_cannot_be_one() -> None:
    with pytest.raises(TypeError):
        await Deduplicator[str]().run([], Work())  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("limits", [{"ttl": -1.0}, {"ttl": float("nan")}, {"max_size": -1}])
def test_limits_that_make_no_sense(limits: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"ttl must be a number of|max_size must be at least 0"):
        Deduplicator(**limits)


TTL, SIZE = 10.0, 3
steps = st.lists(
    st.one_of(
        st.tuples(st.just("call"), st.integers(0, 4)),
        st.tuples(st.sampled_from(["cancel", "succeed", "fail"]), st.integers(0, 9)),
        st.tuples(st.just("wait"), st.sampled_from([1, 5, 10])),
    ),
    max_size=50,
)


@settings(deadline=None, max_examples=200)
@given(steps)
def test_it_behaves_as_its_model(life: list[tuple[str, int]]) -> None:
    asyncio.run(Model().live(life))


class Model:
    """What is in flight and what is kept, as one would write it down."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.shared = Deduplicator[str](ttl=TTL, max_size=SIZE, clock=self.clock)
        self.flights: dict[int, Work] = {}
        self.waiting: list[tuple[int, asyncio.Task[str]]] = []
        self.kept: dict[int, tuple[str, float]] = {}
        self.begun: Counter[int] = Counter()

    async def live(self, life: list[tuple[str, int]]) -> None:
        for step, number in life:
            if step == "wait":
                self.clock.now += number
            elif step == "call":
                await self.call(number)
            elif step == "cancel":
                await self.cancel(number)
            elif self.flights:
                key = sorted(self.flights)[number % len(self.flights)]
                await self.finish(key, step == "succeed")
            self.check()
        for key in sorted(self.flights):
            await self.finish(key, True)
        self.check()

    async def call(self, key: int) -> None:
        work = Work()
        task = asyncio.create_task(self.shared.run(key, work))
        await turns()
        value, until = self.kept.get(key, ("", -1.0))
        if self.clock.now < until and task.done():
            assert task.result() == value
            assert work.calls == 0
            return
        # what is kept may have made room for others; never is more made than one
        assert not task.done()
        assert work.calls == (0 if key in self.flights else 1)
        self.flights.setdefault(key, work)
        self.begun[key] += work.calls
        self.waiting.append((key, task))

    async def cancel(self, number: int) -> None:
        if not self.waiting:
            return
        key, task = self.waiting.pop(number % len(self.waiting))
        task.cancel()
        await turns()
        assert task.cancelled()
        if all(other != key for other, _ in self.waiting):
            assert self.flights.pop(key).cancelled == 1
        else:
            assert self.flights[key].cancelled == 0

    async def finish(self, key: int, succeeds: bool) -> None:
        work = self.flights.pop(key)
        value = f"{key}.{self.begun[key]}"
        if succeeds:
            work.end.set_result(value)
            self.kept[key] = value, self.clock.now + TTL
        else:
            work.end.set_exception(ValueError(value))
        await turns()
        mine = [task for other, task in self.waiting if other == key]
        self.waiting = [(other, task) for other, task in self.waiting if other != key]
        assert mine
        for task in mine:
            assert (task.result() if succeeds else str(task.exception())) == value

    def check(self) -> None:
        counts = self.shared.counts()
        assert counts.in_flight == len(self.flights)
        assert counts.cached <= SIZE
        assert counts.begun == self.begun.total()


def test_work_in_another_event_loop_is_not_waited_for() -> None:
    dedup = Deduplicator[str](ttl=60)
    begun, go_on = threading.Event(), threading.Event()

    async def slow() -> str:
        begun.set()
        await asyncio.get_running_loop().run_in_executor(None, go_on.wait, 30)
        return "there"

    async def quick() -> str:
        return "here"

    async def ask(work: Callable[[], Awaitable[str]]) -> str:
        return await asyncio.wait_for(dedup.run("key", work), 30)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(lambda: asyncio.run(ask(slow)))
        try:
            assert begun.wait(30)
            assert asyncio.run(ask(quick)) == "here"
        finally:
            go_on.set()
        assert other.result(30) == "there"
    # what is done serves in any event loop
    assert asyncio.run(ask(slow)) == "here"
    assert dedup.counts().in_flight == 0
