"""Calling agents in the cloud: keys, requests and refusals, against the stand-in over TLS."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cloud_stand_in import NOT_DEPLOYED, RunningCloud
from runagent_ls.agents.call import Call, Chunk, Completed
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import (
    AgentError,
    AuthenticationError,
    ConnectionFailedError,
    TimedOutError,
)
from runagent_ls.agents.rest.requests import body_for
from runagent_ls.agents.targets.credentials import ApiKey, Cloud
from runagent_ls.agents.targets.resolving import resolve_cloud
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts

AGENT = "11111111-2222-4333-8444-555555555555"
WIRE = Path(__file__).parents[2] / "fixtures" / "wire"


@pytest.fixture
def target(cloud: RunningCloud, monkeypatch: pytest.MonkeyPatch) -> Target:
    monkeypatch.setenv("SSL_CERT_FILE", str(cloud.ca_file))
    return resolve_cloud(cloud.agent_id, Cloud(cloud.base_url, "given", ApiKey(cloud.api_key)))


async def test_a_call_sends_what_the_platforms_client_sends(
    cloud: RunningCloud, target: Target
) -> None:
    async with AgentClient(target) as agent:
        result = await agent.run(
            Call("echo", ["first call"], {"k": "v"}, user_id="u1", persistent_memory=True)
        )
    assert result.value == {"args": ["first call"], "kwargs": {"k": "v"}}
    [sent] = [r for r in cloud.requests() if "first call" in str(r["body"])]
    assert sent["headers"]["authorization"] == f"Bearer {cloud.api_key}"
    assert sent["query"] == {}
    assert sent["body"] == {
        "entrypoint_tag": "echo",
        "input_args": ["first call"],
        "input_kwargs": {"k": "v"},
        "timeout_seconds": 300,
        "async_execution": False,
        "user_id": "u1",
        "persistent_memory": True,
    }


async def test_a_stream_sends_the_key_where_the_platform_looks_for_it(
    cloud: RunningCloud, target: Target
) -> None:
    async with AgentClient(target) as agent:
        events = [e async for e in agent.stream(Call("words_stream", ["cloud words here"]))]
    assert [e.value for e in events if isinstance(e, Chunk)] == ["cloud", "words", "here"]
    assert isinstance(events[-1], Completed)
    [sent] = [r for r in cloud.requests() if "cloud words here" in str(r["body"])]
    assert sent["headers"]["authorization"] == f"Bearer {cloud.api_key}"
    assert sent["query"] == {"token": cloud.api_key}
    assert sent["body"]["timeout_seconds"] == 600
    assert sent["body"]["async_execution"] is False


def recorded_request(operation: str, client: str) -> dict[str, Any]:
    """What an official client was seen to send."""
    requests = json.loads((WIRE / "cloud-requests.json").read_text(encoding="utf-8"))["requests"]
    [found] = [r for r in requests if (r["operation"], r["client"]) == (operation, client)]
    return dict(found)


def in_cloud(port: int, **more: Any) -> Target:
    cloud = Cloud(f"http://127.0.0.1:{port}", "given", ApiKey("rau_k/+="), "given", **more)
    return resolve_cloud("AID", cloud)


async def test_a_call_is_the_recorded_one_of_the_official_client(start_http: Any) -> None:
    recorded = recorded_request("run (cloud)", "Python SDK / CLI run")
    run = f"{recorded['method']} {recorded['path']}"
    server = await start_http({run: (200, {"success": True, "data": "1"})})
    async with AgentClient(in_cloud(server.port)) as agent:
        await agent.run(Call("t", [1], {"k": "v"}, user_id="u1", persistent_memory=True))
    [(asked, headers, body)] = server.asked
    assert asked == run
    assert json.loads(body) == recorded["body"]
    expected = {name.lower(): value for name, value in recorded["headers"].items()}
    del expected["user-agent"]
    expected["authorization"] = expected["authorization"].replace("<key>", "rau_k/+=")
    assert {name: headers[name] for name in expected} == expected


async def test_a_stream_is_the_recorded_one_of_the_official_client(start_stream: Any) -> None:
    recorded = recorded_request("run-stream (cloud)", "Python SDK")
    server = await start_stream(['{"type":"status","status":"stream_completed"}'])
    target = replace(in_cloud(server.port), agent_id=AGENT)
    async with AgentClient(target) as agent:
        async for _ in agent.stream(
            Call("t_stream", [1], {"k": "v"}, user_id="u", persistent_memory=True)
        ):
            pass
    assert [json.loads(first) for first in server.first_messages] == [recorded["first_message"]]
    [headers] = server.headers
    assert headers["Authorization"] == "Bearer rau_k/+="
    assert recorded["path"].split("?")[1].startswith("token=")


@pytest.mark.parametrize(
    ("call", "timeouts", "expected"),
    [
        (Call("t"), Timeouts(), {"timeout_seconds": 300}),
        (Call("t_stream"), Timeouts(), {"timeout_seconds": 600}),
        (Call("t"), Timeouts(idle=20), {"timeout_seconds": 20}),
        (Call("t"), Timeouts(idle=None), {"timeout_seconds": 300}),
        (Call("t"), Timeouts(total=7.2), {"timeout_seconds": 8}),
        (Call("t_stream"), Timeouts(total=7.2), {"timeout_seconds": 8}),
        (Call("t", extra={"timeout_seconds": 5, "x": 1}), Timeouts(), {"timeout_seconds": 5}),
        (Call("t", user_id="me"), Timeouts(), {"user_id": "me", "persistent_memory": True}),
        (Call("t"), Timeouts(), {"user_id": "ada", "persistent_memory": True}),
        (Call("t", extra={"entrypoint_tag": "x"}), Timeouts(), {"entrypoint_tag": "t"}),
    ],
)
def test_fields_of_a_request(call: Call, timeouts: Timeouts, expected: dict[str, Any]) -> None:
    target = in_cloud(80, user_id="ada", persistent_memory=True)
    body = body_for(target, call, timeouts)
    assert {name: body[name] for name in expected} == expected
    assert body["async_execution"] is False
    local = body_for(Target("127.0.0.1", 80, "a", "explicit"), call, timeouts)
    assert local == call.body()


async def test_the_cloud_has_time_for_its_own_limit(start_http: Any) -> None:
    """Its answer that a call took too long is worth more than our giving up."""
    answer = {"success": False, "error": {"code": "TIMEOUT", "message": "took too long"}}
    server = await start_http({})
    answers = server.answers

    async with AgentClient(in_cloud(server.port), Timeouts(idle=0.001)) as agent:
        answers["POST /api/v1/agents/AID/run"] = (200, answer)
        with pytest.raises(TimedOutError, match="took too long"):
            await agent.run(Call("t"))


def test_addresses_of_clouds() -> None:
    key = ApiKey("rau_key")
    for base_url, stream_url in (
        ("https://x.example", "wss://x.example/api/v1/agents/a/run-stream"),
        ("https://x.example:8443/base", "wss://x.example:8443/base/api/v1/agents/a/run-stream"),
        ("http://127.0.0.1:80", "ws://127.0.0.1/api/v1/agents/a/run-stream"),
        ("https://[2001:db8::1]", "wss://[2001:db8::1]/api/v1/agents/a/run-stream"),
    ):
        target = resolve_cloud("a", Cloud(base_url, "given", key))
        assert target.stream_url == stream_url
        assert target.address == base_url.removesuffix(":80")
        assert target.leaves_machine is ("127" not in base_url)


async def failure(target: Target, call: Call) -> AgentError:
    with pytest.raises(AgentError) as caught:
        async with AgentClient(target) as agent:
            if call.streams:
                async for _ in agent.stream(call):
                    pass
            else:
                await agent.run(call)
    return caught.value


@pytest.mark.parametrize("tag", ["greet", "count_stream"])
async def test_an_untrusted_certificate_is_refused(cloud: RunningCloud, tag: str) -> None:
    named = resolve_cloud(cloud.agent_id, Cloud(cloud.base_url, "given", ApiKey(cloud.api_key)))
    error = await failure(named, Call(tag))
    assert isinstance(error, ConnectionFailedError)
    assert error.kind == "tls"
    assert error.may_have_run is False


async def test_a_key_is_needed(cloud: RunningCloud) -> None:
    with pytest.raises(AuthenticationError) as caught:
        resolve_cloud(cloud.agent_id, Cloud(cloud.base_url))
    assert caught.value.action == "set-api-key"


async def test_an_agent_that_is_not_deployed(cloud: RunningCloud, target: Target) -> None:
    named = resolve_cloud(NOT_DEPLOYED, Cloud(cloud.base_url, "given", ApiKey(cloud.api_key)))
    error = await failure(named, Call("greet", ["bob"]))
    assert error.code == "AGENT_NOT_DEPLOYED"


@pytest.mark.parametrize(
    ("tag", "code", "advice"),
    [
        ("fail", "INTERNAL_ERROR", "dashboard"),
        ("fail_stream", "STREAM_ERROR", "dashboard"),
        ("quit_now", "SERVER_ERROR", "later"),
        ("gret", "NOT_FOUND", "Did you mean `greet`?"),
        ("nope_stream", "NOT_FOUND", "deployed again"),
    ],
)
async def test_advice_is_about_the_cloud(target: Target, tag: str, code: str, advice: str) -> None:
    error = await failure(target, Call(tag))
    assert error.code == code
    assert advice in str(error.suggestion)
    assert "runagent serve" not in str(error.suggestion)
    assert error.action not in ("show-serve-command", "show-logs")


def test_where_a_run_goes_is_told_without_the_key(target: Target, cloud: RunningCloud) -> None:
    message: Any = target.to_message()
    assert message["address"] == cloud.base_url
    assert message["cloud"] is True
    assert cloud.api_key not in f"{target!r}{message}{target.stream_url}"


@pytest.mark.parametrize("before", [1995, 195])
async def test_a_key_at_the_place_where_an_answer_is_cut(start_http: Any, before: int) -> None:
    page = "x" * before + "rau_k/+=" + "y" * 100
    server = await start_http({"POST /api/v1/agents/AID/run": (500, page)})
    error = await failure(in_cloud(server.port), Call("t"))
    assert "x*" in str(error.to_message())
    assert "rau_" not in str(error.to_message())
