"""A front that answers on a real socket of loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from runagent_ls.serve.front import Agent, FrontContext, RunLogs, build_app, serve
from runagent_ls.serve.invocations import Invocations
from runagent_ls.serve.plan import AgentPlan, Limits, PythonEntrypoint
from runagent_ls.serve.state import Status
from runagent_ls.serve.supervisor import Supervisor

TOKEN = "token-of-this-server"
LIMIT_S = 60.0
"""For what takes a moment; the machine may be busy."""
WIRE = Path(__file__).parent / "fixtures" / "wire"


@asynccontextmanager
async def serving_front(agent: Agent, folder: Path, **more: Any) -> AsyncIterator[FrontContext]:
    """The front of an agent until the block ends; `folder` is for its files, `more` is for its
    context."""
    listening = socket.create_server(("127.0.0.1", 0))
    context = FrontContext(
        host="127.0.0.1",
        port=listening.getsockname()[1],
        token=TOKEN,
        invocations=Invocations(folder / "invocations.db", own=True),
        **more,
    )
    stopping, ready = asyncio.Event(), asyncio.Event()
    front = build_app(agent, context)
    server = asyncio.create_task(serve(front, [listening], stopping, serving=ready.set))
    try:
        await asyncio.wait_for(ready.wait(), LIMIT_S)
        yield context
    finally:
        stopping.set()
        await asyncio.wait_for(server, LIMIT_S)
        await context.invocations.close()


class Unheard:
    """A listener for tests that do not look at what it hears."""

    def __init__(self, logs: RunLogs) -> None:
        self.logs = logs

    def status_changed(self, status: Status) -> None:
        """Not looked at."""

    def logged(self, run_id: str | None, stream: str, text: str) -> None:
        self.logs.add(run_id, stream, text)


@dataclass(frozen=True)
class Served:
    """A front with a real worker behind it."""

    context: FrontContext
    supervisor: Supervisor

    @property
    def agent(self) -> str:
        """Where the agent's paths begin."""
        return f"/api/v1/agents/{self.supervisor.plan.agent_id}"


@asynccontextmanager
async def served(
    folder: Path, source: str, tags: Mapping[str, str], **more: Any
) -> AsyncIterator[Served]:
    """Serve the functions of `source`; `tags`: tag to function."""
    (folder / "main.py").write_text(source, "utf-8")
    entrypoints = tuple(PythonEntrypoint(tag, "main.py", name) for tag, name in tags.items())
    plan = replace(recorded_plan(folder), entrypoints=entrypoints)
    async with serving_plan(plan, folder, **more) as running:
        yield running


@asynccontextmanager
async def serving_plan(plan: AgentPlan, folder: Path, **more: Any) -> AsyncIterator[Served]:
    """Serve an agent with a worker, until the block ends."""
    logs, limits = RunLogs(), more.pop("limits", Limits())
    supervisor = Supervisor(plan, limits, Unheard(logs))
    try:
        await supervisor.start()
        async with serving_front(supervisor, folder, limits=limits, logs=logs, **more) as context:
            yield Served(context, supervisor)
    finally:
        await supervisor.stop(1)


def recorded_plan(folder: Path) -> AgentPlan:
    """The agent whose answers are recorded in `tests/fixtures/wire`."""
    config = recorded("info")["response"]["body"]["config"]
    entrypoints = config["agent_architecture"]["entrypoints"]
    return AgentPlan(
        agent_id=config["agent_id"],
        name=config["agent_name"],
        framework=config["framework"],
        version=config["version"],
        folder=folder,
        config_path=folder / "runagent.config.json",
        config=config,
        entrypoints=tuple(PythonEntrypoint(**entrypoint) for entrypoint in entrypoints),
        environment={},
        interpreter=Path(sys.executable),
    )


def recorded(name: str) -> Any:
    """One exchange with the platform's server."""
    return json.loads((WIRE / f"{name}.json").read_text("utf-8"))


async def ask(
    context: FrontContext,
    method: str,
    path: str,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    *,
    after: bytes = b"",
) -> tuple[int, dict[str, str], Any]:
    """One request on a connection of its own: status, headers, and the body read as JSON if it is
    said to be. `after` follows the headers without being announced."""
    lines = {"Host": f"127.0.0.1:{context.port}", "Connection": "close", **(headers or {})}
    if body:
        lines = {"Content-Type": "application/json", "Content-Length": str(len(body)), **lines}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    request = f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body + after
    raw = await exchange(context, request)
    start, _, content = raw.partition(b"\r\n\r\n")
    status, *fields = start.decode("latin-1").split("\r\n")
    answered = {k.lower(): v for k, _, v in (field.partition(": ") for field in fields)}
    is_json = answered.get("content-type") == "application/json" and content
    return int(status.split()[1]), answered, json.loads(content) if is_json else content


async def exchange(context: FrontContext, data: bytes) -> bytes:
    """Send bytes and read until the server closes."""
    reader, writer = await asyncio.open_connection(context.host, context.port)
    try:
        writer.write(data)
        return await asyncio.wait_for(reader.read(), LIMIT_S)
    finally:
        writer.close()


def as_now(recorded_body: Any, answered: Any) -> Any:
    """The recorded body with what changes from answer to answer, after a look at it."""
    if not isinstance(recorded_body, dict):
        return recorded_body
    expected = dict(recorded_body)
    if "timestamp" in expected:
        datetime.fromisoformat(answered["timestamp"])
        expected["timestamp"] = answered["timestamp"]
    if "request_id" in expected:
        UUID(answered["request_id"])
        expected["request_id"] = answered["request_id"]
    if "uptime_seconds" in expected:
        assert 0 <= answered["uptime_seconds"] < 60
        expected["uptime_seconds"] = answered["uptime_seconds"]
    return expected


RECORDED_SOURCE = """
def greet(name, times=1):
    return {"greeting": "hello " + name * times, "n": times}

def text(name):
    return "hello " + name

def fail(n=1):
    raise ValueError(f"boom {n}")

def count_stream(name, n=3):
    for i in range(n):
        yield {"i": i, "name": name}

def fail_stream(n=1):
    for i in range(n):
        yield i
    raise ValueError("mid-stream boom")
"""
"""The functions of the recorded agent."""


async def until(condition: Callable[[], object], limit_s: float = LIMIT_S) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(limit_s):
        while not condition():
            await asyncio.sleep(0.01)
