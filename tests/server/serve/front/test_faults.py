"""Whatever goes wrong behind the front: an answer, and the next request is answered as well."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from runagent_ls.serve.front import FrontContext
from runagent_ls.serve.plan import AgentPlan
from runagent_ls.serve.state import Status
from runagent_ls.serve.supervisor import Output, Run
from serving_front import TOKEN, ask, recorded_plan, serving_front


class _Broken:
    """An agent whose every answer is an exception that nobody has thought of."""

    def __init__(self, plan: AgentPlan) -> None:
        self.plan = plan

    @property
    def status(self) -> Status:
        raise LookupError("secret of the status")

    async def call(self, run: Run) -> Output:
        raise LookupError("secret of the call")

    @asynccontextmanager
    async def stream(self, run: Run) -> AsyncIterator[Any]:
        raise LookupError("secret of the stream")
        yield

    async def cancel(self, run_id: str) -> bool:
        raise LookupError("secret of the cancelling")


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[FrontContext]:
    async with serving_front(_Broken(recorded_plan(tmp_path)), tmp_path) as context:
        yield context


async def test_a_call_that_breaks_is_answered_and_recorded(
    context: FrontContext, tmp_path: Path
) -> None:
    agent = f"/api/v1/agents/{recorded_plan(tmp_path).agent_id}"
    body = b'{"entrypoint_tag":"greet"}'
    for headers in ({}, {"X-RunAgent-Token": TOKEN}, {"Origin": "http://localhost"}):
        status, _, answered = await ask(context, "POST", f"{agent}/run", body, headers)
        assert (status, answered["error"]["code"]) == (500, "INTERNAL_ERROR")
        assert "secret" not in json.dumps(answered)
    rows = (await ask(context, "GET", f"{agent}/invocations"))[2]["invocations"]
    assert [row["status"] for row in rows] == ["failed"] * 3


async def test_a_page_that_breaks_is_answered(context: FrontContext) -> None:
    headers = {"X-RunAgent-Token": TOKEN}
    status, _, answered = await ask(context, "GET", "/runagent-ls/status", b"", headers)
    assert (status, answered["error"]["code"]) == (500, "INTERNAL_ERROR")
    assert "secret" not in json.dumps(answered)


async def test_a_stream_that_breaks_is_closed(context: FrontContext, tmp_path: Path) -> None:
    path = f"/api/v1/agents/{recorded_plan(tmp_path).agent_id}/run-stream"
    async with connect(f"ws://127.0.0.1:{context.port}{path}") as socket:
        await socket.send('{"entrypoint_tag":"count_stream","input_args":[],"input_kwargs":{}}')
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 1011
    assert (await ask(context, "GET", "/api/v1/health"))[0] == 200


async def test_invocations_that_cannot_be_read(context: FrontContext, tmp_path: Path) -> None:
    (tmp_path / "invocations.db").write_bytes(b"no database, but long enough to be looked at" * 100)
    agent = f"/api/v1/agents/{recorded_plan(tmp_path).agent_id}"
    for path in (f"{agent}/invocations", f"{agent}/invocations/stats", "/api/v1/invocations/x"):
        status, _, answered = await ask(context, "GET", path)
        assert (status, answered["error"]["code"]) == (500, "INTERNAL_ERROR")
        assert "cannot be read" in answered["error"]["message"]
