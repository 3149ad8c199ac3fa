"""Runs of an agent under a supervisor: outputs, failures, prints, turns, time and cancelling."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runagent_ls.serve.plan import Limits
from runagent_ls.serve.supervisor import OverloadedError, RunFailedError
from supervised_agent import LIMIT_S, Agent, Served, supervised, until

SOURCE = """
import asyncio, os, pathlib, threading, time

held = threading.Event()

def greet(name="you"):
    print("greeting", name)
    return f"hi {name}"

async def add(a, b):
    await asyncio.sleep(0)
    return {"sum": a + b}

def fail():
    raise ValueError("no such thing")

def leave():
    raise SystemExit(3)

def hold():
    if not held.wait(60):
        raise TimeoutError
    return "held"

def let_go():
    held.set()

async def wait_long():
    pathlib.Path("begun").touch()
    try:
        await asyncio.sleep(600)
    except asyncio.CancelledError:
        pathlib.Path("cancelled").touch()
        raise

def spin():
    try:
        pathlib.Path("begun").touch()
        while True:
            pass
    finally:
        pathlib.Path("unwound").touch()

def where():
    return [os.getcwd(), os.environ["SUPERVISED_BY"]]

made = 0

def progress():
    return made

def count_stream(n, size=1):
    global made
    made = 0
    try:
        for index in range(n):
            made += 1
            yield "x" * size
    finally:
        pathlib.Path("closed").write_text(str(index))

async def tick_stream(n):
    for index in range(n):
        await asyncio.sleep(0)
        yield index

def break_stream(n):
    yield from range(n)
    raise ValueError("broke off")
