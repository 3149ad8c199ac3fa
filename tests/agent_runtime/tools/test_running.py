"""Limits, cancels, circuit breakers: what a call may take, and what becomes of the rest."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest

from agent_runtime.model import ModelError
from agent_runtime.orchestrator import (
    BackpressureShed,
    BreakerRules,
    CircuitOpenError,
    MemoryBackend,
)
from agent_runtime.tools import ToolError, ToolRegistry, is_transient, running, threads
from run_python import run_python

LIMIT_S = 30.0
FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


async def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


@pytest.fixture
def release() -> Any:
    event = threading.Event()
    yield event
    event.set()


async def test_a_coroutine_that_takes_too_long_is_stopped() -> None:
    ended: list[str] = []

    async def hang() -> None:
        try:
            await asyncio.sleep(LIMIT_S)
        finally:
            ended.append("cleaned up")

    registry = ToolRegistry([hang], time_limit=0.05)
    result = await registry.call("hang", {})
    assert (result.ok, result.error) == (False, "transient")
    assert result.content == "No result within 0.05 s; it was stopped."
    assert ended == ["cleaned up"]
    assert 50 <= result.elapsed_ms < LIMIT_S * 1000


async def test_a_thread_that_takes_too_long_is_left_behind_and_not_waited_for(
    release: threading.Event,
) -> None:
    def hang() -> None:
        release.wait(LIMIT_S)

    registry = ToolRegistry()
    registry.add(hang, time_limit=0.05, breaker=False)
    result = await registry.call("hang", {}, time_limit=LIMIT_S)
    assert result.content == (
        "No result within 0.05 s; it cannot be stopped and may still be running."
    )
    for _ in range(7):
        await registry.call("hang", {})
    result = await registry.call("hang", {})
    assert (result.error, result.content) == (
        "transient",
        "8 earlier calls have not ended yet, so no other one is begun.",
    )
    release.set()
    end = time.monotonic() + LIMIT_S
    while not (await registry.call("hang", {})).ok:
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("kind", ["function", "method", "object"])
async def test_what_was_left_behind_counts_for_all_who_call_the_same(
    release: threading.Event, kind: str
) -> None:
    class Waiting:
        def hang(self) -> None:
            """Waits."""
            release.wait(LIMIT_S)

        __call__ = hang

    waiting, other = Waiting(), Waiting()

    def hang() -> None:
        release.wait(LIMIT_S)

    def registry(owner: Waiting) -> ToolRegistry:
        found: dict[str, Callable[[], None]]
        found = {"function": hang, "method": owner.hang, "object": owner}
        made = ToolRegistry(breaker=False)
        made.add(found[kind], name="hang", time_limit=0.01)
        return made

    for _ in range(8):
        assert "may still be running" in (await registry(waiting).call("hang", {})).content
    refused = await registry(waiting).call("hang", {})
    assert refused.content.startswith("8 earlier calls have not ended yet")
    if kind != "function":
        assert "may still be running" in (await registry(other).call("hang", {})).content


def test_what_a_loop_left_that_is_closed_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_GRACE_S", 0.02)
    end_it = False

    async def stubborn() -> None:
        while not end_it:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(LIMIT_S)

    async def fill() -> None:
        registry = ToolRegistry([stubborn], breaker=False)
        for _ in range(8):
            await registry.call("stubborn", {}, time_limit=0.01)
        assert (await registry.call("stubborn", {})).content.startswith("8 earlier calls")

    loop = asyncio.new_event_loop()
    loop.run_until_complete(fill())
    loop.close()
    end_it = True
    ended = asyncio.run(ToolRegistry([stubborn]).call("stubborn", {}))
    assert ended.ok


async def test_the_limit_of_the_call_holds_for_tools_without_one() -> None:
    async def hang() -> None:
        await asyncio.sleep(LIMIT_S)

    result = await ToolRegistry([hang]).call("hang", {}, time_limit=0.01)
    assert "No result within 0.01 s" in result.content


async def test_a_coroutine_that_will_not_be_stopped_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "_GRACE_S", 0.02)
    end_it = asyncio.Event()

    async def stubborn() -> None:
        while not end_it.is_set():
            try:
                await asyncio.wait_for(end_it.wait(), LIMIT_S)
            except asyncio.CancelledError:
                continue

    registry = ToolRegistry([stubborn], breaker=False)
    for _ in range(8):
        result = await registry.call("stubborn", {}, time_limit=0.01)
        assert "it cannot be stopped and may still be running" in result.content
    result = await registry.call("stubborn", {})
    assert result.content.startswith("8 earlier calls have not ended yet")
    end_it.set()
    async with asyncio.timeout(LIMIT_S):
        while not (await registry.call("stubborn", {})).ok:
            await asyncio.sleep(0)


@pytest.mark.parametrize("is_async", [True, False])
async def test_a_cancel_goes_through_to_the_tool(is_async: bool, release: threading.Event) -> None:
    seen: list[str] = []

    async def waiting() -> None:
        seen.append("begun")
        try:
            await asyncio.sleep(LIMIT_S)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    def blocking() -> None:
        seen.append("begun")
        release.wait(LIMIT_S)

    registry = ToolRegistry([waiting if is_async else blocking], breaker=BreakerRules(1))
    name = registry.names[0]
    call = asyncio.create_task(registry.call(name, {}))
    await until(lambda: bool(seen))
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert seen == (["begun", "cancelled"] if is_async else ["begun"])
    tool = registry.get(name)
    assert tool is not None
    assert tool.breaker is not None
    assert await tool.breaker.state() == "closed"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_tool_that_is_down_is_left_alone_for_a_while() -> None:
    clock, calls, down = Clock(), [0], [True]
    registry = ToolRegistry(
        breaker=BreakerRules(2, recovery=30.0), backend=MemoryBackend(clock=clock)
    )

    @registry.tool
    def fetch(page: int) -> str:
        calls[0] += 1
        if down[0]:
            raise ConnectionRefusedError("nobody listens")
        return "fetched"

    @registry.tool
    async def other() -> str:
        return "fine"

    for _ in range(2):
        assert (await registry.call("fetch", {"page": 1})).error == "transient"
    refused = await registry.call("fetch", {"page": 1})
    assert calls == [2]
    assert refused.error == "transient"
    assert refused.content == "tool:fetch failed too often; the next try is in 30.0 s."
    assert (await registry.call("fetch", {"page": "x"})).error == "malformed"
    assert (await registry.call("other", {})).content == "fine"
    clock.now, down[0] = 30.0, False
    assert (await registry.call("fetch", {"page": 1})).content == "fetched"
    assert calls == [3]


@pytest.mark.parametrize(
    ("error", "calls"),
    [
        (ToolError("no such page"), 4),
        (ValueError("bad"), 4),
        (ToolError("busy", transient=True), 2),
        (TimeoutError(), 2),
        (LookupError("declared"), 2),
    ],
)
async def test_only_what_may_pass_opens_the_circuit(error: Exception, calls: int) -> None:
    begun = 0

    async def fetch() -> None:
        nonlocal begun
        begun += 1
        raise error

    registry = ToolRegistry(breaker=BreakerRules(2))
    registry.add(fetch, transient=(LookupError,))
    for _ in range(4):
        assert not (await registry.call("fetch", {})).ok
    assert begun == calls


async def test_a_tool_that_says_no_works() -> None:
    """Unlike one that raises what it did not mean to, which tells nothing."""
    errors: list[Exception] = [TimeoutError(), ToolError("no such page"), TimeoutError()]

    async def fetch() -> None:
        raise errors.pop(0)

    registry = ToolRegistry([fetch], breaker=BreakerRules(2))
    tool = registry.get("fetch")
    assert tool is not None
    assert tool.breaker is not None
    for _ in range(3):
        await tool.call({})
    assert await tool.breaker.state() == "closed"
    errors += [ValueError(), TimeoutError()]
    for _ in range(2):
        await tool.call({})
    assert await tool.breaker.state() == "open"


async def test_without_a_breaker_each_call_is_made() -> None:
    begun = 0

    async def fetch() -> None:
        nonlocal begun
        begun += 1
        raise TimeoutError

    registry = ToolRegistry()
    tool = registry.add(fetch, breaker=False)
    for _ in range(10):
        await registry.call("fetch", {})
    assert (begun, tool.breaker) == (10, None)


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (OSError(errno.ENETUNREACH, "no route"), True),
        (OSError(errno.ENOSPC, "disk full"), False),
        (FileNotFoundError("x"), False),
        (PermissionError("x"), False),
        (socket.gaierror(socket.EAI_AGAIN, "later"), True),
        (BrokenPipeError(), True),
        (RuntimeError(), False),
        (BackpressureShed(1, 1, 2), True),
        (CircuitOpenError("model", "open", 1.0), True),
        (ModelError("busy", transient=True), True),
        (ModelError("no such model", transient=False), False),
    ],
)
def test_what_may_pass(error: Exception, transient: bool) -> None:
    assert is_transient(error) is transient


@pytest.fixture
def nowhere() -> Any:
    """An address where certainly nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


