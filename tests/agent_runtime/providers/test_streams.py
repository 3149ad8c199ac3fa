"""What providers stream is read to its end; a reply that was cut off is never taken for whole."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_runtime.model import ModelError, ModelReply, ToolRequest
from agent_runtime.providers import AnthropicModel, OpenAIModel
from model_server import ModelCall, ModelServer, chunked, model_server, sends, until_closed
from recorded_streams import (
    ANTHROPIC_TEXT,
    ASKED,
    OPENAI_TEXT,
    RECORDINGS,
    Recording,
)

WHOLE = [recording for recording in RECORDINGS if recording.reply is not None]


def name_of(recording: Recording) -> str:
    return recording.name


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server(sends(b"")) as running:
        yield running


@pytest.fixture
def models(server: ModelServer) -> dict[type, AnthropicModel | OpenAIModel]:
    """One of each provider for all examples: a model's first request reads certificates."""
    return {each.model: each.at(server.url) for each in (ANTHROPIC_TEXT, OPENAI_TEXT)}


async def outcome(
    model: AnthropicModel | OpenAIModel,
) -> tuple[list[str], ModelReply | ModelError]:
    """The pieces that came, and how it ended."""
    pieces: list[str] = []
    try:
        async for piece in model.stream(ASKED):
            if isinstance(piece, ModelReply):
                return pieces, piece
            pieces.append(piece)
    except ModelError as error:
        return pieces, error
    raise AssertionError("it ended without a reply")


@pytest.mark.parametrize("recording", WHOLE, ids=name_of)
@pytest.mark.parametrize("wire", [until_closed, chunked])
async def test_reads_a_reply_to_its_end(
    server: ModelServer, recording: Recording, wire: Any
) -> None:
    server.answer = sends(wire(recording.body))
    model = recording.at(server.url)
    pieces, reply = await outcome(model)
    assert reply == recording.reply
    assert isinstance(reply, ModelReply)
    assert "".join(pieces) == reply.text
    assert await model.reply(ASKED) == recording.reply


@pytest.mark.parametrize("recording", WHOLE, ids=name_of)
async def test_reads_a_reply_that_comes_byte_by_byte(
    server: ModelServer, recording: Recording
) -> None:
    async def answer(_: ModelCall, writer: asyncio.StreamWriter) -> None:
        for byte in until_closed(recording.body):
            writer.write(bytes([byte]))
            await asyncio.sleep(0)

    server.answer = answer
    assert (await outcome(recording.at(server.url)))[1] == recording.reply


@pytest.mark.parametrize("recording", RECORDINGS, ids=name_of)
async def test_a_reply_that_is_cut_anywhere_is_never_taken_for_whole(
    server: ModelServer, recording: Recording
) -> None:
    """The end of the connection is the only end there is: nothing but the events tell a cut."""
    model = recording.at(server.url)
    body = recording.body
    for length in range(len(body)):
        server.answer = sends(until_closed(body[:length]))
        check_cut(recording, length, *await outcome(model))


@pytest.mark.parametrize("recording", [ANTHROPIC_TEXT, OPENAI_TEXT], ids=name_of)
async def test_a_response_that_is_cut_anywhere_from_its_first_byte_is_never_taken_for_whole(
    server: ModelServer, recording: Recording
) -> None:
    model = recording.at(server.url)
    wire = chunked(recording.body)
    for length in range(len(wire)):
        server.answer = sends(wire[:length])
        seen = len(until_last_event(wire[:length]))
        check_cut(recording, seen, *await outcome(model))


def until_last_event(wire: bytes) -> bytes:
    """What of the body is in the first bytes of a chunked response."""
    _, _, rest = wire.partition(b"\r\n\r\n")
    body = b""
    while b"\r\n" in rest:
        size, _, rest = rest.partition(b"\r\n")
        body += rest[: int(size, 16)]
        rest = rest[int(size, 16) + 2 :]
    return body


def check_cut(
    recording: Recording, length: int, pieces: list[str], end: ModelReply | ModelError
) -> None:
    if isinstance(end, ModelReply):
        assert recording.reply is not None
        assert length >= recording.whole_at
        # the count of tokens comes last and may be lost
        assert end in (recording.reply, dataclasses.replace(recording.reply, usage=None))
        return
    assert recording.reply is None or length < recording.whole_at
    assert "broke off" in str(end)
    assert end.transient
    assert end.may_have_run
    text = "Half of" if recording.reply is None else recording.reply.text
    assert text.startswith("".join(pieces))


@pytest.mark.parametrize("recording", RECORDINGS, ids=name_of)
async def test_an_error_in_the_stream_is_told(server: ModelServer, recording: Recording) -> None:
    if recording.reply is not None:
        events = recording.body.split(b"\n\n")
        kind = b"event: error\n" if recording.model is AnthropicModel else b""
        error = {"type": "permission_error", "message": "Not for you"}
        told = kind + b"data: " + json.dumps({"type": "error", "error": error}).encode()
        recording = dataclasses.replace(recording, words="broke off with an error: Not for you.")
        server.answer = sends(chunked(b"\n\n".join([*events[:2], told, *events[2:]])))
    else:
        server.answer = sends(chunked(recording.body))
    _, end = await outcome(recording.at(server.url))
    assert isinstance(end, ModelError)
    assert recording.words in str(end)
    assert end.transient is (recording.reply is None)
    assert end.may_have_run


