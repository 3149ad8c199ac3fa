"""The official Python SDK and our client give equal values for the same calls of a real agent."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cloud_stand_in import FOREIGN, NOT_DEPLOYED, QUOTA, running_cloud
from runagent_ls.agents.call import Call, Chunk
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.targets.credentials import ApiKey, Cloud
from runagent_ls.agents.targets.registry import Registry
from runagent_ls.agents.targets.resolving import resolve, resolve_cloud
from runagent_ls.agents.targets.target import Target
from serve_real_agent import RunningAgent, environment, interpreter, serving

AGENT_ID = "7d1f4a52-3c0b-4c55-9d0e-2f6f7a9b1c77"

PROGRAM = """
import collections, dataclasses, datetime, decimal, enum, math, pathlib, uuid
from pydantic import BaseModel, Field

class Color(enum.Enum):
    RED = "red"

class Size(enum.IntEnum):
    BIG = 3

@dataclasses.dataclass
class Point:
    x: int
    label: str = "é"
    inner: list = dataclasses.field(default_factory=lambda: [1, None])

class Person(BaseModel):
    name: str
    age: int | None = None
    tags: list[str] = []
    born: datetime.date = datetime.date(2000, 1, 2)
    full_name: str = Field("x", alias="fullName")

class Plain:
    def __init__(self):
        self.a = 1
        self._hidden = 2

class WithToDict:
    def to_dict(self):
        return {"from": "to_dict"}

Pair = collections.namedtuple("Pair", "left right")

VALUES = {
    "none": None, "true": True, "false": False, "zero": 0, "one": 1, "minus": -7,
    "above double": 2**53 + 1, "big": 2**70, "huge": 10**300, "negative big": -(2**70),
    "float": 1.5, "whole float": 2.0, "tiny": 5e-324, "large float": 1.7976931348623157e308,
    "minus zero": -0.0, "third": 1 / 3,
    "nan": math.nan, "infinity": math.inf, "minus infinity": -math.inf,
    "empty text": "", "text": "hello", "digits": "5", "word null": "null", "word true": "true",
    "json text": '{"a": 1}', "json list text": "[1, 2]", "quotes": 'a "b" c\\\\d',
    "lines": "a\\nb\\r\\nc\\td", "controls": "\\x00\\x01\\x1f\\x7f",
    "separators": "a\\u2028b\\u2029c",
    "unicode": "héllo 🦉 日本語 \\u202e", "astral": "\\U0001F468\\u200d\\U0001F4BB",
    "spaces": "  x  ",
    "markup": "[bold]x[/bold]", "html": "<b>&amp;</b>", "long": "ü" * 50_000,
    "empty list": [], "list": [1, "a", None, True, 1.5], "nested list": [[[[]]], [1, [2, [3]]]],
    "tuple": (1, 2), "set": {1}, "named tuple": Pair(1, "r"), "range": range(3),
    "empty object": {}, "object": {"a": 1, "ü": [None]}, "number keys": {1: "a", 2: "b"},
    "none key": {None: 1}, "deep": {"a": {"b": {"c": [{"d": {}}]}}},
    "mixed numbers": [2**70, 0.1, -1, 1e400],
    "nested nan": {"a": math.nan, "b": [math.inf, -math.inf]},
    "looks structured": {"type": "string", "payload": '"x"'},
    "looks structured text": '{"type": "integer", "payload": "3"}',
    "content key": {"content": 1}, "result key": {"result_data": {"data": 5}},
    "bytes": b"\\x00\\xff", "bytes text": b"abc", "bytearray": bytearray(b"xy"),
    "datetime": datetime.datetime(2026, 1, 2, 3, 4, 5, 678901),
    "datetime zone": datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc),
    "date": datetime.date(2026, 1, 2), "time": datetime.time(3, 4),
    "timedelta": datetime.timedelta(hours=1), "decimal": decimal.Decimal("1.10"),
    "uuid": uuid.UUID(int=5), "complex": 1 + 2j, "path": pathlib.PurePosixPath("/a/b"),
    "dataclass": Point(1), "list of dataclasses": [Point(1), Point(2)],
    "pydantic": Person(name="Ada", fullName="Ada L"),
    "nested pydantic": {"people": [Person(name="Bob", age=3, fullName="B")]},
    "int enum": Size.BIG, "plain object": Plain(), "to_dict": WithToDict(),
    "exception": ValueError("x"), "tuple keys": {(1, 2): "a"},
}

