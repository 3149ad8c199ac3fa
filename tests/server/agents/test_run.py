"""Plain calls: every answer a server can give, against a scripted HTTP server."""

from __future__ import annotations

import asyncio
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.agents.call import Call
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import (
    AgentError,
    ArchitectureFetchError,
    ArchitectureMissingError,
    ConnectionFailedError,
    FunctionError,
    NotFoundError,
    RequestRefusedError,
    StreamEntrypointError,
    TimedOutError,
    UnknownError,
)
from runagent_ls.agents.rest import client as rest
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts

AGENT = "11111111-2222-4333-8444-555555555555"
RUN = f"POST /api/v1/agents/{AGENT}/run"
ARCHITECTURE = f"GET /api/v1/agents/{AGENT}/architecture"
HEALTH = "GET /api/v1/health"
WIRE = Path(__file__).parents[2] / "fixtures" / "wire"
OK = {"success": True, "data": '{"type": "integer", "payload": "3"}', "request_id": "r-1"}


def captured(name: str) -> tuple[int, Any]:
    response = json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))["response"]
    return response["status"], response["body"]


def target(port: int) -> Target:
    return Target("127.0.0.1", port, AGENT, "explicit")


async def run(agent_target: Target, call: Call | None = None, **limits: Any) -> Any:
    async with AgentClient(agent_target, Timeouts(**limits)) as agent:
        return (await agent.run(call or Call("greet"))).value


async def failure(agent_target: Target, call: Call | None = None, **limits: Any) -> AgentError:
    with pytest.raises(AgentError) as caught:
        await run(agent_target, call, **limits)
    return caught.value


async def test_sends_the_call_and_returns_value_id_and_time(start_http: Any) -> None:
    server = await start_http({RUN: (200, OK)})
    async with AgentClient(server.target) as agent:
        result = await agent.run(Call("greet", ["bob", None], {"times": 2, "ü": "🦉"}))
    assert result.value == 3
    assert result.request_id == "r-1"
    assert 0 < result.elapsed < 10
    [(asked, headers, body)] = server.asked
    assert asked == RUN
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {
        "entrypoint_tag": "greet",
        "input_args": ["bob", None],
        "input_kwargs": {"times": 2, "ü": "🦉"},
    }


async def test_no_key_is_sent_to_a_local_agent(
    start_http: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNAGENT_API_KEY", "rau_secret")
    server = await start_http({RUN: (200, OK)})
    await run(server.target)
    [(asked, headers, body)] = server.asked
    assert "rau_secret" not in f"{asked}{headers}{body!r}"
    assert "authorization" not in headers


async def test_proxies_are_not_used_for_this_machine(
    start_http: Any, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    server = await start_http({RUN: (200, OK)})
    assert await run(server.target) == 3


async def test_one_connection_serves_many_calls(start_http: Any) -> None:
    server = await start_http({RUN: (200, OK), HEALTH: captured("health")})
    async with AgentClient(server.target) as agent:
        await agent.health()
        for _ in range(5):
            await agent.run(Call("greet"))
    assert server.connections == 1
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ({"success": True, "data": None}, None),
        ({"success": True}, None),
        ({"success": True, "data": "just text"}, "just text"),
        ({"success": True, "data": {"result_data": {"data": OK["data"]}}}, 3),
        ({"success": True, "data": {"result_data": {"data": {"a": 1}}}}, {"a": 1}),
        ({"success": True, "data": {"a": 1}}, {"a": 1}),
        ({"success": True, "data": [1]}, [1]),
        ({"success": True, "output_data": '"x"'}, "x"),
        ({"success": True, "data": None, "output_data": "[1]"}, [1]),
        ({"data": OK["data"]}, 3),
        ({"data": OK["data"], "error": None}, 3),
    ],
)
async def test_every_shape_of_success(start_http: Any, body: Any, value: Any) -> None:
    server = await start_http({RUN: (200, body)})
    assert await run(server.target) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("run-ok", {"greeting": "hello bobbob", "n": 2}),
        ("run-ok-string", "hello bob"),
        ("run-ok-extractor", {"greeting": "hello bob"}),
        ("run-ok-sdk-request", {"greeting": "hello bob", "n": 1}),
    ],
)
async def test_captured_successes(start_http: Any, name: str, value: Any) -> None:
    server = await start_http({RUN: captured(name)})
    assert await run(server.target) == value


