"""Agents that think with a provider's model: its own tool calling, its counts, its failures."""

from __future__ import annotations

import asyncio
import json

import pytest

from agent_runtime import AgentConfig, AgentRuntime, RetryPolicy
from model_server import ModelCall, ModelServer, chunked, model_server, refusal
from recorded_streams import (
    ANTHROPIC_TEXT,
    ANTHROPIC_TOOL_USE,
    OPENAI_TEXT,
    OPENAI_TOOL_CALLS,
    Recording,
)

FINAL = json.dumps("FINAL_ANSWER: Rain.")[1:-1].encode()
TEXT_PIECES = ("Grüße".encode(), ', \\"世界\\" 🎉\\n'.encode())
BOTH = pytest.mark.parametrize(
    ("calling", "answering"),
    [(ANTHROPIC_TOOL_USE, ANTHROPIC_TEXT), (OPENAI_TOOL_CALLS, OPENAI_TEXT)],
    ids=["anthropic", "openai"],
)


def final(recording: Recording) -> bytes:
    """The recorded reply with an answer as its text."""
    return recording.body.replace(TEXT_PIECES[0], FINAL).replace(TEXT_PIECES[1], b"")


def agent(recording: Recording, server: ModelServer) -> AgentRuntime:
    def get_weather(city: str, days: int) -> str:
        """The weather of some days."""
        return f"{days} days of rain in {city}"

    def now() -> str:
        return "noon"

    return (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="forecaster"))
        .with_model(recording.at(server.url))
        .with_tools(get_weather, now)
        .with_retry(RetryPolicy(attempts=2, base=0.0))
        .build()
    )


@BOTH
async def test_an_agent_calls_tools_and_answers(calling: Recording, answering: Recording) -> None:
    replies = [calling.body, final(answering)]

    async def answer(_: ModelCall, writer: asyncio.StreamWriter) -> None:
        writer.write(chunked(replies.pop(0)))

    async with model_server(answer) as server:
        events = [event async for event in agent(calling, server).astream("Weather?")]
    actions = [event for event in events if event["type"] == "action"]
    assert [(action["tool"], action["arguments"]) for action in actions] == [
        ("get_weather", {"city": "Zürich", "days": 2}),
        ("now", {}),
    ]
    end = events[-1]
    assert end["type"] == "session_ended"
    assert end["reason"] == "answered"
    assert calling.reply is not None
    assert answering.reply is not None
    used = [reply.usage for reply in (calling.reply, answering.reply) if reply.usage is not None]
    assert end["tokens"] == {
        "input": sum(usage.input_tokens for usage in used),
        "output": sum(usage.output_tokens for usage in used),
        "estimated": False,
    }
    assert [event["text"] for event in events if event["type"] == "final_answer"] == ["Rain."]
    told = json.dumps(server.calls[1].body["messages"], ensure_ascii=False)
    assert "2 days of rain in Zürich" in told


@pytest.mark.parametrize("recording", [ANTHROPIC_TEXT, OPENAI_TEXT])
async def test_a_reply_that_broke_off_is_asked_for_again(recording: Recording) -> None:
    whole = chunked(final(recording))
    wires = [whole[: whole.index(FINAL) + 60], whole]

    async def answer(_: ModelCall, writer: asyncio.StreamWriter) -> None:
        writer.write(wires.pop(0))

    async with model_server(answer) as server:
        result = await agent(recording, server).arun("Weather?")
    assert result.answer == "Rain."
    assert len(server.calls) == 2


@pytest.mark.parametrize("recording", [ANTHROPIC_TEXT, OPENAI_TEXT])
async def test_a_refusal_ends_the_session_at_once_with_its_reason(recording: Recording) -> None:
    async def answer(_: ModelCall, writer: asyncio.StreamWriter) -> None:
        writer.write(refusal("401 Unauthorized", {"error": {"message": "Bad key"}}))

    async with model_server(answer) as server:
        result = await agent(recording, server).arun("Weather?")
    assert result.reason == "failed"
    assert "HTTP 401: Bad key. Check the key" in (result.error or "")
    assert len(server.calls) == 1


@pytest.mark.parametrize("recording", [ANTHROPIC_TEXT, OPENAI_TEXT])
async def test_half_an_answer_is_none(recording: Recording) -> None:
    """The limit of tokens was reached within it: the model is told to write less."""
    whole = final(recording)
    half = whole.replace(b"Rain.", b"Ra").replace(b'"end_turn"', b'"max_tokens"')
    replies = [half.replace(b'"stop"', b'"length"'), whole]

    async def answer(_: ModelCall, writer: asyncio.StreamWriter) -> None:
        writer.write(chunked(replies.pop(0)))

    async with model_server(answer) as server:
        result = await agent(recording, server).arun("Weather?")
    assert (result.answer, result.steps) == ("Rain.", 2)
    told = server.calls[1].body["messages"][-1]
    assert "cut off at its limit of tokens. Write less." in told["content"]
