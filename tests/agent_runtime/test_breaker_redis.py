"""Breakers that processes share, on a Redis that is spoken to over a socket."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from redis.asyncio import Redis

from agent_runtime.orchestrator import BreakerRules, CircuitBreaker, CircuitOpenError, RedisBackend
from redis_process import RedisProcess
from run_python import SERVER, run_python

HERE = Path(__file__).parent
LIMIT_S = 30.0
RULES = BreakerRules(3, 60.0, 60.0)


class Worker:
    """A process that uses the breaker as it is told."""

    def __init__(self, url: str, rules: BreakerRules) -> None:
        numbers = [str(n) for n in (rules.threshold, rules.recovery, rules.probe_limit)]
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "breaker_process.py"), url, *numbers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(SERVER)},
            text=True,
        )

    def tell(self, command: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()

    def heard(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def ask(self, command: str) -> str:
        self.tell(command)
        return self.heard()

    def wait_until(self, state: str) -> None:
        end = time.monotonic() + LIMIT_S
        while self.ask("state") != state:
            assert time.monotonic() < end

    def leave(self) -> int:
        self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode


Start: TypeAlias = Callable[..., Worker]


@pytest.fixture
def start(redis: RedisProcess) -> Iterator[Start]:
    workers: list[Worker] = []

    def begin(rules: BreakerRules = RULES) -> Worker:
        workers.append(Worker(redis.url, rules))
        return workers[-1]

    yield begin
    for worker in workers:
        worker.process.kill()
        worker.process.communicate()


def test_processes_count_failures_together(start: Start) -> None:
    first, second = start(), start()
    assert first.ask("fail") == "OSError"
    assert second.ask("fail") == "OSError"
    assert second.ask("state") == "closed"
    assert first.ask("fail") == "OSError"
    assert second.ask("fail") == "CircuitOpenError"
    assert second.ask("state") == "open"
    assert [worker.leave() for worker in (first, second)] == [0, 0]


def test_exactly_one_probe_among_processes(start: Start) -> None:
    rules = BreakerRules(3, 3.0, 60.0)
    workers = [start(rules), start(rules)]
    for _ in range(3):
        workers[0].ask("fail")
    for verdict, then in [("failure", "open"), ("none", "half-open"), ("success", "closed")]:
        workers[0].wait_until("half-open")
        for worker in workers:
            worker.tell("race 40")
        assert sorted(worker.heard() for worker in workers) == ["0", "1"]
        for worker in workers:
            worker.ask(f"end {verdict}")
        assert workers[1].ask("state") == then
    assert [worker.ask("race 5") for worker in workers] == ["5", "5"]
    assert [worker.leave() for worker in workers] == [0, 0]


def test_a_probe_whose_process_was_killed_makes_room(start: Start) -> None:
    rules = BreakerRules(1, 0.05, 3.0)
    doomed, other = start(rules), start(rules)
    other.ask("fail")
    other.wait_until("half-open")
    assert doomed.ask("race 1") == "1"
    assert other.ask("race 1") == "0"
    doomed.process.kill()
    end = time.monotonic() + LIMIT_S
    while other.ask("race 1") != "1":
        assert time.monotonic() < end
    other.ask("end success")
    assert other.ask("state") == "closed"


@pytest.fixture
async def backend(redis: RedisProcess) -> AsyncIterator[RedisBackend]:
    backend = RedisBackend.from_url(redis.url, limit=LIMIT_S)
    yield backend
    await backend.aclose()


async def test_a_slow_redis_is_waited_for_as_long_as_the_limit_says() -> None:
    """The client's own limit would end the wait after five seconds."""
    gate = await Gate.start()
    backend = RedisBackend.from_url(gate.url, limit=5.5)
    begun = time.monotonic()
    assert await circuit_of(backend).state() == "closed"
    assert time.monotonic() - begun >= 5.5
    await backend.aclose()
    await gate.end()


def circuit_of(backend: RedisBackend, **limits: Any) -> CircuitBreaker:
    return CircuitBreaker("agent", backend=backend, **{"threshold": 2, "recovery": 60.0} | limits)


async def fail() -> None:
    raise OSError("down")


async def succeed() -> str:
    return "done"


async def test_a_success_ends_the_row_of_failures(backend: RedisBackend) -> None:
    circuit = circuit_of(backend)
    for _ in range(3):
        with pytest.raises(OSError, match="down"):
            await circuit.call(fail)
        assert await circuit.call(succeed) == "done"
    assert await circuit.state() == "closed"
    assert backend.shared


async def test_a_result_of_before_changes_nothing(backend: RedisBackend) -> None:
    circuit = circuit_of(backend, threshold=1)
    async with asyncio.TaskGroup() as tasks:
        begun, release = asyncio.Event(), asyncio.Event()

        async def slow() -> None:
            begun.set()
            await release.wait()

        call = tasks.create_task(circuit.call(slow))
        await begun.wait()
        with pytest.raises(OSError, match="down"):
            await circuit.call(fail)
        release.set()
        await call
    assert await circuit.state() == "open"
    with pytest.raises(CircuitOpenError) as caught:
        await circuit.call(succeed)
    assert 50 < caught.value.retry_after <= 60


async def test_any_text_is_a_key(backend: RedisBackend) -> None:
    for key in ("", "a b\r\n*1", "\ud800", "x" * 100_000):
        circuit = CircuitBreaker(key, threshold=1, backend=backend)
        with pytest.raises(OSError, match="down"):
            await circuit.call(fail)
        assert await circuit.state() == "open"
    assert backend.shared


