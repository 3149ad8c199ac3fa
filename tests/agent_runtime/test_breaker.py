"""The circuit breaker in memory: against a model, under concurrency, and its exceptions."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from agent_runtime.orchestrator import (
    Admission,
    BreakerRules,
    CircuitBreaker,
    CircuitOpenError,
    MemoryBackend,
    Verdict,
)

_T = TypeVar("_T")
THRESHOLD, RECOVERY, PROBE_LIMIT = 2, 10.0, 25.0
RULES = BreakerRules(THRESHOLD, RECOVERY, PROBE_LIMIT)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def at_once(work: Coroutine[Any, Any, _T]) -> _T:
    """The memory backend waits for nothing, so no event loop is needed."""
    try:
        work.send(None)
    except StopIteration as end:
        value: _T = end.value
        return value
    raise AssertionError("it waited")


class Model(RuleBasedStateMachine):
    """A breaker as one would describe it, run beside the real one."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.backend = MemoryBackend(clock=self.clock)
        self.failures = 0
        self.opened: float | None = None
        self.probe: tuple[float, Admission] | None = None
        self.current: list[Admission] = []
        self.outdated: list[Admission] = []

    def expected(self) -> str:
        if self.opened is None:
            return "closed"
        if self.probe is not None or self.clock.now >= self.opened + RECOVERY:
            return "half-open"
        return "open"

    def change(self) -> None:
        self.outdated += self.current
        self.current, self.probe, self.failures = [], None, 0

    @rule(seconds=st.sampled_from([0.5, 4.0, RECOVERY, PROBE_LIMIT]))
    def time_passes(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule()
    def a_call_begins(self) -> None:
        now, state = self.clock.now, self.expected()
        lost = self.probe is not None and now >= self.probe[0] + PROBE_LIMIT
        probes = state == "half-open" and (self.probe is None or lost)
        admission = at_once(self.backend.admit("k", RULES))
        assert admission.allowed == (state == "closed" or probes)
        assert admission.state == state
        if probes:
            self.change()
            self.probe = (now, admission)
        if admission.allowed:
            self.current.append(admission)
        elif self.probe is None and self.opened is not None:
            assert admission.retry_after == self.opened + RECOVERY - now
        else:
            assert 0 < admission.retry_after <= RECOVERY

    @precondition(lambda self: self.current)
    @rule(data=st.data(), verdict=st.sampled_from(["success", "failure", "none"]))
    def a_call_ends(self, data: st.DataObject, verdict: Verdict) -> None:
        admission = data.draw(st.sampled_from(self.current))
        self.current.remove(admission)
        at_once(self.backend.settle("k", RULES, admission.token, verdict))
        if self.probe is not None:
            self.change()
            if verdict != "none":
                self.opened = self.clock.now if verdict == "failure" else None
        elif verdict == "success":
            self.failures = 0
        elif verdict == "failure":
            self.failures += 1
            if self.failures == THRESHOLD:
                self.change()
                self.opened = self.clock.now

    @precondition(lambda self: self.outdated)
    @rule(data=st.data(), verdict=st.sampled_from(["success", "failure", "none"]))
    def a_call_of_before_ends(self, data: st.DataObject, verdict: Verdict) -> None:
        admission = data.draw(st.sampled_from(self.outdated))
        at_once(self.backend.settle("k", RULES, admission.token, verdict))

    @rule()
    def another_key_fails(self) -> None:
        admission = at_once(self.backend.admit("other", RULES))
        at_once(self.backend.settle("other", RULES, admission.token, "failure"))

    @invariant()
    def it_is_where_the_model_is(self) -> None:
        assert at_once(self.backend.state("k", RULES)) == self.expected()


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def breaker(clock: Clock, **options: Any) -> CircuitBreaker:
    limits = {"threshold": THRESHOLD, "recovery": RECOVERY, "probe_limit": PROBE_LIMIT}
    return CircuitBreaker("agent", backend=MemoryBackend(clock=clock), **limits | options)


async def fail() -> None:
    raise OSError("down")


async def open_up(circuit: CircuitBreaker) -> None:
    for _ in range(THRESHOLD):
        with pytest.raises(OSError, match="down"):
            await circuit.call(fail)
    assert await circuit.state() == "open"


async def test_an_open_one_raises_without_trying() -> None:
    clock = Clock()
    circuit = breaker(clock)
    await open_up(circuit)
    clock.now += 4
    with pytest.raises(CircuitOpenError, match=r"agent failed too often; .* in 6\.0 s") as caught:
        await circuit.call(fail)
    assert caught.value.retry_after == 6
    assert caught.value.state == "open"
    assert caught.value.may_have_run is False


@pytest.mark.parametrize("works", [True, False])
async def test_exactly_one_of_many_probes(works: bool) -> None:
    clock = Clock()
    circuit = breaker(clock)
    await open_up(circuit)
    clock.now += RECOVERY
    running, most, begun = 0, 0, 0
    release = asyncio.Event()

    async def work() -> None:
        nonlocal running, most, begun
        begun += 1
        running += 1
        most = max(most, running)
        await release.wait()
        running -= 1
        if not works:
            await fail()

    tasks = [asyncio.create_task(circuit.call(work)) for _ in range(50)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert (begun, most) == (1, 1)
    release.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(result, CircuitOpenError) for result in results) == 49
    assert await circuit.state() == ("closed" if works else "open")


async def test_a_cancelled_probe_leaves_room_for_another() -> None:
    clock = Clock()
    circuit = breaker(clock)
    await open_up(circuit)
    clock.now += RECOVERY
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.Event().wait()

    probe = asyncio.create_task(circuit.call(work))
    await begun.wait()
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert await circuit.state() == "half-open"
    async with circuit.attempt() as attempt:
        assert attempt.state == "half-open"
    assert await circuit.state() == "closed"


async def test_a_long_probe_can_say_that_it_works() -> None:
    clock = Clock()
    circuit = breaker(clock)
    await open_up(circuit)
    clock.now += RECOVERY
    with pytest.raises(OSError, match="late"):
        async with circuit.attempt() as attempt:
            await attempt.works()
            assert await circuit.state() == "closed"
            for _ in range(THRESHOLD - 1):
                with pytest.raises(OSError, match="down"):
                    await circuit.call(fail)
            raise OSError("late, and of a state that is over")
    assert await circuit.state() == "closed"


async def test_saying_that_it_works_does_not_hide_a_later_failure() -> None:
    circuit = breaker(Clock(), threshold=1)
    with pytest.raises(OSError, match="late"):
        async with circuit.attempt() as attempt:
            await attempt.works()
            raise OSError("late")
    assert await circuit.state() == "open"


@pytest.mark.parametrize("late", ["success", "failure", "none"])
async def test_a_probe_that_was_given_up_does_not_count_any_more(late: Verdict) -> None:
    clock = Clock()
    circuit = breaker(clock)
    await open_up(circuit)
    clock.now += RECOVERY
    slow = await circuit.backend.admit(circuit.key, circuit.rules)
    clock.now += PROBE_LIMIT
    async with circuit.attempt():
        await circuit.backend.settle(circuit.key, circuit.rules, slow.token, late)
        assert await circuit.state() == "half-open"
        with pytest.raises(CircuitOpenError):
            await circuit.call(fail)
    assert await circuit.state() == "closed"


async def test_the_judge_decides_what_fails() -> None:
    circuit = breaker(Clock(), threshold=1, judge=lambda error: "success")
    with pytest.raises(OSError, match="down"):
        await circuit.call(fail)
    assert await circuit.state() == "closed"


async def test_breakers_of_one_key_and_backend_are_one() -> None:
    backend = MemoryBackend()
    first, second = (CircuitBreaker("a", threshold=1, backend=backend) for _ in range(2))
    with pytest.raises(OSError, match="down"):
        await first.call(fail)
    assert await second.state() == "open"
    assert await CircuitBreaker("b", threshold=1, backend=backend).state() == "closed"


async def test_only_so_many_keys_are_remembered() -> None:
    backend = MemoryBackend(max_keys=2)
    rules = BreakerRules(1, 60, 60)
    for key in "abc":
        admission = await backend.admit(key, rules)
        await backend.settle(key, rules, admission.token, "failure")
    assert [await backend.state(key, rules) for key in "abc"] == ["closed", "open", "open"]


def test_one_probe_among_threads() -> None:
    clock = Clock()
    backend = MemoryBackend(clock=clock)
    rules = BreakerRules(1, 1, 60)
    at_once(backend.settle("k", rules, at_once(backend.admit("k", rules)).token, "failure"))
    for _ in range(50):
        clock.now += 1
        admitted: list[Admission] = []
        barrier = threading.Barrier(8)

        def probe(
            barrier: threading.Barrier = barrier, admitted: list[Admission] = admitted
        ) -> None:
            barrier.wait()
            admission = at_once(backend.admit("k", rules))
            if admission.allowed:
                admitted.append(admission)

        threads = [threading.Thread(target=probe) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (only,) = admitted
        at_once(backend.settle("k", rules, only.token, "failure"))


@pytest.mark.parametrize(
    "limits",
    [{"threshold": 0}, {"recovery": -1.0}, {"recovery": float("nan")}, {"probe_limit": 0.0}],
)
def test_limits_that_make_no_sense(limits: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        CircuitBreaker("x", **limits)
