"""Where ours does more on purpose: who may call, what is executed, how streams end."""

from __future__ import annotations

import contextlib
import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from conformance.asking import Reply, Request, Server, ask, converse, first_message, run
from conformance.comparing import check, comparable
from conformance.pair import Pair, ServeBoth, serving_both
from conformance.projects import entrypoint, source, write_project
from conformance.starts import real_starts
from serve_our_agent import NotServedError, serving_ours
from serve_real_agent import interpreter

LIMIT_S = 20.0
CORS = (
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-allow-credentials",
)
HEALTH = "/api/v1/health"

COUNTED = """
import builtins
builtins.times_executed = getattr(builtins, "times_executed", 0) + 1
"""
ON_THE_RUNTIME = """
def think():
    from agent_runtime import AgentConfig
    return AgentConfig(name="helper").name
"""
PROGRAM = """
import builtins
import helper

def executed():
    return builtins.times_executed

def gated(gate):
    import pathlib, time
    yield "first"
    deadline = time.monotonic() + 30
    while not pathlib.Path(gate).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    yield "second"

async def endless():
    import asyncio
    n = 0
    while True:
        yield n
        n += 1
        await asyncio.sleep(0.01)

def nan():
    return {"a": float("nan")}

def secret(api_key):
    return api_key
"""


def write_agent(folder: Path) -> Path:
    entrypoints = [
        entrypoint("executed"),
        entrypoint("nan"),
        entrypoint("secret"),
        entrypoint("gated", "gated_stream"),
        entrypoint("endless", "endless_stream"),
    ]
    return write_project(folder, {"main.py": PROGRAM, "helper.py": COUNTED}, entrypoints)


@pytest.fixture(scope="module")
def pair(serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return serve_both(write_agent(tmp_path_factory.mktemp("beyond") / "agent"))


def cors(reply: Reply) -> dict[str, str]:
    return {name: reply.headers[name] for name in CORS if name in reply.headers}


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_pages_of_others(pair: Pair, method: str) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    request = Request(method, HEALTH, headers=headers)
    pair.same(request, "origin")
    assert cors(ask(pair.theirs, request))
    reply = ask(pair.ours, request)
    assert reply.status == 403
    assert not cors(reply)


def test_streams_of_pages_of_others(pair: Pair) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = pair.same_stream("{}", headers=headers, differs="origin")
    assert answer["end"] == "refused 403"


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:5173"])
def test_pages_of_this_machine(pair: Pair, origin: str) -> None:
    """They may read the answers, and ask first whether they may."""
    for server in (pair.theirs, pair.ours):
        plain = ask(server, Request("GET", HEALTH, headers={"Origin": origin}))
        assert plain.status == 200
        assert plain.headers["access-control-allow-origin"] in {origin, "*"}
        asks = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        }
        preflight = ask(server, Request("OPTIONS", "/api/v1/agents/{id}/run", headers=asks))
        assert preflight.status in {200, 204}
        assert preflight.headers["access-control-allow-origin"] == origin
        assert "POST" in preflight.headers["access-control-allow-methods"]
        assert "content-type" in preflight.headers["access-control-allow-headers"].lower()


def test_other_host_names(pair: Pair) -> None:
    answer = pair.same(Request("GET", HEALTH, headers={"Host": "evil.example"}), "host")
    assert answer["status"] == 400


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_pages_of_the_framework(pair: Pair, path: str) -> None:
    assert pair.same(Request("GET", path), "framework-pages")["status"] == 404


def test_a_body_beyond_the_limit(pair: Pair) -> None:
    """Refused by what it says of its length; theirs waits for all of it."""
    headers = {"Content-Type": "application/json", "Content-Length": "70000000"}
    request = Request("POST", "/api/v1/agents/{id}/run", b"{", headers)
    assert pair.same(request, "body-limit", theirs_s=2.0)["status"] == 413


def test_a_helper_is_executed_once(pair: Pair) -> None:
    answer = pair.same(run("executed"), "executed-once")
    assert json.loads(json.loads(answer["body"]["data"])["payload"]) == 1


def test_the_working_directory(tmp_path: Path) -> None:
    """Seen from an agent that says it while it fails to start; both are started elsewhere."""
    program = "import os\nraise RuntimeError('in ' + os.path.realpath(os.getcwd()))\n"
    folder = write_project(tmp_path / "agent", {"main.py": program}, [entrypoint("x")])
    cache = tmp_path / "cache"
    cache.mkdir()
    theirs = real_starts([folder], cache)[0].error
    with (
        pytest.raises(NotServedError) as failed,
        serving_ours(folder, "--interpreter", str(interpreter()), cwd=cache),
    ):
        pass
    assert failed.value.failure is not None
    check({"in": theirs}, {"in": failed.value.failure["message"]}, "working-directory")
    assert theirs == f"in {cache.resolve()}"
    assert failed.value.failure["message"] == f"in {folder.resolve()}"


