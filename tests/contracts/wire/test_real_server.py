"""Our client against the real `runagent serve`, and the real server against our schemas."""

from __future__ import annotations

import asyncio
import json
import math
import os
import shutil
import signal
import urllib.request
import uuid
from collections.abc import Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry as SchemaRegistry
from referencing import Resource
from websockets.asyncio.client import connect

from runagent_ls.agents.call import Call, Chunk, Completed, Started
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import (
    AgentError,
    AgentNotFoundLocalError,
    FunctionError,
    NotFoundError,
    StreamError,
    TimedOutError,
)
from runagent_ls.agents.runs import OutputItem, execute
from runagent_ls.agents.targets.registry import Registry
from runagent_ls.agents.targets.resolving import resolve
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts
from serve_real_agent import RunningAgent, serving

ROOT = Path(__file__).parents[3]
FIXTURE = ROOT / "tests" / "fixtures" / "real-agent"


@pytest.fixture
def target(real_agent: RunningAgent) -> Target:
    return Target(real_agent.host, real_agent.port, real_agent.agent_id, "explicit")


def registry(agent: RunningAgent) -> Registry:
    return Registry(agent.cache_dir / "runagent_local.db")


async def run(target: Target, tag: str, *args: Any, **kwargs: Any) -> Any:
    async with AgentClient(target) as agent, asyncio.timeout(60):
        return (await agent.run(Call(tag, args, kwargs))).value


async def chunks(target: Target, tag: str, **kwargs: Any) -> list[Any]:
    async with AgentClient(target) as agent, asyncio.timeout(60):
        return [e.value async for e in agent.stream(Call(tag, (), kwargs)) if isinstance(e, Chunk)]


async def until(condition: Callable[[], bool], limit: float = 20.0) -> None:
    async with asyncio.timeout(limit):
        while not condition():
            await asyncio.sleep(0.01)


class Silent:
    async def state(self, *_: Any) -> None:
        pass

    async def output(self, items: Any) -> None:
        pass


async def test_the_agent_is_found_through_the_registry(real_agent: RunningAgent) -> None:
    found = await resolve(real_agent.agent_id, registry=registry(real_agent))
    assert found == Target(real_agent.host, real_agent.port, real_agent.agent_id, "registry")


async def test_the_agent_is_found_at_its_address(real_agent: RunningAgent) -> None:
    found = await resolve(None, real_agent.host, real_agent.port)
    assert found.agent_id == real_agent.agent_id
    with pytest.raises(AgentNotFoundLocalError, match="everything"):
        await resolve("11111111-0000-4000-8000-000000000000", None, real_agent.port)


async def test_health_and_architecture(real_agent: RunningAgent, target: Target) -> None:
    async with AgentClient(target) as agent:
        health = await agent.health()
        architecture = await agent.architecture()
    assert (health.agent_id, health.agent_name) == (real_agent.agent_id, "everything")
    config = json.loads((FIXTURE / "runagent.config.json").read_text(encoding="utf-8"))
    expected = [e["tag"] for e in config["agent_architecture"]["entrypoints"]]
    assert list(architecture.tags) == expected


async def test_runs(target: Target) -> None:
    assert await run(target, "greet", "bob", times=2) == {"greeting": "hello bobbob", "n": 2}
    assert await run(target, "greet_async", name="Ada") == "hello Ada"
    echoed = await run(target, "echo", 1, None, [1.5, {"ü": "🦉"}], key={"deep": [True]})
    assert echoed == {"args": [1, None, [1.5, {"ü": "🦉"}]], "kwargs": {"key": {"deep": [True]}}}


VALUES = {
    "null": None,
    "true": True,
    "integer": 7,
    "big": 2**70,
    "number": 1.5,
    "infinity": math.inf,
    "minus_infinity": -math.inf,
    "string": "héllo 🦉",
    "empty": "",
    "digits": "5",
    "list": [1, "a", None],
    "tuple": [1, 2],
    "nested": {"a": {"b": [1, {"c": None}]}},
    "looks_structured": {"type": "string", "payload": '"x"'},
}


async def test_values_of_every_kind(target: Target) -> None:
    for name, expected in VALUES.items():
        value = await run(target, "value_of", name)
        assert (value, type(value)) == (expected, type(expected))
    assert math.isnan(await run(target, "value_of", "nan"))
    streamed = await chunks(target, "values_stream")
    assert [v for v in streamed if v == v] == list(VALUES.values())  # noqa: PLR0124 - NaN apart
    assert len(streamed) == len(VALUES) + 1