@pytest.mark.parametrize(
    ("name", "tag", "code", "message", "action"),
    [
        ("run-error", "fail", "INTERNAL_ERROR", "boom 7", "edit-inputs"),
        (
            "run-missing-argument",
            "greet",
            "INTERNAL_ERROR",
            "greet() missing 1 required positional argument: 'name'",
            "edit-inputs",
        ),
        (
            "run-wrong-kwargs",
            "greet",
            "INTERNAL_ERROR",
            "greet() got an unexpected keyword argument 'nme'",
            "edit-inputs",
        ),
        (
            "run-error-markup-500",
            "f",
            "INTERNAL_ERROR",
            "closing tag '[/data/x]' at position 77 doesn't match any open tag",
            "show-logs",
        ),
        ("run-system-exit-500", "quits", "SERVER_ERROR", "Internal Server Error", "show-logs"),
        ("run-unknown-tag", "nope", "NOT_FOUND", "no entrypoint `nope`", "show-serve-command"),
        ("run-unknown-agent", "greet", "AGENT_NOT_FOUND_LOCAL", AGENT, "change-target"),
        ("run-stream-tag", "greet", "VALIDATION_ERROR", "Streaming Entrypoint", "edit-inputs"),
        ("404-unknown-path", "greet", "AGENT_NOT_FOUND_LOCAL", AGENT, "change-target"),
        ("405-get-run", "greet", "CLIENT_ERROR", "Method Not Allowed", "change-target"),
        (
            "422-invalid-json",
            "greet",
            "VALIDATION_ERROR",
            "1: JSON decode error",
            "edit-inputs",
        ),
        (
            "422-missing-tag",
            "greet",
            "VALIDATION_ERROR",
            "entrypoint_tag: Field required",
            "edit-inputs",
        ),
        (
            "422-no-body",
            "greet",
            "VALIDATION_ERROR",
            "the request: Field required",
            "edit-inputs",
        ),
        (
            "422-wrong-types",
            "greet",
            "VALIDATION_ERROR",
            "entrypoint_tag: Input should be a valid string; "
            "input_args: Input should be a valid list; "
            "input_kwargs: Input should be a valid dictionary",
            "edit-inputs",
        ),
        (
            "invocation-not-found",
            "greet",
            "NOT_FOUND",
            "Invocation nope not found",
            "show-serve-command",
        ),
    ],
)
async def test_captured_failures(
    start_http: Any, name: str, tag: str, code: str, message: str, action: str | None
) -> None:
    server = await start_http({RUN: captured(name)})
    error = await failure(server.target, Call(tag))
    assert error.code == code
    assert message in error.message
    assert "Server error running agent" not in error.message
    assert error.action == action
    assert error.suggestion


MAPPING = json.loads((WIRE / "client-error-mapping.json").read_text(encoding="utf-8"))
CODES = {
    "401 detail Not authenticated": "AUTHENTICATION_ERROR",
    "401 detail other": "AUTHENTICATION_ERROR",
    "401 envelope": "AUTHENTICATION_ERROR",
    "403 detail": "PERMISSION_ERROR",
    "403 envelope": "PERMISSION_ERROR",
    "400 envelope": "VALIDATION_ERROR",
    "404 envelope": "AGENT_NOT_FOUND",
    "404 detail": "AGENT_NOT_FOUND_LOCAL",
    "404 local style envelope": "NOT_FOUND",
    "405": "CLIENT_ERROR",
    "409": "CONFLICT",
    "422 fastapi list": "VALIDATION_ERROR",
    "429": "CLIENT_ERROR",
    "500 detail": "SERVER_ERROR",
    "500 detail 403 text": "SERVER_ERROR",
    "500 text": "SERVER_ERROR",
    "502 html": "SERVER_ERROR",
    "503 empty": "SERVER_ERROR",
    "200 success false envelope": "AGENT_NOT_DEPLOYED",
    "200 success false + suggestion/details": "X",
    "200 success false error string [CODE]": "QUOTA_EXCEEDED",
    "200 success false error string": "EXECUTION_ERROR",
    "200 success false no error": "UNKNOWN_ERROR",
    "200 success false not found": "NOT_FOUND",
    "200 non-json": "UNKNOWN_ERROR",
}


@pytest.mark.parametrize("case", MAPPING["python_run"], ids=lambda c: c["case"])
async def test_answers_recorded_for_the_official_client(
    start_http: Any, case: dict[str, Any]
) -> None:
    """Where the official client knows a value we do too; where it fails we name a better code."""
    server = await start_http({RUN: (case["http_status"], case["body"])})
    if case["case"] in CODES:
        error = await failure(server.target)
        assert error.code == CODES[case["case"]]
        assert error.message
        given = case["body"].get("error") if isinstance(case["body"], dict) else None
        if isinstance(given, dict) and "suggestion" in given:
            assert error.suggestion == given["suggestion"]
        if isinstance(given, dict) and "details" in given:
            assert error.details == given["details"]
        return
    value = await run(server.target)
    assert case["case"] in OURS or value == case["result"]["value"]