@pytest.mark.parametrize("recording", [ANTHROPIC_TEXT, OPENAI_TEXT], ids=name_of)
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>Please log in</html>", "text/html; charset=utf-8"),
        (b'{"object": "chat.completion", "choices": []}', "application/json"),
        (b"", "text/plain"),
    ],
)
async def test_what_is_no_stream_is_told_with_what_to_check(
    server: ModelServer, recording: Recording, body: bytes, kind: str
) -> None:
    server.answer = sends(until_closed(body, kind))
    _, end = await outcome(recording.at(server.url))
    assert isinstance(end, ModelError)
    assert not end.transient
    assert f"{kind.partition(';')[0]} in place of an event stream. Check base_url" in str(end)
    assert server.url in str(end)


def chunk(delta: Any, finish: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def call(name: str, arguments: str, **fields: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "arguments": arguments}, **fields}


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param(
            [
                chunk({"tool_calls": [call("a", '{"x": 1}', id="1", index=0)]}),
                chunk({"tool_calls": [call("b", "{}", id="2", index=0)]}),
                chunk({"content": ""}, "tool_calls"),
            ],
            id="one index for all calls",
        ),
        pytest.param(
            [
                chunk(
                    {"tool_calls": [call("a", '{"x": 1}', id="1"), call("b", "{}", id="2")]},
                    "tool_calls",
                )
            ],
            id="no index, all at once",
        ),
        pytest.param(
            [
                {"choices": []},
                chunk({"role": "assistant", "tool_calls": [call("a", '{"x"', index=0)]}),
                chunk({"tool_calls": [{"index": 0, "function": {"arguments": ": 1}"}}]}),
                chunk({"tool_calls": [call("b", "", index=1)]}, "stop"),
            ],
            id="no ids",
        ),
    ],
)
async def test_reads_the_dialects_of_other_servers(server: ModelServer, chunks: list[Any]) -> None:
    body = "".join(f"data: {json.dumps(each)}\n\n" for each in chunks)
    server.answer = sends(until_closed(body.encode()))
    reply = await OPENAI_TEXT.at(server.url).reply(ASKED)
    assert reply.tool_requests == [ToolRequest("a", '{"x": 1}'), ToolRequest("b", "{}")]
    assert reply.usage is None


@pytest.mark.parametrize("recording", [ANTHROPIC_TEXT, OPENAI_TEXT], ids=lambda each: each.name)
async def test_counts_below_zero_are_none(server: ModelServer, recording: Recording) -> None:
    body = recording.body
    for name in (b"output_tokens", b"completion_tokens"):
        body = body.replace(b'"%b":' % name, b'"%b":-' % name)
    server.answer = sends(until_closed(body))
    reply = await recording.at(server.url).reply(ASKED)
    assert reply == dataclasses.replace(recording.reply or reply, usage=None)


async def test_an_empty_reason_is_no_end(server: ModelServer) -> None:
    said = [chunk({"content": "Half of"}, ""), chunk({"content": " it"}, "")]
    body = "".join(f"data: {json.dumps(each)}\n\n" for each in said)
    server.answer = sends(until_closed(body.encode()))
    _, end = await outcome(OPENAI_TEXT.at(server.url))
    assert isinstance(end, ModelError)
    assert "broke off" in str(end)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from([AnthropicModel, OpenAIModel]), noise=st.binary(max_size=60))
async def test_any_bytes_give_a_model_error(
    server: ModelServer,
    models: dict[type, AnthropicModel | OpenAIModel],
    kind: type,
    noise: bytes,
) -> None:
    server.answer = sends(until_closed(noise))
    _, end = await outcome(models[kind])
    assert isinstance(end, ModelError)


ANY_JSON = st.sampled_from([None, True, 0, -1, 1.5, "", "x", [], [1], {}, {"type": "x"}, [None]])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(recording=st.sampled_from(WHOLE), event=st.integers(0), field=st.integers(0), value=ANY_JSON)
async def test_a_field_of_any_kind_gives_a_reply_or_a_model_error(
    server: ModelServer,
    models: dict[type, AnthropicModel | OpenAIModel],
    recording: Recording,
    event: int,
    field: int,
    value: Any,
) -> None:
    events = recording.body.decode().split("\n\n")[:-1]
    kind, mark, data = events[event % len(events)].partition("data: ")
    if data != "[DONE]":
        events[event % len(events)] = kind + mark + json.dumps(replaced(data, field, value))
    server.answer = sends(chunked("\n\n".join([*events, ""]).encode()))
    pieces, end = await outcome(models[recording.model])
    if isinstance(end, ModelReply):
        assert isinstance(end.text, str)
        assert "".join(pieces) == end.text
        assert end.stopped_by is None or isinstance(end.stopped_by, str)
        assert all(isinstance(call.name, str) for call in end.tool_requests)
        assert all(isinstance(call.arguments, str) for call in end.tool_requests)


def replaced(data: str, field: int, value: Any) -> Any:
    """The JSON with the value of one of its fields, anywhere in it, replaced."""
    whole = json.loads(data)
    places: list[tuple[Any, Any]] = []

    def visit(node: Any) -> None:
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, inner in items:
            places.append((node, key))
            if isinstance(inner, dict | list):
                visit(inner)

    visit(whole)
    node, key = places[field % len(places)]
    node[key] = value
    return whole
