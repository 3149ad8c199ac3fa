"""The invocations over HTTP, against the platform's recorded answers."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from serving_front import (
    RECORDED_SOURCE,
    Served,
    as_now,
    ask,
    recorded,
    recorded_plan,
    served,
    serving_plan,
    until,
)


@pytest.fixture
async def agent(tmp_path: Path) -> AsyncIterator[Served]:
    """The agent of the recordings."""
    (tmp_path / "main.py").write_text(RECORDED_SOURCE, "utf-8")
    async with serving_plan(recorded_plan(tmp_path), tmp_path) as running:
        yield running


async def run(agent: Served, tag: str, *args: Any, **kwargs: Any) -> Any:
    body = json.dumps({"entrypoint_tag": tag, "input_args": args, "input_kwargs": kwargs})
    return (await ask(agent.context, "POST", f"{agent.agent}/run", body.encode()))[2]


async def stream(agent: Served, tag: str, *args: Any, **kwargs: Any) -> str:
    """The invocation's id, after the stream has ended."""
    address = f"ws://127.0.0.1:{agent.context.port}{agent.agent}/run-stream"
    async with connect(address) as socket:
        await socket.send(
            json.dumps({"entrypoint_tag": tag, "input_args": args, "input_kwargs": kwargs})
        )
        started = json.loads(await socket.recv())
        last = started
        while last["type"] == "data" or last is started:
            last = json.loads(await socket.recv())
    return str(started["invocation_id"])


async def history(agent: Served, query: str = "") -> Any:
    status, _, body = await ask(agent.context, "GET", f"{agent.agent}/invocations{query}")
    assert status == 200
    return body


def alike(recorded_row: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """The recorded row with what is different each time."""
    for moment in ("request_timestamp", "response_timestamp"):
        at = datetime.fromisoformat(row[moment]).replace(tzinfo=UTC)
        assert abs((datetime.now(UTC) - at).total_seconds()) < 60
        assert len(row[moment]) == len(recorded_row[moment])
    assert row["execution_time_ms"] > 0
    varying = ("invocation_id", "request_timestamp", "response_timestamp", "execution_time_ms")
    return recorded_row | {name: row[name] for name in varying}


async def test_a_run_is_recorded_as_on_the_platform(agent: Served) -> None:
    await run(agent, "greet", "bob", times=2)
    (row,) = (await history(agent))["invocations"]
    assert row == alike(
        {
            "invocation_id": "",
            "agent_id": agent.supervisor.plan.agent_id,
            "input_data": {"input_args": ["bob"], "input_kwargs": {"times": 2}},
            "output_data": {"greeting": "hello bobbob", "n": 2},
            "error_detail": None,
            "request_timestamp": "2026-11-21T02:43:04",
            "response_timestamp": "2026-11-21T02:43:04",
            "execution_time_ms": 1.0,
            "status": "completed",
            "entrypoint_tag": "greet",
            "sdk_type": "local_server",
            "client_info": {
                "server_host": "127.0.0.1",
                "server_port": agent.context.port,
                "agent_name": "example-agent",
                "agent_framework": "default",
            },
        },
        row,
    )


async def test_a_stream_is_recorded_as_on_the_platform(agent: Served) -> None:
    invocation_id = await stream(agent, "count_stream", name="bob", n=3)
    path = f"/api/v1/invocations/{invocation_id}"
    status, _, row = await ask(agent.context, "GET", path)
    wanted = alike(recorded("invocation-stream-detail")["response"]["body"], row)
    seconds = row["output_data"]["execution_time_seconds"]
    assert row["execution_time_ms"] == pytest.approx(seconds * 1000)
    wanted["output_data"]["execution_time_seconds"] = seconds
    assert (status, row) == (200, wanted)
    assert row["invocation_id"] == invocation_id


async def test_failed_streams_are_recorded_as_on_the_platform(agent: Served) -> None:
    await run(agent, "greet", "bob")
    await stream(agent, "fail_stream", 2)
    await stream(agent, "count_stream", nme=1)
    wanted = recorded("invocations-failed")["response"]["body"]
    got = await history(agent, "?status=failed&limit=2")
    rows = zip(wanted["invocations"], got["invocations"], strict=True)
    wanted["invocations"] = [alike(recorded_row, row) for recorded_row, row in rows]
    assert got == wanted


async def test_a_failed_run_says_why(agent: Served) -> None:
    await run(agent, "fail", 7)
    (row,) = (await history(agent))["invocations"]
    said = f"Server error running agent {agent.supervisor.plan.agent_id}: boom 7"
    assert (row["status"], row["error_detail"], row["output_data"]) == ("failed", said, None)


async def test_the_counts(agent: Served) -> None:
    path = f"{agent.agent}/invocations/stats"
    empty = (await ask(agent.context, "GET", path))[2]["stats"]
    assert (empty["total_invocations"], empty["success_rate"]) == (0, 0)
    assert empty["avg_execution_time_ms"] is None
    for _ in range(5):
        await run(agent, "greet", "bob")
        await run(agent, "fail")
    exchange = recorded("invocation-stats")["response"]
    status, _, body = await ask(agent.context, "GET", path)
    exchange["body"]["stats"]["avg_execution_time_ms"] = body["stats"]["avg_execution_time_ms"]
    assert body["stats"]["avg_execution_time_ms"] > 0
    assert (status, body) == (200, exchange["body"])


async def test_an_unknown_invocation_is_answered_as_recorded(agent: Served) -> None:
    exchange = recorded("invocation-not-found")
    status, _, body = await ask(agent.context, "GET", exchange["request"]["path"])
    assert (status, body) == (404, as_now(exchange["response"]["body"], body))


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?limit=2", 2),
        ("?limit=1&limit=2", 2),
        ("?limit=1.0", 1),
        ("?limit=0", 0),
        ("?limit=-1", 3),
        ("?limit=" + "9" * 30, 3),
        ("?status=none", 0),
    ],
)
async def test_the_query(agent: Served, query: str, count: int) -> None:
    for _ in range(3):
        await run(agent, "greet", "bob")
    body = await history(agent, query)
    assert (len(body["invocations"]), body["total_count"]) == (count, count)


