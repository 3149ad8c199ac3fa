"""Streams: every message and every way to break off, against scripted servers."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import math
import time
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from runagent_ls.agents.call import Call, Chunk, Completed, Started, UnknownFrame
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import (
    AgentError,
    AgentNotFoundLocalError,
    ConnectionFailedError,
    NonStreamEntrypointError,
    NotFoundError,
    RequestRefusedError,
    ServerError,
    StreamError,
    TimedOutError,
)
from runagent_ls.agents.streams import websocket
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts

AGENT = "11111111-2222-4333-8444-555555555555"
WIRE = Path(__file__).parents[2] / "fixtures" / "wire"
CALL = Call("count_stream", [1], {"name": "bob"})
STARTED = '{"type":"status","status":"stream_started","invocation_id":"i-1"}'
COMPLETED = (
    '{"type":"status","status":"stream_completed","total_chunks":%d,'
    '"execution_time":0.5,"invocation_id":"i-1"}'
)


def data(value: Any, kind: str = "object") -> str:
    """A data frame as the local server spells it."""
    content = json.dumps({"type": kind, "payload": json.dumps(value)}, ensure_ascii=False)
    return json.dumps({"type": "data", "content": content}, separators=(",", ":"))


def target(port: int, agent_id: str = AGENT) -> Target:
    return Target("127.0.0.1", port, agent_id, "explicit")


async def collect(
    agent_target: Target, call: Call = CALL, **limits: Any
) -> tuple[list[Any], AgentError | None]:
    """All events, and the error that ended them."""
    events: list[Any] = []
    async with AgentClient(agent_target, Timeouts(**limits)) as agent:
        try:
            async with aclosing(agent.stream(call)) as stream, asyncio.timeout(60):
                async for event in stream:
                    events.append(event)
        except AgentError as error:
            return events, error
    return events, None


def values(events: list[Any]) -> list[Any]:
    return [event.value for event in events if isinstance(event, Chunk)]


async def test_a_stream_from_start_to_end(start_stream: Any) -> None:
    server = await start_stream([STARTED, data({"i": 0}), data("x", "string"), COMPLETED % 2])
    events, error = await collect(server.target)
    assert error is None
    assert events == [
        Started("i-1"),
        Chunk(0, {"i": 0}, '{"type": "object", "payload": "{\\"i\\": 0}"}'),
        Chunk(1, "x", '{"type": "string", "payload": "\\"x\\""}'),
        Completed(2, 0.5, "i-1"),
    ]
    assert json.loads(server.first_messages[0]) == {
        "entrypoint_tag": "count_stream",
        "input_args": [1],
        "input_kwargs": {"name": "bob"},
    }


async def test_the_connection_is_closed_after_completion_although_the_server_does_not(
    start_stream: Any,
) -> None:
    server = await start_stream([STARTED, COMPLETED % 0])
    await collect(server.target)
    async with asyncio.timeout(60):
        await server.gone.wait()
    assert server.close_codes == [1000]


async def test_no_key_no_compression_no_proxy_for_this_machine(
    start_stream: Any, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNAGENT_API_KEY", "rau_secret")
    for name in ("http_proxy", "ws_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    server = await start_stream([STARTED, COMPLETED % 0])
    _, error = await collect(server.target)
    assert error is None
    [headers] = server.headers
    assert "rau_secret" not in str(headers) + str(server.first_messages)
    assert "Sec-WebSocket-Extensions" not in headers
    assert headers["User-Agent"].startswith("runagent-ls/")


async def test_a_plain_tag_is_refused_before_any_connection(start_stream: Any) -> None:
    server = await start_stream([STARTED])
    events, error = await collect(server.target, Call("greet"))
    assert events == []
    assert isinstance(error, NonStreamEntrypointError)
    assert error.action == "run-as-call"
    assert server.headers == []


async def test_chunks_are_handed_on_as_they_arrive(start_stream: Any) -> None:
    seen = asyncio.Event()

    async def script(connection: ServerConnection) -> None:
        await connection.send(STARTED)
        await connection.send(data(1, "integer"))
        await seen.wait()  # the second chunk is not sent before the first was seen
        await connection.send(data(2, "integer"))
        await connection.send(COMPLETED % 2)

    server = await start_stream(script)
    got = []
    async with AgentClient(server.target) as agent, asyncio.timeout(60):
        async for event in agent.stream(CALL):
            if isinstance(event, Chunk):
                got.append(event.value)
                seen.set()
    assert got == [1, 2]


def transcript(name: str) -> tuple[list[str], int | None, bool]:
    """Texts of the server, its close code if any, and whether the connection was dropped."""
    texts, code, dropped = [], None, False
    for line in (WIRE / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["dir"] == "server->client" and "text" in record:
            texts.append(record["text"])
        elif record["dir"] == "server->client" and "close" in record:
            dropped = record["close"] is None
            code = None if dropped else record["close"]["code"]
    return texts, code, dropped


@pytest.mark.parametrize(
    ("name", "tag", "chunks", "code", "message"),
    [
        ("stream-ok", "count_stream", 3, None, ""),
        ("stream-error-midway", "fail_stream", 2, "STREAM_ERROR", "mid-stream boom"),
        ("stream-abnormal-close", "f_stream", 1, "STREAM_ERROR", "after 1 chunk"),
        ("stream-invalid-json", "x_stream", 0, "VALIDATION_ERROR", "Invalid JSON format"),
        ("stream-missing-field", "x_stream", 0, "VALIDATION_ERROR", "input_args"),
        ("stream-non-stream-tag", "x_stream", 0, "NON_STREAM_ENTRYPOINT", "greet"),
        ("stream-unknown-tag", "nope_stream", 0, "NOT_FOUND", "`nope_stream`"),
        ("stream-wrong-kwargs", "count_stream", 0, "STREAM_ERROR", "unexpected keyword"),
    ],
)
async def test_captured_transcripts(
    start_stream: Any, name: str, tag: str, chunks: int, code: str | None, message: str
) -> None:
    texts, close_code, dropped = transcript(name)

    async def script(connection: ServerConnection) -> None:
        for text in texts:
            await connection.send(text)
        if dropped:
            connection.transport.abort()
        elif close_code is not None:
            await connection.close(close_code)

    server = await start_stream(script)
    events, error = await collect(server.target, Call(tag))
    assert len(values(events)) == chunks
    assert (error.code if error else None) == code
    if error is not None:
        assert message in error.message
        assert not error.message.startswith("Streaming error")
        assert error.suggestion
    if name == "stream-wrong-kwargs":
        assert error is not None
        assert error.action == "edit-inputs"


async def test_the_captured_silent_hang_ends_with_the_idle_limit(start_stream: Any) -> None:
    server = await start_stream(transcript("stream-silent-hang")[0])
    begun = time.monotonic()
    events, error = await collect(server.target, idle=0.2)
    assert events == []
    assert isinstance(error, TimedOutError)
    assert error.details == {"limit": "idle", "seconds": 0.2}
    assert time.monotonic() - begun < 30
    async with asyncio.timeout(60):
        await server.gone.wait()


async def test_an_error_frame_on_an_open_connection_is_closed_by_us(start_stream: Any) -> None:
    server = await start_stream([STARTED, '{"type": "error", "error": "Streaming error: "}'])
    _, error = await collect(server.target)
    assert isinstance(error, StreamError)
    assert "without a text" in error.message
    async with asyncio.timeout(60):
        await server.gone.wait()


@pytest.mark.parametrize(
    "text", ["404 not found", "permission denied 403", "timed out", "401 unauthorized"]
)
async def test_the_functions_own_words_are_never_taken_for_a_status(
    start_stream: Any, text: str
) -> None:
    frame = json.dumps({"type": "error", "error": f"Streaming error: {text}"})
    server = await start_stream([STARTED, frame])
    _, error = await collect(server.target)
    assert error is not None
    assert (error.code, error.message) == ("STREAM_ERROR", text)


@pytest.mark.parametrize(
    ("frame", "code", "message"),
    [
        ({"type": "error", "error": {"code": "QUOTA", "message": "m"}}, "QUOTA", "m"),
        ({"type": "error", "data": {"code": "X", "message": "m"}}, "X", "m"),
        ({"type": "error"}, "STREAM_ERROR", "without saying why"),
        ({"type": "error", "error": 5}, "STREAM_ERROR", "without saying why"),
        ({"type": "error", "message": "m"}, "STREAM_ERROR", "m"),
        ({"type": "status", "status": "stream_failed", "error": "z"}, "STREAM_ERROR", "z"),
        ({"type": "status", "status": "stream_interrupted"}, "STREAM_ERROR", "interrupted"),
        ({"type": "status", "status": "stream_retry"}, "STREAM_RETRY", "try again"),
    ],
)
async def test_failures_of_other_servers(
    start_stream: Any, frame: Any, code: str, message: str
) -> None:
    server = await start_stream([STARTED, data(1, "integer"), json.dumps(frame)])
    events, error = await collect(server.target)
    assert values(events) == [1]
    assert error is not None
    assert error.code == code
    assert message in error.message


UNKNOWN = [
    "hello",
    "",
    "[1]",
    "null",
    '{"type":"data"}',
    '{"type":"data","content":}',
    '{"type":"data","content":"x"',
    '{"type":"new","x":1}',
    '{"no":"type"}',
    '{"type":"status","status":"stream_progress","percent":5}',
    "[" * 100_000,
]


async def test_unknown_frames_are_reported_and_the_stream_goes_on(start_stream: Any) -> None:
    server = await start_stream([STARTED, *UNKNOWN, data(1, "integer"), COMPLETED % 1])
    events, error = await collect(server.target)
    assert error is None
    assert [event.raw for event in events if isinstance(event, UnknownFrame)] == UNKNOWN
    assert values(events) == [1]


async def test_frames_of_bytes(start_stream: Any) -> None:
    async def script(connection: ServerConnection) -> None:
        await connection.send(STARTED)
        await connection.send(b"\xff\xfe")
        await connection.send(data(1, "integer").encode())  # a binary frame with a data message
        await connection.send(COMPLETED % 1)

    server = await start_stream(script)
    events, error = await collect(server.target)
    assert error is None
    assert events[1] == UnknownFrame("\ufffd\ufffd")
    assert values(events) == [1]


async def test_content_in_any_shape(start_stream: Any) -> None:
    contents = [None, "plain", 5, [1], {"a": 1}, '{"type":"number","payload":"\\"inf\\""}']
    frames = [json.dumps({"type": "data", "content": c}) for c in contents]
    compact = [json.dumps({"type": "data", "content": c}, separators=(",", ":")) for c in contents]
    server = await start_stream([STARTED, *frames, *compact, COMPLETED % 12])
    events, _ = await collect(server.target)
    expected = [None, "plain", 5, [1], {"a": 1}, math.inf]
    assert values(events) == expected + expected
    assert [event.index for event in events if isinstance(event, Chunk)] == list(range(12))


async def test_fragmented_messages(start_stream: Any) -> None:
    message = data({"text": "🦉" * 100})

    async def script(connection: ServerConnection) -> None:
        await connection.send(STARTED)
        await connection.send([message[:7], message[7:50], message[50:]])
        await connection.send(COMPLETED % 1)

    server = await start_stream(script)
    events, error = await collect(server.target)
    assert error is None
    assert values(events) == [{"text": "🦉" * 100}]


async def test_large_frames(start_stream: Any) -> None:
    text = "x" * 11_000_000
    server = await start_stream([STARTED, data(text, "string"), data(2, "integer"), COMPLETED % 2])
    events, error = await collect(server.target)
    assert error is None
    assert values(events) == [text, 2]


async def test_a_frame_beyond_all_reason(
    start_stream: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "LARGEST_MESSAGE", 100_000)
    server = await start_stream([STARTED, data(1, "integer"), data("x" * 200_000, "string")])
    events, error = await collect(server.target)
    assert values(events) == [1]
    assert isinstance(error, StreamError)


@pytest.mark.parametrize(
    ("close_code", "reason", "said"),
    [
        (1000, "", "code 1000"),
        (1001, "going away", "going away"),
        (1011, "keepalive ping timeout", "lost patience"),
        (1012, "", "the server was stopped"),
        (4000, "own", "code 4000"),
    ],
)
async def test_a_stream_that_is_closed_before_its_end(
    start_stream: Any, close_code: int, reason: str, said: str
) -> None:
    async def script(connection: ServerConnection) -> None:
        await connection.send(STARTED)
        await connection.send(data(1, "integer"))
        await connection.send(data(2, "integer"))
        await connection.close(close_code, reason)

    server = await start_stream(script)
    events, error = await collect(server.target)
    assert values(events) == [1, 2]
    assert isinstance(error, StreamError)
    assert said in error.message
    assert "after 2 chunks" in error.message
    assert isinstance(error.details, dict)
    assert error.details["closeCode"] == close_code


async def test_a_stream_that_is_dropped(start_stream: Any) -> None:
    async def script(connection: ServerConnection) -> None:
        await connection.send(STARTED)
        await connection.send(data(1, "integer"))
        while connection.transport.get_write_buffer_size():
            await asyncio.sleep(0)
        connection.transport.close()  # TCP ends without a close frame

    server = await start_stream(script)
    events, error = await collect(server.target)
    assert values(events) == [1]
    assert isinstance(error, StreamError)
    assert isinstance(error.details, dict)
    assert error.details["closeCode"] == 1006


async def test_a_close_before_the_start(start_stream: Any) -> None:
    async def script(connection: ServerConnection) -> None:
        await connection.close(1008)

    server = await start_stream(script)
    events, error = await collect(server.target)
    assert events == []
    assert isinstance(error, StreamError)
    assert "before it began" in error.message


HANDSHAKE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"


async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The server's half of the handshake."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = next(
        line.split(": ")[1]
        for line in head.split("\r\n")
        if line.lower().startswith("sec-websocket-key")
    )
    digest = hashlib.sha1(  # noqa: S324 - RFC 6455 asks for SHA-1
        key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    ).digest()
    writer.write(HANDSHAKE + b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n")


def text_frame(text: str) -> bytes:
    payload = text.encode()
    if len(payload) < 126:
        return bytes([0x81, len(payload)]) + payload
    return bytes([0x81, 126]) + len(payload).to_bytes(2, "big") + payload


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x83\x00",
        b"\xff\xff\xff",
        b"\x81\x85abcdefghi",
        b"\x80\x00",
        b"\x88\x01x",
        b"\x89\x7e\x00\xff" + bytes(255),
    ],
    ids=["opcode", "reserved", "masked", "continuation", "close", "long-ping"],
)
async def test_garbage_instead_of_a_frame(start_raw: Any, garbage: bytes) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        writer.write(text_frame(STARTED) + text_frame(data(1, "integer")) + garbage)
        await reader.read()

    events, error = await collect(target(await start_raw(handler)), idle=5.0)
    assert values(events) == [1]
    assert isinstance(error, StreamError)


async def test_a_session_cut_at_every_byte(start_raw: Any) -> None:
    """Whatever the place of the cut: what came whole is handed over, then an error is raised."""
    session = text_frame(STARTED) + text_frame(data("é", "string")) + text_frame(COMPLETED % 1)
    cut = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        writer.write(session[:cut])
        await writer.drain()
        writer.close()

    agent_target = target(await start_raw(handler))
    chunk_ends = len(text_frame(STARTED) + text_frame(data("é", "string")))
    for cut in range(len(session)):
        events, error = await collect(agent_target)
        assert isinstance(error, StreamError), cut
        assert values(events) == (["é"] if cut >= chunk_ends else [])


async def test_a_refused_connection(free_port: int) -> None:
    _, error = await collect(target(free_port))
    assert isinstance(error, ConnectionFailedError)
    assert error.action == "show-serve-command"


async def test_an_agent_that_is_not_served_there(start_stream: Any) -> None:
    server = await start_stream([])
    _, error = await collect(target(server.port, "00000000-0000-4000-8000-000000000000"))
    assert isinstance(error, AgentNotFoundLocalError)
    assert "403" in error.message
    assert error.action == "change-target"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", ConnectionFailedError),
        (b"\x00" * 5000, ConnectionFailedError),
        (b"", ConnectionFailedError),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi", RequestRefusedError),
        (b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n", ServerError),
        (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", AgentNotFoundLocalError),
        (
            b"HTTP/1.1 307 Moved\r\nlocation: ws://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n",
            RequestRefusedError,
        ),
        (HANDSHAKE + b"Sec-WebSocket-Accept: wrong\r\n\r\n", ConnectionFailedError),
    ],
)
async def test_a_port_that_speaks_no_websocket(
    start_raw: Any, answer: bytes, kind: type[AgentError]
) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.write_eof()
        await reader.read()

    _, error = await collect(target(await start_raw(handler)))
    assert isinstance(error, kind)
    assert error.suggestion


async def test_a_handshake_without_an_answer(start_raw: Any) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    _, error = await collect(target(await start_raw(silent)), connect=0.2)
    assert isinstance(error, ConnectionFailedError)
    assert error.details == {"limit": "connect", "seconds": 0.2}


async def endless(connection: ServerConnection) -> None:
    await connection.send(STARTED)
    i = 0
    while True:
        await connection.send(data(i, "integer"))
        i += 1
        await asyncio.sleep(0.001)


async def test_an_endless_stream_ends_with_the_total_limit(start_stream: Any) -> None:
    server = await start_stream(endless)
    events, error = await collect(server.target, total=3)
    assert isinstance(error, TimedOutError)
    assert error.details == {"limit": "total", "seconds": 3}
    assert values(events) == list(range(len(events) - 1))
    assert len(events) > 5


async def test_silence_between_chunks_ends_with_the_idle_limit(start_stream: Any) -> None:
    server = await start_stream([STARTED, data(1, "integer")])
    events, error = await collect(server.target, idle=1.5, total=60.0)
    assert values(events) == [1]
    assert isinstance(error, TimedOutError)
    assert error.details == {"limit": "idle", "seconds": 1.5}


async def test_a_slow_reader_is_not_taken_for_a_silent_agent(start_stream: Any) -> None:
    server = await start_stream([STARTED, data(1, "integer"), COMPLETED % 1])
    async with AgentClient(server.target, Timeouts(idle=2)) as agent:
        got: list[object] = []
        async for event in agent.stream(CALL):
            if not got:
                await asyncio.sleep(2.5)
            got.append(event)
    assert len(got) == 3


async def test_a_slow_reader_makes_the_agent_wait(start_stream: Any) -> None:
    sent = 0

    async def script(connection: ServerConnection) -> None:
        nonlocal sent
        await connection.send(STARTED)
        for _ in range(200):
            await connection.send(data("x" * 1_000_000, "string"))
            sent += 1
        await connection.send(COMPLETED % 200)

    server = await start_stream(script)
    async with AgentClient(server.target) as agent, aclosing(agent.stream(CALL)) as stream:
        got = 0
        async for event in stream:
            if isinstance(event, Chunk):
                got += 1
                await asyncio.sleep(0.002)
                # what is sent but not read waits in the buffers of both sides, not in memory
                assert sent - got < 40
    assert got == 200


async def test_leaving_early_closes_the_connection(start_stream: Any) -> None:
    server = await start_stream(endless)
    async with AgentClient(server.target) as agent, asyncio.timeout(60):
        async with aclosing(agent.stream(CALL)) as stream:
            async for event in stream:
                if isinstance(event, Chunk):
                    break
        async with asyncio.timeout(60):
            await wait_until(lambda: server.headers and not _open(server))


def _open(server: Any) -> bool:
    return not server.gone.is_set()


async def wait_until(condition: Any) -> None:
    while not condition():
        await asyncio.sleep(0.005)


async def test_cancelling_closes_the_connection(start_stream: Any) -> None:
    server = await start_stream([STARTED])
    task = asyncio.create_task(collect(server.target))
    async with asyncio.timeout(60):
        await wait_until(lambda: server.first_messages)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.gone.wait()
    assert server.close_codes == [1000]


async def test_cancelling_while_the_inputs_are_sent_leaves_no_socket(start_raw: Any) -> None:
    accepted, given_up, closed = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        accepted.set()
        await given_up.wait()  # reads nothing: the client's buffers are full
        while await reader.read(65536):
            pass
        closed.set()

    call = Call("x_stream", ["y" * 20_000_000])
    task = asyncio.create_task(collect(target(await start_raw(handler)), call))
    async with asyncio.timeout(60):
        await accepted.wait()
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.sleep(0.1)
        given_up.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        await closed.wait()


async def test_an_unknown_tag_names_the_nearest(start_http: Any, start_raw: Any) -> None:
    body = {"success": True, "data": {"entrypoints": [{"tag": "count_stream"}, {"tag": "greet"}]}}
    payload = json.dumps(body).encode()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"architecture" in head:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(payload) + payload)
            await reader.read()
            return
        key = next(
            line.split(b": ")[1] for line in head.split(b"\r\n") if b"websocket-key" in line.lower()
        )
        digest = hashlib.sha1(  # noqa: S324 - RFC 6455 asks for SHA-1
            key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        ).digest()
        writer.write(HANDSHAKE + b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n")
        writer.write(text_frame('{"type":"error","detail":"Entrypoint coutn_stream not found"}'))
        await reader.read()

    _, error = await collect(target(await start_raw(handler)), Call("coutn_stream"))
    assert isinstance(error, NotFoundError)
    assert "Did you mean `count_stream`?" in str(error.suggestion)


async def test_many_streams_at_once(start_stream: Any) -> None:
    frames = [STARTED, *(data(i, "integer") for i in range(50)), COMPLETED % 50]
    server = await start_stream(frames)
    results = await asyncio.gather(*(collect(server.target) for _ in range(100)))
    assert all(error is None and values(events) == list(range(50)) for events, error in results)
