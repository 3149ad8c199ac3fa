"""What is repeated, held back, shared and counted, by what servers really saw."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from agent_runtime.orchestrator import (
    BackpressureGuard,
    CircuitBreaker,
    Deduplicator,
    MemoryBackend,
    Metrics,
    Pipeline,
    PipelineError,
    RetryPolicy,
)
from runagent_ls.agents.call import Call, RunResult
from runagent_ls.agents.errors import AgentError, ConnectionFailedError
from runagent_ls.agents.policy import CallPolicy, verdict_of
from runagent_ls.agents.runs import OutputItem, RunOutcome, RunState, execute
from runagent_ls.agents.target import Target
from runagent_ls.agents.timeouts import Timeouts

AGENT = "11111111-2222-4333-8444-555555555555"
STARTED = '{"type":"status","status":"stream_started","invocation_id":"i-1"}'
COMPLETED = '{"type":"status","status":"stream_completed","total_chunks":1}'
RETRY = '{"type":"status","status":"stream_retry"}'
FAILED = '{"type":"error","error":"boom"}'


class Recorder:
    """A sink that remembers the states and values of its run."""

    def __init__(self) -> None:
        self.states: list[RunState] = []
        self.values: list[Any] = []

    async def state(self, state: RunState, target: Target | None) -> None:
        self.states.append(state)

    async def output(self, items: Sequence[OutputItem]) -> None:
        assert items
        self.values += [item.value for item in items]


class Pauses:
    """Stands in for sleeping, and remembers how long it would have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def retrying(attempts: int = 4, **limits: Any) -> RetryPolicy:
    limits.setdefault("sleep", Pauses())
    return RetryPolicy(attempts=attempts, **limits)


def found(target: Target) -> Callable[[], Awaitable[Target]]:
    async def resolve() -> Target:
        return target

    return resolve


class Server:
    """Reads each request to its end, counts it, and then does what it is told."""

    def __init__(self, reply: bytes | Iterator[bytes], *, close: bool = True) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.port = 0
        self._reply = reply
        self._close = close
        self.release = asyncio.Event()
        self.release.set()
        self.arrived = asyncio.Condition()

    @property
    def target(self) -> Target:
        return Target("127.0.0.1", self.port, AGENT, "explicit")

    async def calls(self, count: int) -> None:
        async with asyncio.timeout(10), self.arrived:
            await self.arrived.wait_for(lambda: len(self.bodies) >= count)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        async with self.arrived:
            self.bodies.append(body)
            self.arrived.notify_all()
        await self.release.wait()
        writer.write(self._reply if isinstance(self._reply, bytes) else next(self._reply))
        await writer.drain()
        if self._close:
            writer.close()
        else:
            await reader.read()


def answer(body: Any, status: str = "200 OK", headers: str = "") -> bytes:
    data = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{headers}"
    return head.encode() + b"content-length: %d\r\n\r\n" % len(data) + data


GREETING = answer({"success": True, "data": '{"type": "string", "payload": "\\"hi\\""}'})
BOOM = answer({"success": False, "error": {"code": "INTERNAL_ERROR", "message": "boom"}})


@pytest.fixture
async def serve(start_raw: Any) -> Callable[[Server], Awaitable[Server]]:
    async def start(server: Server) -> Server:
        server.port = await start_raw(server.handle)
        return server

    return start


LOST: dict[str, bytes] = {
    "nothing": b"",
    "half a status line": b"HTTP/1.1 20",
    "no body": GREETING.split(b"\r\n\r\n")[0] + b"\r\n\r\n",
    "half a body": GREETING[:-5],
    "no HTTP": b"\x00\x01garbage\r\n\r\n",
    "no JSON": b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n<p>",
    "a server's failure": b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n",
}


@pytest.mark.parametrize("reply", LOST.values(), ids=LOST.keys())
async def test_a_call_whose_answer_is_lost_is_made_exactly_once(serve: Any, reply: bytes) -> None:
    server = await serve(Server(reply))
    sink, metrics = Recorder(), Metrics()
    policy = CallPolicy(retry=retrying(), metrics=metrics)
    outcome = await execute(Call("x"), found(server.target), sink, policy=policy)
    assert outcome.state == "failed"
    assert outcome.attempts == len(server.bodies) == 1
    assert "waiting" not in sink.states
    assert metrics.snapshot()["retries"] == 0


