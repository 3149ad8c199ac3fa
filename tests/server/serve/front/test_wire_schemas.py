"""What the server says fits the schemas of schemas/wire."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource
from websockets.asyncio.client import connect

from runagent_ls.serve.plan import Limits
from serving_front import TOKEN, ask, served

SCHEMAS = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8"))
    for path in (Path(__file__).parents[4] / "schemas" / "wire").glob("*.schema.json")
}
REGISTRY: Registry[Any] = Registry().with_resources(
    (schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()
)
SOURCE = """
import asyncio
def fine(x=1):
    return {"x": x}
def fails():
    raise ValueError("no")
def items():
    yield 1
    raise ValueError("no")
async def endless():
    while True:
        yield 1
        await asyncio.sleep(0.001)
async def late():
    await asyncio.sleep(60)
"""
TAGS = {
    "fine": "fine",
    "fails": "fails",
    "late": "late",
    "items_stream": "items",
    "endless_stream": "endless",
}


def check(reference: str, instance: Any) -> None:
    schema = {"$ref": f"runagent:wire/{reference}"}
    jsonschema.Draft202012Validator(schema, registry=REGISTRY).validate(instance)


@pytest.mark.parametrize(
    ("call", "schema"),
    [
        ({"entrypoint_tag": "fine"}, "run-response"),
        ({"entrypoint_tag": "fails"}, "error#/$defs/Envelope"),
        ({"entrypoint_tag": "late"}, "error#/$defs/Envelope"),
        ({"entrypoint_tag": "fine", "input_args": [1, 2]}, "error#/$defs/Envelope"),
        ({"entrypoint_tag": "nope"}, "error#/$defs/Envelope"),
        ({}, "error#/$defs/Detail"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"X-RunAgent-Token": TOKEN}])
async def test_answers_to_runs(
    tmp_path: Path, call: dict[str, Any], schema: str, headers: dict[str, str]
) -> None:
    limits = Limits(run_s=0.3 if call.get("entrypoint_tag") == "late" else None)
    async with served(tmp_path, SOURCE, TAGS, limits=limits) as agent:
        body = json.dumps(call).encode()
        _, _, answered = await ask(agent.context, "POST", f"{agent.agent}/run", body, headers)
    check(schema, answered)
    details = (answered.get("error") or {}).get("details")
    if details is not None:
        check("error#/$defs/RunDetails", details)


async def test_messages_of_streams(tmp_path: Path) -> None:
    async with served(tmp_path, SOURCE, TAGS, limits=Limits(at_once=1, waiting=0)) as agent:
        address = f"ws://127.0.0.1:{agent.context.port}{agent.agent}/run-stream"
        said: list[Any] = []

        async def stream(tag: str, headers: dict[str, str], *, stop: bool = False) -> None:
            async with connect(address, additional_headers=headers) as socket:
                await socket.send(
                    json.dumps({"entrypoint_tag": tag, "input_args": [], "input_kwargs": {}})
                )
                while not said or said[-1]["type"] != "error":
                    said.append(json.loads(await socket.recv()))
                    if said[-1].get("status") == "stream_stopped":
                        break
                    if stop:
                        await stream("items_stream", {})  # for which there is no room
                        check("stream-frame", said.pop())
                        await socket.send('{"type":"stop_stream"}')
                        stop = False

        await stream("endless_stream", {}, stop=True)
        kinds = [each.get("status", each["type"]) for each in said]
        assert (kinds[0], kinds[-1]) == ("stream_started", "stream_stopped")
        for headers in ({}, {"X-RunAgent-Token": TOKEN}):
            said.append({"type": "data", "content": ""})
            await stream("items_stream", headers)
        for message in said:
            check("stream-frame", message)