async def test_what_libraries_make_of_a_broken_connection(nowhere: str) -> None:
    async def with_httpx() -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(nowhere)

    def with_httpx_blocking() -> None:
        httpx.get(nowhere, trust_env=False)

    def with_urllib() -> None:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(nowhere)

    registry = ToolRegistry([with_httpx, with_httpx_blocking, with_urllib])
    for name in registry.names:
        result = await registry.call(name, {})
        assert result.error == "transient", result.content


def test_the_causes_of_an_error_that_has_no_end_of_them() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert not is_transient(first)
    assert is_transient(OSError(ExceptionGroup("both", [ValueError(), ConnectionError()])))


def test_the_interpreter_does_not_wait_for_a_tool_that_hangs() -> None:
    code = (
        "import asyncio, threading\n"
        "from agent_runtime.tools import ToolRegistry\n"
        "def hang(): threading.Event().wait()\n"
        "print(asyncio.run(ToolRegistry([hang], time_limit=0.05).call('hang', {})).content)\n"
    )
    assert run_python(code).stdout.startswith("No result within 0.05 s; it cannot be stopped")


def test_the_libraries_are_loaded_when_the_first_tool_is_made() -> None:
    code = (
        "import sys, agent_runtime.tools\n"
        "late = {'mashumaro', 'jsonschema', 'docstring_parser', 'pydantic'}\n"
        "print(late & set(sys.modules))\n"
    )
    assert run_python(code).stdout == "set()\n"


