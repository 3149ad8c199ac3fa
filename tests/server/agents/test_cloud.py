"""Calling agents in the cloud: keys, requests and refusals, against the stand-in over TLS."""

from __future__ import annotations

from typing import Any

import pytest

from cloud_stand_in import NOT_DEPLOYED, RunningCloud
from runagent_ls.agents.call import Call, Chunk, Completed
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.credentials import ApiKey, Cloud
from runagent_ls.agents.errors import AgentError, AuthenticationError, ConnectionFailedError
from runagent_ls.agents.target import Target, resolve_cloud


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


def test_where_a_run_goes_is_told_without_the_key(target: Target, cloud: RunningCloud) -> None:
    message: Any = target.to_message()
    assert message["address"] == cloud.base_url
    assert message["cloud"] is True
    assert cloud.api_key not in f"{target!r}{message}{target.stream_url}"
