"""Clients that break off, come twice, send too much at once, or do not read."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from runagent_ls.serve.front.connections import HttpConnection
from runagent_ls.serve.front.receiving import FREE, Room, Share
from runagent_ls.serve.front.websocket import WebSocket
from runagent_ls.serve.plan import Limits
from serving_front import TOKEN, Served, ask, served, until

SOURCE = """
import time
def echo(*args):
    return args
def slow():
    time.sleep(0.5)
def large():
    return "x" * 30_000_000
def endless():
    while True:
        yield "x" * 100_000
def ticking():
    while True:
        yield 1
        time.sleep(0.01)
"""
TAGS = {name: name for name in ("echo", "slow", "large")}
TAGS |= {"endless_stream": "endless", "ticking_stream": "ticking"}
MB = 1024 * 1024
LIMIT_S = 60


@pytest.fixture
async def agent(tmp_path: Path) -> AsyncIterator[Served]:
    limits = Limits(received_bytes=3 * MB)
    async with served(tmp_path, SOURCE, TAGS, limits=limits) as running:
        yield running


def head_of(agent: Served, length: int, *more: str) -> bytes:
    lines = [f"POST {agent.agent}/run HTTP/1.1", "Host: localhost", f"Content-Length: {length}"]
    return "\r\n".join([*lines, *more, "", ""]).encode()


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), LIMIT_S)
    fields = dict(line.split(": ", 1) for line in head.decode().lower().split("\r\n")[1:-2])
    length = int(fields["content-length"])
    return int(head.split()[1]), await asyncio.wait_for(reader.readexactly(length), LIMIT_S)


async def invocations(agent: Served) -> list[Any]:
    answered = await ask(agent.context, "GET", f"{agent.agent}/invocations")
    listed: list[Any] = answered[2]["invocations"]
    return listed


def stream(agent: Served) -> connect:
    return connect(f"ws://127.0.0.1:{agent.context.port}{agent.agent}/run-stream", max_size=None)


def request_of(tag: str, *args: Any) -> str:
    return json.dumps({"entrypoint_tag": tag, "input_args": args, "input_kwargs": {}})


async def test_a_request_that_breaks_off_runs_nothing(agent: Served) -> None:
    body = b'{"entrypoint_tag":"echo"}'
    for more in ((), (f"X-RunAgent-Token: {TOKEN}",)):
        _, writer = await asyncio.open_connection("127.0.0.1", agent.context.port)
        writer.write(head_of(agent, len(body) + 10, *more) + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    assert (await ask(agent.context, "POST", f"{agent.agent}/run", body))[0] == 200
    assert len(await invocations(agent)) == 1


async def test_of_requests_for_the_same_run_one_is_accepted(agent: Served) -> None:
    headers = {"X-RunAgent-Token": TOKEN, "X-RunAgent-Run": "6f1c2b9e-3d4a-4f57-9a86-0b5d7c1e2a33"}
    body = b'{"entrypoint_tag":"slow"}'
    answers = await asyncio.gather(
        *(ask(agent.context, "POST", f"{agent.agent}/run", body, headers) for _ in range(8))
    )
    assert sorted(status for status, _, _ in answers) == [200] + [409] * 7
    assert [each["status"] for each in await invocations(agent)] == ["completed"]


async def test_garbage_behind_an_answer_ends_the_connection(
    agent: Served, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.context.port)
    head = b"POST /nowhere HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(head + b"1\r\nx\r\n")
    assert (await answer(reader))[0] == 404
    writer.write(b"no size\r\n\r\n")
    assert await asyncio.wait_for(reader.read(), LIMIT_S) == b""
    writer.close()
    assert caplog.records == []


async def test_a_stream_is_stopped_right_behind_its_request(agent: Served) -> None:
    async with stream(agent) as client, asyncio.timeout(LIMIT_S):
        await client.send(request_of("ticking_stream"))
        await client.send('{"type":"stop_stream"}')
        while (said := json.loads(await client.recv())).get("status") != "stream_stopped":
            assert said["type"] != "error"


def test_a_share_takes_and_gives_room() -> None:
    room = Room(10 * FREE)
    with Share(room) as first, Share(room) as second:
        assert first.hold(FREE)
        assert room.left == 10 * FREE
        assert first.hold(6 * FREE)
        assert not second.hold(5 * FREE)
        assert first.hold(5 * FREE)
        assert second.hold(5 * FREE)
        assert room.left == 0
    assert room.left == 10 * FREE


async def test_large_bodies_share_their_room(agent: Served) -> None:
    body = json.dumps({"entrypoint_tag": "echo", "input_args": ["x" * 2 * MB]}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.context.port)
    writer.write(head_of(agent, len(body)) + body[:-1])

    async def another() -> int:
        status, answered, value = await ask(agent.context, "POST", f"{agent.agent}/run", body)
        if status == 429:
            assert value["error"]["code"] == "OVERLOADED"
            assert int(answered["retry-after"]) > 0
        return status

    async with asyncio.timeout(LIMIT_S):  # until so much of the first has arrived
        while await another() != 429:
            await asyncio.sleep(0.01)
    small = b'{"entrypoint_tag":"echo"}'
    assert (await ask(agent.context, "POST", f"{agent.agent}/run", small))[0] == 200
    writer.write(body[-1:])
    assert (await answer(reader))[0] == 200
    assert await another() == 200
    writer.close()


async def _half(agent: Served, data: bytes, *, fin: bool) -> ClientConnection:
    """A connection on whose first message more than half of the room is spent."""
    client = await stream(agent)
    frame = Frame(Opcode.TEXT, data, fin=fin).serialize(mask=True)
    client.transport.write(frame if not fin else frame[:-1])
    return client


@pytest.mark.parametrize("fin", [True, False], ids=["one frame", "fragments"])
async def test_large_first_messages_share_their_room(agent: Served, fin: bool) -> None:
    message = request_of("echo_stream", "x" * 2 * MB)

    async def refused() -> int:
        async with stream(agent) as client, asyncio.timeout(LIMIT_S):
            try:
                await client.send(message)
                await client.recv()  # there is no such tag
                await client.recv()
            except ConnectionClosed:
                pass
            return client.close_code or 0

    client = await _half(agent, message.encode(), fin=fin)
    async with asyncio.timeout(LIMIT_S):  # until so much of the first has arrived
        while await refused() != 1013:
            await asyncio.sleep(0.01)
    client.transport.abort()
    async with asyncio.timeout(LIMIT_S):
        while await refused() != 1003:
            await asyncio.sleep(0.01)


async def test_a_stream_behind_an_unread_answer_waits_for_its_reader(
    agent: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = asyncio.Event()
    drained = WebSocket.drained

    async def noticed(self: WebSocket) -> None:
        waited.set()
        await drained(self)

    monkeypatch.setattr(WebSocket, "drained", noticed)
    body = b'{"entrypoint_tag":"large"}'
    upgrade = (
        f"GET {agent.agent}/run-stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    first = Frame(Opcode.TEXT, request_of("endless_stream").encode()).serialize(mask=True)
    with socket.create_connection(("127.0.0.1", agent.context.port)) as client:
        client.sendall(head_of(agent, len(body)) + body + upgrade.encode() + first)
        await asyncio.wait_for(waited.wait(), LIMIT_S)


class ClockByHand:
    """A loop whose timers run out when the test says so."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._timers: list[asyncio.Handle] = []

    def call_later(self, _: float, callback: Callable[..., object], *args: Any) -> asyncio.Handle:
        self._timers.append(asyncio.Handle(callback, args, self._loop))
        return self._timers[-1]

    def run_out(self) -> None:
        timers, self._timers = self._timers, []
        for timer in timers:
            if not timer.cancelled():
                timer._run()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)