async def test_an_answer_that_breaks_off_anywhere_is_lost_once(serve: Any) -> None:
    for length in range(len(GREETING)):
        server = await serve(Server(GREETING[:length]))
        policy = CallPolicy(retry=retrying())
        outcome = await execute(Call("x"), found(server.target), Recorder(), policy=policy)
        assert (outcome.state, len(server.bodies)) == ("failed", 1), GREETING[:length]


async def test_a_call_that_was_too_slow_is_made_exactly_once(serve: Any) -> None:
    server = await serve(Server(b"", close=False))
    policy = CallPolicy(retry=retrying())
    limits = Timeouts(idle=0.1)
    outcome = await execute(Call("x"), found(server.target), Recorder(), limits, policy=policy)
    assert outcome.error is not None
    assert outcome.error.code == "TIMEOUT"
    assert len(server.bodies) == 1


async def test_it_is_made_again_when_the_user_allows_that(serve: Any) -> None:
    server = await serve(Server(iter([b"", LOST["half a body"], GREETING])))
    sink, metrics, pauses = Recorder(), Metrics(), Pauses()
    policy = CallPolicy(retry=retrying(sleep=pauses), repeat_unsafe=True, metrics=metrics)
    outcome = await execute(Call("x", [1]), found(server.target), sink, policy=policy)
    assert outcome.state == "completed"
    assert outcome.attempts == len(server.bodies) == 3
    assert server.bodies[0] == server.bodies[2]
    assert len(pauses.seconds) == 2
    once: list[RunState] = ["resolving", "connecting", "running"]
    assert sink.states == [*once, "waiting", *once, "waiting", *once]
    assert metrics.snapshot()["retries"] == 2


@pytest.mark.parametrize("unsafe", [False, True])
async def test_what_the_function_raises_is_an_answer(serve: Any, unsafe: bool) -> None:
    server = await serve(Server(BOOM))
    policy = CallPolicy(retry=retrying(), repeat_unsafe=unsafe)
    outcome = await execute(Call("x"), found(server.target), Recorder(), policy=policy)
    assert outcome.error is not None
    assert outcome.error.code == "INTERNAL_ERROR"
    assert len(server.bodies) == 1


async def test_a_call_that_reached_nobody_is_made_again(serve: Any, free_port: int) -> None:
    server = await serve(Server(GREETING))
    nobody = Target("127.0.0.1", free_port, AGENT, "explicit")
    targets: Iterator[Target] = iter([nobody, nobody, server.target])

    async def resolve() -> Target:
        return next(targets)

    outcome = await execute(Call("x"), resolve, Recorder(), policy=CallPolicy(retry=retrying()))
    assert (outcome.state, outcome.attempts) == ("completed", 3)
    assert outcome.target == server.target
    assert len(server.bodies) == 1


async def test_the_last_failure_is_told_when_nobody_ever_answers(free_port: int) -> None:
    nobody = Target("127.0.0.1", free_port, AGENT, "explicit")
    policy = CallPolicy(retry=retrying(3))
    outcome = await execute(Call("x"), found(nobody), Recorder(), policy=policy)
    assert outcome.error is not None
    assert (outcome.error.code, outcome.attempts) == ("CONNECTION_ERROR", 3)


async def test_a_server_that_asks_for_a_pause_gets_it(serve: Any) -> None:
    busy = answer({"detail": "busy"}, "429 Too Many Requests", "retry-after: 17\r\n")
    server = await serve(Server(iter([busy, GREETING])))
    pauses = Pauses()
    policy = CallPolicy(retry=retrying(sleep=pauses))
    outcome = await execute(Call("x"), found(server.target), Recorder(), policy=policy)
    assert outcome.state == "completed"
    assert pauses.seconds == [17]
    assert len(server.bodies) == 2


async def test_the_total_limit_holds_for_all_attempts(free_port: int) -> None:
    nobody = Target("127.0.0.1", free_port, AGENT, "explicit")
    pauses = Pauses()
    policy = CallPolicy(retry=retrying(100, base=20, jitter=0, sleep=pauses))
    limits = Timeouts(total=10)
    outcome = await execute(Call("x"), found(nobody), Recorder(), limits, policy=policy)
    assert outcome.attempts == 1
    assert pauses.seconds == []


async def test_another_attempt_has_only_the_time_that_is_left(serve: Any) -> None:
    lost, silent = await serve(Server(b"")), await serve(Server(b"", close=False))
    targets: Iterator[Target] = iter([lost.target, silent.target])

    async def resolve() -> Target:
        return next(targets)

    retry = RetryPolicy(base=0.3, jitter=0)
    policy, limits = CallPolicy(retry=retry, repeat_unsafe=True), Timeouts(total=0.8)
    outcome = await execute(Call("x"), resolve, Recorder(), limits, policy=policy)
    assert outcome.attempts == 2
    assert outcome.error is not None
    assert outcome.error.kind == "timeout-total"
    assert isinstance(outcome.error.details, dict)
    seconds = outcome.error.details["seconds"]
    assert isinstance(seconds, float)
    assert 0 < seconds <= 0.5


