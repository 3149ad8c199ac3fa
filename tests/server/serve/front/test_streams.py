"""Streams over WebSocket, against the platform's recorded transcripts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from runagent_ls.serve.plan import Limits
from serving_front import (
    RECORDED_SOURCE,
    TOKEN,
    WIRE,
    Served,
    ask,
    recorded_plan,
    served,
    serving_plan,
    until,
)

LIMIT_S = 60


@pytest.fixture
async def agent(tmp_path: Path) -> AsyncIterator[Served]:
    """The agent of the recordings."""
    (tmp_path / "main.py").write_text(RECORDED_SOURCE, "utf-8")
    async with serving_plan(recorded_plan(tmp_path), tmp_path) as running:
        yield running


@asynccontextmanager
async def opened(served: Served, **more: Any) -> AsyncIterator[ClientConnection]:
    address = f"ws://127.0.0.1:{served.context.port}{served.agent}/run-stream"
    async with connect(address, max_size=None, ping_interval=None, **more) as socket:
        yield socket


def request(tag: str, *args: Any, **kwargs: Any) -> str:
    return json.dumps({"entrypoint_tag": tag, "input_args": args, "input_kwargs": kwargs})


async def received(socket: ClientConnection) -> Any:
    return json.loads(await asyncio.wait_for(socket.recv(), LIMIT_S))


async def frames(socket: ClientConnection) -> list[Any]:
    """Up to the end of the stream."""
    got = [await received(socket)]
    while got[-1].get("status") in ("stream_started", None) and got[-1]["type"] != "error":
        got.append(await received(socket))
    return got


async def closed_with(socket: ClientConnection) -> int | None:
    with pytest.raises(ConnectionClosed):
        await asyncio.wait_for(socket.recv(), LIMIT_S)
    return socket.close_code


def transcript(name: str) -> list[dict[str, Any]]:
    lines = (WIRE / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize(
    "name",
    [
        "stream-ok",
        "stream-error-midway",
        "stream-invalid-json",
        "stream-missing-field",
        "stream-non-stream-tag",
        "stream-unknown-tag",
    ],
)
async def test_a_stream_is_as_recorded(agent: Served, name: str) -> None:
    lines = transcript(name)
    async with opened(agent) as socket:
        await socket.send(lines[0]["text"])
        for line in lines[1:]:
            if "close" in line:
                assert await closed_with(socket) == line["close"]["code"]
            elif "text" in line and line["dir"] == "server->client":
                wanted, got = json.loads(line["text"]), await received(socket)
                for varying in wanted.keys() & {"invocation_id", "execution_time"}:
                    wanted[varying] = got[varying]
                assert got == wanted
                assert list(got) == list(wanted)
        if lines[-1]["dir"] == "note":  # the connection stays open
            pong = await socket.ping()
            await asyncio.wait_for(pong, LIMIT_S)


async def test_a_stream_that_was_cancelled_before_it_came_does_not_begin(agent: Served) -> None:
    run_id = "7a1de0b8-2c5e-4c5b-8a1f-c0ffee000002"
    headers = {"X-RunAgent-Token": TOKEN, "X-RunAgent-Run": run_id}
    page = f"/runagent-ls/runs/{run_id}/cancel"
    assert (await ask(agent.context, "POST", page, b"", headers))[2]["found"] is False
    async with opened(agent, additional_headers=headers) as socket:
        await socket.send(request("count_stream", "Ada"))
        assert "cancelled" in (await received(socket))["detail"]
        assert await closed_with(socket) == 1003
    async with opened(agent, additional_headers=headers) as socket:
        await socket.send(request("count_stream", "Ada"))
        assert (await frames(socket))[-1]["status"] == "stream_completed"


async def test_frames_are_spelled_as_the_platform_does(agent: Served) -> None:
    """The readers of some clients look for the beginning of the text."""
    async with opened(agent) as socket:
        await socket.send(request("fail_stream", 1))
        started, data, failed = [await socket.recv() for _ in range(3)]
    assert str(started).startswith('{"type":"status","status":"stream_started","invocation_id":"')
    assert data == '{"type":"data","content":"{\\"type\\": \\"integer\\", \\"payload\\": \\"0\\"}"}'
    assert json.loads(failed) == {"type": "error", "error": "Streaming error: mid-stream boom"}


async def test_arguments_that_do_not_fit_are_named(agent: Served) -> None:
    sent, _, wanted, _ = transcript("stream-wrong-kwargs")
    async with opened(agent) as socket:
        await socket.send(sent["text"])
        failed = (await frames(socket))[-1]
    assert failed["error"] == json.loads(wanted["text"])["error"]
    assert failed["code"] == "VALIDATION_ERROR"
    named = {problem["parameter"] for problem in failed["details"]["problems"]}
    assert failed["field"] in named
    assert "nme" in named


async def test_another_agent_is_refused_as_recorded(agent: Served) -> None:
    (line,) = transcript("stream-unknown-agent")
    for path in ("/api/v1/agents/another/run-stream", "/nope", f"{agent.agent}/run"):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"ws://127.0.0.1:{agent.context.port}{path}"):
                pass
        assert refused.value.response.status_code == line["handshake_status"]
        assert refused.value.response.body == b""


async def test_a_stream_of_a_web_page_is_refused(agent: Served) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with opened(agent, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403
    assert b"--allow-origin" in (refused.value.response.body or b"")
    async with opened(agent, origin="http://localhost:3000") as socket:
        await socket.send(request("count_stream", "x", 1))
        assert (await frames(socket))[-1]["status"] == "stream_completed"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (b"binary", "The request must be a text message."),
        ("[]", "Missing required field: entrypoint_tag"),
        ('"entrypoint_tag input_args input_kwargs"', "Missing required field: entrypoint_tag"),
        ('{"entrypoint_tag": ["x"], "input_args": [], "input_kwargs": {}}', "must be a string"),
        ('{"entrypoint_tag": "count_stream", "input_args": 5, "input_kwargs": {}}', "an array"),
        ('{"entrypoint_tag": "count_stream", "input_args": [], "input_kwargs": null}', "an object"),
        ("[" * 100_000, "Invalid JSON format"),
        ("[" * 500 + "]" * 500, "nested too deeply"),
    ],
)
async def test_any_first_message_is_answered(
    agent: Served, message: bytes | str, said: str
) -> None:
    async with opened(agent) as socket:
        await socket.send(message)
        answer = await received(socket)
        assert answer["type"] == "error"
        assert said in answer["detail"]
        assert await closed_with(socket) == 1003


async def test_a_client_that_asks_for_nothing_is_told_so(
    agent: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runagent_ls.serve.front.streams.FIRST_S", 0.05)
    async with opened(agent) as socket:
        assert "No request came" in (await received(socket))["detail"]
        assert await closed_with(socket) == 1003


async def test_a_message_above_the_limit_closes(tmp_path: Path) -> None:
    limits = Limits(frame_bytes=1000)
    async with (
        served(tmp_path, RECORDED_SOURCE, {"s_stream": "count_stream"}, limits=limits) as agent,
        opened(agent) as socket,
    ):
        await socket.send(request("s_stream", "x" * 2000))
        assert await closed_with(socket) == 1009


async def test_a_request_may_come_in_pieces(agent: Served) -> None:
    async with opened(agent) as socket:
        text = request("count_stream", "x", 2)
        await socket.send([text[:20], text[20:40], text[40:]])
        assert (await frames(socket))[-1]["total_chunks"] == 2


async def test_the_steps_of_a_failure_are_for_the_editor(agent: Served) -> None:
    async with opened(agent, additional_headers={"X-RunAgent-Token": TOKEN}) as socket:
        await socket.send(request("fail_stream", 0))
        failed = (await frames(socket))[-1]
    assert failed["error"] == "Streaming error: mid-stream boom"
    assert failed["code"] == "INTERNAL_ERROR"
    assert failed["details"]["frames"][-1]["function"] == "fail_stream"


ENDLESS = """
import asyncio, pathlib
async def endless(marker):
    pathlib.Path(marker + ".begun").touch()
    try:
        while True:
            yield 1
            await asyncio.sleep(0.001)
    finally:
        pathlib.Path(marker).touch()
