"""What the server tells of itself, against the platform's recorded answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from runagent_ls.serve.front import FrontContext
from runagent_ls.serve.plan import AgentPlan
from serving_front import as_now, ask, recorded, recorded_plan, serving_front


class _Planned:
    """Pages are answered from the plan; the agent itself is not asked."""

    def __init__(self, plan: AgentPlan) -> None:
        self.plan = plan


@pytest.fixture
async def context(tmp_path: Path) -> AsyncIterator[FrontContext]:
    agent: Any = _Planned(recorded_plan(tmp_path))
    async with serving_front(agent, tmp_path) as context:
        yield context


@pytest.mark.parametrize("name", ["health", "architecture", "info", "404-unknown-path"])
async def test_a_page_is_the_recorded_one(context: FrontContext, name: str) -> None:
    exchange = recorded(name)
    request, response = exchange["request"], exchange["response"]
    status, headers, body = await ask(context, request["method"], request["path"])
    expected = as_now(response["body"], body)
    if name == "info":
        expected = {**expected, "port": context.port}
    assert (status, body) == (response["status"], expected)
    names = ["server", "content-type", "allow"]
    assert {k: headers.get(k) for k in names} == {k: response["headers"].get(k) for k in names}


async def test_only_the_served_agent_is_known(context: FrontContext) -> None:
    status, _, body = await ask(context, "GET", "/api/v1/agents/another/architecture")
    assert (status, body) == (404, {"detail": "Not Found"})


@pytest.mark.parametrize(
    "agent_id",
    ["{a}", "{a}{a}", "{a:nope}", "x{a:path}", "{invocation_id}", "{", "a/../b", "x y?z#é", "a.c*"],
)
async def test_an_agent_is_known_by_its_very_id(tmp_path: Path, agent_id: str) -> None:
    agent: Any = _Planned(replace(recorded_plan(tmp_path), agent_id=agent_id))
    base = f"/api/v1/agents/{quote(agent_id)}"
    async with serving_front(agent, tmp_path) as context:
        status, _, body = await ask(context, "GET", f"{base}/architecture")
        assert (status, body["data"]["agent_id"]) == (200, agent_id)
        for page in ("invocations", "invocations/stats"):
            assert (await ask(context, "GET", f"{base}/{page}"))[0] == 200
        status, headers, _ = await ask(context, "GET", f"{base}/run")
        assert (status, headers["allow"]) == (405, "POST")
        status, headers, _ = await ask(context, "GET", f"{base}/architecture/")
        assert status == 307
        assert unquote(headers["location"]).endswith(f"/agents/{agent_id}/architecture")
        for other in ("another", "xanother", "abc"):
            for page in ("architecture", "invocations", "invocations/stats", "run"):
                status, _, body = await ask(context, "GET", f"/api/v1/agents/{other}/{page}")
                assert (status, body) == (404, {"detail": "Not Found"})
        origin = {"Origin": "http://localhost:1"}
        status, _, body = await ask(context, "POST", "/api/v1/agents/another/run", b"{}", origin)
        assert (status, body) == (404, {"detail": "Not Found"})
        assert (await ask(context, "GET", "/api/v1/health"))[0] == 200


async def test_a_slash_too_many_is_redirected(context: FrontContext) -> None:
    status, headers, _ = await ask(context, "GET", "/api/v1/health/?x=1")
    address = f"http://{context.host}:{context.port}/api/v1/health?x=1"
    assert (status, headers["location"]) == (307, address)


async def test_a_head_alone_is_not_to_be_had(context: FrontContext) -> None:
    status, headers, body = await ask(context, "HEAD", "/api/v1/health")
    assert (status, headers["allow"], body) == (405, "GET", b"")


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/", "/..%2f..%2fetc/passwd"])
async def test_there_are_no_other_pages(context: FrontContext, path: str) -> None:
    status, _, body = await ask(context, "GET", path)
    assert (status, body) == (404, {"detail": "Not Found"})
