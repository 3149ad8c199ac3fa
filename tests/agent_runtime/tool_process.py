"""A process whose agent has one tool, for a service that is down; its breaker is in Redis.

Argument: the URL. For each line of input the tool is called once; a line says how that ended: the
kind of the error, and how often the service was asked in this process.
"""

from __future__ import annotations

import asyncio
import sys

from agent_runtime.orchestrator import BreakerRules, RedisBackend
from agent_runtime.tools import ToolRegistry


async def main() -> None:
    backend = RedisBackend.from_url(sys.argv[1], limit=30.0)
    tools = ToolRegistry(breaker=BreakerRules(threshold=3), backend=backend)
    asked = 0

    @tools.tool
    def order(item: str) -> str:
        nonlocal asked
        asked += 1
        raise ConnectionRefusedError("the service is down")

    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        result = await tools.call("order", {"item": line.strip()})
        sys.stdout.write(f"{result.error} {asked}\n")
        sys.stdout.flush()
    assert backend.shared, "Redis did not answer"
    await backend.aclose()


if __name__ == "__main__":
    asyncio.run(main())
