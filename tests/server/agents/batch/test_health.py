"""How long an agent needs for its health check: a machine with other work must not hide a block."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from runagent_ls.agents.batch import health
from runagent_ls.agents.batch.health import IDLE_CHECKS, HealthWatch
from runagent_ls.agents.targets.target import Target

AGENT = "11111111-2222-4333-8444-555555555555"
BODY = json.dumps({"status": "healthy", "agent_id": AGENT, "agent_name": "a"})


class Clock:
    """A clock that goes when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now


async def test_the_quickest_check_before_a_batch_is_what_others_are_compared_with(
    start_raw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(health, "time", clock)
    delays = iter([0.0, *[0.2] * (IDLE_CHECKS - 1), 0.0])
    asked = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        while True:
            await reader.readuntil(b"\r\n\r\n")
            asked += 1
            clock.now += next(delays)
            head = f"content-type: application/json\r\ncontent-length: {len(BODY)}"
            writer.write(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n{BODY}".encode())
            await writer.drain()

    watch = HealthWatch()
    assert watch.idle_ms is None
    await watch.before(Target("127.0.0.1", await start_raw(handle), AGENT, "explicit"))
    assert asked == IDLE_CHECKS + 1
    assert watch.idle_ms == 0
