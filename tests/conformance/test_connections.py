"""Below requests and messages: connections kept, bodies in pieces, handshakes, frames."""

from __future__ import annotations

import contextlib
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from conformance.asking import LIMIT_S, Message, Raw, Server, first_message
from conformance.comparing import check
from conformance.pair import Pair, ServeBoth
from conformance.projects import entrypoint, source, write_project

OK = b'{"entrypoint_tag": "echo", "input_args": [1]}'


@pytest.fixture(scope="module")
def pair(serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    entrypoints = [entrypoint("echo"), entrypoint("generator", "generator_stream")]
    folder = tmp_path_factory.mktemp("connections") / "agent"
    return serve_both(write_project(folder, {"main.py": source("callables.py")}, entrypoints))


def raw(server: Server, *pieces: bytes, quiet_s: float = 2.0) -> list[str]:
    """What comes back, line by line, for bytes on a fresh connection; `{id}` and `{host}` in them
    are filled in. Ends when the server closes or says nothing more."""
    received = b""
    with socket.create_connection((server.host, server.port), LIMIT_S) as connection:
        connection.settimeout(quiet_s)
        for piece in pieces:
            filled = piece.replace(b"{id}", server.agent_id.encode())
            filled = filled.replace(b"{host}", f"{server.host}:{server.port}".encode())
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(filled)
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while some := connection.recv(1 << 16):
                received += some
    return received.decode("utf-8", "replace").split("\r\n")


def lines_that_matter(lines: list[str]) -> list[str]:
    """Status lines and bodies; what stands in bodies is compared elsewhere."""
    masked = [line.split('"timestamp"')[0] for line in lines]
    return [line for line in masked if line.startswith(("HTTP/", "{", "Invalid"))]


POST = b"POST /api/v1/agents/{id}/run HTTP/1.1\r\nHost: {host}\r\n"
SIZED = POST + b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(OK)
HEALTHY = b"GET /api/v1/agents/{id}/architecture HTTP/1.1\r\nHost: {host}\r\n\r\n"
CHUNKED = POST + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

REQUESTS: dict[str, list[bytes]] = {
    "two on one connection": [SIZED + b"\r\n" + OK, SIZED + b"\r\n" + OK],
    "two at once": [SIZED + b"\r\n" + OK + SIZED + b"\r\n" + OK],
    "read and run": [HEALTHY + SIZED + b"\r\n" + OK + HEALTHY],
    "an error, then a run": [POST + b"Content-Length: 1\r\n\r\n{" + SIZED + b"\r\n" + OK],
    "body in pieces": [SIZED + b"\r\n", OK[:10], OK[10:]],
    "head in pieces": [SIZED[:20], SIZED[20:] + b"\r\n" + OK],
    "chunked": [CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(OK), OK)],
    "chunked in pieces": [CHUNKED, b"5\r\n" + OK[:5] + b"\r\n", b"%x\r\n" % (len(OK) - 5) + OK[5:]
                          + b"\r\n0\r\n\r\n"],
    "bad chunks": [CHUNKED + b"zz\r\n"],
    "expects to be told": [SIZED + b"Expect: 100-continue\r\n\r\n", OK],
    "close": [SIZED + b"Connection: close\r\n\r\n" + OK],
    "http 1.0": [b"GET /api/v1/agents/{id}/architecture HTTP/1.0\r\n\r\n"],
    "http 1.0 kept": [b"GET /api/v1/x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"],
    "garbage": [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
    "no request": [b"hello\r\n\r\n"],
    "bad version": [b"GET / HTTP/9.9\r\n\r\n"],
    "bad header": [b"GET /api/v1/health HTTP/1.1\r\nHost: {host}\r\nno colon\r\n\r\n"],
    "space before colon": [b"GET /api/v1/health HTTP/1.1\r\nHost : {host}\r\n\r\n"],
    "two lengths": [POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}"],
    "negative length": [POST + b"Content-Length: -1\r\n\r\n{}"],
    "upgrade to something": [HEALTHY[:-2] + b"Connection: upgrade\r\nUpgrade: h2c\r\n\r\n"],
    "absolute address": [b"GET http://{host}/api/v1/nope HTTP/1.1\r\nHost: {host}\r\n\r\n"],
    "star": [b"OPTIONS * HTTP/1.1\r\nHost: {host}\r\n\r\n"],
    "empty lines first": [b"\r\n\r\n" + HEALTHY],
}  # fmt: skip


@pytest.mark.parametrize("name", REQUESTS)
def test_requests(pair: Pair, name: str) -> None:
    with ThreadPoolExecutor() as pool:
        servers = (pair.theirs, pair.ours)
        theirs, ours = pool.map(lambda server: raw(server, *REQUESTS[name]), servers)
    check({"lines": lines_that_matter(theirs)}, {"lines": lines_that_matter(ours)})


@pytest.mark.parametrize("compression", ["deflate", None])
def test_handshakes(pair: Pair, compression: Any) -> None:
    found = []
    for server in (pair.theirs, pair.ours):
        url = f"ws://{server.host}:{server.port}/api/v1/agents/{server.agent_id}/run-stream"
        with connect(url, compression=compression, subprotocols=None, proxy=None) as web:
            assert web.response is not None
            headers = {name.lower(): value for name, value in web.response.headers.raw_items()}
            web.send(first_message("generator_stream", 2))
            frames = [web.recv(LIMIT_S) for _ in range(4)]
        names = ("upgrade", "sec-websocket-protocol", "sec-websocket-extensions")
        kept = {name: headers.get(name) for name in names}
        found.append({**kept, "frames": len(frames), "status": web.response.status_code})
    theirs, ours = found
    check(theirs, ours, "compression" if compression else None)


def frame(opcode: int, payload: bytes, final: bool = True, masked: bool = True) -> Raw:
    """One frame as bytes; the mask is of zeros. Payloads below 126 bytes."""
    head = bytes([opcode | (0x80 if final else 0), len(payload) | (0x80 if masked else 0)])
    return Raw(head + (bytes(4) if masked else b"") + payload)


MESSAGE = first_message("generator_stream", 2).encode()
FRAMES: dict[str, list[Message]] = {
    "in pieces": [
        frame(1, MESSAGE[:20], final=False),
        frame(0, MESSAGE[20:50], final=False),
        frame(0, MESSAGE[50:]),
    ],
    "a ping among pieces": [
        frame(1, MESSAGE[:20], final=False),
        frame(9, b"ping"),
        frame(0, MESSAGE[20:]),
    ],
    "pong unasked": [frame(10, b"x"), MESSAGE.decode()],
    "bytes that are no text": [frame(1, b"\xff\xfe")],
    "not masked": [frame(1, b"{}", masked=False)],
    "unknown kind": [frame(3, b"")],
    "reserved bit": [Raw(bytes([0xC1, 0x82, 0, 0, 0, 0]) + b"{}")],
    "continued without a start": [frame(0, b"{}")],
    "long ping": [Raw(bytes([0x89, 0xFE, 0, 126, 0, 0, 0, 0]) + b"x" * 126)],
}


@pytest.mark.parametrize("name", FRAMES)
def test_frames(pair: Pair, name: str) -> None:
    pair.same_stream(*FRAMES[name])


@pytest.mark.parametrize("code", [1000, 1001, 3000, 4999])
def test_a_client_that_leaves_is_answered(pair: Pair, code: int) -> None:
    found = []
    for server in (pair.theirs, pair.ours):
        url = f"ws://{server.host}:{server.port}/api/v1/agents/{server.agent_id}/run-stream"
        with connect(url, compression=None, proxy=None) as web:
            web.send(MESSAGE.decode())
            for _ in range(4):
                web.recv(LIMIT_S)
            web.close(code)
            with pytest.raises(ConnectionClosed) as closed:
                web.recv(0)
        found.append({"code": closed.value.rcvd.code if closed.value.rcvd else None})
    theirs, ours = found
    check(theirs, ours)


def test_leaving_before_the_first_message(pair: Pair) -> None:
    for server in (pair.theirs, pair.ours):
        url = f"ws://{server.host}:{server.port}/api/v1/agents/{server.agent_id}/run-stream"
        with connect(url, compression=None, proxy=None):
            pass
    answer = pair.same_stream(MESSAGE.decode())
    assert answer["frames"][-1]["total_chunks"] == 2
