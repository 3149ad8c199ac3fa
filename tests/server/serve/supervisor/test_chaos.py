"""Everything at the same time, in an order that nobody thought of: every caller gets an answer, and
afterwards all is as it was."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from runagent_ls.serve.plan import Limits
from runagent_ls.serve.supervisor import OverloadedError, RunFailedError
from supervised_agent import Agent, Served, supervised, until

SOURCE = """
import asyncio, os, time

def echo(value):
    return value

async def nap(value):
    await asyncio.sleep(0.01 * value)
    return value

def spin(value):
    until = time.monotonic() + 0.02 * value
    while time.monotonic() < until:
        pass
    return value

def stubborn(value):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass

def die(value):
    os._exit(value)

def count_stream(value):
    for index in range(1000 * value):
        yield index

async def tick_stream(value):
    for index in range(50 * value):
        await asyncio.sleep(0)
        yield index
"""
CALLS = ("echo", "nap", "spin", "echo", "nap", "spin", "stubborn", "die")
STREAMS = ("count_stream", "tick_stream")
STEPS = 150


async def one_call(served: Served, chance: random.Random) -> None:
    run = served.run(chance.choice(CALLS), chance.randrange(5))
    call = asyncio.create_task(served.supervisor.call(run))
    await asyncio.sleep(0)
    how = chance.random()
    if how < 0.1:
        call.cancel()
    elif how < 0.2:
        await served.supervisor.cancel(run.id)
    with suppress(RunFailedError, OverloadedError, asyncio.CancelledError):
        await call


async def one_stream(served: Served, chance: random.Random) -> None:
    run = served.run(chance.choice(STREAMS), chance.randrange(5))
    with suppress(RunFailedError, OverloadedError):
        async with served.supervisor.stream(run) as stream:
            async for _ in stream:
                if chance.random() < 0.05:
                    break


async def one_disturbance(served: Served, chance: random.Random) -> None:
    match chance.randrange(3):
        case 0:
            served.agent.write("def echo(:" if chance.random() < 0.3 else SOURCE)
            await served.supervisor.reload(served.agent.plan())
        case 1 if served.status.worker_pid:
            with suppress(ProcessLookupError):
                os.kill(served.status.worker_pid, signal.SIGKILL)
        case _:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("seed", range(3))
async def test_every_caller_is_answered(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - to be the same each time
    agent = Agent(tmp_path, SOURCE, tuple(dict.fromkeys(CALLS + STREAMS)))
    limits = Limits(run_s=4.0, cancel_s=0.1, stop_s=0.3, at_once=20, waiting=20)
    async with supervised(agent, limits) as served:
        steps: list[asyncio.Task[None]] = []
        for _ in range(STEPS):
            kind = chance.choices((one_call, one_stream, one_disturbance), (10, 5, 1))[0]
            steps.append(asyncio.create_task(kind(served, chance)))
            await asyncio.sleep(chance.random() * 0.02)  # steps meet at any moment of others
        done, open_ones = await asyncio.wait(steps, timeout=60)
        assert not open_ones
        for step in done:
            step.result()
        agent.write(SOURCE)
        await served.reload()
        assert "7" in await served.call("echo", 7)
        await until(lambda: (served.status.running, served.status.waiting) == (0, 0))
        await until(lambda: len(agent.processes()) <= 2)