"""


async def test_stop_ends_the_generator_and_says_so(tmp_path: Path) -> None:
    marker = tmp_path / "closed"
    async with (
        served(tmp_path, ENDLESS, {"e_stream": "endless"}) as agent,
        opened(agent) as socket,
    ):
        await socket.send(request("e_stream", str(marker)))
        started = await received(socket)
        await received(socket)
        await socket.send("no command")
        await socket.send('{"type": "stop_stream"}')
        last = await received(socket)
        chunks = 1
        while last["type"] == "data":
            chunks += 1
            last = await received(socket)
        assert marker.exists()
        assert (last["status"], last["total_chunks"]) == ("stream_stopped", chunks)
        assert last["invocation_id"] == started["invocation_id"]
        UUID(started["invocation_id"])


async def test_leaving_ends_the_generator(tmp_path: Path) -> None:
    marker = tmp_path / "closed"
    async with served(tmp_path, ENDLESS, {"e_stream": "endless"}) as agent:
        async with opened(agent) as socket:
            await socket.send(request("e_stream", str(marker)))
            await received(socket)
            await received(socket)
        await until(marker.exists)
        await until(lambda: agent.supervisor.status.running == 0)


async def test_vanishing_ends_the_generator(tmp_path: Path) -> None:
    marker = tmp_path / "closed"
    async with (
        served(tmp_path, ENDLESS, {"e_stream": "endless"}) as agent,
        opened(agent) as socket,
    ):
        await socket.send(request("e_stream", str(marker)))
        await until((tmp_path / "closed.begun").exists)
        socket.transport.abort()
        await until(marker.exists)


async def test_a_client_that_does_not_read_takes_no_memory(tmp_path: Path) -> None:
    source = """
