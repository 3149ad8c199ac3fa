"""An agent that takes many steps, then goes on near its end in a fork: KIND FOLDER STEPS.

Prints `STEP KIBIBYTES` now and then, the memory of this process, and at the end `peak KIBIBYTES`.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from agent_runtime import AgentConfig, AgentRuntime, KnowledgeGraph, Message, WorkingMemory
from agent_runtime.session import current_session
from stores import opened

SESSION = "long"
QUESTION = "Count!"


def kibibytes(field: str) -> int:
    found = re.search(rf"^{field}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"there is no {field}")
    return int(found[1])


async def work(n: int) -> str:
    """Uses what a session has, too, and says a different thing each time."""
    session = current_session()
    if session.working is not None:
        session.working.set(f"step {n}", f"was number {n}")
    if session.graph is not None:
        session.graph.add_entity(f"number {n % 100}", "number", {"step": n})
    return f"done {n} " + f"{n:08} " * 60


async def main() -> None:
    kind, folder, steps = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])

    async def model(messages: Sequence[Message]) -> str:
        calls = (re.search(r'Action Input: {"n": (\d+)}', m.content) for m in reversed(messages))
        n = next((int(call[1]) for call in calls if call), 0) + 1
        if n > steps:
            return f"FINAL_ANSWER: {n - 1}"
        return f'Thought: Next is {n}.\nAction: work\nAction Input: {{"n": {n}}}'

    config = AgentConfig(name="counter", max_iterations=steps + 1, max_history_tokens=2_000)
    builder = AgentRuntime.builder().with_agent_config(config).with_model(model).with_tools(work)
    builder = builder.with_memory(WorkingMemory()).with_graph(KnowledgeGraph())
    runtime = builder.with_store(opened(kind, folder)).build()
    async for event in runtime.astream(QUESTION, session_id=SESSION):
        if event["type"] == "checkpoint" and event["step"] % (steps // 10) == 0:
            sys.stdout.write(f"{event['step']} {kibibytes('VmRSS')}\n")
    forked = await runtime.arun(QUESTION, session_id=SESSION, resume_from_step=steps - 2)
    if forked.answer != str(steps):
        raise ValueError(f"the fork answered {forked.answer}")
    sys.stdout.write(f"peak {kibibytes('VmHWM')}\n")


if __name__ == "__main__":
    asyncio.run(main())
