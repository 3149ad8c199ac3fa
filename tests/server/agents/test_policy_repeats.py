"""What is sent again after a failure, and what never is, by what servers really saw."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from agent_runtime.orchestrator import (
    Metrics,
    RetryPolicy,
)
from counting_server import (
    AGENT,
    BOOM,
    COMPLETED,
    FAILED,
    GREETING,
    RETRY,
    STARTED,
    CountingServer,
    Recorder,
    Serve,
    answer,
    data,
    found,
    serving,
)
from runagent_ls.agents.call import Call
from runagent_ls.agents.errors import AgentNotFoundLocalError, ConnectionFailedError
from runagent_ls.agents.policy import CallPolicy
from runagent_ls.agents.runs import RunState, execute
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts


class Pauses:
    """Stands in for sleeping, and remembers how long it would have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def retrying(attempts: int = 4, **limits: Any) -> RetryPolicy:
    limits.setdefault("sleep", Pauses())
    return RetryPolicy(attempts=attempts, **limits)


@pytest.fixture
async def serve(start_raw: Any) -> Serve:
    return serving(start_raw)


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
async def test_a_call_whose_answer_is_lost_is_made_exactly_once(serve: Serve, reply: bytes) -> None:
    server = await serve(CountingServer(reply))
    sink, metrics = Recorder(), Metrics()
    policy = CallPolicy(retry=retrying(), metrics=metrics)
    outcome = await execute(Call("x"), found(server.target), sink, policy=policy)
    assert outcome.state == "failed"
    assert outcome.attempts == len(server.bodies) == 1
    assert "waiting" not in sink.states
    assert metrics.snapshot()["retries"] == 0


async def test_an_answer_that_breaks_off_anywhere_is_lost_once(serve: Serve) -> None:
    for length in range(len(GREETING)):
        server = await serve(CountingServer(GREETING[:length]))
        policy = CallPolicy(retry=retrying())
        outcome = await execute(Call("x"), found(server.target), Recorder(), policy=policy)
        assert (outcome.state, len(server.bodies)) == ("failed", 1), GREETING[:length]


async def test_a_call_that_was_too_slow_is_made_exactly_once(serve: Serve) -> None:
    server = await serve(CountingServer(b"", close=False))
    policy = CallPolicy(retry=retrying())
    limits = Timeouts(idle=0.1)
    outcome = await execute(Call("x"), found(server.target), Recorder(), limits, policy=policy)
    assert outcome.error is not None
    assert outcome.error.code == "TIMEOUT"
    assert len(server.bodies) == 1


async def test_it_is_made_again_when_the_user_allows_that(serve: Serve) -> None:
    server = await serve(CountingServer(iter([b"", LOST["half a body"], GREETING])))
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
async def test_what_the_function_raises_is_an_answer(serve: Serve, unsafe: bool) -> None:
    server = await serve(CountingServer(BOOM))
    policy = CallPolicy(retry=retrying(), repeat_unsafe=unsafe)
    outcome = await execute(Call("x"), found(server.target), Recorder(), policy=policy)
    assert outcome.error is not None
    assert outcome.error.code == "INTERNAL_ERROR"
    assert len(server.bodies) == 1


async def test_a_call_that_reached_nobody_is_made_again(serve: Serve, free_port: int) -> None:
    server = await serve(CountingServer(GREETING))
    nobody = Target("127.0.0.1", free_port, AGENT, "explicit")
    targets: Iterator[Target] = iter([nobody, nobody, server.target])

    async def resolve() -> Target:
        return next(targets)

    outcome = await execute(Call("x"), resolve, Recorder(), policy=CallPolicy(retry=retrying()))
    assert (outcome.state, outcome.attempts) == ("completed", 3)
    assert outcome.target == server.target
    assert len(server.bodies) == 1


async def test_an_agent_that_starts_again_is_waited_for(serve: Serve) -> None:
    server = await serve(CountingServer(GREETING))
    away: Exception = ConnectionFailedError("Nothing listens.", kind="network", may_have_run=False)
    starting = iter([True, True, False])

    async def resolve() -> Target:
        if next(starting):
            raise AgentNotFoundLocalError("It does not run there any more.") from away
        return server.target

    outcome = await execute(Call("x"), resolve, Recorder(), policy=CallPolicy(retry=retrying()))
    assert (outcome.state, outcome.attempts) == ("completed", 1)