async def test_a_large_result(target: Target) -> None:
    assert len(await run(target, "large_text", size=12_000_000)) == 12_000_000


async def test_failures_of_the_function(target: Target) -> None:
    with pytest.raises(FunctionError) as caught:
        await run(target, "fail", 7)
    assert caught.value.message == "boom 7"
    with pytest.raises(FunctionError) as caught:
        await run(target, "greet", nme="bob")
    assert caught.value.action == "edit-inputs"
    with pytest.raises(FunctionError) as caught:
        await run(target, "fail_with_markup")
    assert caught.value.action == "show-logs"
    with pytest.raises(AgentError) as error:
        await run(target, "quit_now")
    assert error.value.code == "SERVER_ERROR"
    assert "sys.exit" in str(error.value.suggestion)


async def test_unknown_tags_and_agents(target: Target) -> None:
    with pytest.raises(NotFoundError, match="`gret`") as caught:
        await run(target, "gret")
    assert "Did you mean `greet`?" in str(caught.value.suggestion)
    with pytest.raises(NotFoundError) as caught:
        await chunks(target, "counts_stream")
    assert "Did you mean `count_stream`?" in str(caught.value.suggestion)
    other = Target(target.host, target.port, "11111111-0000-4000-8000-000000000000", "explicit")
    with pytest.raises(AgentNotFoundLocalError):
        await run(other, "greet")
    with pytest.raises(AgentNotFoundLocalError):
        await chunks(other, "count_stream")


async def test_streams(target: Target) -> None:
    assert await chunks(target, "count_stream", n=3) == [{"i": 0}, {"i": 1}, {"i": 2}]
    assert await chunks(target, "count_async_stream", n=3) == [0, 1, 2]
    assert await chunks(target, "words_stream", text="a b") == ["a", "b"]
    assert await chunks(target, "count_stream", n=5000) == [{"i": i} for i in range(5000)]
    async with AgentClient(target) as agent:
        events = [event async for event in agent.stream(Call("count_stream"))]
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Completed)
    assert events[-1].total_chunks == 3
    assert events[-1].invocation_id == events[0].invocation_id


