"""Connections are kept for the next request, of one event loop, and closed with it."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from anthropic import AsyncAnthropic, AsyncAnthropicBedrock, AsyncAnthropicVertex
from openai import AsyncAzureOpenAI, AsyncOpenAI

from agent_runtime import AgentConfig, AgentRuntime
from agent_runtime.model import ModelError, ModelReply
from agent_runtime.providers import AnthropicModel, OpenAIModel
from agent_runtime.providers.kept_connections import KeptConnections
from model_server import chunked, refusal
from recorded_streams import ANTHROPIC_TEXT, ASKED, KEY, OPENAI_TEXT, Recording

BOTH = pytest.mark.parametrize(
    "recording", [ANTHROPIC_TEXT, OPENAI_TEXT], ids=lambda each: each.name
)
LIMIT_S = 20.0


@dataclass
class KeepingServer:
    """Answers any number of requests on a connection. `open` are those that are, now."""

    wire: bytes
    url: str = ""
    requests: int = 0
    connections: int = 0
    open: int = 0
    paths: list[str] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    breaks_at: int = 0
    """The request that is not answered; its connection is closed."""

    def __post_init__(self) -> None:
        self.may_answer.set()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
                self.requests += 1
                self.paths.append(head.split()[1])
                length = next(
                    line.partition(":")[2]
                    for line in head.splitlines()
                    if line.lower().startswith("content-length")
                )
                await reader.readexactly(int(length))
                if self.requests == self.breaks_at:
                    break
                self.asked.set()
                await self.may_answer.wait()
                writer.write(self.wire)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self.open -= 1
            if not self.open:
                self.closed.set()


@asynccontextmanager
async def keeping(wire: bytes) -> AsyncIterator[KeepingServer]:
    server = KeepingServer(wire)
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()


@BOTH
async def test_requests_one_after_the_other_share_a_connection(recording: Recording) -> None:
    async with keeping(chunked(recording.body)) as server:
        model = recording.at(server.url)
        replies = [await model.reply(ASKED) for _ in range(3)]
        assert [reply.text for reply in replies] == [replies[0].text] * 3
        assert (server.requests, server.connections) == (3, 1)
        await model.aclose()
        async with asyncio.timeout(LIMIT_S):
            await server.closed.wait()
        await model.reply(ASKED)
        assert server.connections == 2
        await model.aclose()


@BOTH
async def test_a_connection_that_was_closed_meanwhile_is_no_failure(recording: Recording) -> None:
    async with keeping(chunked(recording.body)) as server:
        server.breaks_at = 2
        model = recording.at(server.url)
        replies = [await model.reply(ASKED) for _ in range(2)]
        assert replies[0].text == replies[1].text
        assert (server.requests, server.connections) == (3, 2)
        await model.aclose()


async def test_a_way_that_does_not_tell_of_new_connections_is_not_tried_for_ever() -> None:
    tries = 0

    def gone(_: httpx2.Request) -> httpx2.Response:
        nonlocal tries
        tries += 1
        raise httpx2.ReadError("closed")

    async with KeptConnections(transport=httpx2.MockTransport(gone)) as client:
        with pytest.raises(httpx2.ReadError):
            await client.get("http://127.0.0.1:1")
    assert 1 < tries < 20


@BOTH
async def test_a_new_connection_that_breaks_is_a_failure_at_once(recording: Recording) -> None:
    async with keeping(b"") as server:
        server.breaks_at = 1
        with pytest.raises(ModelError, match="broke off"):
            await recording.at(server.url).reply(ASKED)
        assert (server.requests, server.connections) == (1, 1)


@BOTH
async def test_a_loop_that_ends_closes_its_connections(recording: Recording) -> None:
    async with keeping(chunked(recording.body)) as server:
        model = recording.at(server.url)

        def ask() -> ModelReply:
            return asyncio.run(model.reply(ASKED))

        for count in (1, 2):
            await asyncio.to_thread(ask)
            async with asyncio.timeout(LIMIT_S):
                await server.closed.wait()
            server.closed.clear()
            assert (server.open, server.connections) == (0, count)


@BOTH
async def test_a_program_that_ends_says_nothing_of_connections(recording: Recording) -> None:
    """Also where the loop never ends, which is that of `run`."""
    program = f"""
import asyncio, sys
from agent_runtime import AgentConfig, AgentRuntime, {type(recording.at("")).__name__} as Model
model = Model("m", api_key="{KEY}", base_url=sys.argv[1])
builder = AgentRuntime.builder().with_agent_config(AgentConfig(name="a", max_iterations=2))
runtime = builder.with_model(model).build()
for _ in range(2):
    runtime.run("?")
