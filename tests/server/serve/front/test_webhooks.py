"""Entrypoints that are addresses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.serve.front import webhooks
from runagent_ls.serve.plan import Limits, WebhookEntrypoint
from serving_front import TOKEN, Served, ask, recorded_plan, serving_plan, until

PREFIX = "Agent execution failed: Server error running agent "
Respond = Callable[[str, dict[str, str], bytes], bytes]


def answer(body: bytes, status: str = "200 OK", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}Connection: close\r\n\r\n"
    return head.encode() + body


def as_it_came(line: str, headers: dict[str, str], body: bytes) -> bytes:
    said = {"line": line, "type": headers.get("content-type"), "body": body.decode()}
    return answer(json.dumps(said).encode())


@asynccontextmanager
async def addressed(respond: Respond) -> AsyncIterator[str]:
    """A web server; its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:])}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        writer.write(respond(head[0], headers, body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"


@asynccontextmanager
async def hooked(folder: Path, entrypoint: WebhookEntrypoint, **more: Any) -> AsyncIterator[Served]:
    plan = replace(recorded_plan(folder), framework="n8n", entrypoints=(entrypoint,))
    async with serving_plan(plan, folder, **more) as running:
        yield running


async def run(agent: Served, *args: Any, **kwargs: Any) -> tuple[int, Any]:
    body = json.dumps({"entrypoint_tag": "hook", "input_args": args, "input_kwargs": kwargs})
    status, _, answered = await ask(agent.context, "POST", f"{agent.agent}/run", body.encode())
    return status, answered


def value_of(answered: Any) -> Any:
    return json.loads(json.loads(answered["data"])["payload"])


async def failure_of(tmp_path: Path, url: str, *args: Any, method: str = "post", **kw: Any) -> str:
    async with hooked(tmp_path, WebhookEntrypoint("hook", url, method)) as agent:
        status, answered = await run(agent, *args, **kw)
    assert (status, answered["error"]["code"]) == (200, "INTERNAL_ERROR")
    message: str = answered["error"]["message"]
    start = f"{PREFIX}{recorded_plan(tmp_path).agent_id}: "
    assert message.startswith(start)
    return message.removeprefix(start)


@pytest.mark.parametrize(
    ("method", "args", "kwargs", "line", "body"),
    [
        ("post", [{"a": 1}], {}, "POST /hook HTTP/1.1", {"a": 1}),
        ("post", [], {"payload": [1]}, "POST /hook HTTP/1.1", [1]),
        ("post", [], {}, "POST /hook HTTP/1.1", None),
        ("get", [{"a": 1}], {}, "GET /hook HTTP/1.1", None),
    ],
)
async def test_what_is_sent(
    tmp_path: Path, method: str, args: list[Any], kwargs: dict[str, Any], line: str, body: Any
) -> None:
    async with (
        addressed(as_it_came) as url,
        hooked(tmp_path, WebhookEntrypoint("hook", url, method)) as agent,
    ):
        status, answered = await run(agent, *args, **kwargs)
    came = value_of(answered)
    assert (status, came["line"]) == (200, line)
    assert (json.loads(came["body"]) if came["body"] else None) == body


async def test_an_extractor_takes_first_matches(tmp_path: Path) -> None:
    found = answer(b'{"a": [{"b": 1}, {"b": 2}], "c": "d"}')
    extractor = {"first": "$.a[*].b", "none": "$.x", "c": "c"}
    async with (
        addressed(lambda *_: found) as url,
        hooked(tmp_path, WebhookEntrypoint("hook", url, "get", extractor=extractor)) as agent,
    ):
        assert value_of((await run(agent))[1]) == {"first": 1, "none": None, "c": "d"}


async def test_a_broken_extractor_fails_the_call(tmp_path: Path) -> None:
    extractor = {"x": "$."}
    async with (
        addressed(lambda *_: answer(b"{}")) as url,
        hooked(tmp_path, WebhookEntrypoint("hook", url, "get", extractor=extractor)) as agent,
    ):
        answered = (await run(agent))[1]
    assert answered["error"]["message"].endswith("Parse error near the end of string!")


@pytest.mark.parametrize(
    ("args", "kwargs", "said"),
    [
        ([1, 2], {}, "Too many positional arguments. Expected at most 1."),
        ([1], {"payload": 2}, "Cannot specify both positional and keyword arguments."),
        ([], {"other": 2}, "Only 'payload' keyword argument is allowed."),
    ],
)
async def test_arguments_that_cannot_be_sent(
    tmp_path: Path, args: list[Any], kwargs: dict[str, Any], said: str
) -> None:
    assert await failure_of(tmp_path, "http://127.0.0.1:1/", *args, **kwargs) == said


async def test_a_method_that_does_not_work(tmp_path: Path) -> None:
    said = await failure_of(tmp_path, "http://127.0.0.1:1/", method="POST")
    assert said.startswith("cannot access local variable 'response'")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (answer(b"hello"), "Expecting value: line 1 column 1 (char 0)"),
        (answer(b"{}", "500 Internal Server Error"), "Server error '500 Internal Server Error'"),
        (answer(b"{}", "404 Not Found"), "Client error '404 Not Found'"),
        (answer(b"", "302 Found", "Location: /x\r\n"), "Redirect response '302 Found'"),
        (answer(b"[" * 100_000), ""),
        (b"garbage\r\n\r\n", ""),
    ],
)
async def test_an_answer_that_is_none(tmp_path: Path, found: bytes, said: str) -> None:
    async with addressed(lambda *_: found) as url:
        assert (await failure_of(tmp_path, url)).startswith(said)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "nonsense", "ftp://x/", "http://[::1"])
