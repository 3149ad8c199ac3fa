"""Many runs at once, and one stream that is very long."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from runagent_ls.agents.call import Call, Chunk, Completed
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.targets.target import Target
from serve_real_agent import RunningAgent

FAST_AGENT = Path(__file__).parents[2] / "bench" / "fast_agent.py"
CHUNKS = 1_000_000
SETTLED = 100_000
"""Chunks after which memory may not grow any more."""
GROWTH_MIB = 8.0


async def test_a_hundred_calls_and_streams_at_once(real_agent: RunningAgent) -> None:
    """On one client, against the real server: each gets its own answer, none is lost."""
    target = Target(real_agent.host, real_agent.port, real_agent.agent_id, "explicit")
    async with AgentClient(target) as agent, asyncio.timeout(120):

        async def call(number: int) -> Any:
            return (await agent.run(Call("echo", [number], {"text": "x" * number}))).value

        async def stream(number: int) -> Any:
            events = [e async for e in agent.stream(Call("count_async_stream", [number]))]
            assert isinstance(events[-1], Completed)
            return [event.value for event in events if isinstance(event, Chunk)]

        results = await asyncio.gather(
            *(call(number) if number % 2 else stream(number) for number in range(100))
        )
    for number, result in enumerate(results):
        if number % 2:
            assert result == {"args": [number], "kwargs": {"text": "x" * number}}
        else:
            assert result == list(range(number))


async def test_a_hundred_calls_that_wait_for_each_other(start_raw: Any) -> None:
    """None is answered before all have arrived, so they are all under way at once."""
    arrived = 0
    everyone = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal arrived
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        arrived += 1
        if arrived == 100:
            everyone.set()
        await everyone.wait()
        answer = json.dumps({"success": True, "data": json.dumps(body["input_args"][0])}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(answer) + answer)
        await reader.read()

    target = Target("127.0.0.1", await start_raw(handler), "a", "explicit")
    async with AgentClient(target) as agent, asyncio.timeout(60):
        results = await asyncio.gather(*(agent.run(Call("t", [n])) for n in range(100)))
    assert [result.value for result in results] == list(range(100))


def memory_mib() -> float:
    """What this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1024 / 1024


async def test_a_million_chunks_in_flat_memory() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(FAST_AGENT), str(CHUNKS), "20", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        target = Target("127.0.0.1", port, "any", "explicit")
        settled, largest, chunks = 0.0, 0.0, 0
        completed = False
        async with AgentClient(target) as agent, asyncio.timeout(300):
            async for batch in agent.stream_batches(Call("numbers_stream")):
                for event in batch:
                    if isinstance(event, Chunk):
                        assert event.index == chunks
                        chunks += 1
                    completed = completed or isinstance(event, Completed)
                if chunks >= SETTLED:
                    settled = settled or memory_mib()
                    largest = max(largest, memory_mib())
        assert completed
        assert chunks == CHUNKS
        assert largest - settled <= GROWTH_MIB
    finally:
        process.kill()
        await process.wait()