"""
TAGS = (
    "greet",
    "add",
    "fail",
    "leave",
    "hold",
    "let_go",
    "wait_long",
    "spin",
    "where",
    "progress",
    "count_stream",
    "tick_stream",
    "break_stream",
)


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(tmp_path, SOURCE, TAGS)


@pytest.fixture
async def served(agent: Agent) -> AsyncIterator[Served]:
    async with supervised(agent) as served:
        yield served


async def test_it_starts_and_says_what_it_serves(served: Served) -> None:
    status = served.status
    assert (status.state, status.failure, status.running) == ("ready", None, 0)
    assert served.heard.states == ["starting", "ready"]
    assert status.worker_pid in served.agent.processes()
    assert status.python is not None
    assert [report.tag for report in status.entrypoints] == list(TAGS)
    assert all(report.exists and report.callable for report in status.entrypoints)
    assert served.supervisor.files == {served.agent.folder / "main.py"}


async def test_a_function_answers(served: Served) -> None:
    output = await served.output(served.run("greet", name="Ann"))
    assert json.loads(output.data) == {"type": "string", "payload": '"hi Ann"'}
    assert output.seconds > 0
    assert json.loads(json.loads(await served.call("add", 1, 2))["payload"]) == {"sum": 3}


async def test_it_runs_in_its_folder_with_its_variables(served: Served) -> None:
    agent = served.agent
    where = json.loads(json.loads(await served.call("where"))["payload"])
    assert where == [str(agent.folder), agent.mark]


async def test_prints_are_told_with_their_run(served: Served) -> None:
    run = served.run("greet", "Bob")
    await served.output(run)
    await until(lambda: served.heard.text("stdout", run.id) == "greeting Bob\n")


async def test_what_a_function_raises_is_told(served: Served) -> None:
    error = await served.failure("fail")
    assert (error.kind, error.exception, error.message) == (
        "raised",
        "ValueError",
        "no such thing",
    )
    assert [frame.function for frame in error.frames] == ["fail"]
    assert error.frames[0].file == served.agent.folder / "main.py"
    assert error.seconds > 0


async def test_leaving_ends_the_run_and_not_the_agent(served: Served) -> None:
    pid = served.status.worker_pid
    assert (await served.failure("leave")).kind == "exit"
    await served.call("greet")
    assert served.status.worker_pid == pid


async def test_arguments_that_do_not_fit_are_named(served: Served) -> None:
    error = await served.failure("greet", nme="Ann")
    assert error.kind == "raised"
    assert [problem.parameter for problem in error.problems] == ["nme"]


async def test_a_stream_gives_all_chunks(served: Served) -> None:
    for tag in ("count_stream", "tick_stream"):
        async with served.supervisor.stream(served.run(tag, 5000)) as stream:
            chunks = await served.chunks(stream)
        assert len(chunks) == stream.chunks == 5000
        assert stream.seconds > 0
        assert all(json.loads(chunk)["type"] == "data" for chunk in chunks)


async def test_a_stream_that_breaks_gives_what_came_before(served: Served) -> None:
    chunks: list[bytes] = []
    async with served.supervisor.stream(served.run("break_stream", 3)) as stream:
        with pytest.raises(RunFailedError, match="broke off"):
            async for texts in stream:
                chunks += texts
    assert len(chunks) == 3


async def test_leaving_a_stream_closes_its_generator(served: Served) -> None:
    async with served.supervisor.stream(served.run("count_stream", 10**9)) as stream:
        await anext(stream)
    closed = served.agent.folder / "closed"
    await until(lambda: closed.exists() and closed.read_text())
    await until(lambda: served.status.running == 0)


async def test_nobody_is_held_up_by_who_does_not_read(served: Served) -> None:
    async with served.supervisor.stream(served.run("count_stream", 10**9, size=1000)) as slow:
        await anext(slow)
        for _ in range(3):
            async with served.supervisor.stream(served.run("tick_stream", 20_000)) as stream:
                assert len(await served.chunks(stream)) == 20_000
        made = json.loads(json.loads(await served.call("progress"))["payload"])
        assert made < 5000, "the function went on although nobody reads"
        read = 0
        async for texts in slow:
            read += len(texts)
            if read > 20_000:
                break


async def test_a_cancelled_run_has_ended(served: Served) -> None:
    for tag, trace in (("wait_long", "cancelled"), ("spin", "unwound")):
        run = served.run(tag)
        waiting = asyncio.create_task(served.output(run))
        begun = served.agent.folder / "begun"
        await until(begun.exists)
        begun.unlink()
        assert await served.supervisor.cancel(run.id)
        with pytest.raises(RunFailedError) as caught:
            await waiting
        assert caught.value.kind == "cancelled"
        assert (served.agent.folder / trace).exists()


async def test_a_run_of_a_cancelled_caller_ends(served: Served) -> None:
    waiting = asyncio.create_task(served.output(served.run("wait_long")))
    await until((served.agent.folder / "begun").exists)
    waiting.cancel()
    await until((served.agent.folder / "cancelled").exists)
    await until(lambda: served.status.running == 0)


async def test_nothing_is_cancelled_that_is_not_there(served: Served) -> None:
    assert not await served.supervisor.cancel("nobody")


async def test_a_number_that_goes_on_is_not_taken_twice(served: Served) -> None:
    run = served.run("hold")
    waiting = asyncio.create_task(served.output(run))
    await until(lambda: served.status.running == 1)
    with pytest.raises(ValueError, match=run.id):
        await served.supervisor.call(run)
    await served.call("let_go")
    await waiting


async def test_a_run_has_its_time(agent: Agent) -> None:
    async with supervised(agent, Limits(run_s=3.0)) as served:
        error = await served.failure("wait_long")
        assert (error.kind, error.message) == ("timeout", "The run took longer than 3 seconds.")
        assert error.seconds < LIMIT_S
        await until(lambda: served.status.running == 0)
        async with served.supervisor.stream(served.run("count_stream", 10**9)) as stream:
            with pytest.raises(RunFailedError) as caught:
                await served.chunks(stream)
        assert caught.value.kind == "timeout"
        await served.call("greet")


async def test_so_many_run_and_wait_and_no_more(agent: Agent) -> None:
    async with supervised(agent, Limits(at_once=2, waiting=1, cancel_s=0.2)) as served:
        runs = [asyncio.create_task(served.output(served.run("hold"))) for _ in range(3)]
        await until(lambda: (served.status.running, served.status.waiting) == (2, 1))
        with pytest.raises(OverloadedError) as caught:
            await served.call("greet")
        assert caught.value.retry_after >= 1
        runs[0].cancel()
        await until(lambda: (served.status.running, served.status.waiting) == (2, 0))
        for run in runs[1:]:
            run.cancel()
        await until(lambda: served.status.running == 0)
        await served.call("greet")


async def test_who_waits_can_be_cancelled(agent: Agent) -> None:
    async with supervised(agent, Limits(at_once=1, cancel_s=0.2)) as served:
        first = asyncio.create_task(served.output(served.run("hold")))
        await until(lambda: served.status.running == 1)
        run = served.run("greet")
        second = asyncio.create_task(served.output(run))
        third = asyncio.create_task(served.output(served.run("greet")))
        await until(lambda: served.status.waiting == 2)
        assert await served.supervisor.cancel(run.id)
        with pytest.raises(RunFailedError, match="cancelled"):
            await second
        third.cancel()
        await until(lambda: served.status.waiting == 0)
        first.cancel()
        await until(lambda: served.status.running == 0)
        await served.call("greet")


async def test_arguments_of_any_depth_are_answered(served: Served) -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    error = await served.failure("greet", deep)
    assert error.kind == "raised"
    await served.call("greet")
    assert served.status.running == 0