async def test_an_address_where_nothing_answers(tmp_path: Path, url: str) -> None:
    said = await failure_of(tmp_path, url)
    if url.startswith("http://127"):
        assert said == "All connection attempts failed"


async def test_an_answer_that_does_not_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "READ_S", 0.1)
    silent = await asyncio.start_server(lambda _, __: None, "127.0.0.1", 0)
    async with silent:
        url = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}/"
        said = await failure_of(tmp_path, url)
    assert said == "The webhook did not answer within 0.1 seconds."


async def test_an_endless_answer_is_given_up(tmp_path: Path) -> None:
    large = answer(b"[" + b"1," * 10_000 + b"1]")
    async with (
        addressed(lambda *_: large) as url,
        hooked(
            tmp_path, WebhookEntrypoint("hook", url, "get"), limits=Limits(body_bytes=5_000)
        ) as agent,
    ):
        assert "larger than 5000 bytes" in (await run(agent))[1]["error"]["message"]


async def test_limits_and_cancelling_hold_for_webhooks_too(tmp_path: Path) -> None:
    silent = await asyncio.start_server(lambda _, __: None, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}/"
    entrypoint = WebhookEntrypoint("hook", url, "get")
    async with silent:
        async with hooked(tmp_path, entrypoint, limits=Limits(run_s=0.1)) as agent:
            assert (await run(agent))[1]["error"]["code"] == "TIMEOUT"
        async with hooked(tmp_path, entrypoint, limits=Limits(at_once=1)) as agent:
            run_id = "7a1de0b8-2c5e-4c5b-8a1f-c0ffee000001"
            headers = {"X-RunAgent-Token": TOKEN, "X-RunAgent-Run": run_id}
            body = b'{"entrypoint_tag":"hook"}'
            going = asyncio.create_task(
                ask(agent.context, "POST", f"{agent.agent}/run", body, headers)
            )
            await until(lambda: agent.context.invocations.goes_on(run_id))
            status, answered = await run(agent)
            assert (status, answered["error"]["code"]) == (429, "OVERLOADED")
            await ask(agent.context, "POST", f"/runagent-ls/runs/{run_id}/cancel", b"", headers)
            assert (await going)[2]["error"]["code"] == "CANCELLED"
