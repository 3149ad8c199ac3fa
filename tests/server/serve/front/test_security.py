"""Who is not answered: pages of others, names of others, and whoever takes his time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from runagent_ls.serve.front import FrontContext
from runagent_ls.serve.front.security import Gate
from runagent_ls.serve.invocations import Invocations
from serving_front import TOKEN, Served, ask, exchange, served

SOURCE = "def echo(*args):\n    return args\n"
LIMIT_S = 60


@pytest.fixture
async def agent(tmp_path: Path) -> AsyncIterator[Served]:
    more = {
        "allow_hosts": frozenset({"agents.example"}),
        "allow_origins": frozenset({"https://app.example"}),
    }
    async with served(tmp_path, SOURCE, {"echo": "echo"}, **more) as running:
        yield running


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "[::1", "a b", ""])
@pytest.mark.parametrize("path", ["/api/v1/health", "/api/v1", "run"])
async def test_a_name_of_others_is_refused(agent: Served, host: str, path: str) -> None:
    method = "POST" if path == "run" else "GET"
    address = f"{agent.agent}/run" if path == "run" else path
    body = b'{"entrypoint_tag":"echo"}' if path == "run" else b""
    status, _, answered = await ask(agent.context, method, address, body, {"Host": host})
    assert status == 400
    assert "--allow-host" in answered["detail"]


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:80", "127.0.0.1:1", "127.1.2.3", "[::1]:5", "agents.example"]
)
async def test_names_of_this_machine_are_let_in(agent: Served, host: str) -> None:
    assert (await ask(agent.context, "GET", "/api/v1/health", b"", {"Host": host}))[0] == 200


def test_addresses_are_let_in_where_the_server_listens_beyond_loopback(tmp_path: Path) -> None:
    def gate(host: str) -> Gate:
        records = Invocations(tmp_path / "x.db", own=True)
        return Gate(FrontContext(host, 80, TOKEN, records))

    near, far = [(b"host", b"192.0.2.7:80")], [(b"host", b"evil.example")]
    assert gate("0.0.0.0").refusal(near) is None
    assert gate("0.0.0.0").refusal(far) is not None
    assert gate("127.0.0.1").refusal(near) is not None
    assert gate("devbox").refusal([(b"host", b"devbox:80")]) is None


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://localhost.evil.example", "http://127.0.0.1.evil.com"],
)
async def test_a_page_of_others_is_refused(agent: Served, origin: str) -> None:
    body = b'{"entrypoint_tag":"echo"}'
    for method, path, sent in (
        ("GET", "/api/v1/health", b""),
        ("POST", f"{agent.agent}/run", body),
        ("OPTIONS", f"{agent.agent}/run", b""),
    ):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        status, answered, _ = await ask(agent.context, method, path, sent, headers)
        assert status == 403
        assert "access-control-allow-origin" not in answered


@pytest.mark.parametrize(
    "origin",
    ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:80", "https://app.example"],
)
async def test_a_page_of_this_machine_may_ask(agent: Served, origin: str) -> None:
    body = b'{"entrypoint_tag":"echo","input_args":[1]}'
    headers = {"Origin": origin}
    status, answered, value = await ask(agent.context, "POST", f"{agent.agent}/run", body, headers)
    assert (status, value["success"]) == (200, True)
    assert answered["access-control-allow-origin"] == origin
    assert answered["access-control-allow-credentials"] == "true"
    assert "origin" in answered["vary"].lower()
    headers |= {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    status, answered, _ = await ask(agent.context, "OPTIONS", f"{agent.agent}/run", b"", headers)
    assert (status, answered["access-control-allow-origin"]) == (200, origin)
    assert "POST" in answered["access-control-allow-methods"]
    assert "content-type" in answered["access-control-allow-headers"]


def test_the_token_is_not_shown(tmp_path: Path) -> None:
    context = FrontContext("127.0.0.1", 1, TOKEN, Invocations(tmp_path / "x.db", own=True))
    assert TOKEN not in repr(context)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/invocations/..%2f..%2fmain.py",
        "/runagent-ls/runs/..%2f..%2fmain.py/logs",
        "/main.py",
        "//etc/passwd",
        "/api/v1/agents/../../main.py",
        "/%00",
    ],
)
async def test_no_path_leads_to_a_file(agent: Served, path: str) -> None:
    headers = {"X-RunAgent-Token": TOKEN}
    status, _, body = await ask(agent.context, "GET", path, b"", headers)
    assert status == 404
    assert "def echo" not in json.dumps(body)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/x\r\n\r\n",
        b"\r\n" * 20 + b"\0\0\0\r\n\r\n",
        b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000,
        b"GET /api/v1/health HTTP/1.1\r\n" + b"X: y\r\n" * 50_000,
        b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
async def test_garbage_is_answered_or_closed(agent: Served, data: bytes) -> None:
    try:
        answered = await exchange(agent.context, data)
    except ConnectionResetError:
        answered = b""  # closed while it was still being sent
    assert answered == b"" or answered.startswith(b"HTTP/1.1 4")
    assert (await ask(agent.context, "GET", "/api/v1/health"))[0] == 200


@pytest.mark.parametrize(
    "begun", [b"", b"GET /api/v1/health HTTP/1.1\r\nHost: loc", b"POST"], ids=["", "head", "line"]
)
async def test_a_head_that_does_not_come_is_not_waited_for(
    agent: Served, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", agent.context.port)
    writer.write(whole)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
    monkeypatch.setattr("runagent_ls.serve.front.connections.HEAD_S", 0.1)
    with contextlib.suppress(ConnectionResetError):
        assert await exchange(agent.context, begun) == b""
    # also as a later request of a connection
    writer.write(whole + b"GET /api")
    try:
        got = await asyncio.wait_for(reader.read(), LIMIT_S)
    except ConnectionResetError:
        got = b"HTTP/1.1 200"
    assert b"HTTP/1.1 200" in got
    writer.close()


@pytest.mark.parametrize("begun", ["", "{"])
async def test_a_body_that_does_not_come_is_not_waited_for(
    agent: Served, begun: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runagent_ls.serve.front.bodies.STALLED_S", 0.1)
    head = f"POST {agent.agent}/run HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"
    got = await exchange(agent.context, (head + begun).encode())
    assert got.startswith(b"HTTP/1.1 408")


async def test_more_connections_than_there_may_be_are_turned_away(
    agent: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runagent_ls.serve.front.connections.MOST", 3)
    held = [await asyncio.open_connection("127.0.0.1", agent.context.port) for _ in range(3)]
    got = await exchange(agent.context, b"")
    assert got.startswith(b"HTTP/1.1 503")
    for _, writer in held:
        writer.close()
    async with asyncio.timeout(LIMIT_S):
        while (await exchange_status(agent)) != 200:
            await asyncio.sleep(0.02)


async def exchange_status(agent: Served) -> int:
    try:
        return (await ask(agent.context, "GET", "/api/v1/health"))[0]
    except (ConnectionResetError, ValueError):
        return 0


@pytest.mark.parametrize("requests", [1, 2])
async def test_an_answer_that_nobody_reads_is_dropped(
    tmp_path: Path, requests: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runagent_ls.serve.front.server.KEEP_ALIVE_S", 1)
    source = "def large():\n    return 'x' * 50_000_000\n"
    async with served(tmp_path, source, {"large": "large"}) as agent:
        body = b'{"entrypoint_tag":"large"}'
        head = f"POST {agent.agent}/run HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}"
        with socket.create_connection(("127.0.0.1", agent.context.port)) as client:
            client.sendall((head.encode() + b"\r\n\r\n" + body) * requests)
            # it takes the only place until it is dropped
            monkeypatch.setattr("runagent_ls.serve.front.connections.MOST", 1)
            assert await exchange_status(agent) == 503
            async with asyncio.timeout(LIMIT_S):
                while await exchange_status(agent) != 200:
                    await asyncio.sleep(0.05)


async def test_requests_one_after_another_on_one_connection(agent: Served) -> None:
    request = b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    got = await exchange(agent.context, request * 5 + last)
    assert got.count(b"HTTP/1.1 200 OK") == 6
