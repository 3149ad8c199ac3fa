"""Servers with every fault, for calls and streams, in the open and over TLS.

Each fault ends in one error within its limit, with its kind, and says honestly whether the
function may have run: False only where it certainly did not.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import hashlib
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import trustme

from runagent_ls.agents.call import Call, Chunk
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.streams import websocket
from runagent_ls.agents.targets.credentials import ApiKey, Cloud
from runagent_ls.agents.targets.resolving import resolve_cloud
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts

AGENT = "11111111-2222-4333-8444-555555555555"
WIRE = Path(__file__).parents[2] / "fixtures" / "wire"
RUN = Call("greet", ["bob"])
STREAM = Call("count_stream")
Handler: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
StartFaulty: TypeAlias = Callable[[Handler, str], Awaitable[Target]]


@pytest.fixture
async def start_faulty(
    start_raw: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[StartFaulty]:
    """A server with a fault: `local`, `cloud` (with a key) or `tls` (the cloud, encrypted)."""
    servers: list[asyncio.Server] = []

    async def start(handler: Handler, place: str) -> Target:
        if place == "local":
            return Target("127.0.0.1", await start_raw(handler), AGENT, "explicit")
        if place == "cloud":
            url = f"http://127.0.0.1:{await start_raw(handler)}"
            return resolve_cloud(AGENT, Cloud(url, "given", ApiKey("rau_key")))
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)

        async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await handler(reader, writer)
            writer.transport.abort()

        server = await asyncio.start_server(guarded, "127.0.0.1", 0, ssl=context)
        servers.append(server)
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return resolve_cloud(AGENT, Cloud(url, "given", ApiKey("rau_key")))

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


async def outcome(target: Target, call: Call, **limits: float) -> Any:
    """The value, the chunks, or the error; with all chunks that came before the error."""
    chunks: list[Any] = []
    async with asyncio.timeout(60):
        try:
            async with AgentClient(target, Timeouts(**limits)) as agent:
                if not call.streams:
                    return (await agent.run(call)).value
                async for event in agent.stream(call):
                    if isinstance(event, Chunk):
                        chunks.append(event.value)
                return chunks
        except AgentError as error:
            return error, chunks


async def request(reader: asyncio.StreamReader) -> None:
    """Read a whole request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    await reader.readexactly(int(head.split("content-length: ")[1].split("\r\n")[0]))


HANDSHAKE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"


async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept a stream and read its first message."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    lines = (line.split(": ", 1) for line in head.split("\r\n") if ": " in line)
    key = {name.lower(): value for name, value in lines}["sec-websocket-key"]
    accepted = key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    digest = hashlib.sha1(accepted).digest()  # noqa: S324 - RFC 6455 asks for SHA-1
    writer.write(HANDSHAKE + b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n")
    await writer.drain()
    length = (await reader.readexactly(2))[1] & 0x7F
    if length == 126:
        length = int.from_bytes(await reader.readexactly(2), "big")
    await reader.readexactly(4 + length)


def text_frame(text: str) -> bytes:
    payload = text.encode()
    if len(payload) < 126:
        return bytes([0x81, len(payload)]) + payload
    return bytes([0x81, 126]) + len(payload).to_bytes(2, "big") + payload


def recorded_session() -> bytes:
    """All that the server sent in a recorded stream, after its handshake."""
    lines = (WIRE / "stream-ok.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    sent = [r["text"] for r in records if r["dir"] == "server->client" and "text" in r]
    return b"".join(map(text_frame, sent))


CHUNKS = [{"i": i, "name": "bob"} for i in range(3)]


def recorded_answer() -> bytes:
    """A recorded answer to a run, head and body."""
    recorded = json.loads((WIRE / "run-ok.json").read_text(encoding="utf-8"))["response"]
    body = json.dumps(recorded["body"]).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


def drop(writer: asyncio.StreamWriter, how: str) -> None:
    """End the connection: `fin` in good order, `rst` as a server does that crashed."""
    if how == "rst":
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    else:
        writer.close()


# over TLS a connection takes longer, so not every byte is tried there
CUTS = [("local", "fin", 1), ("cloud", "rst", 1), ("tls", "fin", 11), ("tls", "rst", 13)]


@pytest.mark.parametrize(("place", "how", "step"), CUTS)
async def test_an_answer_dropped_at_each_byte(
    start_faulty: StartFaulty, place: str, how: str, step: int
) -> None:
    answer = recorded_answer()
    cut = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(answer[:cut])
        await writer.drain()
        drop(writer, how)

    target = await start_faulty(handler, place)
    for cut in range(0, len(answer), step):
        error, _ = await outcome(target, RUN)
        assert error.code == "CONNECTION_ERROR", cut
        assert error.kind in ("network", "protocol"), cut
        assert error.may_have_run is True, cut
    cut = len(answer)
    if how == "fin":
        assert await outcome(target, RUN) == {"greeting": "hello bobbob", "n": 2}


@pytest.mark.parametrize(("place", "how", "step"), CUTS)
async def test_a_session_dropped_at_each_byte(
    start_faulty: StartFaulty, place: str, how: str, step: int
) -> None:
    session = recorded_session()
    cut = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        writer.write(session[:cut])
        await writer.drain()
        drop(writer, how)

    target = await start_faulty(handler, place)
    most = 0
    for cut in range(0, len(session), step):
        error, chunks = await outcome(target, STREAM)
        assert error.code == "STREAM_ERROR", cut
        assert error.may_have_run is True, cut
        assert chunks == CHUNKS[: len(chunks)], cut
        if how == "fin":  # a reset may take what was already there along
            assert len(chunks) >= most
            most = len(chunks)
            assert error.details["chunks"] == len(chunks)
    assert how == "rst" or most == 3


@pytest.mark.parametrize(("place", "how"), [("local", "fin"), ("cloud", "rst"), ("tls", "fin")])
async def test_a_handshake_dropped_at_each_byte(
    start_faulty: StartFaulty, place: str, how: str
) -> None:
    answer = HANDSHAKE + b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    cut = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer[:cut])
        await writer.drain()
        drop(writer, how)

    target = await start_faulty(handler, place)
    for cut in range(0, len(answer) + 1, 5 if place == "tls" else 1):
        error, _ = await outcome(target, STREAM)
        assert error.code == "CONNECTION_ERROR", cut
        assert error.may_have_run is False, cut


@dataclass(frozen=True)
class Fault:
    """What a server does, and what must come of it for a call and for a stream."""

    handler: Handler
    run: tuple[str, str | None, bool]
    stream: tuple[str, str | None, bool]


async def _closes_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def _half_closed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    if writer.can_write_eof():
        writer.write_eof()
        await reader.read()


async def _garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"\x00\xff\x01garbage\r\n\r\n" * 50)
    await writer.drain()
    await reader.read(1 << 16)
    writer.close()