def names():
    return list(VALUES)

def value(name):
    return VALUES[name]

def one(name):
    yield VALUES[name]

def every():
    yield from VALUES.values()

def echo(*args, **kwargs):
    return {"args": list(args), "kwargs": kwargs}
"""

CONFIG = {
    "agent_name": "corpus",
    "description": "Outputs of every kind",
    "framework": "default",
    "template": "",
    "version": "1.0.0",
    "created_at": "2025-06-25T13:42:03",
    "template_source": {"repo_url": "", "author": "", "path": ""},
    "agent_id": AGENT_ID,
    "agent_architecture": {
        "entrypoints": [
            {"file": "main.py", "module": module, "tag": tag}
            for module, tag in (
                ("names", "names"),
                ("value", "value"),
                ("one", "one_stream"),
                ("every", "every_stream"),
                ("echo", "echo"),
            )
        ]
    },
}

SDK = """
import contextlib, io, json, sys
from runagent import RunAgentClient
agent_id, host, port, calls = json.loads(sys.stdin.read())
answers = []
clients = {}
with contextlib.redirect_stdout(io.StringIO()):
    for tag, args, kwargs in calls:
        if tag not in clients:
            clients[tag] = RunAgentClient(agent_id, tag, local=True, host=host, port=port)
        try:
            result = clients[tag].run(*args, **kwargs)
            answers.append(["value", repr(list(result) if tag.endswith("_stream") else result)])
        except Exception as error:
            answers.append(["error", getattr(error, "code", type(error).__name__)])