OURS = {  # the official client fails, loses the value or leaves it wrapped
    "200 no success key",
    "200 result_data.data plain obj",
    "200 data object",
    "200 data empty string",
    "200 data list",
    "type=integer payload='3.7'",
    "type=number payload='null'",
    "type=number payload='\"inf\"'",
    "type=string payload='5'",
    "payload native",
}


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b"", "UNKNOWN_ERROR"),
        (200, b"\xff\xfe\x00", "UNKNOWN_ERROR"),
        (200, "[1, 2]", "UNKNOWN_ERROR"),
        (200, "null", "UNKNOWN_ERROR"),
        (200, '{"success": "yes", "data": 1}', "UNKNOWN_ERROR"),
        (200, '{"success": false, "error": {}}', "UNKNOWN_ERROR"),
        (200, '{"success": false, "error": {"code": 5, "message": 6}}', "UNKNOWN_ERROR"),
        (200, '{"success": false, "error": []}', "UNKNOWN_ERROR"),
        (200, "[" * 100_000, "UNKNOWN_ERROR"),
        (302, "moved", "CLIENT_ERROR"),
        (404, "<html>not here</html>", "CLIENT_ERROR"),
        (422, '{"detail": [1, {"loc": 5}, {"msg": []}]}', "VALIDATION_ERROR"),
        (503, "[]", "SERVER_ERROR"),
    ],
)
async def test_answers_that_make_no_sense(
    start_http: Any, status: int, body: Any, code: str
) -> None:
    server = await start_http({RUN: (status, body)})
    error = await failure(server.target)
    assert error.code == code
    assert error.message
    json.dumps(error.to_message())


async def test_an_exception_without_text_is_said_to_have_none(start_http: Any) -> None:
    text = f"Agent execution failed: Server error running agent {AGENT}: "
    envelope = {"success": False, "error": {"code": "INTERNAL_ERROR", "message": text}}
    server = await start_http({RUN: (200, envelope)})
    error = await failure(server.target)
    assert isinstance(error, FunctionError)
    assert "without a text" in error.message


async def test_an_unknown_tag_names_the_tags_there_are(start_http: Any) -> None:
    answers = {RUN: captured("run-unknown-tag"), ARCHITECTURE: captured("architecture")}
    server = await start_http(answers)
    with pytest.raises(NotFoundError) as caught:
        await run(server.target, Call("nope"))
    assert "`greet`" in str(caught.value.suggestion)
    answers[RUN] = (
        404,
        {"success": False, "error": {"code": "NOT_FOUND", "message": "Entrypoint gret not found"}},
    )
    with pytest.raises(NotFoundError) as caught:
        await run(server.target, Call("gret"))
    assert "Did you mean `greet`?" in str(caught.value.suggestion)


async def test_a_stream_tag_is_refused_before_any_request(start_http: Any) -> None:
    server = await start_http({})
    with pytest.raises(StreamEntrypointError) as caught:
        await run(server.target, Call("count_stream"))
    assert caught.value.action == "run-as-stream"
    assert server.asked == []


async def test_refused_connection(free_port: int) -> None:
    error = await failure(target(free_port))
    assert isinstance(error, ConnectionFailedError)
    assert f"127.0.0.1:{free_port}" in error.message
    assert error.action == "show-serve-command"


async def test_a_host_name_that_does_not_exist() -> None:
    error = await failure(Target("no-such-host.invalid", 8450, AGENT, "explicit"))
    assert isinstance(error, ConnectionFailedError)


@pytest.mark.parametrize(
    "greeting",
    [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00\x01\x02\x03" * 100, b"220 mail ready\r\n"],
)
async def test_a_port_that_speaks_no_http(start_raw: Any, greeting: bytes) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await reader.readuntil(b"}}")
        writer.write_eof()

    error = await failure(target(await start_raw(handler)))
    assert isinstance(error, ConnectionFailedError)
    assert re.search("does not speak HTTP|without a complete HTTP answer", error.message)
    assert "RunAgent" in str(error.suggestion) or "runagent serve" in str(error.suggestion)


async def test_a_port_that_greets_and_then_waits(start_raw: Any) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        await reader.read()

    async with AgentClient(target(await start_raw(handler)), Timeouts(connect=0.2)) as agent:
        with pytest.raises(ConnectionFailedError, match=r"gave no HTTP answer within 0\.2 s"):
            await agent.health()


@pytest.mark.parametrize(
    "sent", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"]
)
async def test_a_connection_closed_in_mid_answer(start_raw: Any, sent: bytes) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}}")
        writer.write(sent)
        await writer.drain()
        writer.close()

    error = await failure(target(await start_raw(handler)))
    assert isinstance(error, ConnectionFailedError)
    assert "without a complete HTTP answer" in error.message


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def test_silence_ends_with_the_idle_limit(start_raw: Any) -> None:
    begun = time.monotonic()
    error = await failure(target(await start_raw(silent)), idle=0.2)
    assert isinstance(error, TimedOutError)
    assert error.details == {"limit": "idle", "seconds": 0.2}
    assert "the function goes on" in error.message
    assert error.action == "change-timeout"
    assert time.monotonic() - begun < 30


