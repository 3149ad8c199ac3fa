"""A front that answers on a real socket of loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from runagent_ls.serve.front import Agent, FrontContext, build_app, serve
from runagent_ls.serve.invocations import Invocations
from runagent_ls.serve.plan import AgentPlan, PythonEntrypoint

TOKEN = "token-of-this-server"
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
        await asyncio.wait_for(ready.wait(), 20)
        yield context
    finally:
        stopping.set()
        await asyncio.wait_for(server, 20)
        await context.invocations.close()


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
) -> tuple[int, dict[str, str], Any]:
    """One request on a connection of its own: status, headers, and the body read as JSON if it is
    said to be."""
    lines = {"Host": f"127.0.0.1:{context.port}", "Connection": "close", **(headers or {})}
    if body:
        lines = {"Content-Type": "application/json", "Content-Length": str(len(body)), **lines}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    request = f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body
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
        return await asyncio.wait_for(reader.read(), 20)
    finally:
        writer.close()
