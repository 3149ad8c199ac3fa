"""A hundred runs and fifty streams at the same time, each with its own output."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from runagent_ls.serve.plan import Limits
from supervised_agent import Agent, Served, supervised, until

SOURCE = """
import asyncio, threading, time

begun = set()
lock = threading.Lock()

def begin(name, number):
    with lock:
        begun.add((name, number))

def all_have_begun():
    return len(begun) == EXPECTED

def double(number):
    begin("double", number)
    while not all_have_begun():
        time.sleep(0.005)
    print("doubling", number)
    return 2 * number

async def triple(number):
    begin("triple", number)
    while not all_have_begun():
        await asyncio.sleep(0.005)
    return 3 * number

def many_stream(number):
    begin("many", number)
    while not all_have_begun():
        time.sleep(0.005)
    for index in range(500):
        yield [number, index]

async def calm_stream(number):
    begin("calm", number)
    while not all_have_begun():
        await asyncio.sleep(0.005)
    for index in range(500):
        await asyncio.sleep(0)
        yield [number, index]
"""

NAPPING = """
import time

def double(number):
    time.sleep(0.01)
    return 2 * number
"""


def payload(data: str) -> object:
    return json.loads(json.loads(data)["payload"])


async def streamed(served: Served, tag: str, number: int, *, slowly: bool) -> list[object]:
    chunks: list[bytes] = []
    async with served.supervisor.stream(served.run(tag, number)) as stream:
        async for texts in stream:
            chunks += texts
            if slowly:
                await asyncio.sleep(0.01)
    return [payload(json.loads(chunk)["content"]) for chunk in chunks]


async def test_many_runs_and_streams_at_once(tmp_path: Path) -> None:
    tags = ("double", "triple", "many_stream", "calm_stream")
    agent = Agent(tmp_path, SOURCE.replace("EXPECTED", "150"), tags)
    async with supervised(agent, Limits(at_once=150)) as served:
        calls = [
            asyncio.create_task(served.output(served.run(tag, number)))
            for number in range(50)
            for tag in ("double", "triple")
        ]
        streams = [
            asyncio.create_task(streamed(served, tag, number, slowly=number % 5 == 0))
            for number in range(25)
            for tag in ("many_stream", "calm_stream")
        ]
        outputs = await asyncio.wait_for(asyncio.gather(*calls), 60)
        assert [payload(output.data) for output in outputs] == [
            factor * number for number in range(50) for factor in (2, 3)
        ]
        chunks = await asyncio.wait_for(asyncio.gather(*streams), 60)
        assert chunks == [
            [[number, index] for index in range(500)] for number in range(25) for _ in range(2)
        ]
        assert served.status.running == 0
        prints = {f"double-{2 * number + 1}": f"doubling {number}\n" for number in range(50)}
        await until(lambda: {run: served.heard.text("stdout", run) for run in prints} == prints)


async def test_more_than_may_run_wait_for_their_turn(tmp_path: Path) -> None:
    agent = Agent(tmp_path, NAPPING, ("double",))
    async with supervised(agent, Limits(at_once=4, waiting=100)) as served:
        calls = [asyncio.create_task(served.call("double", number)) for number in range(100)]
        await until(lambda: served.status.waiting > 50)
        assert served.status.running <= 4
        outputs = await asyncio.wait_for(asyncio.gather(*calls), 60)
        assert [payload(output) for output in outputs] == [2 * number for number in range(100)]