import pathlib
def flood(count):
    sent = 0
    while True:
        yield "x" * 10_000
        sent += 1
        pathlib.Path(count).write_text(str(sent))
"""
    count = tmp_path / "count"
    async with served(tmp_path, source, {"f_stream": "flood"}) as agent:
        async with opened(agent) as socket:
            await socket.send(request("f_stream", str(count)))
            await received(socket)
            socket.transport.pause_reading()
            before = -1
            while (now := int(count.read_text() or 0) if count.exists() else 0) != before:
                before = now
                await asyncio.sleep(0.3)
            # what the sockets, the windows and the batches hold, and no more
            assert now < 3000
            socket.transport.abort()
        await until(lambda: agent.supervisor.status.running == 0)


async def test_a_client_that_is_gone_without_a_word_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runagent_ls.serve.front.websocket.PING_S", 0.1)
    source = "import asyncio\nasync def quiet():\n    yield 1\n    await asyncio.sleep(60)\n"
    async with served(tmp_path, source, {"q_stream": "quiet"}) as agent:
        reader, writer = await asyncio.open_connection("127.0.0.1", agent.context.port)
        body = request("q_stream").encode()
        mask = b"\0\0\0\0"
        writer.write(
            f"GET {agent.agent}/run-stream HTTP/1.1\r\nHost: localhost\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
            + bytes([0x81, 0x80 | len(body)])
            + mask
            + body
        )
        got = await asyncio.wait_for(reader.read(), LIMIT_S)
        writer.close()
        assert got.startswith(b"HTTP/1.1 101 ")
        assert b"stream_started" in got  # what came with the handshake was read
        assert b"\x89\x00" in got  # a ping
        assert b"keepalive ping timeout" in got
        await until(lambda: agent.supervisor.status.running == 0)


async def test_a_flood_of_pings_from_one_who_does_not_read_is_not_answered_for_ever(
    tmp_path: Path,
) -> None:
    source = "import asyncio\nasync def flood():\n    while True:\n        yield 'x' * 100_000\n"
    async with served(tmp_path, source, {"f_stream": "flood"}) as agent, opened(agent) as socket:
        await socket.send(request("f_stream"))
        await received(socket)
        socket.transport.pause_reading()
        ping = bytes([0x89, 0x80 | 125]) + b"\0" * 129
        for _ in range(100_000):
            socket.transport.write(ping)
            if socket.transport.get_write_buffer_size() > 1_000_000:
                break  # it is not read any more
            await asyncio.sleep(0)
        assert socket.transport.get_write_buffer_size() > 1_000_000
        socket.transport.abort()


async def test_the_end_of_the_server_ends_streams(tmp_path: Path) -> None:
    marker = tmp_path / "closed"
    codes = []
    async with served(tmp_path, ENDLESS, {"e_stream": "endless"}) as agent:
        socket = await connect(
            f"ws://127.0.0.1:{agent.context.port}{agent.agent}/run-stream", ping_interval=None
        )
        await socket.send(request("e_stream", str(marker)))
        await until((tmp_path / "closed.begun").exists)
    try:
        while True:
            await asyncio.wait_for(socket.recv(), LIMIT_S)
    except ConnectionClosed:
        codes.append(socket.close_code)
    assert codes == [1012]
    assert marker.exists()


async def test_too_many_streams_are_told_to_come_later(tmp_path: Path) -> None:
    limits = Limits(at_once=1, waiting=0)
    async with (
        served(tmp_path, ENDLESS, {"e_stream": "endless"}, limits=limits) as agent,
        opened(agent) as first,
        opened(agent) as second,
    ):
        await first.send(request("e_stream", str(tmp_path / "closed")))
        await received(first)
        await second.send(request("e_stream", str(tmp_path / "closed")))
        answer = await received(second)
        assert (answer["type"], answer["code"]) == ("error", "OVERLOADED")
        assert answer["retry_after"] >= 1
        assert await closed_with(second) == 1013


async def test_large_chunks_arrive_whole(tmp_path: Path) -> None:
    source = "def large(sizes):\n    for size in sizes:\n        yield 'é' * size\n"
    sizes = [10, 120, 126, 300, 65_530, 70_000, 3_000_000]
    async with served(tmp_path, source, {"l_stream": "large"}) as agent, opened(agent) as socket:
        await socket.send(request("l_stream", sizes))
        got = [json.loads(frame["content"]) for frame in (await frames(socket))[1:-1]]
    assert [len(json.loads(value["payload"])) for value in got] == sizes