@pytest.mark.parametrize("text", ["abc", "", "1.5"])
async def test_a_limit_that_is_no_number(agent: Served, text: str) -> None:
    status, _, body = await ask(agent.context, "GET", f"{agent.agent}/invocations?limit={text}")
    problem = body["detail"][0]
    assert (status, problem["type"], problem["loc"]) == (422, "int_parsing", ["query", "limit"])
    assert problem["input"] == text


async def test_a_run_that_goes_on_is_pending(tmp_path: Path) -> None:
    source = """
import asyncio, pathlib
async def waits(gate):
    while not pathlib.Path(gate).exists():
        await asyncio.sleep(0.01)
"""
    gate = tmp_path / "gate"
    async with served(tmp_path, source, {"w": "waits"}) as agent:
        going = asyncio.create_task(run(agent, "w", str(gate)))
        await until(lambda: agent.supervisor.status.running)
        (row,) = (await history(agent, "?status=pending"))["invocations"]
        assert row["response_timestamp"] is None
        gate.touch()
        await going
        (row,) = (await history(agent))["invocations"]
        assert row["status"] == "completed"


async def test_the_row_is_there_before_the_answer(agent: Served, tmp_path: Path) -> None:
    """So that nothing of a finished run is lost whatever happens to the server then."""
    for number in range(5):
        await run(agent, "greet", f"bob {number}")
        # as a file, by somebody else
        with closing(sqlite3.connect(tmp_path / "invocations.db")) as database:
            (rows,) = database.execute("SELECT count(*) FROM agent_invocations").fetchone()
        assert rows == number + 1


async def test_a_client_that_leaves_a_stream_is_recorded(tmp_path: Path) -> None:
    source = "def forever():\n    while True:\n        yield 1\n"
    async with served(tmp_path, source, {"f_stream": "forever"}) as agent:
        address = f"ws://127.0.0.1:{agent.context.port}{agent.agent}/run-stream"
        async with connect(address) as socket:
            await socket.send('{"entrypoint_tag":"f_stream","input_args":[],"input_kwargs":{}}')
            await socket.recv()
        async with asyncio.timeout(60):
            while not (rows := (await history(agent, "?status=failed"))["invocations"]):
                await asyncio.sleep(0.02)
    assert rows[0]["error_detail"] == "WebSocket disconnected"
