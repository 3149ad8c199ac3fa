"""Requests of section 3: info, health, architecture, and everything that is malformed."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.asking import Request, run
from conformance.pair import Pair, ServeBoth
from conformance.projects import entrypoint, source, write_project

AGENT = "/api/v1/agents/{id}"
RUN = f"{AGENT}/run"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def pair(serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    entrypoints = [
        entrypoint("echo"),
        entrypoint("echo", "extracted", extractor={"first": "$.args[0]"}),
        entrypoint("generator", "generator_stream", extractor=None),
    ]
    folder = tmp_path_factory.mktemp("rest") / "agent"
    files = {"main.py": source("callables.py"), ".env": "FROM_FILE=1\n"}
    keys = {
        "env_vars": {"A": "b"},
        "persistent_folders": ["data"],
        "auth_settings": {"type": "api_key", "more": [1]},
        "description": "Ümläut 🦉",
        "unknown_key": 1,
    }
    return serve_both(write_project(folder, files, entrypoints, **keys))


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/health", f"{AGENT}/architecture"])
def test_reading(pair: Pair, path: str) -> None:
    answer = pair.same(Request("GET", path))
    assert answer["status"] == 200


PATHS = [
    "/",
    "/health",
    "/status",
    "/api",
    "/api/v1/",
    "/api/v1/nope",
    "/api/v1/health/",
    "/api/v1/health?x=1",
    "/api/v1/health/../health",
    "/api/v1//health",
    "/api/v1/HEALTH",
    "/api/v1/%68ealth",
    f"{AGENT}",
    f"{AGENT}/",
    f"{AGENT}/architecture/",
    f"{AGENT}/run",
    f"{AGENT}/run/",
    f"{AGENT}/run/echo",
    f"{AGENT}/run-stream",
    f"{AGENT}/execute/echo",
    f"{AGENT}/invocations/",
    "/api/v1/agents/other/architecture",
    "/api/v1/agents/other/run",
    "/api/v1/agents/other/invocations",
    "/api/v1/agents/other/invocations/stats",
    "/api/v1/agents//run",
    "/api/v1/agents/{id}%20/architecture",
    "/api/v1/agents/..%2f..%2fetc%2fpasswd/architecture",
    "/api/v1/invocations",
    "/api/v1/invocations/",
    "/api/v1/invocations/zzz",
    "/api/v1/invocations/..%2f..%2fetc%2fpasswd",
    "/api/v1/invocations/%00",
    "/api/v1/invocations/%c3%bc",
    "/api/v1/invocations/a/b",
    "/../../../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/static/main.py",
    "/main.py",
    "/.env",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_paths(pair: Pair, method: str, path: str) -> None:
    pair.same(Request(method, path))


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1",
        "/api/v1/health",
        f"{AGENT}/architecture",
        RUN,
        f"{AGENT}/invocations",
        f"{AGENT}/invocations/stats",
        "/api/v1/invocations/zzz",
        "/nope",
    ],
)
def test_methods(pair: Pair, method: str, path: str) -> None:
    pair.same(Request(method, path))


BODIES: dict[str, Any] = {
    "nothing": None,
    "empty": b"",
    "space": b" \n",
    "not json": b"{bad",
    "half": b'{"entrypoint_tag": "echo"',
    "trailing comma": b'{"entrypoint_tag": "echo",}',
    "trailing text": b'{"entrypoint_tag": "echo"} x',
    "single quotes": b"{'entrypoint_tag': 'echo'}",
    "comment": b'{"entrypoint_tag": "echo"} // x',
    "not utf-8": b'{"entrypoint_tag": "\xff"}',
    "utf-16": '{"entrypoint_tag": "echo"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"entrypoint_tag": "echo"}',
    "null": b"null",
    "list": b"[]",
    "text": b'"echo"',
    "number": b"5",
    "true": b"true",
    "nan": b"NaN",
    "nan argument": b'{"entrypoint_tag": "echo", "input_args": [NaN, Infinity]}',
    "lone surrogate": b'{"entrypoint_tag": "echo", "input_args": ["\\ud800"]}',
    "control character": b'{"entrypoint_tag": "echo", "input_args": ["\x01"]}',
    "duplicate keys": b'{"entrypoint_tag": "nope", "entrypoint_tag": "echo"}',
    "deep": b'{"entrypoint_tag": "echo", "input_args": ' + b"[" * 200 + b"]" * 200 + b"}",
    "too deep": b'{"entrypoint_tag": "echo", "input_args": '
    + b"[" * 100_000
    + b"]" * 100_000
    + b"}",
    "long number": b'{"entrypoint_tag": "echo", "input_args": [' + b"9" * 5000 + b"]}",
    "no tag": {},
    "only arguments": {"input_args": [1], "input_kwargs": {}},
    "tag null": {"entrypoint_tag": None},
    "tag number": {"entrypoint_tag": 1},
    "tag list": {"entrypoint_tag": ["echo"]},
    "tag true": {"entrypoint_tag": True},
    "tag unknown": {"entrypoint_tag": "nope"},
    "tag unknown, odd": {"entrypoint_tag": "[/x] ü {id}"},
    "tag of a stream": {"entrypoint_tag": "generator_stream"},
    "tag in other case": {"entrypoint_tag": "ECHO"},
    "unknown stream": {"entrypoint_tag": "nope_stream"},
    "tag alone": {"entrypoint_tag": "echo"},
    "args null": {"entrypoint_tag": "echo", "input_args": None},
    "args object": {"entrypoint_tag": "echo", "input_args": {}},
    "args text": {"entrypoint_tag": "echo", "input_args": "abc"},
    "args number": {"entrypoint_tag": "echo", "input_args": 1},
    "kwargs null": {"entrypoint_tag": "echo", "input_kwargs": None},
    "kwargs list": {"entrypoint_tag": "echo", "input_kwargs": []},
    "kwargs pairs": {"entrypoint_tag": "echo", "input_kwargs": [["a", 1]]},
    "kwargs text": {"entrypoint_tag": "echo", "input_kwargs": "a"},
    "timeout number": {"entrypoint_tag": "echo", "timeout_seconds": 300},
    "timeout fraction": {"entrypoint_tag": "echo", "timeout_seconds": 1.5},
    "timeout whole fraction": {"entrypoint_tag": "echo", "timeout_seconds": 2.0},
    "timeout text": {"entrypoint_tag": "echo", "timeout_seconds": "300"},
    "timeout word": {"entrypoint_tag": "echo", "timeout_seconds": "soon"},
    "timeout null": {"entrypoint_tag": "echo", "timeout_seconds": None},
    "timeout list": {"entrypoint_tag": "echo", "timeout_seconds": []},
    "timeout negative": {"entrypoint_tag": "echo", "timeout_seconds": -1},
    "timeout zero": {"entrypoint_tag": "echo", "timeout_seconds": 0},
    "timeout true": {"entrypoint_tag": "echo", "timeout_seconds": True},
    "async true": {"entrypoint_tag": "echo", "async_execution": True},
    "async text": {"entrypoint_tag": "echo", "async_execution": "yes"},
    "async word": {"entrypoint_tag": "echo", "async_execution": "maybe"},
    "async null": {"entrypoint_tag": "echo", "async_execution": None},
    "async number": {"entrypoint_tag": "echo", "async_execution": 2},
    "user": {"entrypoint_tag": "echo", "user_id": "u", "persistent_memory": True},
    "user number": {"entrypoint_tag": "echo", "user_id": 5},
    "user null": {"entrypoint_tag": "echo", "user_id": None, "persistent_memory": None},
    "memory text": {"entrypoint_tag": "echo", "persistent_memory": "maybe"},
    "id": {"entrypoint_tag": "echo", "id": "run_start", "more": {"x": 1}},
    "several wrong": {"entrypoint_tag": 1, "input_args": {}, "input_kwargs": []},
    "all wrong": {
        "entrypoint_tag": None,
        "input_args": "x",
        "input_kwargs": 5,
        "timeout_seconds": "x",
        "async_execution": "x",
        "user_id": 1,
        "persistent_memory": "x",
    },
    "extracted": {"entrypoint_tag": "extracted", "input_args": [[1, 2]]},
    "extracted nothing": {"entrypoint_tag": "extracted"},
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies(pair: Pair, name: str) -> None:
    pair.same(Request("POST", RUN, BODIES[name], JSON), BODY_DIFFERS.get(name))


BODY_DIFFERS = {"nan": "nan-body"}

OK = b'{"entrypoint_tag": "echo", "input_args": [1]}'


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "",
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "application/json;charset=latin-1",
        "application/vnd.api+json",
        "application/x+json",
        "application/ld+json; x=y",
        "application/jsonx",
        "text/json",
        "text/plain",
        "text/plain;charset=UTF-8",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "nonsense",
        "application",
        "*/*",
    ],
)
def test_content_types(pair: Pair, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    pair.same(Request("POST", RUN, OK, headers))
    pair.same(Request("POST", RUN, b"{bad", headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"Accept": "text/html"},
        {"Accept-Encoding": "gzip, br"},
        {"User-Agent": "RunAgent-TS/1.0"},
        {"X-Forwarded-For": "1.2.3.4"},
        {"Connection": "close"},
        {"Cookie": "a=b"},
        {"Expect": "100-continue"},
        {"X-HTTP-Method-Override": "GET"},
        {"Idempotency-Key": "k"},
    ],
)
def test_headers(pair: Pair, headers: dict[str, str]) -> None:
    pair.same(Request("POST", RUN, OK, {**JSON, **headers}))


def test_a_large_body(pair: Pair) -> None:
    answer = pair.same(run("echo", "x" * 20_000_000))
    assert answer["body"]["success"] is True


def test_agent_ids_of_others(pair: Pair) -> None:
    for other in ("other", "{id}x", "", "%00", "%c3%bc", "{id}?x=1"):
        pair.same(Request("POST", f"/api/v1/agents/{other}/run", OK, JSON))