print(json.dumps(answers))
"""

WRAPPED_NAN = "{'type': 'number', 'payload': 'null'}"
"""What the SDK gives for a NaN, which it does not unwrap: the one value where ours differs."""


@pytest.fixture(scope="module")
def corpus(
    serve_real_agent: Callable[[Path], RunningAgent], tmp_path_factory: pytest.TempPathFactory
) -> RunningAgent:
    project = tmp_path_factory.mktemp("corpus") / "agent"
    write_project(project)
    return serve_real_agent(project)


def write_project(folder: Path) -> None:
    folder.mkdir()
    (folder / "pyproject.toml").touch()  # so that nothing beside it is executed
    (folder / "main.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "runagent.config.json").write_text(json.dumps(CONFIG), encoding="utf-8")


def sdk(agent: RunningAgent, calls: list[Any]) -> list[list[str]]:
    """What the SDK makes of each call: `["value", repr]` or `["error", code]`."""
    done = subprocess.run(
        [str(interpreter()), "-c", SDK],
        input=json.dumps([agent.agent_id, agent.host, agent.port, calls]),
        env=environment(agent.cache_dir),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[list[str]] = json.loads(done.stdout.splitlines()[-1])
    return answers


async def ours(agent: RunningAgent, calls: list[Any]) -> list[list[str]]:
    """The same of our client."""
    answers = []
    target = Target(agent.host, agent.port, agent.agent_id, "explicit")
    async with AgentClient(target) as client, asyncio.timeout(120):
        for tag, args, kwargs in calls:
            call = Call(tag, args, kwargs)
            try:
                if call.streams:
                    events = [event async for event in client.stream(call)]
                    value: Any = [event.value for event in events if isinstance(event, Chunk)]
                else:
                    value = (await client.run(call)).value
                answers.append(["value", repr(value)])
            except AgentError as error:
                answers.append(["error", error.code])
    return answers


async def names_of(agent: RunningAgent) -> list[str]:
    target = Target(agent.host, agent.port, agent.agent_id, "explicit")
    async with AgentClient(target) as client:
        names = (await client.run(Call("names"))).value
    assert isinstance(names, list)
    return [str(name) for name in names]


@pytest.mark.parametrize("tag", ["value", "one_stream"])
async def test_outputs_of_every_kind(corpus: RunningAgent, tag: str) -> None:
    names = await names_of(corpus)
    assert len(names) > 70
    calls = [[tag, [], {"name": name}] for name in names]
    theirs = await asyncio.to_thread(sdk, corpus, calls)
    mine = await ours(corpus, calls)
    different = {
        name: (their, our)
        for name, their, our in zip(names, theirs, mine, strict=True)
        if their != our
    }
    in_list = "[{}]" if tag == "one_stream" else "{}"
    expected = (["value", in_list.format(WRAPPED_NAN)], ["value", in_list.format("nan")])
    assert different == {"nan": expected}


async def test_a_stream_of_everything_keeps_its_order(corpus: RunningAgent) -> None:
    [[kind, theirs]] = await asyncio.to_thread(sdk, corpus, [["every_stream", [], {}]])
    [[our_kind, mine]] = await ours(corpus, [["every_stream", [], {}]])
    assert (kind, our_kind) == ("value", "value")
    assert theirs.count(WRAPPED_NAN) == 1
    assert mine == theirs.replace(WRAPPED_NAN, "nan")


INPUTS: list[Any] = [
    [[], {}],
    [[None, True, 0, -1.5, "ü🦉", [], {}], {}],
    [[2**70, 2**53 + 1, 1e308], {"a b": 1, "ü": {"deep": [[{}]]}}],
    [['\x00\u2028"\\'], {"self": 1, "tag": 2, "call": 3, "args": [4]}],
    [[], {"text": "x" * 200_000}],
]


async def test_inputs_of_every_kind(corpus: RunningAgent) -> None:
    # a keyword `self` is the one thing that a method cannot be given
    calls = [
        ["echo", args, {k: v for k, v in kwargs.items() if k != "self"}] for args, kwargs in INPUTS
    ]
    theirs = await asyncio.to_thread(sdk, corpus, calls)
    mine = await ours(corpus, calls)
    assert theirs == mine
    for (_, args, kwargs), (kind, text) in zip(calls, mine, strict=True):
        assert (kind, text) == ("value", repr({"args": args, "kwargs": kwargs}))


async def test_failures_have_the_same_code(corpus: RunningAgent) -> None:
    calls = [["value", [], {"name": "not there"}], ["value", [], {}], ["echo_", [], {}]]
    theirs = await asyncio.to_thread(sdk, corpus, calls)
    mine = await ours(corpus, calls)
    assert theirs == [["error", "INTERNAL_ERROR"]] * 2 + [["error", "CONNECTION_ERROR"]]
    assert mine == [["error", "INTERNAL_ERROR"]] * 2 + [["error", "NOT_FOUND"]]


async def test_a_history_with_nan_is_read_from_the_registry(
    corpus: RunningAgent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real server answers 500 as soon as one recorded result is a NaN."""
    monkeypatch.setenv("RUNAGENT_CACHE_DIR", str(corpus.cache_dir))
    target = Target(corpus.host, corpus.port, corpus.agent_id, "explicit")
    async with AgentClient(target) as agent:
        await agent.run(Call("value", [], {"name": "nested nan"}))
        found = await agent.invocations(limit=500)
        stats = await agent.invocation_stats()
        status = await agent.status()
    assert "NaN" in str(found.note)
    outputs = {repr(item.output) for item in found.items}
    assert "{'a': nan, 'b': [inf, -inf]}" in outputs
    assert len(found.items) == min(stats.total, 500)
    assert status.status == "healthy"


async def test_one_recorded_run_of_the_real_server(real_agent: RunningAgent) -> None:
    target = Target(real_agent.host, real_agent.port, real_agent.agent_id, "explicit")
    async with AgentClient(target) as agent:
        async with asyncio.timeout(120):
            while True:
                # Of the runs of one second the real server lists the oldest first.
                await agent.run(Call("greet", ["recorded run"]))
                # No others: it cannot list a run that gave NaN.
                newest = await agent.invocations(limit=1)
                mine = [i for i in newest.items if "recorded run" in json.dumps(i.input)]
                if mine and mine[0].status == "completed":
                    break
                await asyncio.sleep(0.02)
        one = await agent.invocation(mine[0].invocation_id)
    assert one.tag == "greet"
    assert one.output == {"greeting": "hello recorded run", "n": 1}
    assert one.execution_time is not None