async def _endless_header(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.transport.is_closing():
        writer.write(b"x-more: " + b"x" * 8000 + b"\r\n")
        await writer.drain()
        await asyncio.sleep(0)  # over TLS `drain` may return at once for ever after the client left


async def _no_status(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 abc\r\n\r\n")
    await writer.drain()
    await reader.read(1 << 16)
    writer.close()


def _answers(raw: bytes) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        await reader.read()

    return handler


def _status(status: int, body: str = "no", headers: str = "") -> Handler:
    head = f"HTTP/1.1 {status} Fault\r\n{headers}content-length: {len(body)}\r\n\r\n"
    return _answers(head.encode() + body.encode())


LOST = ("CONNECTION_ERROR", "network", True)
NOT_HTTP = ("CONNECTION_ERROR", "protocol", True)
NO_SOCKET = ("CONNECTION_ERROR", "protocol", False)
FAULTS = {
    "closes at once": Fault(_closes_at_once, LOST, NO_SOCKET),
    "silent": Fault(
        _silent, ("TIMEOUT", "timeout-idle", True), ("CONNECTION_ERROR", "timeout-connect", False)
    ),
    "half closed": Fault(_half_closed, LOST, NO_SOCKET),
    "garbage": Fault(_garbage, NOT_HTTP, NO_SOCKET),
    "endless header": Fault(_endless_header, NOT_HTTP, NO_SOCKET),
    "no status": Fault(_no_status, NOT_HTTP, NO_SOCKET),
    "413": Fault(_status(413), ("CLIENT_ERROR", None, False), ("CLIENT_ERROR", None, False)),
    "418": Fault(_status(418), ("CLIENT_ERROR", None, False), ("CLIENT_ERROR", None, False)),
    "500": Fault(_status(500), ("SERVER_ERROR", None, True), ("SERVER_ERROR", None, False)),
    "503": Fault(_status(503), ("SERVER_ERROR", None, True), ("SERVER_ERROR", None, False)),
    "503 later": Fault(
        _status(503, headers="Retry-After: 5\r\n"),
        ("SERVER_ERROR", None, False),
        ("SERVER_ERROR", None, False),
    ),
    "204": Fault(
        _answers(b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("UNKNOWN_ERROR", "protocol", True),
        ("UNKNOWN_ERROR", None, False),
    ),
    "not compressed": Fault(
        _status(200, "plain", "content-encoding: gzip\r\n"),
        ("UNKNOWN_ERROR", "protocol", True),
        ("CLIENT_ERROR", None, False),
    ),
}


@pytest.mark.parametrize("place", ["local", "cloud", "tls"])
@pytest.mark.parametrize("call", [RUN, STREAM], ids=["run", "stream"])
@pytest.mark.parametrize("name", FAULTS)
async def test_faults(start_faulty: StartFaulty, place: str, call: Call, name: str) -> None:
    fault = FAULTS[name]
    code, kind, may_have_run = fault.stream if call.streams else fault.run
    target = await start_faulty(fault.handler, place)
    limits: dict[str, float] = {}
    if name == "silent" and call.streams:
        limits = {"connect": 0.5}  # the answer to the handshake is part of connecting
    elif name == "silent" and place == "local":
        limits = {"idle": 0.5}
    elif name == "silent":
        # the cloud gets time for its own limit on top of `idle`; the call is to be sent before it
        limits, kind = {"idle": 0.5, "total": 3.0}, "timeout-total"
    error, _ = await outcome(target, call, **limits)
    assert (error.code, error.kind, error.may_have_run) == (code, kind, may_have_run)
    assert error.suggestion
    if place != "local":
        assert "runagent serve" not in error.suggestion
        assert error.action not in ("show-serve-command", "show-logs")
    json.dumps(error.to_message())


@pytest.mark.parametrize(
    ("header", "pause"),
    [("7", 7.0), ("0", 0.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", None), ("-1", None)],
)
@pytest.mark.parametrize("call", [RUN, STREAM], ids=["run", "stream"])
async def test_a_service_that_asks_for_a_pause(
    start_faulty: StartFaulty, header: str, pause: float | None, call: Call
) -> None:
    target = await start_faulty(_status(429, headers=f"Retry-After: {header}\r\n"), "cloud")
    error, _ = await outcome(target, call)
    assert error.code == "CLIENT_ERROR"
    assert error.retry_after == pause
    assert error.details.get("retry_after") == pause
    assert error.may_have_run is False
    assert error.action == "run-again"


async def test_a_compressed_answer_is_read(start_faulty: StartFaulty) -> None:
    body = gzip.compress(b'{"success": true, "data": "5"}')
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {len(body)}\r\n\r\n"
    assert await outcome(await start_faulty(_answers(head.encode() + body), "local"), RUN) == 5


async def test_an_answer_that_nobody_asked_for(start_faulty: StartFaulty) -> None:
    def answer(number: int) -> bytes:
        body = b'{"success": true, "data": "%d"}' % number
        return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)

    connections = iter([answer(1) + answer(666), answer(2)])

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(next(connections))
        await writer.drain()
        await reader.read()

    async with AgentClient(await start_faulty(handler, "local")) as agent:
        assert [(await agent.run(RUN)).value for _ in range(2)] == [1, 2]


@pytest.mark.parametrize("place", ["local", "tls"])
async def test_a_call_after_a_failure_of_the_server_has_a_connection_of_its_own(
    start_faulty: StartFaulty, place: str
) -> None:
    """uvicorn closes a connection when the application failed, a moment after its answer."""
    answers = iter([b"HTTP/1.1 500 No\r\ncontent-length: 2\r\n\r\nno", recorded_answer()])

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(next(answers))
        await writer.drain()
        await reader.read(1)
        drop(writer, "fin")  # too late for this one: it is lost

    async with AgentClient(await start_faulty(handler, place)) as agent:
        with pytest.raises(AgentError):
            await agent.run(RUN)
        assert (await agent.run(RUN)).value == {"greeting": "hello bobbob", "n": 2}


async def test_an_answer_in_drips(start_faulty: StartFaulty) -> None:
    answer = recorded_answer()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        for index in range(len(answer)):
            writer.write(answer[index : index + 1])
            await writer.drain()
            await asyncio.sleep(0)
        await reader.read()

    target = await start_faulty(handler, "local")
    assert await outcome(target, RUN) == {"greeting": "hello bobbob", "n": 2}


def sends(*messages: str | bytes) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        for message in messages:
            writer.write(text_frame(message) if isinstance(message, str) else message)
            await writer.drain()
        await reader.read()

    return handler


def data(value: int) -> str:
    return json.dumps({"type": "data", "content": json.dumps(value)})


STARTED = '{"type":"status","status":"stream_started","invocation_id":"i"}'
COMPLETED = '{"type":"status","status":"stream_completed","total_chunks":2}'
PING, PONG = b"\x89\x02hi", b"\x8a\x00"


@pytest.mark.parametrize(
    ("messages", "chunks"),
    [
        ([data(1), STARTED, data(2), COMPLETED], [1, 2]),
        ([data(1), data(2), COMPLETED, STARTED], [1, 2]),
        ([STARTED, STARTED, data(1), COMPLETED, data(2), COMPLETED], [1]),
        ([COMPLETED, STARTED, data(1)], []),
        ([STARTED, PING, data(1), PING, PONG, data(2), PING, COMPLETED], [1, 2]),
    ],
    ids=["data first", "no start", "twice", "end first", "pings"],
)
@pytest.mark.parametrize("place", ["local", "tls"])
async def test_messages_out_of_order(
    start_faulty: StartFaulty, messages: list[str | bytes], chunks: list[int], place: str
) -> None:
    """Chunks keep the order they came in; after the end nothing counts."""
    assert await outcome(await start_faulty(sends(*messages), place), STREAM) == chunks


async def test_pings_are_answered(start_faulty: StartFaulty) -> None:
    answered = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await accept(reader, writer)
        writer.write(text_frame(STARTED) + PING)
        head = await reader.readexactly(2)
        assert head == b"\x8a\x82"  # a pong, masked, of two bytes
        mask, payload = await reader.readexactly(4), await reader.readexactly(2)
        assert bytes(a ^ b for a, b in zip(payload, mask, strict=False)) == b"hi"
        answered.set()
        writer.write(text_frame(COMPLETED))
        await reader.read()

    assert await outcome(await start_faulty(handler, "local"), STREAM) == []
    assert answered.is_set()


@pytest.mark.parametrize(("place", "expected"), [("cloud", True), ("tls", True), ("local", False)])
async def test_a_quiet_stream_is_kept_alive_on_the_way_to_other_machines(
    start_faulty: StartFaulty, place: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "PING_INTERVAL_S", 0.02)
    pings = 0

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal pings
        await accept(reader, writer)
        writer.write(text_frame(STARTED))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if expected else 0.3):
                while pings < 3:
                    head = await reader.readexactly(2)
                    mask = await reader.readexactly(4)
                    masked = await reader.readexactly(head[1] & 0x7F)
                    payload = bytes(c ^ mask[i % 4] for i, c in enumerate(masked))
                    pings += head[0] == 0x89
                    if pings == 1:  # answered once, then never again
                        writer.write(bytes([0x8A, len(payload)]) + payload)
        writer.write(text_frame(data(1)) + text_frame(COMPLETED))
        await reader.read()

    assert await outcome(await start_faulty(handler, place), STREAM) == [1]
    assert pings == (3 if expected else 0)


@pytest.mark.parametrize("place", ["local", "cloud"])
async def test_an_error_after_the_start_may_have_run_whatever_its_code(
    start_faulty: StartFaulty, place: str
) -> None:
    late = json.dumps({"type": "error", "error": {"code": "VALIDATION_ERROR", "message": "m"}})
    error, chunks = await outcome(await start_faulty(sends(STARTED, data(1), late), place), STREAM)
    assert (error.code, error.may_have_run, chunks) == ("VALIDATION_ERROR", True, [1])
    error, _ = await outcome(await start_faulty(sends(late), place), STREAM)
    assert (error.code, error.may_have_run) == ("VALIDATION_ERROR", False)


@pytest.mark.parametrize(
    ("code", "reason", "expected"),
    [
        (1008, "", "PERMISSION_ERROR"),
        (1008, "Invalid token", "AUTHENTICATION_ERROR"),
        (4401, "", "AUTHENTICATION_ERROR"),
        (4403, "", "PERMISSION_ERROR"),
        (4404, "", "AGENT_NOT_FOUND_REMOTE"),
        (1011, "Agent must be deployed. current status: uploaded", "AGENT_NOT_DEPLOYED"),
        (1011, "", "STREAM_ERROR"),
    ],
)
async def test_a_cloud_that_refuses_an_open_socket(
    start_faulty: StartFaulty, code: int, reason: str, expected: str
) -> None:
    payload = struct.pack(">H", code) + reason.encode()
    close = bytes([0x88, len(payload)]) + payload
    error, _ = await outcome(await start_faulty(sends(close), "cloud"), STREAM)
    assert error.code == expected
    assert error.may_have_run is (expected == "STREAM_ERROR")
    # once it has begun, a close is no refusal
    error, _ = await outcome(await start_faulty(sends(STARTED, close), "cloud"), STREAM)
    assert (error.code, error.may_have_run) == ("STREAM_ERROR", True)


async def test_a_total_limit_that_ends_while_connecting(start_faulty: StartFaulty) -> None:
    target = await start_faulty(_silent, "local")
    error, _ = await outcome(target, STREAM, connect=10, total=0.2)
    assert (error.code, error.kind, error.may_have_run) == ("TIMEOUT", "timeout-total", False)


async def test_a_network_that_swallows_everything() -> None:
    """An address that answers nothing at all: a listener whose queue is full."""
    with socket.socket() as listener, contextlib.ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        target = Target("127.0.0.1", port, AGENT, "explicit")
        for call in (RUN, STREAM):
            error, _ = await outcome(target, call, connect=0.3, idle=0.3)
            assert error.kind in ("timeout-connect", "timeout-idle")
            assert error.may_have_run is (error.kind == "timeout-idle")