async def test_cancelling_ends_the_pause(free_port: int) -> None:
    pausing = asyncio.Event()

    async def forever(seconds: float) -> None:
        pausing.set()
        await asyncio.Event().wait()

    nobody = Target("127.0.0.1", free_port, AGENT, "explicit")
    policy = CallPolicy(retry=retrying(sleep=forever))
    task = asyncio.create_task(execute(Call("x"), found(nobody), Recorder(), policy=policy))
    await pausing.wait()
    task.cancel()
    outcome = await task
    assert (outcome.state, outcome.stopped) == ("cancelled", True)


async def test_cancelling_the_pause_after_a_lost_answer_says_that_it_may_go_on(serve: Any) -> None:
    server = await serve(Server(b""))
    pausing = asyncio.Event()

    async def forever(seconds: float) -> None:
        pausing.set()
        await asyncio.Event().wait()

    policy = CallPolicy(retry=retrying(sleep=forever), repeat_unsafe=True)
    task = asyncio.create_task(execute(Call("x"), found(server.target), Recorder(), policy=policy))
    await pausing.wait()
    task.cancel()
    assert (await task).stopped is False


def data(value: Any) -> str:
    content = json.dumps({"type": "integer", "payload": json.dumps(value)})
    return json.dumps({"type": "data", "content": content}, separators=(",", ":"))


@pytest.mark.parametrize(
    ("frames", "unsafe", "calls"),
    [
        ([], False, 1),
        ([], True, 3),
        ([STARTED], False, 1),
        ([STARTED], True, 3),
        ([STARTED, data(1)], True, 1),
        ([data(1)], True, 1),
        ([STARTED, "odd"], True, 1),
        ([STARTED, FAILED], True, 1),
        ([RETRY], False, 3),
        ([STARTED, RETRY], False, 1),
        ([STARTED, RETRY], True, 3),
        ([STARTED, data(1), RETRY], True, 1),
    ],
)
async def test_a_stream_is_repeated_only_before_anything_was_shown(
    start_stream: Any, frames: list[str], unsafe: bool, calls: int
) -> None:
    async def script(connection: ServerConnection) -> None:
        for frame in frames:
            await connection.send(frame)
        connection.transport.write_eof()
        connection.transport.close()

    server = await start_stream(script)
    policy = CallPolicy(retry=retrying(3), repeat_unsafe=unsafe)
    sink = Recorder()
    outcome = await execute(Call("x_stream"), found(server.target), sink, policy=policy)
    assert outcome.state == "failed"
    assert len(server.first_messages) == outcome.attempts == calls
    assert len(sink.values) <= 1


async def test_a_stream_that_succeeds_at_the_second_try(start_stream: Any) -> None:
    scripts = iter([[RETRY], [STARTED, data(7), COMPLETED]])

    async def script(connection: ServerConnection) -> None:
        for frame in next(scripts):
            await connection.send(frame)

    server = await start_stream(script)
    sink = Recorder()
    policy = CallPolicy(retry=retrying())
    outcome = await execute(Call("x_stream"), found(server.target), sink, policy=policy)
    assert (outcome.state, outcome.attempts, sink.values) == ("completed", 2, [7])


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


async def test_an_agent_that_keeps_failing_is_left_alone_for_a_while(serve: Any) -> None:
    server = await serve(Server(iter([b"", b"", b"", b"", GREETING, GREETING])))
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


async def test_failures_of_the_function_do_not_open_the_circuit(serve: Any) -> None:
    server = await serve(Server(BOOM))
    policy = breaking(Clock(), threshold=1)
    for _ in range(3):
        await execute(Call("x"), found(server.target), Recorder(), policy=policy)
    assert len(server.bodies) == 3


async def test_a_slow_function_does_not_open_the_circuit(serve: Any) -> None:
    server = await serve(Server(b"", close=False))
    policy, limits = breaking(Clock(), threshold=1), Timeouts(idle=0.05)
    for _ in range(2):
        await execute(Call("x"), found(server.target), Recorder(), limits, policy=policy)
    assert len(server.bodies) == 2


async def test_only_so_many_run_and_wait(serve: Any) -> None:
    server = await serve(Server(GREETING))
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


