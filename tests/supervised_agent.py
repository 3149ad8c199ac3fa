"""An agent under a real supervisor, with its files written by the test."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import textwrap
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from runagent_ls.serve.plan import AgentPlan, DebugPlan, Limits, PythonEntrypoint
from runagent_ls.serve.state import State, Status
from runagent_ls.serve.supervisor import Output, Run, RunFailedError, Stream, Supervisor

LIMIT_S: Final = 60.0
"""For what takes a moment; the machine may be busy."""
MARK: Final = "SUPERVISED_BY"
T = TypeVar("T")


@dataclass
class Heard:
    """What a supervisor told. `states` in order, without what repeats."""

    states: list[State] = field(default_factory=list)
    logs: list[tuple[str | None, str, str]] = field(default_factory=list)
    pids: set[int] = field(default_factory=set)

    def status_changed(self, status: Status) -> None:
        if not self.states or self.states[-1] != status.state:
            self.states.append(status.state)
        if status.worker_pid:
            self.pids.add(status.worker_pid)

    def logged(self, run_id: str | None, stream: str, text: str) -> None:
        self.logs.append((run_id, stream, text))

    def text(self, stream: str, run_id: str | None = None) -> str:
        """All that one run, or none, wrote to a stream."""
        return "".join(text for run, where, text in self.logs if (run, where) == (run_id, stream))


class Agent:
    """A folder with `main.py`, whose functions have their names as tags."""

    def __init__(self, folder: Path, source: str, tags: tuple[str, ...], **plan: Any) -> None:
        self.folder = folder
        self.tags = tags
        self.mark = f"supervised-{uuid.uuid4()}"
        self._plan = plan
        self.write(source)

    def write(self, source: str, file: str = "main.py") -> None:
        (self.folder / file).write_text(textwrap.dedent(source), "utf-8")

    def plan(self, **changes: Any) -> AgentPlan:
        values: dict[str, Any] = {
            "agent_id": "11111111-2222-4333-8444-555555555555",
            "name": "supervised",
            "framework": "default",
            "version": "1.0.0",
            "folder": self.folder,
            "config_path": self.folder / "runagent.config.json",
            "config": {},
            "entrypoints": tuple(PythonEntrypoint(tag, "main.py", tag) for tag in self.tags),
            "environment": {},
            "interpreter": Path(sys.executable),
        }
        return AgentPlan(**{**values, **self._plan, **changes})

    def processes(self) -> list[int]:
        """All that live and were started by this agent's worker or its children, also those that
        left the group: they all have the mark in their environment."""
        found = []
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                marked = self.mark.encode() in (folder / "environ").read_bytes()
                dead = (folder / "stat").read_text().rpartition(")")[2].split()[0] in "ZX"
            except OSError:
                continue
            if marked and not dead:
                found.append(int(folder.name))
        return found


class Served:
    """A started agent. Each call has a limit, so that a test never hangs."""

    def __init__(self, agent: Agent, supervisor: Supervisor, heard: Heard) -> None:
        self.agent = agent
        self.supervisor = supervisor
        self.heard = heard
        self._numbers = itertools.count(1)

    @property
    def status(self) -> Status:
        return self.supervisor.status

    def run(self, tag: str, *args: Any, **kwargs: Any) -> Run:
        return Run(f"{tag}-{next(self._numbers)}", tag, args, kwargs)

    async def call(self, tag: str, *args: Any, **kwargs: Any) -> str:
        """The data of the output."""
        return (await self.output(self.run(tag, *args, **kwargs))).data

    async def output(self, run: Run) -> Output:
        return await asyncio.wait_for(self.supervisor.call(run), LIMIT_S)

    async def failure(self, tag: str, *args: Any, **kwargs: Any) -> RunFailedError:
        """How a call fails."""
        try:
            answer = await self.call(tag, *args, **kwargs)
        except RunFailedError as error:
            return error
        raise AssertionError(f"{tag} answered {answer}")

    async def chunks(self, stream: Stream) -> list[bytes]:
        """All that are still to come."""
        return await asyncio.wait_for(_all_of(stream), LIMIT_S)

    async def reload(self, **changes: Any) -> None:
        await asyncio.wait_for(self.supervisor.reload(self.agent.plan(**changes)), LIMIT_S)


@asynccontextmanager
async def supervised(
    agent: Agent,
    limits: Limits | None = None,
    debug: DebugPlan | None = None,
    *,
    start: bool = True,
) -> AsyncIterator[Served]:
    """The agent until the block ends; then no process of it may be left."""
    os.environ[MARK] = agent.mark
    heard = Heard()
    supervisor = Supervisor(agent.plan(), limits or Limits(), heard, debug)
    try:
        if start:
            await asyncio.wait_for(supervisor.start(), LIMIT_S)
        yield Served(agent, supervisor, heard)
    finally:
        await asyncio.wait_for(supervisor.stop(0), LIMIT_S)
        del os.environ[MARK]
        await until(lambda: not agent.processes())


async def until(condition: Callable[[], T], limit_s: float = LIMIT_S) -> T:
    """Asks again until the answer is true, and gives it."""
    deadline = time.monotonic() + limit_s
    while not (answer := condition()):
        assert time.monotonic() < deadline, "it did not come to that in time"
        await asyncio.sleep(0.01)
    return answer


async def _all_of(stream: Stream) -> list[bytes]:
    return [text async for texts in stream for text in texts]
