"""Every failure recorded from the platform's clients: what we give instead, and why.

`client-error-mapping.json` holds what the official Python and TypeScript clients made of answers
of a cloud. Where we give something else, the table says what is better about it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from runagent_ls.agents.call import Call, Chunk
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.targets.credentials import ApiKey, Cloud
from runagent_ls.agents.targets.resolving import resolve, resolve_cloud
from runagent_ls.agents.targets.target import Target

AGENT = "11111111-2222-4333-8444-555555555555"
WIRE = Path(__file__).parents[2] / "fixtures" / "wire"
MAPPING = json.loads((WIRE / "client-error-mapping.json").read_text(encoding="utf-8"))
RUN = f"POST /api/v1/agents/{AGENT}/run"
ARCHITECTURE = f"GET /api/v1/agents/{AGENT}/architecture"
SAME = "the same"


@dataclass(frozen=True)
class Ours:
    """Our code (None: a value) and why it differs from what the official client gives."""

    code: str | None
    why: str = SAME
    value: Any = None
    may_have_run: bool = False


REFUSED = "a request that was refused is no failure of the network"
KEEPS = "the official client fails on this value, or loses it"
DECODES = "the official client leaves the value wrapped or changes its type"

PYTHON = {
    "401 detail Not authenticated": Ours("AUTHENTICATION_ERROR"),
    "401 detail other": Ours("AUTHENTICATION_ERROR"),
    "401 envelope": Ours("AUTHENTICATION_ERROR"),
    "403 detail": Ours("PERMISSION_ERROR"),
    "403 envelope": Ours("PERMISSION_ERROR"),
    "400 envelope": Ours("VALIDATION_ERROR", REFUSED),
    "404 envelope": Ours("AGENT_NOT_FOUND", REFUSED),
    "404 detail": Ours("AGENT_NOT_FOUND_REMOTE", REFUSED),
    "404 local style envelope": Ours("NOT_FOUND", REFUSED),
    "405": Ours("CLIENT_ERROR", REFUSED),
    "409": Ours("CONFLICT", "the code that the service gave"),
    "422 fastapi list": Ours("VALIDATION_ERROR", "the official client fails on the list"),
    "429": Ours("CLIENT_ERROR", REFUSED),
    "500 detail": Ours("SERVER_ERROR", may_have_run=True),
    "500 detail 403 text": Ours("PERMISSION_ERROR"),
    "500 text": Ours("SERVER_ERROR", may_have_run=True),
    "502 html": Ours("SERVER_ERROR", may_have_run=True),
    "503 empty": Ours("SERVER_ERROR", may_have_run=True),
    "200 success false envelope": Ours("AGENT_NOT_DEPLOYED"),
    "200 success false + suggestion/details": Ours("X", may_have_run=True),
    "200 success false error string [CODE]": Ours("QUOTA_EXCEEDED", may_have_run=True),
    "200 success false error string": Ours(
        "EXECUTION_ERROR", "as the TypeScript client: it failed, with words", may_have_run=True
    ),
    "200 success false no error": Ours("UNKNOWN_ERROR", may_have_run=True),
    "200 success false not found": Ours("NOT_FOUND"),
    "200 no success key": Ours(None, KEEPS, 3),
    "200 non-json": Ours("UNKNOWN_ERROR", "it is no failure inside of a server", may_have_run=True),
    "200 result_data.data structured str": Ours(None, value=3),
    "200 result_data.data plain obj": Ours(None, KEEPS, {"a": 1}),
    "200 data object": Ours(None, KEEPS, {"a": 1}),
    "200 output_data": Ours(None, value="x"),
    "200 output_data + data null": Ours(None, value=[1]),
    "200 data plain string": Ours(None, value="just text"),
    "200 data json string no type": Ours(None, value={"a": 1}),
    "200 data empty string": Ours(None, KEEPS, ""),
    "200 data list": Ours(None, KEEPS, [1]),
    "type=null payload='null'": Ours(None, value=None),
    "type=string payload='\"\"'": Ours(None, value=""),
    "type=string payload=''": Ours(None, value=""),
    "type=integer payload='3.7'": Ours(None, DECODES, 3.7),
    "type=integer payload='\"5\"'": Ours(None, value=5),
    "type=number payload='null'": Ours(None, DECODES, math.nan),
    "type=number payload='\"inf\"'": Ours(None, DECODES, math.inf),
    "type=boolean payload='true'": Ours(None, value=True),
    "type=array payload=''": Ours(None, value=None),
    "type=object payload='{}'": Ours(None, value={}),
    "type=weird payload='1'": Ours(None, value=1),
    "type=string payload='5'": Ours(None, DECODES, "5"),
    "payload native": Ours(None, DECODES, {"a": 1}),
}


def equal(one: Any, other: Any) -> bool:
    return repr(one) == repr(other)


def judge(case: dict[str, Any], ours: Ours, outcome: Any) -> None:
    """What came out is what the table says, and the table is honest about the difference."""
    theirs = case["result"]
    if isinstance(outcome, AgentError):
        assert outcome.code == ours.code
        assert outcome.message
        assert outcome.may_have_run is ours.may_have_run
        same = not theirs["ok"] and theirs["code"] == ours.code
    else:
        assert ours.code is None
        assert equal(outcome, ours.value)
        same = theirs["ok"] and equal(theirs["value"], ours.value)
    assert same is (ours.why == SAME)


def in_cloud(port: int) -> Target:
    cloud = Cloud(f"http://127.0.0.1:{port}", "given", ApiKey("rau_key"))
    return resolve_cloud(AGENT, cloud)


async def outcome_of(target: Target, call: Call | None = None) -> Any:
    """A value, the chunks of a stream, or the error."""
    call = call or Call("t", [], {"k": "v"})
    try:
        async with AgentClient(target) as agent:
            if call.streams:
                events = [event async for event in agent.stream(call)]
                return [event.value for event in events if isinstance(event, Chunk)]
            return (await agent.run(call)).value
    except AgentError as error:
        return error


@pytest.mark.parametrize("case", MAPPING["python_run"], ids=lambda c: c["case"])
async def test_answers_recorded_for_the_python_client(
    start_http: Any, case: dict[str, Any]
) -> None:
    server = await start_http({RUN: (case["http_status"], case["body"])})
    judge(case, PYTHON[case["case"]], await outcome_of(in_cloud(server.port)))
    [(_, headers, _)] = [asked for asked in server.asked if asked[0] == RUN]
    assert headers["authorization"] == "Bearer rau_key"


def envelope(code: str, message: str) -> dict[str, Any]:
    return {"success": False, "data": None, "error": {"code": code, "message": message}}


def wrapped(kind: str, payload: str) -> dict[str, Any]:
    return {"success": True, "data": json.dumps({"type": kind, "payload": payload})}


STRUCTURED_3 = '{"type": "integer", "payload": "3"}'
OWN_CODE = "the official client gives no code at all"
HANDSHAKE_CODE = "the reason of a refused connection is known, so it is said"

TYPESCRIPT_RUN: dict[str, tuple[int, Any, Ours]] = {
    "ok": (200, wrapped("string", '"hi"'), Ours(None, value="hi")),
    "ok plain": (200, {"success": True, "data": '"hi"'}, Ours(None, value="hi")),
    "run 401 detail": (401, {"detail": "x"}, Ours("AUTHENTICATION_ERROR")),
    "run 401 env": (401, envelope("E", "x"), Ours("AUTHENTICATION_ERROR")),
    "run 403 detail": (403, {"detail": "x"}, Ours("PERMISSION_ERROR")),
    "run 400 env": (400, envelope("VALIDATION_ERROR", "x"), Ours("VALIDATION_ERROR")),
    "run 404 env": (
        404,
        envelope("NOT_FOUND", "Entrypoint t not found"),
        Ours("NOT_FOUND", "the code that the service gave"),
    ),
    "run 404 detail": (
        404,
        {"detail": "Not Found"},
        Ours("AGENT_NOT_FOUND_REMOTE", "as the same client says for the architecture"),
    ),
    "run 409": (409, {"detail": "c"}, Ours("CLIENT_ERROR")),
    "run 422 list": (
        422,
        {"detail": [{"loc": ["body", "k"], "msg": "x"}]},
        Ours("VALIDATION_ERROR"),
    ),
    "run 429": (429, {"detail": "slow"}, Ours("CLIENT_ERROR")),
    "run 500 detail": (500, {"detail": "boom"}, Ours("SERVER_ERROR", may_have_run=True)),
    "run 500 text": (
        500,
        "Internal Server Error",
        Ours("SERVER_ERROR", "the official client fails on a body in plain text", None, True),
    ),
    "run 502 html": (
        502,
        "<html>bad gateway</html>",
        Ours("SERVER_ERROR", "the official client fails on a body in plain text", None, True),
    ),
    "run 200 env": (
        200,
        envelope("INTERNAL_ERROR", "Agent execution failed: x"),
        Ours("INTERNAL_ERROR", may_have_run=True),
    ),
    "run 200 str": (
        200,
        {"success": False, "error": "[C] m"},
        Ours("C", "the code is in the text, as the Python client reads it", None, True),
    ),
    "run 200 none": (
        200,
        {"success": False, "message": "mm"},
        Ours("EXECUTION_ERROR", may_have_run=True),
    ),
    "run 200 nonjson": (200, "hello", Ours("UNKNOWN_ERROR", may_have_run=True)),
    "data result_data": (
        200,
        {"success": True, "data": {"result_data": {"data": {"a": 1}}}},
        Ours(None, value={"a": 1}),
    ),
    "data result_data structured": (
        200,
        {"success": True, "data": {"result_data": {"data": STRUCTURED_3}}},
        Ours(None, value=3),
    ),
    "data plain obj": (200, {"success": True, "data": {"a": 1}}, Ours(None, KEEPS, {"a": 1})),
    "data plain str": (
        200,
        {"success": True, "data": "just text"},
        Ours(None, KEEPS, "just text"),
    ),
    "data number null": (200, wrapped("number", "null"), Ours(None, DECODES, math.nan)),
    "data false": (200, wrapped("boolean", "false"), Ours(None, value=False)),
    "data zero": (200, wrapped("integer", "0"), Ours(None, value=0)),
    "data empty str": (200, wrapped("string", '""'), Ours(None, value="")),
    "data string 5": (200, wrapped("string", "5"), Ours(None, value="5")),
    "data payload unparsable": (200, wrapped("object", "abc"), Ours(None, value="abc")),
    "data bigint": (
        200,
        wrapped("integer", str(2**70)),
        Ours(None, "the official client rounds large integers", 2**70),
    ),
    "data obj with content key": (
        200,
        wrapped("object", '{"content": 1}'),
        Ours(None, value={"content": 1}),
    ),
    "data raw json content": (
        200,
        {"success": True, "data": '{"content": 1}'},
        Ours(None, "the function's own dictionary is not taken apart", {"content": 1}),
    ),
    "data empty": (200, {"success": True, "data": ""}, Ours(None, KEEPS, "")),
    "output_data": (200, {"success": True, "output_data": "9"}, Ours(None, value=9)),
}

ENTRYPOINTS = {"agent_id": AGENT, "entrypoints": [{"tag": "t"}]}
TYPESCRIPT_ARCHITECTURE: dict[str, tuple[int, Any, Ours]] = {
    "arch 404 detail": (404, {"detail": "x"}, Ours("AGENT_NOT_FOUND_REMOTE")),
    "arch 401": (401, {"detail": "x"}, Ours("AUTHENTICATION_ERROR")),
    "arch 403": (
        403,
        {"detail": "x"},
        Ours("PERMISSION_ERROR", "the key is known, it only may not use this agent"),
    ),
    "arch 400": (400, {"detail": "x"}, Ours("VALIDATION_ERROR")),
    "arch 500": (500, {"detail": "x"}, Ours("SERVER_ERROR")),
    "arch 418": (418, {"detail": "x"}, Ours("CLIENT_ERROR")),
    "arch success false env": (200, envelope("AGENT_NOT_FOUND", "nf"), Ours("AGENT_NOT_FOUND")),
    "arch success false str": (
        200,
        {"success": False, "error": "e"},
        Ours("AGENT_NOT_FOUND_REMOTE"),
    ),
    "arch success false none": (200, {"success": False}, Ours("AGENT_NOT_FOUND_REMOTE")),
    "arch success no data": (200, {"success": True, "data": None}, Ours("ARCHITECTURE_MISSING")),
    "arch data no entrypoints": (
        200,
        {"success": True, "data": {"agent_id": AGENT}},
        Ours("ARCHITECTURE_MISSING", "as the Go and C# clients: there is no list to look in"),
    ),
    "arch text": (200, "hello", Ours("ARCHITECTURE_FETCH_REMOTE_ERROR")),
}


def typescript(name: str) -> dict[str, Any]:
    return next(case for case in MAPPING["typescript"] if case["case"] == name)


@pytest.mark.parametrize("name", TYPESCRIPT_RUN)
async def test_answers_recorded_for_the_typescript_client(start_http: Any, name: str) -> None:
    status, body, ours = TYPESCRIPT_RUN[name]
    server = await start_http({RUN: (status, body)})
    judge(typescript(name), ours, await outcome_of(in_cloud(server.port)))


@pytest.mark.parametrize("name", TYPESCRIPT_ARCHITECTURE)
async def test_architectures_recorded_for_the_typescript_client(start_http: Any, name: str) -> None:
    status, body, ours = TYPESCRIPT_ARCHITECTURE[name]
    server = await start_http({ARCHITECTURE: (status, body)})
    async with AgentClient(in_cloud(server.port)) as agent:
        with pytest.raises(AgentError) as caught:
            await agent.architecture()
    judge(typescript(name), ours, caught.value)


async def closes(connection: ServerConnection, code: int) -> None:
    await connection.close(code)


def frame(**fields: Any) -> str:
    return json.dumps(fields)


COMPLETED = frame(type="status", status="stream_completed", total_chunks=1)
TYPESCRIPT_STREAM: dict[str, tuple[Sequence[str] | int, Ours]] = {
    "stream": (
        [frame(type="data", content='{"type":"integer","payload":"1"}'), COMPLETED],
        Ours(None, value=[1]),
    ),
    "ws error": ([frame(type="error", error="boom")], Ours("STREAM_ERROR", may_have_run=True)),
    "ws detail": (
        [frame(type="error", detail="Entrypoint x not found")],
        Ours("NOT_FOUND", "a refusal before the start says what is wrong"),
    ),
    "ws error dict": (
        [frame(type="error", error={"code": "X", "message": "m", "suggestion": "s"})],
        Ours("X", "the code is in the frame", may_have_run=True),
    ),
    "ws error data": (
        [frame(type="error", data={"code": "X", "message": "m"})],
        Ours("X", may_have_run=True),
    ),
    "ws status failed": (
        [frame(type="status", status="stream_failed", error="z")],
        Ours("STREAM_ERROR", may_have_run=True),
    ),
    "ws retry": (
        [frame(type="status", status="stream_retry")],
        Ours("STREAM_RETRY", may_have_run=True),
    ),
    "ws early close 1000": (
        1000,
        Ours("STREAM_ERROR", "as the Python client; the close code is in the details", None, True),
    ),
    "ws close 1011": (
        1011,
        Ours("STREAM_ERROR", "as the Python client; the close code is in the details", None, True),
    ),
    "local stream": ([COMPLETED], Ours(None, value=[])),
}


@pytest.mark.parametrize("name", TYPESCRIPT_STREAM)
async def test_streams_recorded_for_the_typescript_client(start_stream: Any, name: str) -> None:
    script, ours = TYPESCRIPT_STREAM[name]
    server = await start_stream(
        (lambda connection: closes(connection, script)) if isinstance(script, int) else script
    )
    target = server.target if name.startswith("local") else in_cloud(server.port)
    judge(typescript(name), ours, await outcome_of(target, Call("t_stream")))


HANDSHAKES = {
    "handshake 401": Ours("AUTHENTICATION_ERROR", HANDSHAKE_CODE),
    "handshake 403": Ours("PERMISSION_ERROR", HANDSHAKE_CODE),
    "handshake 404": Ours("AGENT_NOT_FOUND_REMOTE", HANDSHAKE_CODE),
    "handshake 500": Ours("SERVER_ERROR", HANDSHAKE_CODE),
}


@pytest.mark.parametrize("name", HANDSHAKES)
async def test_refused_handshakes(start_http: Any, name: str) -> None:
    status = int(name.split()[1])
    stream = f"GET /api/v1/agents/{AGENT}/run-stream?token=rau_key"
    server = await start_http({stream: (status, {"detail": "x"})})
    outcome = await outcome_of(in_cloud(server.port), Call("t_stream"))
    judge(typescript(name), HANDSHAKES[name], outcome)


async def test_what_the_typescript_client_decides_without_an_answer(
    start_http: Any, free_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = Ours("CONNECTION_ERROR")
    judge(typescript("cloud refused"), refused, await outcome_of(in_cloud(free_port)))
    local = Target("127.0.0.1", free_port, AGENT, "explicit")
    judge(typescript("local refused"), refused, await outcome_of(local))
    for name, code, tag in (
        ("run on stream tag", "STREAM_ENTRYPOINT", "t_stream"),
        ("runStream on plain", "NON_STREAM_ENTRYPOINT", "t"),
    ):
        with pytest.raises(AgentError) as caught:
            async with AgentClient(local) as agent:
                if tag == "t":
                    async for _ in agent.stream(Call(tag)):
                        pass
                else:
                    await agent.run(Call(tag))
        judge(typescript(name), Ours(code), caught.value)
    monkeypatch.setenv("RUNAGENT_CACHE_DIR", str(tmp_path))
    with pytest.raises(AgentError) as caught:
        await resolve(AGENT)
    judge(typescript("local no addr"), Ours("AGENT_ADDRESS_NOT_FOUND"), caught.value)
    with pytest.raises(AgentError) as caught:
        resolve_cloud(AGENT, Cloud())
    why = "as the Go, Dart and C# clients: better said before a request that cannot succeed"
    judge(typescript("no api key"), Ours("AUTHENTICATION_ERROR", why), caught.value)
    server = await start_http({ARCHITECTURE: (404, {"detail": "x"})})
    async with AgentClient(server.target) as agent:
        with pytest.raises(AgentError) as caught:
            await agent.architecture()
    judge(typescript("local arch 404"), Ours("AGENT_NOT_FOUND_LOCAL"), caught.value)
    server = await start_http(
        {ARCHITECTURE: (200, ENTRYPOINTS), RUN: (200, wrapped("string", '"hi"'))}
    )
    async with AgentClient(in_cloud(server.port)) as agent:
        assert (await agent.architecture()).tags == ("t",)
    judge(
        typescript("arch legacy bare"),
        Ours(None, value="hi"),
        await outcome_of(in_cloud(server.port)),
    )
    server = await start_http(
        {
            ARCHITECTURE: (200, {"entrypoints": [{"tag": "other"}]}),
            RUN: (404, envelope("NOT_FOUND", "Entrypoint t not found")),
        }
    )
    missing = await outcome_of(in_cloud(server.port))
    why = "the service's own code; the tags that there are stand beside it"
    judge(typescript("arch other tags"), Ours("NOT_FOUND", why), missing)
    assert "`other`" in str(missing.suggestion)


WITHOUT_ANSWER = {
    "cloud refused",
    "local refused",
    "run on stream tag",
    "runStream on plain",
    "local no addr",
    "no api key",
    "local arch 404",
    "arch legacy bare",
    "arch other tags",
}


def test_no_recorded_case_is_left_out() -> None:
    assert {case["case"] for case in MAPPING["python_run"]} == set(PYTHON)
    tables: tuple[Any, ...] = (
        TYPESCRIPT_RUN,
        TYPESCRIPT_ARCHITECTURE,
        TYPESCRIPT_STREAM,
        HANDSHAKES,
        WITHOUT_ANSWER,
    )
    assert {case["case"] for case in MAPPING["typescript"]} == set().union(*tables)


ELSEWHERE = {
    "AGENT_NOT_FOUND_LOCAL": "test_target.py",
    "AGENT_ADDRESS_NOT_FOUND": "test_target.py",
    "ARCHITECTURE_FETCH_LOCAL_ERROR": "test_run.py",
    "INITIALIZATION_ERROR": "test_credentials.py",
    "TIMEOUT": "test_stream.py",
    "STREAM_ENTRYPOINT": "test_run.py",
    "NON_STREAM_ENTRYPOINT": "test_stream.py",
    "CONNECTION_ERROR": "test_network.py",
}


def test_every_code_of_the_wire_is_raised_somewhere() -> None:
    codes = json.loads((WIRE / "error-codes.json").read_text(encoding="utf-8"))["codes"]
    wire = {code["code"] for code in codes if code["kind"] == "wire"}
    ours = [*PYTHON.values(), *HANDSHAKES.values()]
    ours += [row[-1] for row in (*TYPESCRIPT_RUN.values(), *TYPESCRIPT_ARCHITECTURE.values())]
    ours += [row[-1] for row in TYPESCRIPT_STREAM.values()]
    assert wire <= {one.code for one in ours} | set(ELSEWHERE)
    found = [
        kind for kind in AgentError.__subclasses__() if kind.__module__ == AgentError.__module__
    ]
    kinds = {kind.default_code: kind.__name__ for kind in found}
    assert wire <= set(kinds)
    for code, file in ELSEWHERE.items():
        text = (Path(__file__).parent / file).read_text(encoding="utf-8")
        assert code in text or kinds[code] in text