async def test_chunks_arrive_before_the_end(target: Target, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    seen = []
    async with AgentClient(target) as agent, asyncio.timeout(120):
        stream = agent.stream(Call("stepwise_stream", (), {"gate": str(gate)}))
        async with aclosing(stream):
            async for event in stream:
                if isinstance(event, Chunk):
                    seen.append(event.value)
                    # the function waits for this file before it yields again
                    gate.touch()
    assert seen == ["first", "second"]


async def test_a_chunk_that_the_official_client_refuses(target: Target) -> None:
    first, second = await chunks(target, "large_stream", size=11_000_000)
    assert (len(first), second) == (11_000_000, "end")


async def test_failures_of_a_stream(target: Target) -> None:
    got: list[Any] = []
    with pytest.raises(StreamError) as caught:
        async with AgentClient(target) as agent:
            async for event in agent.stream(Call("fail_stream")):
                got.append(event)
    assert caught.value.message == "mid-stream boom"
    assert [e.value for e in got if isinstance(e, Chunk)] == [0, 1]
    with pytest.raises(StreamError) as caught:
        await chunks(target, "count_stream", nme=1)
    assert caught.value.action == "edit-inputs"
    with pytest.raises(StreamError, match="after 1 chunk") as caught:
        await chunks(target, "drop_stream")
    assert isinstance(caught.value.details, dict)
    assert caught.value.details["closeCode"] == 1006


async def test_cancelling_a_stream_ends_the_generator(target: Target, tmp_path: Path) -> None:
    marker = tmp_path / "closed"
    arrived = asyncio.Event()

    class Watch(Silent):
        async def output(self, items: Sequence[OutputItem]) -> None:
            arrived.set()

    async def resolve_target() -> Target:
        return target

    call = Call("endless_stream", (), {"marker": str(marker)})
    task = asyncio.create_task(execute(call, resolve_target, Watch()))
    async with asyncio.timeout(120):
        await arrived.wait()
        assert not marker.exists()
        task.cancel()
        outcome = await task
    assert (outcome.state, outcome.stopped) == ("cancelled", True)
    await until(marker.exists)  # the function's `finally` has run


async def test_cancelling_a_call_does_not_end_the_function(target: Target, tmp_path: Path) -> None:
    written, gate = tmp_path / "written", tmp_path / "gate"

    async def resolve_target() -> Target:
        return target

    call = Call("write_after", (str(written), str(gate)))
    task = asyncio.create_task(execute(call, resolve_target, Silent()))
    await until(Path(str(written) + ".begun").exists)
    task.cancel()
    outcome = await task
    assert (outcome.state, outcome.stopped) == ("cancelled", False)
    gate.touch()
    await until(written.exists)


async def test_time_limits(target: Target, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    async with AgentClient(target, Timeouts(idle=0.3)) as agent:
        with pytest.raises(TimedOutError, match=r"silent for 0\.3 s"):
            async for _ in agent.stream(Call("stepwise_stream", (), {"gate": str(gate)})):
                pass
        with pytest.raises(TimedOutError, match="the function goes on"):
            await agent.run(Call("write_after", (str(tmp_path / "x"), str(gate))))
    gate.touch()
    async with AgentClient(target, Timeouts(total=0.3)) as agent:
        with pytest.raises(TimedOutError, match=r"took longer than 0\.3 s"):
            async for _ in agent.stream(Call("endless_stream")):
                pass


def check(schema: str, instance: Any, part: str = "") -> None:
    schemas = {
        path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in (ROOT / "schemas" / "wire").glob("*.schema.json")
    }
    known: SchemaRegistry[Any] = SchemaRegistry().with_resources(
        (s["$id"], Resource.from_contents(s)) for s in schemas.values()
    )
    reference = schemas[schema]["$id"] + (f"#/$defs/{part}" if part else "")
    jsonschema.Draft202012Validator({"$ref": reference}, registry=known).validate(instance)


def ask(target: Target, path: str, body: Any = None) -> Any:
    """A request with nothing of ours between us and the server."""
    request = urllib.request.Request(  # noqa: S310 - loopback
        target.base_url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)


def test_the_wire_is_what_the_schemas_say(target: Target) -> None:
    run_path = f"{target.agent_path}/run"
    check("health", ask(target, "/health"))
    check("architecture", ask(target, f"{target.agent_path}/architecture"), "Envelope")
    for name in VALUES:
        body = Call("value_of", [name]).body()
        check("run-request", body)
        answer = ask(target, run_path, body)
        check("run-response", answer)
        check("structured-value", json.loads(answer["data"]))
    check("error", ask(target, run_path, Call("fail").body()), "Envelope")
    check("error", ask(target, run_path, Call("nope").body()), "Envelope")
    check("error", ask(target, run_path, {}), "Detail")
    check("error", ask(target, "/nope"), "Detail")


async def test_the_frames_are_what_the_schemas_say(target: Target) -> None:
    parts = {
        "values_stream": ["Started", *["Data"] * (len(VALUES) + 1), "Completed"],
        "fail_stream": ["Started", "Data", "Data", "Failure"],
        "nope_stream": ["Refusal"],
    }
    for tag, expected in parts.items():
        async with connect(target.stream_url, proxy=None, max_size=None) as socket:
            message = Call(tag).body()
            check("run-request", message, "StreamRequest")
            await socket.send(json.dumps(message))
            for part in expected:
                async with asyncio.timeout(120):
                    check("stream-frame", json.loads(await socket.recv()), part)


async def test_a_server_that_is_stopped_in_mid_stream(tmp_path: Path) -> None:
    project = tmp_path / "agent"
    shutil.copytree(FIXTURE, project)
    config = json.loads((project / "runagent.config.json").read_text(encoding="utf-8"))
    config["agent_id"] = str(uuid.uuid4())
    (project / "runagent.config.json").write_text(json.dumps(config), encoding="utf-8")
    with serving(project) as agent:
        target = await resolve(agent.agent_id, registry=registry(agent))
        got = 0
        with pytest.raises(StreamError, match="the server was stopped") as caught:
            async with AgentClient(target) as client, asyncio.timeout(120):
                async for event in client.stream(Call("endless_stream")):
                    if isinstance(event, Chunk):
                        got += 1
                        if got == 3:
                            os.kill(agent.pid, signal.SIGINT)
        assert caught.value.action == "run-again"
        assert isinstance(caught.value.details, dict)
        assert caught.value.details["closeCode"] == 1012
        # the registry still says that it is served
        await until(lambda: not _listens(agent))
        with pytest.raises(AgentNotFoundLocalError, match="does not run there any more"):
            await resolve(agent.agent_id, registry=registry(agent))


def _listens(agent: RunningAgent) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex((agent.host, agent.port)) == 0