def test_a_working_generator_blocks_nobody(pair: Pair, tmp_path: Path) -> None:
    """While it works between two chunks, health answers."""
    found = {}
    for side, server in (("theirs", pair.theirs), ("ours", pair.ours)):
        gate, limit = tmp_path / side, 1.0 if side == "theirs" else LIMIT_S
        with ThreadPoolExecutor() as pool:
            stream = pool.submit(converse, server, first_message("gated_stream", str(gate)))
            try:
                # theirs may still answer before the generator has begun
                deadline = time.monotonic() + LIMIT_S
                while (last := ask(server, Request("GET", HEALTH, limit_s=limit))).status and (
                    side == "theirs" and time.monotonic() < deadline
                ):
                    time.sleep(0.01)
            finally:
                gate.touch()
            assert stream.result(LIMIT_S).frames[-1]["total_chunks"] == 2
        found[side] = {"status": last.status}
    check(found["theirs"], found["ours"], "blocking-generators")


def test_not_a_number_in_the_history(
    serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory
) -> None:
    pair = serve_both(write_agent(tmp_path_factory.mktemp("nan") / "agent"))
    for server in (pair.theirs, pair.ours):
        ask(server, run("nan"))
    answer = pair.same(Request("GET", "/api/v1/agents/{id}/invocations"), "nan-history")
    assert answer["status"] == 200


def test_secrets_in_the_history(pair: Pair) -> None:
    key = "sk-proj-" + "aB3dE6gH9jK2mN5p" * 3
    kept = {}
    for side, server in (("theirs", pair.theirs), ("ours", pair.ours)):
        ask(server, run("secret", api_key=key))
        rows = _rows(server, "secret")
        kept[side] = {"input_data": rows[0]["input_data"], "output_data": rows[0]["output_data"]}
    check(kept["theirs"], kept["ours"], "redaction")
    assert key in json.dumps(kept["theirs"])
    assert key not in json.dumps(kept["ours"])


def _rows(server: Server, tag: str) -> list[dict[str, Any]]:
    """Invocations of a tag."""
    rows = ask(server, Request("GET", "/api/v1/agents/{id}/invocations?limit=100")).body
    return [row for row in rows["invocations"] if row["entrypoint_tag"] == tag]


@contextlib.contextmanager
def streaming(server: Server) -> Iterator[ClientConnection]:
    """A stream without end that has begun."""
    url = f"ws://{server.host}:{server.port}/api/v1/agents/{server.agent_id}/run-stream"
    with connect(url, compression=None, proxy=None, close_timeout=1) as socket:
        socket.send(first_message("endless_stream"))
        for _ in range(3):
            socket.recv(LIMIT_S)
        yield socket


def test_a_stop_message_stops(pair: Pair) -> None:
    found = {}
    for side, server in (("theirs", pair.theirs), ("ours", pair.ours)):
        with streaming(server) as socket:
            socket.send('{"type": "stop_stream"}')
            last: dict[str, Any] = {}
            for _ in range(100 if side == "theirs" else 10_000):
                last = json.loads(socket.recv(LIMIT_S))
                if last["type"] == "status":
                    break
            found[side] = comparable(Reply(200, {}, last), server)
    check(found["theirs"], found["ours"], "stop-message")
    assert found["ours"]["body"]["status"] == "stream_stopped"


def test_the_end_of_the_server_closes_streams_alike(tmp_path: Path) -> None:
    import os

    from websockets.exceptions import ConnectionClosed

    codes = {}
    with serving_both(write_agent(tmp_path / "agent"), tmp_path) as pair:
        for side, server in (("theirs", pair.theirs), ("ours", pair.ours)):
            with streaming(server) as socket:
                os.kill(server.pid, signal.SIGINT)
                with pytest.raises(ConnectionClosed) as closed:
                    while True:
                        socket.recv(LIMIT_S)
            codes[side] = closed.value.rcvd.code if closed.value.rcvd else 1006
    assert codes == {"theirs": 1012, "ours": 1012}


def test_the_agent_runtime_is_lent(
    serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("runtime") / "agent"
    pair = serve_both(write_project(folder, {"main.py": ON_THE_RUNTIME}, [entrypoint("think")]))
    answer = pair.same(run("think"), "agent-runtime")
    assert answer["status"] == 200
    assert "helper" in json.dumps(answer["body"])


def test_exits_are_failed_invocations(
    serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("exits") / "agent"
    files = {"main.py": source("callables.py")}
    pair = serve_both(write_project(folder, files, [entrypoint("exits")]))
    pair.same(run("exits"), "exits")
    states = {
        side: {"status": _rows(server, "exits")[0]["status"]}
        for side, server in (("theirs", pair.theirs), ("ours", pair.ours))
    }
    assert states == {"theirs": {"status": "pending"}, "ours": {"status": "failed"}}
