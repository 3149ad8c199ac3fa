"""A new worker beside the old one: it takes over, or the old one goes on and says so."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runagent_ls.serve.plan import Limits, PythonEntrypoint, WebhookEntrypoint
from runagent_ls.serve.state import Failure, StartFailedError
from supervised_agent import LIMIT_S, Agent, Served, supervised, until

SOURCE = """
import threading

held = threading.Event()

def version():
    return "VERSION"

def hold():
    held.wait(60)
    return "finished on VERSION"

def let_go():
    held.set()

def hold_stream():
    yield 1
    held.wait(60)
    yield 2
"""
TAGS = ("version", "hold", "let_go", "hold_stream")
TYPO = "def version(:"
SLOW = "import time\ntime.sleep(600)"


def source(version: str) -> str:
    return SOURCE.replace("VERSION", version)


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(tmp_path, source("first"), TAGS)


@pytest.fixture
async def served(agent: Agent) -> AsyncIterator[Served]:
    async with supervised(agent, Limits(stop_s=1.0, cancel_s=0.2)) as served:
        yield served


async def test_the_new_one_takes_over(served: Served) -> None:
    old = served.status.worker_pid
    served.agent.write(source("second"))
    assert "first" in await served.call("version")
    await served.reload()
    assert "second" in await served.call("version")
    assert served.heard.states == ["starting", "ready", "reloading", "ready"]
    assert served.status.worker_pid != old
    await until(lambda: old not in served.agent.processes())


async def test_what_runs_finishes_on_the_old_one(served: Served) -> None:
    old = served.status.worker_pid
    call = asyncio.create_task(served.call("hold"))
    async with served.supervisor.stream(served.run("hold_stream")) as stream:
        assert len(await anext(stream)) == 1
        await until(lambda: served.status.running == 2)
        served.agent.write(source("second"))
        await served.reload()
        assert "second" in await served.call("version")
        assert old in served.agent.processes()
        assert not call.done()
    call.cancel()
    await until(lambda: served.status.running == 0)
    await until(lambda: old not in served.agent.processes())


async def test_a_run_that_finishes_late_is_answered(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    waiting = f"""
    import os, time
    def late():
        while not os.path.exists({str(gate)!r}):
            time.sleep(0.01)
        return "finished on VERSION"
    """
    agent = Agent(tmp_path, waiting.replace("VERSION", "first"), ("late",))
    async with supervised(agent) as served:
        old = served.status.worker_pid
        call = asyncio.create_task(served.call("late"))
        await until(lambda: served.status.running == 1)
        agent.write(waiting.replace("VERSION", "second"))
        await served.reload()
        gate.touch()
        assert "finished on first" in await call
        assert "finished on second" in await served.call("late")
        await until(lambda: old not in agent.processes())


async def test_a_typo_leaves_the_old_one_answering(served: Served) -> None:
    old = served.status.worker_pid
    served.agent.write(TYPO)
    await served.reload()
    status = served.status
    assert (status.state, status.worker_pid) == ("stale", old)
    assert status.failure is not None
    assert status.failure.exception == "SyntaxError"
    assert status.failure.frames[-1].file == served.agent.folder / "main.py"
    assert "first" in await served.call("version")
    since = status.stale_since
    assert since is not None

    served.agent.write("raise ValueError('another one')")
    await served.reload()
    assert served.status.stale_since == since
    assert served.status.failure is not None
    assert served.status.failure.message == "another one"

    served.agent.write(source("third"))
    await served.reload()
    status = served.status
    assert (status.state, status.failure, status.stale_since) == ("ready", None, None)
    assert "third" in await served.call("version")


async def test_of_reloads_at_once_the_last_wins(served: Served) -> None:
    served.agent.write(SLOW)
    first = asyncio.create_task(served.reload())
    await until(lambda: served.status.state == "reloading")
    assert "first" in await served.call("version")
    second = asyncio.create_task(served.reload())
    await asyncio.sleep(0)
    served.agent.write(source("last"))
    await served.reload()
    await asyncio.wait_for(asyncio.gather(first, second), LIMIT_S)
    assert "last" in await served.call("version")
    assert served.status.state == "ready"
    alone = len(served.agent.processes())
    await served.reload()
    await until(lambda: len(served.agent.processes()) <= alone)


async def test_it_reloads_what_changed_in_the_plan(served: Served) -> None:
    served.agent.write(source("other"), "other.py")
    await served.reload(entrypoints=(PythonEntrypoint("renamed", "other.py", "version"),))
    assert "other" in await served.call("renamed")
    assert [report.tag for report in served.status.entrypoints] == ["renamed"]
    assert served.supervisor.plan.entrypoint("renamed") is not None
    await served.reload(interpreter=served.agent.folder / "no-python")
    assert served.status.state == "stale"
    assert served.supervisor.plan.interpreter == Path(sys.executable)
    assert "other" in await served.call("renamed")


async def test_a_plan_that_cannot_be_made(served: Served) -> None:
    failure = Failure("VALIDATION_ERROR", "the configuration is broken")
    served.supervisor.reload_failed(failure)
    assert (served.status.state, served.status.failure) == ("stale", failure)
    assert "first" in await served.call("version")

    served.agent.write(SLOW)
    reload = asyncio.create_task(served.reload())
    await until(lambda: served.status.state == "reloading")
    served.supervisor.reload_failed(failure)
    await reload
    assert (served.status.state, served.status.failure) == ("stale", failure)
    assert "first" in await served.call("version")

    served.agent.write(source("second"))
    await served.reload()
    assert "second" in await served.call("version")


async def test_a_function_that_is_gone_when_its_turn_comes(served: Served) -> None:
    os.kill(served.status.worker_pid or 0, signal.SIGKILL)
    await until(lambda: served.status.state == "starting")
    call = asyncio.create_task(served.failure("version"))
    await until(lambda: served.status.waiting == 1)
    served.agent.write(source("other"), "other.py")
    await served.reload(entrypoints=(PythonEntrypoint("renamed", "other.py", "version"),))
    assert (await call).message == "The agent has no function with the tag 'version'."
    assert served.status.running == 0
    assert "other" in await served.call("renamed")


async def test_a_start_that_failed_can_be_repaired(tmp_path: Path) -> None:
    agent = Agent(tmp_path, TYPO, ("version",))
    async with supervised(agent, start=False) as served:
        with pytest.raises(StartFailedError):
            await served.supervisor.start()
        assert [report.exists for report in served.status.entrypoints] == [False]
        agent.write(source("repaired"))
        await served.reload()
        assert "repaired" in await served.call("version")


async def test_the_death_of_the_old_one_waits_for_the_new_one(served: Served) -> None:
    served.agent.write(SLOW)
    reload = asyncio.create_task(served.reload())
    await until(lambda: served.status.state == "reloading")
    os.kill(served.status.worker_pid or 0, signal.SIGKILL)
    await until(lambda: served.status.state == "starting")
    call = asyncio.create_task(served.call("version"))
    await until(lambda: served.status.waiting == 1)
    served.agent.write(source("second"))
    await served.reload()
    assert "second" in await call
    await reload


async def test_a_stale_agent_that_dies_has_failed(served: Served) -> None:
    served.agent.write(TYPO)
    await served.reload()
    os.kill(served.status.worker_pid or 0, signal.SIGKILL)
    await until(lambda: served.status.state == "failed")
    assert served.status.failure is not None
    assert served.status.failure.exception == "SyntaxError"
    assert (await served.failure("version")).kind == "died"


async def test_webhooks_need_no_worker(served: Served) -> None:
    hook = WebhookEntrypoint("hook", "http://127.0.0.1:1/", "post")
    await served.reload(framework="n8n", entrypoints=(hook,))
    assert (served.status.state, served.status.worker_pid) == ("ready", None)
    await until(lambda: served.agent.processes() == [])
    await served.reload()
    assert "first" in await served.call("version")


# Stopping


async def test_stopping_lets_runs_finish(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    source = f"""
    import os, time
    def nap():
        while not os.path.exists({str(gate)!r}):
            time.sleep(0.01)
        return "woke"
    """
    agent = Agent(tmp_path, source, ("nap",))
    async with supervised(agent) as served:
        call = asyncio.create_task(served.call("nap"))
        await until(lambda: served.status.running == 1)
        stopping = asyncio.create_task(served.supervisor.stop(LIMIT_S))
        await until(lambda: served.status.state == "stopping")
        gate.touch()
        await asyncio.wait_for(stopping, LIMIT_S)
        assert "woke" in await call
        await until(lambda: not agent.processes())
        assert served.heard.states[-2:] == ["stopping", "stopped"]


async def test_stopping_ends_what_does_not_finish(agent: Agent) -> None:
    async with supervised(agent, Limits(at_once=1, cancel_s=0.2)) as served:
        running = asyncio.create_task(served.failure("hold"))
        await until(lambda: served.status.running == 1)
        queued = asyncio.create_task(served.failure("version"))
        await until(lambda: served.status.waiting == 1)
        stopping = [asyncio.create_task(served.supervisor.stop(0.2)) for _ in range(2)]
        assert (await queued).message == "The agent was stopped."
        assert (await running).message == "The agent was stopped."
        await asyncio.wait_for(asyncio.gather(*stopping), LIMIT_S)
        await until(lambda: not agent.processes())
        assert (await served.failure("version")).kind == "cancelled"
        await served.reload()
        assert served.status.state == "stopped"


async def test_stopping_while_it_starts(tmp_path: Path) -> None:
    agent = Agent(tmp_path, SLOW, ("version",))
    async with supervised(agent, start=False) as served:
        starting = asyncio.create_task(served.supervisor.start())
        call = asyncio.create_task(served.failure("version"))
        await until(agent.processes)
        await asyncio.wait_for(served.supervisor.stop(), LIMIT_S)
        await until(lambda: not agent.processes())
        assert (await call).message == "The agent was stopped."
        with pytest.raises(StartFailedError, match="was stopped"):
            await asyncio.wait_for(starting, LIMIT_S)


async def test_a_caller_that_gives_up_starting_leaves_nothing(tmp_path: Path) -> None:
    agent = Agent(tmp_path, SLOW, ("version",))
    async with supervised(agent, start=False) as served:
        starting = asyncio.create_task(served.supervisor.start())
        await until(agent.processes)
        starting.cancel()
        await asyncio.wait({starting})
    await until(lambda: not agent.processes())