@pytest.mark.parametrize("signed_in", [True, False])
async def test_a_signed_in_server_copies_to_the_cloud_and_the_target_says_so(
    tmp_path: Path, signed_in: bool
) -> None:
    """Against the stand-in on loopback: what the target says is what the real server does."""
    project, cache = tmp_path / "agent", tmp_path / "cache"
    write_project(project)
    cache.mkdir()
    with running_cloud(plain=True) as cloud:
        values = {"base_url": cloud.base_url, "api_key": cloud.api_key}
        if signed_in:
            values |= {"user_email": "ada@example.com", "user_id": "u-1"}
        script = (
            "from runagent.utils.config import Config\n"
            f"for name, value in {values!r}.items(): Config.set_user_config(name, value)"
        )
        await asyncio.to_thread(
            subprocess.run,
            [str(interpreter()), "-c", script],
            env=environment(cache),
            capture_output=True,
            timeout=300,
            check=True,
        )
        with serving(project, cache) as agent:
            registry = Registry(cache / "runagent_local.db")
            found = await resolve(AGENT_ID, registry=registry)
            given = await resolve(None, agent.host, agent.port, registry=registry)
            async with AgentClient(found) as client:
                await client.run(Call("echo", ["copied or not"]))
            async with asyncio.timeout(120):
                while signed_in and not _copied(cloud.requests()):
                    await asyncio.sleep(0.02)
        assert _copied(cloud.requests()) is signed_in
        assert found.copies_to_cloud is signed_in
        assert given.copies_to_cloud is signed_in
        assert found.to_message()["copiesToCloud"] is signed_in
    shutil.rmtree(cache)


SDK_IN_CLOUD = """
import contextlib, io, json, sys
from runagent import RunAgentClient
agent_id, tag, args, kwargs = json.loads(sys.stdin.read())
with contextlib.redirect_stdout(io.StringIO()):
    client = RunAgentClient(agent_id, tag, local=False, user_id="u-1", persistent_memory=True)
    try:
        answer = ["value", repr(client.run(*args, **kwargs))]
    except Exception as error:
        answer = ["error", error.code]
print(json.dumps(answer))
"""


@pytest.mark.parametrize(
    ("agent", "call", "codes"),
    [
        ("own", Call("echo", [1, "ü"], {"k": [None]}), None),
        ("own", Call("fail", [3]), ("INTERNAL_ERROR", "INTERNAL_ERROR")),
        # the official client calls every 4xx a connection error
        ("own", Call("nope"), ("CONNECTION_ERROR", "NOT_FOUND")),
        (FOREIGN, Call("echo"), ("PERMISSION_ERROR", "PERMISSION_ERROR")),
        (NOT_DEPLOYED, Call("echo"), ("AGENT_NOT_DEPLOYED", "AGENT_NOT_DEPLOYED")),
        (QUOTA, Call("echo"), ("QUOTA_EXCEEDED", "QUOTA_EXCEEDED")),
    ],
)
async def test_the_cloud_hears_and_answers_the_same(
    tmp_path: Path, agent: str, call: Call, codes: tuple[str, str] | None
) -> None:
    """The SDK and ours call the stand-in: equal requests, and equal answers or better codes."""
    with running_cloud(plain=True) as cloud:
        agent_id = cloud.agent_id if agent == "own" else agent
        done = await asyncio.to_thread(
            subprocess.run,
            [str(interpreter()), "-c", SDK_IN_CLOUD],
            input=json.dumps([agent_id, call.tag, call.args, call.kwargs]),
            env=environment(tmp_path)
            | {"RUNAGENT_API_KEY": cloud.api_key, "RUNAGENT_BASE_URL": f"{cloud.base_url}/"},
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        theirs = json.loads(done.stdout.splitlines()[-1])
        key = ApiKey(cloud.api_key)
        target = resolve_cloud(agent_id, Cloud(cloud.base_url, "given", key))
        asked = replace(call, user_id="u-1", persistent_memory=True)
        async with AgentClient(target) as client:
            try:
                mine = ["value", repr((await client.run(asked)).value)]
            except AgentError as error:
                mine = ["error", error.code]
        sent = [r for r in cloud.requests() if r["path"].endswith("/run")]
    assert (theirs, mine) == (
        (mine, mine) if codes is None else (["error", codes[0]], ["error", codes[1]])
    )
    assert theirs[0] == ("value" if codes is None else "error")
    first, second = (
        (r["method"], r["path"], r["query"], r["headers"]["authorization"], r["body"]) for r in sent
    )
    assert first == second


def _copied(requests: list[dict[str, Any]]) -> bool:
    return any("copied or not" in json.dumps(request["body"]) for request in requests)