asyncio.run(runtime.arun("?"))
"""
    async with keeping(chunked(recording.body)) as server:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "always", "-c", program, server.url),
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "server")},
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(3 * LIMIT_S):
                _, said = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0, said
        for word in (b"unclosed", b"Traceback", b"never awaited", b"Exception ignored"):
            assert word not in said
        assert server.connections == 2


async def test_a_client_of_ones_own_is_asked_and_left_open() -> None:
    async with keeping(chunked(OPENAI_TEXT.body)) as server:
        client = AsyncAzureOpenAI(
            api_key=KEY, azure_endpoint=server.url, api_version="2026-01-01", max_retries=5
        )
        model = OpenAIModel("gpt", client=client)
        await model.reply(ASKED)
        await model.aclose()
        assert not client.is_closed()
        await client.close()
        assert "/deployments/gpt/chat/completions" in server.paths[0]

    async with keeping(chunked(ANTHROPIC_TEXT.body)) as server:
        vertex = AsyncAnthropicVertex(
            region="eu", project_id="p", access_token="t", base_url=server.url
        )
        reply = await AnthropicModel("claude", client=vertex).reply(ASKED)
        await vertex.close()
        assert reply.text
        assert server.paths == [
            "/projects/p/locations/eu/publishers/anthropic/models/claude:streamRawPredict"
        ]


async def test_a_client_of_ones_own_does_not_repeat_and_its_key_is_hidden() -> None:
    error = {"error": {"message": f"No such key: {KEY}"}}
    async with keeping(refusal("401 Unauthorized", error)) as server:
        for model in (
            OpenAIModel("m", client=AsyncOpenAI(api_key=KEY, base_url=server.url, max_retries=3)),
            AnthropicModel("m", client=AsyncAnthropic(api_key=KEY, base_url=server.url)),
        ):
            with pytest.raises(ModelError) as raised:
                await model.reply(ASKED)
            assert "No such key: ***. Check the key (that of the client)." in str(raised.value)
            assert KEY not in repr(model)
        assert server.requests == 2


async def test_a_function_makes_a_client_for_each_loop() -> None:
    async with keeping(chunked(OPENAI_TEXT.body)) as server:
        made: list[AsyncOpenAI] = []

        def client() -> AsyncOpenAI:
            made.append(AsyncOpenAI(api_key=KEY, base_url=server.url))
            return made[-1]

        model = OpenAIModel("m", client=client)

        async def twice() -> None:
            await model.reply(ASKED)
            await model.reply(ASKED)

        for _ in range(2):
            await asyncio.to_thread(lambda: asyncio.run(twice()))
        assert [one.is_closed() for one in made] == [True, True]
        assert (server.requests, server.connections) == (4, 2)


async def test_a_client_has_its_own_key_and_address() -> None:
    client = AsyncAnthropicBedrock(aws_region="eu-west-1", aws_access_key="a", aws_secret_key="b")
    with pytest.raises(ValueError, match="its own key"):
        AnthropicModel("m", client=client, base_url="http://127.0.0.1:1")
    await client.close()


@BOTH
async def test_a_runtime_that_is_closed_leaves_no_connection(recording: Recording) -> None:
    """Neither in the loop that closes it nor in that of `run`."""
    async with keeping(chunked(recording.body)) as server:
        runtime = agent(recording.at(server.url))
        async with runtime:
            await runtime.arun("?")
            await asyncio.to_thread(runtime.run, "?")
            assert server.open == 2
        async with asyncio.timeout(LIMIT_S):
            await server.closed.wait()
        assert (server.open, server.connections) == (0, 2)


async def test_a_runtime_that_is_closed_leaves_a_given_client_open() -> None:
    async with keeping(chunked(OPENAI_TEXT.body)) as server:
        client = AsyncOpenAI(api_key=KEY, base_url=server.url)
        async with agent(OpenAIModel("m", client=client)) as runtime:
            await runtime.arun("?")
        assert not client.is_closed()
        await client.close()


@BOTH
async def test_closing_breaks_no_request_of_others(recording: Recording) -> None:
    async with keeping(chunked(recording.body)) as server:
        model = recording.at(server.url)
        server.may_answer.clear()
        asking = asyncio.ensure_future(model.reply(ASKED))
        async with asyncio.timeout(LIMIT_S):
            await server.asked.wait()
        async with agent(model):
            pass
        server.may_answer.set()
        assert (await asking).text
        async with asyncio.timeout(LIMIT_S):
            await server.closed.wait()
        assert (server.open, server.connections) == (0, 1)


def agent(model: AnthropicModel | OpenAIModel) -> AgentRuntime:
    config = AgentConfig(name="helper", max_iterations=1)
    return AgentRuntime.builder().with_agent_config(config).with_model(model).build()