async def test_a_silent_question_says_nothing_of_a_function(start_raw: Any) -> None:
    async with AgentClient(target(await start_raw(silent)), Timeouts(idle=0.1)) as agent:
        with pytest.raises(TimedOutError) as caught:
            await agent.architecture()
    assert "function" not in caught.value.message


async def test_a_trickle_of_bytes_ends_with_the_total_limit(start_raw: Any) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while not writer.transport.is_closing():
            writer.write(b" ")
            await asyncio.sleep(0.01)

    error = await failure(target(await start_raw(handler)), idle=5.0, total=0.3)
    assert isinstance(error, TimedOutError)
    assert error.details == {"limit": "total", "seconds": 0.3}


async def test_an_answer_without_end_is_cut_off(
    start_raw: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "LARGEST_ANSWER", 1024 * 1024)

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.transport.is_closing():
            writer.write(b"x" * 65536)
            await writer.drain()

    error = await failure(target(await start_raw(handler)))
    assert isinstance(error, UnknownError)
    assert "larger than 1 MB" in error.message


async def test_cancelling_closes_the_connection(start_raw: Any) -> None:
    arrived, closed = asyncio.Event(), asyncio.Event()

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}}")
        arrived.set()
        await reader.read()
        closed.set()

    task = asyncio.create_task(run(target(await start_raw(handler))))
    async with asyncio.timeout(60):
        await arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await closed.wait()


async def test_a_large_answer_arrives_whole(start_http: Any) -> None:
    text = "ü" * 6_000_000
    body = {"success": True, "data": json.dumps({"type": "string", "payload": json.dumps(text)})}
    server = await start_http({RUN: (200, body)})
    assert await run(server.target) == text


async def test_health(start_http: Any) -> None:
    server = await start_http({HEALTH: captured("health")})
    async with AgentClient(server.target) as agent:
        health = await agent.health()
    assert health.agent_id == AGENT
    assert health.agent_name == "example-agent"
    assert health.framework == "default"
    assert health.uptime == pytest.approx(22.149, abs=0.01)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html>"),
        (200, {"status": "ok"}),
        (200, {"agent_id": 5}),
        (200, "[]"),
        (404, {"detail": "Not Found"}),
        (500, "oops"),
    ],
)
async def test_a_web_server_that_is_no_runagent_server(
    start_http: Any, status: int, body: Any
) -> None:
    server = await start_http({HEALTH: (status, body)})
    async with AgentClient(server.target) as agent:
        with pytest.raises(RequestRefusedError, match="not a RunAgent server"):
            await agent.health()


async def test_architecture_in_an_envelope_or_bare(start_http: Any) -> None:
    status, body = captured("architecture")
    for answer in (body, body["data"]):
        server = await start_http({ARCHITECTURE: (status, answer)})
        async with AgentClient(server.target) as agent:
            architecture = await agent.architecture()
        assert architecture.agent_id == AGENT
        assert architecture.tags[:2] == ("greet", "greeting_only")
        assert architecture.entrypoints[1]["extractor"] == {"greeting": "$.greeting"}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, "hello", ArchitectureFetchError),
        (200, "[]", ArchitectureFetchError),
        (200, {"success": True}, ArchitectureMissingError),
        (200, {"success": True, "data": {}}, ArchitectureMissingError),
        (200, {"agent_id": "x"}, ArchitectureMissingError),
        (200, {"success": False, "error": {"code": "X", "message": "m"}}, AgentError),
        (404, {"detail": "Not Found"}, AgentError),
    ],
)
async def test_an_architecture_that_cannot_be_read(
    start_http: Any, status: int, body: Any, kind: type[AgentError]
) -> None:
    server = await start_http({ARCHITECTURE: (status, body)})
    async with AgentClient(server.target) as agent:
        with pytest.raises(kind):
            await agent.architecture()


async def test_entrypoints_without_a_tag_are_left_out(start_http: Any) -> None:
    body = {"entrypoints": [{"tag": "a"}, {"tag": 5}, "x", {}]}
    server = await start_http({ARCHITECTURE: (200, body)})
    async with AgentClient(server.target) as agent:
        assert (await agent.architecture()).tags == ("a",)


def test_every_error_code_is_the_platforms() -> None:
    known = {c["code"] for c in json.loads((WIRE / "error-codes.json").read_text())["codes"]}
    ours = {kind.default_code for kind in AgentError.__subclasses__()}
    assert ours <= known
    for kind in AgentError.__subclasses__():
        assert re.search(rf"{kind.__name__} +{kind.default_code}", sys_doc()), kind


def sys_doc() -> str:
    from runagent_ls.agents import errors

    return errors.__doc__ or ""