async def test_threads_serve_again_and_end_when_there_is_nothing_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads, "_IDLE_S", 0.2)
    used: set[threading.Thread] = set()

    def who() -> None:
        used.add(threading.current_thread())

    registry = ToolRegistry([who])
    for _ in range(50):
        await registry.call("who", {})
    assert len(used) < 10
    await until(lambda: not any(thread.is_alive() for thread in used))
    assert (await registry.call("who", {})).ok


async def test_there_are_as_many_threads_as_calls_at_once() -> None:
    barrier = threading.Barrier(40, timeout=LIMIT_S)

    def together() -> str:
        barrier.wait()
        return "met"

    registry = ToolRegistry([together])
    results = await asyncio.gather(*(registry.call("together", {}) for _ in range(40)))
    assert {result.content for result in results} == {"met"}


@FORKS
def test_in_a_forked_process_nothing_is_left_behind() -> None:
    code = (
        "import asyncio, os, threading\n"
        "from agent_runtime.tools import ToolRegistry\n"
        "release = threading.Event()\n"
        "def hang():\n"
        "    release.wait(60)\n"
        "tools = ToolRegistry([hang], breaker=False)\n"
        "def ask():\n"
        "    return asyncio.run(tools.call('hang', {}, time_limit=0.01)).content[:9]\n"
        "asked = [ask() for _ in range(9)]\n"
        "assert asked == ['No result'] * 8 + ['8 earlier'], asked\n"
        "if os.fork() == 0:\n"
        "    os._exit(0 if ask() == 'No result' else 1)\n"
        "print(os.wait()[1])\n"
    )
    assert run_python(code).stdout == "0\n"


@FORKS
def test_a_forked_process_has_threads_of_its_own() -> None:
    code = (
        "import asyncio, os, time\n"
        "from agent_runtime.tools import ToolRegistry, threads\n"
        "def pid(): return os.getpid()\n"
        "tools = ToolRegistry([pid])\n"
        "def ask(): return asyncio.run(asyncio.wait_for(tools.call('pid', {}), 10)).value\n"
        "assert ask() == os.getpid()\n"
        "while not threads._THREADS._idle: time.sleep(0.01)\n"
        "if os.fork() == 0:\n"
        "    os._exit(0 if ask() == os.getpid() else 1)\n"
        "print(os.wait()[1])\n"
    )
    assert run_python(code).stdout == "0\n"
