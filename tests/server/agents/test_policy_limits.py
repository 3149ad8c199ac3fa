"""What is held back, shared and counted, by what servers really saw."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from agent_runtime.orchestrator import (
    BackpressureGuard,
    CircuitBreaker,
    Deduplicator,
    MemoryBackend,
    Metrics,
    RetryPolicy,
)
from counting_server import (
    BOOM,
    GREETING,
    STARTED,
    CountingServer,
    Recorder,
    Serve,
    found,
    serving,
)
from runagent_ls.agents.call import Call, RunResult
from runagent_ls.agents.policy import CallPolicy, key_of, verdict_of
from runagent_ls.agents.runs import RunOutcome, execute
from runagent_ls.agents.targets.credentials import ApiKey, Cloud
from runagent_ls.agents.targets.resolving import resolve_cloud
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts


@pytest.fixture
async def serve(start_raw: Any) -> Serve:
    return serving(start_raw)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def breaking(clock: Clock, threshold: int = 3) -> CallPolicy:
    backend = MemoryBackend(clock=clock)

    def breaker(target: Target) -> CircuitBreaker:
        return CircuitBreaker(
            target.agent_id, threshold=threshold, recovery=30, backend=backend, judge=verdict_of
        )

    return CallPolicy(breaker=breaker)


async def test_an_agent_that_keeps_failing_is_left_alone_for_a_while(serve: Serve) -> None:
    server = await serve(CountingServer(iter([b"", b"", b"", b"", GREETING, GREETING])))
    clock = Clock()
    policy = breaking(clock)

    async def call() -> RunOutcome:
        return await execute(Call("x"), found(server.target), Recorder(), policy=policy)

    for _ in range(3):
        assert (await call()).attempts == 1
    refused = await call()
    assert refused.error is not None
    assert (refused.error.code, refused.error.kind) == ("CIRCUIT_OPEN", "circuit-open")
    assert refused.error.may_have_run is False
    assert refused.attempts == 0
    assert "30 s" in refused.error.message
    assert len(server.bodies) == 3
    clock.now = 30
    assert (await call()).attempts == 1  # the probe fails
    assert (await call()).attempts == 0
    clock.now = 60
    assert (await call()).state == "completed"
    assert (await call()).state == "completed"
    assert len(server.bodies) == 6


async def test_attempts_of_one_run_count_each(serve: Serve) -> None:
    async def no_pause(seconds: float) -> None: ...

    server = await serve(CountingServer(b""))
    retry = RetryPolicy(attempts=9, sleep=no_pause)
    policy = replace(breaking(Clock(), threshold=3), retry=retry, repeat_unsafe=True)
    outcome = await execute(Call("x"), found(server.target), Recorder(), policy=policy)
    assert outcome.error is not None
    assert outcome.error.code == "CIRCUIT_OPEN"
    assert outcome.attempts == len(server.bodies) == 3


async def test_failures_of_the_function_do_not_open_the_circuit(serve: Serve) -> None:
    server = await serve(CountingServer(BOOM))
    policy = breaking(Clock(), threshold=1)
    for _ in range(3):
        await execute(Call("x"), found(server.target), Recorder(), policy=policy)
    assert len(server.bodies) == 3


async def test_a_slow_function_does_not_open_the_circuit(serve: Serve) -> None:
    server = await serve(CountingServer(b"", close=False))
    policy, limits = breaking(Clock(), threshold=1), Timeouts(idle=0.3)
    for _ in range(2):
        await execute(Call("x"), found(server.target), Recorder(), limits, policy=policy)
    assert len(server.bodies) == 2


async def test_a_stream_that_talks_closes_the_circuit_at_once(start_stream: Any) -> None:
    async def script(connection: ServerConnection) -> None:
        if len(server.first_messages) > 1:
            await connection.send(STARTED)
            await connection.wait_closed()
        connection.transport.abort()

    server = await start_stream(script)
    clock = Clock()
    policy = breaking(clock, threshold=1)
    assert policy.breaker is not None
    circuit = policy.breaker(server.target)
    call = Call("x_stream")
    await execute(call, found(server.target), Recorder(), policy=policy)
    assert await circuit.state() == "open"
    clock.now += 30
    sink = Recorder()
    going = asyncio.create_task(execute(call, found(server.target), sink, policy=policy))
    async with asyncio.timeout(60):
        while "running" not in sink.states:
            await asyncio.sleep(0.01)
    assert await circuit.state() == "closed"
    going.cancel()
    assert (await going).state == "cancelled"
    assert await circuit.state() == "closed"


async def test_only_so_many_run_and_wait(serve: Serve) -> None:
    server = await serve(CountingServer(GREETING))
    server.release.clear()
    metrics = Metrics()
    policy = CallPolicy(guard=BackpressureGuard(1, 2), metrics=metrics)
    sinks = [Recorder() for _ in range(3)]

    def start(sink: Recorder) -> asyncio.Task[RunOutcome]:
        return asyncio.create_task(execute(Call("x"), found(server.target), sink, policy=policy))

    first = start(sinks[0])
    await server.calls(1)
    second = start(sinks[1])
    shed = await start(sinks[2])
    assert shed.error is not None
    assert (shed.error.code, shed.error.kind) == ("OVERLOADED", "overloaded")
    assert (shed.error.may_have_run, shed.attempts) == (False, 0)
    assert sinks[1].states == ["waiting"]
    assert sinks[2].states == []
    assert len(server.bodies) == 1
    server.release.set()
    assert [(await task).state for task in (first, second)] == ["completed", "completed"]
    assert sinks[1].states == ["waiting", "resolving", "connecting", "running"]
    shot = metrics.snapshot()
    assert shot["sheds"] == 1
    assert shot["errors"] == {"OVERLOADED": 1}


async def test_a_hundred_runs_at_once_are_made_a_few_at_a_time(serve: Serve) -> None:
    server = await serve(CountingServer(GREETING))
    server.release.clear()
    policy = CallPolicy(guard=BackpressureGuard(8, 100), metrics=Metrics())
    runs = [
        asyncio.create_task(
            execute(Call("x", [n]), found(server.target), Recorder(), policy=policy)
        )
        for n in range(100)
    ]
    await server.calls(8)
    server.release.set()
    outcomes = await asyncio.gather(*runs)
    assert {outcome.state for outcome in outcomes} == {"completed"}
    assert sorted(body["input_args"][0] for body in server.bodies) == list(range(100))
    assert server.most_at_once == 8


async def test_cancelling_a_run_that_waits_its_turn(serve: Serve) -> None:
    server = await serve(CountingServer(GREETING))
    server.release.clear()
    guard = BackpressureGuard(1, 9)
    policy = CallPolicy(guard=guard)
    run = [
        asyncio.create_task(execute(Call("x"), found(server.target), Recorder(), policy=policy))
        for _ in range(2)
    ]
    await server.calls(1)
    run[1].cancel()
    outcome = await run[1]
    assert (outcome.state, outcome.stopped) == ("cancelled", True)
    server.release.set()
    await run[0]
    counts = guard.counts()
    assert (counts.active, counts.waiting) == (0, 0)


def test_calls_of_different_users_share_nothing() -> None:
    def key(text: str = "rau_1", user: str | None = None) -> object:
        target = resolve_cloud("a", Cloud(key=ApiKey(text), user_id=user))
        return key_of(target, Call("x"), Timeouts())

    assert key() == key()
    assert len({key(), key("rau_2"), key(user="ada")}) == 3


async def test_equal_calls_share_one(serve: Serve) -> None:
    server = await serve(CountingServer(GREETING))
    server.release.clear()
    shared: Deduplicator[RunResult] = Deduplicator(ttl=60)
    policy = CallPolicy(deduplicator=shared)

    def start(call: Call) -> asyncio.Task[RunOutcome]:
        return asyncio.create_task(execute(call, found(server.target), Recorder(), policy=policy))

    equal = [start(Call("x", kwargs={"a": 1, "b": 2})) for _ in range(3)]
    equal.append(start(Call("x", kwargs={"b": 2, "a": 1})))
    others = [start(Call("x", kwargs={"a": 2})), start(Call("y", kwargs={"a": 1, "b": 2}))]
    await server.calls(3)
    equal[0].cancel()  # the one that began the shared call
    assert (await equal[0]).state == "cancelled"
    server.release.set()
    outcomes = [await task for task in (*equal[1:], *others)]
    assert [outcome.state for outcome in outcomes] == ["completed"] * 5
    assert len(server.bodies) == 3
    limits, call = Timeouts(idle=9), Call("x", kwargs={"a": 2})
    patient = execute(call, found(server.target), Recorder(), limits, policy=policy)
    assert (await patient).attempts == 1, "other limits, another call"
    server.bodies.pop()
    again = await start(Call("x", kwargs={"a": 1, "b": 2}))
    assert (again.state, again.attempts) == ("completed", 0)
    assert len(server.bodies) == 3
