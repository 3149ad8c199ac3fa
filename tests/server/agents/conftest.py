"""Servers of our own that behave in every way a real one should not."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from runagent_ls.agents.targets.target import Target

AGENT = "11111111-2222-4333-8444-555555555555"
WIRE = Path(__file__).parents[2] / "fixtures" / "wire"

Handler: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
StartRaw: TypeAlias = Callable[[Handler], Awaitable[int]]
StreamScript: TypeAlias = Callable[[ServerConnection], Awaitable[None]]


@pytest.fixture(autouse=True)
async def nothing_leaks() -> AsyncIterator[None]:
    """Every test must leave no task of ours running and no socket open."""
    gc.collect()  # what tests of other parts left in this process is not ours
    gc.freeze()  # nor is what stays: thousands of tests, looked through twice for each of ours
    before = asyncio.all_tasks()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        yield
        gc.collect()
    left = [task for task in asyncio.all_tasks() - before if not task.done()]
    ours = [task for task in left if "runagent_ls" in repr(task.get_coro())]
    assert ours == []
    assert [str(w.message) for w in caught if w.category is ResourceWarning] == []


@pytest.fixture
async def start_raw() -> AsyncIterator[StartRaw]:
    """Start a TCP server whose handler does what it likes; the port. Ends with the test."""
    servers: list[asyncio.Server] = []
    writers: list[asyncio.StreamWriter] = []

    async def start(handler: Handler) -> int:
        async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writers.append(writer)
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await handler(reader, writer)

        server = await asyncio.start_server(guarded, "127.0.0.1", 0)
        servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    yield start
    for server in servers:
        server.close()
    for writer in writers:
        writer.transport.abort()
    await asyncio.sleep(0)


@dataclass
class HttpScript:
    """A tiny HTTP server: answers by method and path, and remembers what it was asked.

    `answers` maps `"GET /api/v1/health"` to status and body (bytes, text, or JSON).
    """

    port: int
    answers: dict[str, tuple[int, Any]]
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    connections: int = 0

    @property
    def target(self) -> Target:
        return Target("127.0.0.1", self.port, AGENT, "explicit")


StartHttp: TypeAlias = Callable[[dict[str, tuple[int, Any]]], Awaitable[HttpScript]]


async def read_request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    """Method and path, headers in lower case, body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return first.rsplit(" ", 1)[0], headers, body


def encoded(status: int, body: Any) -> bytes:
    """An HTTP answer; a body that is neither bytes nor text is sent as JSON."""
    kind = "text/plain" if isinstance(body, bytes | str) else "application/json"
    data = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else None
    if data is None:
        data = json.dumps(body).encode()
    phrase = HTTPStatus(status).phrase
    head = f"HTTP/1.1 {status} {phrase}\r\ncontent-type: {kind}\r\ncontent-length: {len(data)}"
    return head.encode() + b"\r\n\r\n" + data


@pytest.fixture
async def start_http(start_raw: StartRaw) -> StartHttp:
    """Start a scripted HTTP server; what it has no answer for gets FastAPI's 404."""

    async def start(answers: dict[str, tuple[int, Any]]) -> HttpScript:
        script = HttpScript(0, answers)

        async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            script.connections += 1
            while True:
                request = await read_request(reader)
                script.asked.append(request)
                status, body = answers.get(request[0], (404, {"detail": "Not Found"}))
                writer.write(encoded(status, body))
                await writer.drain()

        script.port = await start_raw(handler)
        return script

    return start


def health(agent_id: str = AGENT) -> tuple[int, Any]:
    return 200, {"status": "healthy", "agent_id": agent_id, "agent_name": "example-agent"}


RUN = f"POST /api/v1/agents/{AGENT}/run"
ARCHITECTURE = f"GET /api/v1/agents/{AGENT}/architecture"
HEALTH = "GET /api/v1/health"


@dataclass
class StreamServer:
    """A WebSocket server that plays a script to each connection that sent its first message."""

    port: int
    first_messages: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    close_codes: list[int | None] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def target(self) -> Target:
        return Target("127.0.0.1", self.port, AGENT, "explicit")


StartStream: TypeAlias = Callable[[StreamScript | Sequence[str]], Awaitable[StreamServer]]


@pytest.fixture
async def start_stream() -> AsyncIterator[StartStream]:
    """Start a WebSocket server. A sequence of texts is sent, then the connection stays open."""
    servers: list[Server] = []

    async def start(script: StreamScript | Sequence[str]) -> StreamServer:
        state = StreamServer(0)

        async def handler(connection: ServerConnection) -> None:
            assert connection.request is not None
            state.headers.append(dict(connection.request.headers.raw_items()))
            first = await connection.recv()
            state.first_messages.append(str(first))
            with contextlib.suppress(ConnectionClosed):
                if callable(script):
                    await script(connection)
                else:
                    for text in script:
                        await connection.send(text)
            await connection.wait_closed()
            state.close_codes.append(connection.close_code)
            state.gone.set()

        def route(connection: ServerConnection, request: Request) -> Response | None:
            if request.path.split("?")[0] == f"/api/v1/agents/{AGENT}/run-stream":
                return None
            return connection.respond(HTTPStatus.FORBIDDEN, "")

        server = await serve(handler, "127.0.0.1", 0, process_request=route, max_size=None)
        servers.append(server)
        state.port = int(next(iter(server.sockets)).getsockname()[1])
        return state

    yield start
    for server in servers:
        for connection in list(server.connections):
            connection.transport.abort()
        server.close()
        await server.wait_closed()


STARTED = '{"type":"status","status":"stream_started","invocation_id":"i-1"}'


def completed(chunks: int) -> str:
    return json.dumps(
        {
            "type": "status",
            "status": "stream_completed",
            "total_chunks": chunks,
            "execution_time": 0.5,
            "invocation_id": "i-1",
        },
        separators=(",", ":"),
    )


def data(value: Any, kind: str = "object") -> str:
    """A data frame as the local server spells it."""
    content = json.dumps({"type": kind, "payload": json.dumps(value)}, ensure_ascii=False)
    return json.dumps({"type": "data", "content": content}, separators=(",", ":"))


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port on which nothing listens: bound, so that nobody else takes it, but not listening."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield int(probe.getsockname()[1])