async def test_cancelling_a_run_that_waits_its_turn(serve: Any) -> None:
    server = await serve(Server(GREETING))
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


async def test_equal_calls_share_one(serve: Any) -> None:
    server = await serve(Server(GREETING))
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


async def test_runs_are_counted(start_stream: Any, serve: Any) -> None:
    metrics = Metrics()
    policy = CallPolicy(metrics=metrics)
    server = await start_stream([STARTED, data(1), "odd", data(22), COMPLETED])
    await execute(Call("x_stream"), found(server.target), Recorder(), policy=policy)
    failing = await serve(Server(BOOM))
    await execute(Call("x"), found(failing.target), Recorder(), policy=policy)
    waiting = asyncio.create_task(execute(Call("x"), never, Recorder(), policy=policy))
    await asyncio.sleep(0)
    assert metrics.snapshot()["sessions"]["active"] == 1
    waiting.cancel()
    await waiting
    shot = metrics.snapshot()
    ends = {"completed": 1, "failed": 1, "cancelled": 1}
    assert shot["sessions"] == {"active": 0, "total": 3, **ends}
    assert shot["operations"] == {"x_stream": 1, "x": 2}
    assert shot["errors"] == {"INTERNAL_ERROR": 1}
    assert shot["chunks"] == 2
    assert shot["bytes"] == sum(len(json.loads(data(n))["content"]) for n in (1, 22))


async def never() -> Target:
    await asyncio.Event().wait()
    raise AssertionError


def doubled(item: OutputItem) -> OutputItem:
    assert isinstance(item.value, int)
    return OutputItem(item.index, item.at_ms, item.type, item.value * 2, item.raw)


class Sum:
    """Swallows all items and gives their sum at the end."""

    def __init__(self) -> None:
        self.total = 0

    def push(self, item: OutputItem, /) -> list[OutputItem]:
        assert isinstance(item.value, int)
        self.total += item.value
        return []

    def finish(self) -> list[OutputItem]:
        return [OutputItem(0, 0.0, "value", self.total, str(self.total))]


async def test_output_goes_through_the_pipeline(start_stream: Any) -> None:
    server = await start_stream([STARTED, data(1), data(2), data(3), COMPLETED])
    steps = Pipeline.of(OutputItem).filter("odd", lambda item: item.value != 2)
    for pipeline, values in (
        (steps.map("double", doubled), [2, 6]),
        (steps.transform("sum", Sum), [4]),
    ):
        sink = Recorder()
        policy = CallPolicy(pipeline=pipeline)
        outcome = await execute(Call("x_stream"), found(server.target), sink, policy=policy)
        assert (outcome.state, outcome.chunks) == ("completed", 3)
        assert sink.values == values


async def test_a_step_that_fails_ends_the_run_after_what_came_before(start_stream: Any) -> None:
    def fail_at_three(item: OutputItem) -> OutputItem:
        if item.value == 3:
            raise ValueError("no threes")
        return item

    server = await start_stream([STARTED, data(1), data(2), data(3)])
    sink, metrics = Recorder(), Metrics()
    pipeline = Pipeline.of(OutputItem).map("check", fail_at_three)
    policy = CallPolicy(pipeline=pipeline, metrics=metrics)
    with pytest.raises(PipelineError, match="check: ValueError: no threes"):
        await execute(Call("x_stream"), found(server.target), sink, policy=policy)
    assert sink.values == [1, 2]
    assert metrics.snapshot()["errors"] == {"PipelineError": 1}
    async with asyncio.timeout(5):
        await server.gone.wait()


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (ConnectionFailedError("gone"), "failure"),
        (AgentError("x", code="SERVER_ERROR"), "failure"),
        (AgentError("x", code="CLIENT_ERROR", details={"status": 429}), "failure"),
        (AgentError("x", code="CLIENT_ERROR", details={"status": 400}), "success"),
        (AgentError("x", code="INTERNAL_ERROR"), "success"),
        (AgentError("x", code="AUTHENTICATION_ERROR"), "success"),
        (AgentError("x", code="TIMEOUT", kind="timeout-connect"), "failure"),
        (AgentError("x", code="TIMEOUT", kind="timeout-idle"), "none"),
        (AgentError("x", code="STREAM_ERROR", kind="network"), "failure"),
        (asyncio.CancelledError(), "none"),
        (RuntimeError("the sink"), "none"),
    ],
)
def test_what_a_failure_says_about_the_server(error: BaseException, verdict: str) -> None:
    assert verdict_of(error) == verdict
