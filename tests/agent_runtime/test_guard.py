"""Limits: never exceeded, first come first served, whatever is cancelled and when."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_runtime.orchestrator import BackpressureGuard, BackpressureShed


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


class Caller:
    """Takes a place and keeps it until it is told to leave."""

    def __init__(self, number: int, guard: BackpressureGuard, order: list[int]) -> None:
        self.leave = asyncio.Event()
        self.inside = False
        self.before: list[int] = []
        self.task = asyncio.create_task(self._call(number, guard, order))

    async def _call(self, number: int, guard: BackpressureGuard, order: list[int]) -> None:
        async with guard.slot(self.before.append):
            order.append(number)
            self.inside = True
            try:
                await self.leave.wait()
            finally:
                self.inside = False


async def test_some_run_some_wait_the_rest_is_turned_away() -> None:
    guard, order = BackpressureGuard(2, 4), list[int]()
    callers = [Caller(n, guard, order) for n in range(5)]
    await turns()
    assert order == [0, 1]
    assert [caller.before for caller in callers] == [[], [], [0], [1], []]
    with pytest.raises(BackpressureShed, match="2 calls are running and 2 waiting") as caught:
        await callers[4].task
    assert (caught.value.active, caught.value.waiting, caught.value.hard) == (2, 2, 4)
    for caller in callers[:4]:
        caller.leave.set()
    await asyncio.gather(*(caller.task for caller in callers[:4]))
    assert order == [0, 1, 2, 3]
    counts = guard.counts()
    assert (counts.active, counts.waiting) == (0, 0)
    assert (counts.admitted, counts.waited, counts.shed, counts.abandoned) == (4, 2, 1, 0)
    assert counts.peak == 2


def test_who_is_turned_away_is_told_how_much_goes_on() -> None:
    assert str(BackpressureShed(1, 0, 1)) == (
        "1 call is running and 0 waiting; no more than 1 are taken. Try again later."
    )


async def test_a_place_is_handed_over_and_cannot_be_taken_in_between() -> None:
    guard, order = BackpressureGuard(1, 9), list[int]()
    first, second = Caller(0, guard, order), Caller(1, guard, order)
    await turns()
    first.leave.set()
    await first.task  # the second has the place, but has not run yet
    assert guard.counts().active == 1
    third = Caller(2, guard, order)
    await turns()
    assert order == [0, 1]
    second.leave.set()
    third.leave.set()
    await asyncio.gather(second.task, third.task)
    assert order == [0, 1, 2]


async def test_a_place_that_is_handed_to_one_who_was_just_cancelled_goes_on() -> None:
    guard, order = BackpressureGuard(1, 9), list[int]()
    await guard.acquire()
    callers = [Caller(n, guard, order) for n in range(3)]
    await turns()
    guard.release()
    callers[0].task.cancel()  # it has the place, but does not know yet
    await turns()
    assert order == [1]
    assert (guard.counts().active, guard.counts().waiting) == (1, 1)
    callers[1].leave.set()
    callers[2].leave.set()
    await asyncio.gather(*(caller.task for caller in callers), return_exceptions=True)
    assert guard.counts().active == 0


async def test_who_stops_waiting_takes_no_room() -> None:
    guard, order = BackpressureGuard(1, 2), list[int]()
    first, second = Caller(0, guard, order), Caller(1, guard, order)
    await turns()
    second.task.cancel()
    await turns()
    assert (guard.counts().waiting, guard.counts().abandoned) == (0, 1)
    third = Caller(2, guard, order)
    await turns()
    first.leave.set()
    third.leave.set()
    await asyncio.gather(first.task, third.task)
    assert order == [0, 2]


@pytest.mark.parametrize("handed_over", [False, True])
async def test_who_cannot_be_told_to_wait_does_not(handed_over: bool) -> None:
    guard, order = BackpressureGuard(1, 9), list[int]()
    await guard.acquire()

    async def broken(before: int) -> None:
        if handed_over:
            guard.release()
        raise ValueError("cannot be told")

    with pytest.raises(ValueError, match="cannot be told"):
        await guard.acquire(broken)
    assert (guard.counts().waiting, guard.counts().active) == (0, 0 if handed_over else 1)
    if not handed_over:
        guard.release()
    caller = Caller(0, guard, order)
    await turns()
    assert order == [0]
    caller.leave.set()
    await caller.task


async def test_a_place_is_given_back_when_the_block_raises() -> None:
    guard = BackpressureGuard(1, 1)
    with pytest.raises(ValueError, match="x"):
        async with guard.slot():
            raise ValueError("x")
    async with guard.slot():
        pass


actions = st.lists(
    st.one_of(
        st.just(("arrive", 0)),
        st.tuples(st.sampled_from(["leave", "cancel", "leave and cancel next"]), st.integers(0, 9)),
        st.tuples(st.just("turn"), st.integers(1, 2)),
    ),
    max_size=60,
)


@settings(deadline=None, max_examples=200)
@given(soft=st.integers(1, 3), more=st.integers(0, 3), life=actions)
def test_no_limit_is_ever_exceeded(soft: int, more: int, life: list[tuple[str, int]]) -> None:
    asyncio.run(live(soft, soft + more, life))


async def live(soft: int, hard: int, life: list[tuple[str, int]]) -> None:
    guard, order = BackpressureGuard(soft, hard), list[int]()
    callers: list[Caller] = []

    def check(*_: Any) -> None:
        counts = guard.counts()
        assert sum(caller.inside for caller in callers) <= counts.active <= soft
        assert counts.active + counts.waiting <= hard
        assert counts.peak <= soft

    for action, number in life:
        going = [caller for caller in callers if not caller.task.done()]
        if action == "arrive":
            callers.append(Caller(len(callers), guard, order))
        elif action == "turn":
            await turns(number)
        elif going:
            chosen = going[number % len(going)]
            if action == "cancel":
                chosen.task.cancel()
            else:
                chosen.leave.set()
            if action == "leave and cancel next":
                # so that the cancel meets a place that is just being handed over
                await turns(number % 4)
                for caller in going:
                    if not caller.inside and caller is not chosen:
                        caller.task.cancel()
                        break
        check()
    await turns()
    check()
    waiting = [n for n, caller in enumerate(callers) if not caller.task.done()]
    assert sum(callers[n].inside for n in waiting) == min(soft, len(waiting)), "a place is lost"
    for caller in callers:
        caller.leave.set()
    await asyncio.gather(*(caller.task for caller in callers), return_exceptions=True)
    if soft == 1:  # with more, a free place may be taken before one wakes who was given another
        assert order == sorted(order), "first come, first served"
    counts = guard.counts()
    assert (counts.active, counts.waiting) == (0, 0)
    assert counts.admitted >= len(order)


@pytest.mark.parametrize(("soft", "hard"), [(0, 1), (2, 1), (-1, -1)])
def test_limits_that_make_no_sense(soft: int, hard: int) -> None:
    with pytest.raises(ValueError, match=r"1 <= soft <= hard|must be at least 1"):
        BackpressureGuard(soft, hard)


def test_it_serves_one_event_loop_at_a_time() -> None:
    guard = BackpressureGuard(1, 9)
    inside, leave = threading.Event(), threading.Event()

    async def hold() -> None:
        async with guard.slot():
            inside.set()
            while not leave.is_set():
                await asyncio.sleep(0.001)

    async def enter() -> None:
        async with guard.slot():
            pass

    holder = threading.Thread(target=lambda: asyncio.run(hold()))
    holder.start()
    try:
        assert inside.wait(30)
        with pytest.raises(
            RuntimeError, match=r"in use in another event loop.* a guard of its own"
        ):
            asyncio.run(asyncio.wait_for(enter(), 30))
    finally:
        leave.set()
        holder.join()
    # it is free now: the next loop may have it
    asyncio.run(enter())
    assert (guard.counts().active, guard.counts().admitted) == (0, 2)


def test_who_is_left_in_a_closed_event_loop_holds_up_nobody() -> None:
    guard = BackpressureGuard(1, 1)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(guard.acquire())
    loop.close()

    async def enter() -> int:
        async with guard.slot():
            return guard.counts().active

    assert asyncio.run(enter()) == 1
    assert guard.counts().active == 0