async def test_a_key_that_somebody_else_uses_stops_no_call(
    redis: RedisProcess, backend: RedisBackend
) -> None:
    client = Redis.from_url(redis.url)
    await client.set("circuit-breaker:agent", "something else")
    assert await circuit_of(backend).call(succeed) == "done"
    await client.aclose()


def test_an_address_that_is_none_of_redis() -> None:
    with pytest.raises(ValueError, match="redis://"):
        RedisBackend.from_url("http://127.0.0.1")


async def test_what_nobody_asks_for_expires(redis: RedisProcess, backend: RedisBackend) -> None:
    circuit = circuit_of(backend)
    with pytest.raises(OSError, match="down"):
        await circuit.call(fail)
    client = Redis.from_url(redis.url)
    assert [key async for key in client.scan_iter()] == [b"circuit-breaker:agent"]
    assert 3_600 < await client.ttl("circuit-breaker:agent") < 7_200
    await client.aclose()


async def test_without_redis_each_process_breaks_on_its_own(redis: RedisProcess) -> None:
    backend = RedisBackend.from_url(redis.url, limit=5.0)
    circuit = circuit_of(backend)
    with pytest.raises(OSError, match="down"):
        await circuit.call(fail)
    redis.end()
    for _ in range(2):
        with pytest.raises(OSError, match="down"):
            await circuit.call(fail)
    assert not backend.shared
    with pytest.raises(CircuitOpenError):
        await circuit.call(succeed)
    assert await circuit.state() == "open"
    await backend.aclose()


NONSENSE = [
    b":5\r\n",
    b"*0\r\n",
    b"*4\r\n$1\r\nx\r\n$6\r\nclosed\r\n$1\r\n0\r\n:0\r\n",
    b"*4\r\n:1\r\n:5\r\n:0\r\n$1\r\nx\r\n",
    b"*4\r\n:1\r\n$1\r\n\xff\r\n$1\r\n\xff\r\n:0\r\n",
    b"*4\r\n:0\r\n$5\r\nweird\r\n$0\r\n\r\n:1\r\n",
    b"*4\r\n:0\r\n$4\r\nopen\r\n$0\r\n\r\n:-5\r\n",
    b"+PONG\r\n",
    b":x\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n",
]


@pytest.mark.parametrize("reply", NONSENSE)
@pytest.mark.parametrize("script", [b"verdict", b""], ids=["at the end", "at once"])
async def test_a_redis_that_talks_nonsense_stops_no_call(reply: bytes, script: bytes) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while asked := await reader.read(65_536):
            if b"EVAL" in asked and script in asked:
                writer.write(reply)
            elif b"EVAL" in asked:
                writer.write(b"*4\r\n:1\r\n$6\r\nclosed\r\n$1\r\n0\r\n:0\r\n")
            else:  # what a client says of itself first
                writer.write(b"+OK\r\n" * asked.count(b"CLIENT"))
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    backend = RedisBackend.from_url(f"redis://127.0.0.1:{port}/0?protocol=2", limit=LIMIT_S)
    try:
        assert await CircuitBreaker("key", backend=backend).call(succeed) == "done"
        assert not backend.shared or script
        assert await backend.state("key", RULES) == "closed"
    finally:
        await backend.aclose()
        server.close()


def test_each_event_loop_has_its_connections(redis: RedisProcess) -> None:
    """As in a program that calls `asyncio.run` again and again, and in threads."""
    backend = RedisBackend.from_url(redis.url, limit=LIMIT_S)

    async def one_failure() -> None:
        with pytest.raises(OSError, match="down"):
            await circuit_of(backend, threshold=6).call(fail)

    for _ in range(3):
        asyncio.run(one_failure())
    with ThreadPoolExecutor(3) as pool:
        for begun in [pool.submit(asyncio.run, one_failure()) for _ in range(3)]:
            begun.result()

    async def state() -> str:
        stands = await circuit_of(backend, threshold=6).state()
        await backend.aclose()
        return stands

    assert asyncio.run(state()) == "open"
    assert backend.shared


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_redis_that_is_back_is_used_again(redis: RedisProcess) -> None:
    clock = Clock()
    gate = await Gate.start()
    backend = RedisBackend.from_url(gate.url, limit=0.1, rest=5.0, clock=clock)
    circuit = circuit_of(backend)
    begun = time.monotonic()
    assert await circuit.call(succeed) == "done"
    assert time.monotonic() - begun < 30
    assert gate.connections == 1
    assert await circuit.call(succeed) == "done"
    assert gate.connections == 1, "a silent Redis is left alone"
    clock.now += 5
    assert await circuit.call(succeed) == "done"
    assert gate.connections == 2
    await backend.aclose()
    await gate.end()


class Gate:
    """Accepts connections and says nothing."""

    def __init__(self) -> None:
        self.connections = 0
        self.writers: list[asyncio.StreamWriter] = []
        self.server: asyncio.Server | None = None
        self.url = ""

    @classmethod
    async def start(cls) -> Gate:
        gate = cls()
        gate.server = await asyncio.start_server(gate.handle, "127.0.0.1", 0)
        gate.url = f"redis://127.0.0.1:{gate.server.sockets[0].getsockname()[1]}"
        return gate

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        await reader.read()

    async def end(self) -> None:
        assert self.server is not None
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()
        await self.server.wait_closed()


def test_without_the_extra_it_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['redis'] = None; sys.modules['redis.asyncio'] = None\n"
        "from agent_runtime.orchestrator import RedisBackend\n"
        "try:\n    RedisBackend.from_url('redis://127.0.0.1')\n"
        "except ImportError as error:\n    print(error)\n"
    )
    assert "install `runagent-ls[redis]`" in run_python(code).stdout
