"""What is sent to a provider, when the request ends, and what all that costs at the start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from agent_runtime.json_value import JsonValue
from agent_runtime.model import (
    Message,
    ModelReply,
    ModelRequest,
    StreamingModel,
    ToolDescription,
)
from agent_runtime.providers import AnthropicModel, OpenAIModel
from model_server import (
    Answer,
    ModelCall,
    ModelServer,
    model_server,
    refusal,
    sends,
    until_closed,
)
from recorded_streams import (
    ANTHROPIC_TEXT,
    ANTHROPIC_TOOL_USE,
    ASKED,
    CALLS,
    KEY,
    OPENAI_TEXT,
    OPENAI_TOOL_CALLS,
    Recording,
)
from run_python import run_python

BOTH = pytest.mark.parametrize(
    "recording", [ANTHROPIC_TEXT, OPENAI_TEXT], ids=lambda each: each.name
)

SCHEMA: dict[str, JsonValue] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}

FULL = ModelRequest(
    messages=[
        Message("system", "Be brief."),
        Message("user", "Weather?"),
        Message("assistant", "Thought: \udc80\n"),
        Message("user", " "),
    ],
    tools=[ToolDescription("weather", "Says it.", SCHEMA)],
    max_tokens=64,
    temperature=0.25,
    stop=["\nObservation:", " "],
)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server(sends(b"")) as running:
        yield running


def answers(recording: Recording) -> Answer:
    return sends(until_closed(recording.body))


async def test_asks_anthropic_for_a_message(server: ModelServer) -> None:
    server.answer = answers(ANTHROPIC_TEXT)
    extra = {"thinking": {"type": "disabled"}}
    await AnthropicModel("m", api_key=KEY, base_url=server.url, extra_body=extra).reply(FULL)
    (call,) = server.calls
    assert call.path == "/v1/messages"
    assert KEY in (call.headers.get("x-api-key"), call.headers["authorization"].split()[-1])
    assert call.body == {
        "model": "m",
        "stream": True,
        "max_tokens": 64,
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "content": "Thought: ?"},
        ],
        "tools": [{"name": "weather", "description": "Says it.", "input_schema": SCHEMA}],
        "stop_sequences": ["\nObservation:"],
        "temperature": 0.25,
        "thinking": {"type": "disabled"},
    }


async def test_asks_openai_for_a_completion(server: ModelServer) -> None:
    server.answer = answers(OPENAI_TEXT)
    extra = {"reasoning_effort": "low"}
    url = f"{server.url}/v1"
    await OpenAIModel("m", api_key=KEY, base_url=url, extra_body=extra).reply(FULL)
    (call,) = server.calls
    assert call.path == "/v1/chat/completions"
    assert call.headers["authorization"] == f"Bearer {KEY}"
    function = {"name": "weather", "description": "Says it.", "parameters": SCHEMA}
    assert call.body == {
        "model": "m",
        "stream": True,
        "stream_options": {"include_usage": True},
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "content": "Thought: ?\n"},
            {"role": "user", "content": " "},
        ],
        "tools": [{"type": "function", "function": function}],
        "max_completion_tokens": 64,
        "temperature": 0.25,
        "stop": ["\nObservation:", " "],
        "reasoning_effort": "low",
    }


@BOTH
async def test_what_is_not_asked_for_is_not_sent(server: ModelServer, recording: Recording) -> None:
    server.answer = answers(recording)
    await recording.at(server.url).reply(ASKED)
    (call,) = server.calls
    sent = {"model", "messages", "stream"}
    sent |= {"system", "max_tokens"} if recording.model is AnthropicModel else {"stream_options"}
    assert set(call.body) == sent


@BOTH
async def test_a_model_without_tool_calling_is_not_given_tools(
    server: ModelServer, recording: Recording
) -> None:
    server.answer = answers(recording)
    model = recording.model("m", api_key=KEY, base_url=server.url, tool_calling=False)
    await model.reply(FULL)
    assert "tools" not in server.calls[0].body


async def test_a_call_that_was_cut_at_the_limit_of_tokens_is_not_made_whole(
    server: ModelServer,
) -> None:
    body = ANTHROPIC_TOOL_USE.body.replace(
        b'"stop_reason":"tool_use"', b'"stop_reason":"max_tokens"'
    )
    server.answer = sends(until_closed(body))
    reply = await ANTHROPIC_TOOL_USE.at(server.url).reply(ASKED)
    assert reply.tool_requests == [CALLS[0]]
    assert reply.is_cut
    body = OPENAI_TOOL_CALLS.body.replace(
        b'"finish_reason":"tool_calls"', b'"finish_reason":"length"'
    )
    server.answer = sends(until_closed(body))
    reply = await OPENAI_TOOL_CALLS.at(server.url).reply(ASKED)
    assert reply.tool_requests == [CALLS[0]]
    assert reply.is_cut


async def test_a_model_that_takes_no_stop_texts_is_asked_without_from_then_on(
    server: ModelServer,
) -> None:
    async def answer(call: ModelCall, writer: asyncio.StreamWriter) -> None:
        error = {"message": "Unsupported parameter: 'stop'", "param": "stop"}
        refused = refusal("400 Bad Request", {"error": error})
        writer.write(refused if "stop" in call.body else until_closed(OPENAI_TEXT.body))

    server.answer = answer
    model = OPENAI_TEXT.at(server.url)
    assert await model.reply(FULL) == OPENAI_TEXT.reply
    assert await model.reply(FULL) == OPENAI_TEXT.reply
    assert ["stop" in call.body for call in server.calls] == [True, False, False]


@BOTH
async def test_what_a_model_says_when_it_refuses_is_its_reply(
    server: ModelServer, recording: Recording
) -> None:
    body = recording.body.replace(b'"delta":{"content":', b'"delta":{"refusal":')
    server.answer = sends(until_closed(body))
    assert await recording.at(server.url).reply(ASKED) == recording.reply


@BOTH
async def test_the_key_may_stand_in_the_environment(
    server: ModelServer, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer = answers(recording)
    model = recording.model("m", base_url=server.url)
    monkeypatch.setenv(recording.model.key_variable, f"{KEY}\n")
    await model.reply(ASKED)
    headers = server.calls[0].headers
    assert KEY in (headers.get("x-api-key"), headers["authorization"].split()[-1])


@BOTH
async def test_a_cancel_ends_the_request(server: ModelServer, recording: Recording) -> None:
    asked = asyncio.Event()

    async def never(_: ModelCall, __: asyncio.StreamWriter) -> None:
        asked.set()
        await asyncio.Event().wait()

    server.answer = never
    asking = asyncio.ensure_future(recording.at(server.url).reply(ASKED))
    async with asyncio.timeout(20):
        await asked.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await server.hung_up.wait()


@BOTH
async def test_leaving_a_stream_ends_the_request(server: ModelServer, recording: Recording) -> None:
    async def half(_: ModelCall, writer: asyncio.StreamWriter) -> None:
        writer.write(
            until_closed(recording.body[: recording.body.index(b"\\n")].rpartition(b"\n\n")[0])
        )
        writer.write(b"\n\n")
        await asyncio.Event().wait()

    server.answer = half
    async with asyncio.timeout(20):
        async with aclosing(recording.at(server.url).stream(ASKED)) as pieces:
            assert await anext(pieces) == "Grüße"
        await server.hung_up.wait()


@BOTH
async def test_a_model_serves_any_event_loop(server: ModelServer, recording: Recording) -> None:
    server.answer = answers(recording)
    model = recording.at(server.url)

    def ask() -> ModelReply:
        return asyncio.run(model.reply(ASKED))

    for _ in range(2):
        assert await asyncio.to_thread(ask) == recording.reply


def test_they_are_models_that_stream() -> None:
    assert isinstance(AnthropicModel("m"), StreamingModel)
    assert isinstance(OpenAIModel("m"), StreamingModel)
    assert AnthropicModel("claude").name == "claude"


def test_making_a_model_imports_no_sdk() -> None:
    code = (
        "import sys; from agent_runtime.providers import AnthropicModel, OpenAIModel; "
        "AnthropicModel('a'); OpenAIModel('b'); "
        "print([m for m in ('anthropic', 'openai', 'httpx2', 'pydantic') if m in sys.modules])"
    )
    assert run_python(code).stdout == "[]\n"