async def test_whoever_reads_slowly_gets_the_whole_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time that an idle connection has runs out between any two pieces that it takes."""
    clock = ClockByHand(asyncio.get_running_loop())
    connected: list[HttpConnection] = []
    made = HttpConnection.connection_made

    def noticed(self: HttpConnection, transport: asyncio.Transport) -> None:
        connected.append(self)
        self.loop = cast("asyncio.AbstractEventLoop", clock)
        made(self, transport)

    monkeypatch.setattr(HttpConnection, "connection_made", noticed)
    body = b'{"entrypoint_tag":"large"}'
    async with served(tmp_path, SOURCE, TAGS) as agent:
        reader, writer = await asyncio.open_connection("127.0.0.1", agent.context.port)
        writer.write(head_of(agent, len(body)) + body)
        size, unread, run_out = 0, 0, 0
        while size < 30_000_000:
            piece = await asyncio.wait_for(reader.read(MB), LIMIT_S)
            assert piece
            size += len(piece)
            before, unread = unread, connected[0]._plain.get_write_buffer_size()
            if unread < before:
                clock.run_out()
                run_out += 1
        assert run_out > 1
        writer.close()


async def test_a_refused_client_that_goes_on_sending_reads_why(tmp_path: Path) -> None:
    async with served(tmp_path, SOURCE, TAGS, limits=Limits(body_bytes=MB)) as agent:
        for _ in range(3):
            body = b"x" * 8 * MB
            assert (await ask(agent.context, "POST", f"{agent.agent}/run", body))[0] == 413


async def test_the_end_of_the_server_answers_unfinished_requests(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    limits = Limits(stop_s=0.1)
    async with served(tmp_path, SOURCE, TAGS, limits=limits) as agent:
        reader, writer = await asyncio.open_connection("127.0.0.1", agent.context.port)
        writer.write(head_of(agent, 100))
        await ask(agent.context, "GET", "/api/v1/health")
    assert (await asyncio.wait_for(reader.read(), LIMIT_S)).startswith(b"HTTP/1.1 503")
    writer.close()
    assert "Traceback" not in caplog.text


async def test_ended_connections_leave_nothing_behind(agent: Served) -> None:
    """After everything that a client may do in the middle of a stream."""
    for last in (b"", b"\xff\xff", b"\x88\x80\0\0\0\0", b"\x89\xfe\xff\xff", b"\xc1\x80\0\0\0\0"):
        client = await stream(agent)
        await client.send(request_of("endless_stream"))
        await client.recv()
        client.transport.write(last)
        client.transport.abort()
    await until(lambda: agent.supervisor.status.running == 0)
    rows = await invocations(agent)
    assert [row["error_detail"] for row in rows] == ["WebSocket disconnected"] * 5