async def test_another_agent_at_the_address_is_not_waited_for() -> None:
    pauses = Pauses()

    async def resolve() -> Target:
        raise AgentNotFoundLocalError("Another agent is served there.")

    policy = CallPolicy(retry=retrying(sleep=pauses))
    outcome = await execute(Call("x"), resolve, Recorder(), policy=policy)
    assert (outcome.state, outcome.attempts, pauses.seconds) == ("failed", 0, [])


async def test_the_last_failure_is_told_when_nobody_ever_answers(free_port: int) -> None:
    nobody = Target("127.0.0.1", free_port, AGENT, "explicit")
    policy = CallPolicy(retry=retrying(3))
    outcome = await execute(Call("x"), found(nobody), Recorder(), policy=policy)
    assert outcome.error is not None
    assert (outcome.error.code, outcome.attempts) == ("CONNECTION_ERROR", 3)


async def test_a_server_that_asks_for_a_pause_gets_it(serve: Serve) -> None:
    busy = answer({"detail": "busy"}, "429 Too Many Requests", "retry-after: 17\r\n")
    server = await serve(CountingServer(iter([busy, GREETING])))
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


async def test_another_attempt_has_only_the_time_that_is_left(serve: Serve) -> None:
    lost, silent = await serve(CountingServer(b"")), await serve(CountingServer(b"", close=False))
    targets: Iterator[Target] = iter([lost.target, silent.target])

    async def resolve() -> Target:
        return next(targets)

    retry = RetryPolicy(base=0.3, jitter=0)
    policy, limits = CallPolicy(retry=retry, repeat_unsafe=True), Timeouts(total=4)
    outcome = await execute(Call("x"), resolve, Recorder(), limits, policy=policy)
    assert outcome.attempts == 2
    assert outcome.error is not None
    assert outcome.error.kind == "timeout-total"
    assert isinstance(outcome.error.details, dict)
    seconds = outcome.error.details["seconds"]
    assert isinstance(seconds, float)
    assert 0 < seconds <= 3.7


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


async def test_cancelling_after_a_lost_answer_says_that_it_may_go_on(
    serve: Serve,
) -> None:
    server = await serve(CountingServer(b""))
    pausing = asyncio.Event()

    async def forever(seconds: float) -> None:
        pausing.set()
        await asyncio.Event().wait()

    policy = CallPolicy(retry=retrying(sleep=forever), repeat_unsafe=True)
    task = asyncio.create_task(execute(Call("x"), found(server.target), Recorder(), policy=policy))
    await pausing.wait()
    task.cancel()
    assert (await task).stopped is False


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


PROJECT = {
    "agent_name": "counting",
    "description": "Its function ends the server after it has left a mark",
    "framework": "default",
    "template": "",
    "version": "1.0.0",
    "created_at": "2025-06-25T13:42:03",
    "template_source": {"repo_url": "", "author": "", "path": ""},
    "agent_id": "7d1f4a52-3c0b-4c55-9d0e-2f6f7a9b1c77",
    "agent_architecture": {"entrypoints": [{"file": "main.py", "module": "mark", "tag": "mark"}]},
}
MARK = """
import os

def mark(path: str) -> str:
    with open(path, "a") as marks:
        marks.write("called\\n")
    os._exit(3)
"""


async def test_a_real_function_whose_answer_is_lost_was_called_once(
    serve_real_agent: Any, tmp_path: Path
) -> None:
    project, marks = tmp_path / "agent", tmp_path / "marks"
    project.mkdir()
    (project / "runagent.config.json").write_text(json.dumps(PROJECT), encoding="utf-8")
    (project / "main.py").write_text(MARK, encoding="utf-8")
    agent = serve_real_agent(project)
    target = Target(agent.host, agent.port, agent.agent_id, "explicit")
    call, policy = Call("mark", [str(marks)]), CallPolicy(retry=retrying())
    lost = await execute(call, found(target), Recorder(), policy=policy)
    assert lost.error is not None
    assert (lost.error.code, lost.error.may_have_run, lost.attempts) == (
        "CONNECTION_ERROR",
        True,
        1,
    )
    assert marks.read_text(encoding="utf-8") == "called\n"
