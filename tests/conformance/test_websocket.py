"""Conversations of section 4: handshakes, first messages, the order of frames, the close."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.asking import Raw, first_message
from conformance.pair import Pair, ServeBoth
from conformance.projects import entrypoint, source, write_project


@pytest.fixture(scope="module")
def pair(serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    entrypoints = [
        entrypoint("echo"),
        entrypoint("echo_items", "echo_stream"),
        entrypoint("generator", "generator_stream"),
        entrypoint("async_generator", "async_generator_stream"),
        entrypoint("generator", "extracted_stream", extractor={"only": "$.i", "none": "$.x"}),
        entrypoint("fails_midway", "fails_stream"),
        entrypoint("big_items", "big_stream"),
    ]
    folder = tmp_path_factory.mktemp("websocket") / "agent"
    return serve_both(write_project(folder, {"main.py": source("callables.py")}, entrypoints))


def message(**keys: Any) -> str:
    body = {"entrypoint_tag": "echo_stream", "input_args": [1], "input_kwargs": {"a": 2}, **keys}
    return json.dumps({key: value for key, value in body.items() if value is not ...})


FIRST: dict[str, str | bytes] = {
    "all three keys": message(),
    "no tag": message(entrypoint_tag=...),
    "no args": message(input_args=...),
    "no kwargs": message(input_kwargs=...),
    "only a tag": message(input_args=..., input_kwargs=...),
    "nothing": "{}",
    "empty": "",
    "space": " ",
    "not json": "{bad",
    "half": '{"entrypoint_tag": "echo_stream"',
    "single quotes": "{'entrypoint_tag': 1}",
    "null": "null",
    "number": "5",
    "true": "true",
    "list": "[]",
    "list of names": '["entrypoint_tag", "input_args", "input_kwargs"]',
    "text": '"x"',
    "text with the names": '"entrypoint_tag input_args input_kwargs"',
    "byte order mark": "\ufeff" + message(),
    "binary": message().encode(),
    "binary nonsense": b"\x00\xff",
    "tag null": message(entrypoint_tag=None),
    "tag number": message(entrypoint_tag=1),
    "tag list": message(entrypoint_tag=["x"]),
    "tag object": message(entrypoint_tag={"a": 1}),
    "tag empty": message(entrypoint_tag=""),
    "tag unknown": message(entrypoint_tag="nope_stream"),
    "tag unknown and plain": message(entrypoint_tag="nope"),
    "tag plain": message(entrypoint_tag="echo"),
    "tag odd": message(entrypoint_tag="[/x] ü 🦉_stream"),
    "args null": message(input_args=None),
    "args number": message(input_args=5),
    "args true": message(input_args=True),
    "args text": message(input_args="ab"),
    "args object": message(input_args={"x": 1}),
    "kwargs null": message(input_kwargs=None),
    "kwargs list": message(input_kwargs=[]),
    "kwargs pairs": message(input_kwargs=[["a", 1]]),
    "kwargs text": message(input_kwargs="a"),
    "kwargs number": message(input_kwargs=1),
    "nan": '{"entrypoint_tag": "echo_stream", "input_args": [NaN], "input_kwargs": {}}',
    "duplicate keys": '{"entrypoint_tag": "x", "entrypoint_tag": "echo_stream", "input_args": [],'
    ' "input_kwargs": {}}',
    "too deep": '{"entrypoint_tag": "echo_stream", "input_kwargs": {}, "input_args": '
    + "[" * 100_000
    + "]" * 100_000
    + "}",
    "timeout": message(timeout_seconds=600, async_execution=False),
    "timeout odd": message(timeout_seconds="soon", async_execution=[]),
    "more keys": message(user_id="u", persistent_memory=True, id="stream_start", more=[]),
    "extracted": message(entrypoint_tag="extracted_stream", input_args=[2], input_kwargs={}),
    "zero items": message(entrypoint_tag="generator_stream", input_args=[0], input_kwargs={}),
    "many items": message(entrypoint_tag="generator_stream", input_args=[500], input_kwargs={}),
    "many items of a coroutine": message(
        entrypoint_tag="async_generator_stream", input_args=[500], input_kwargs={}
    ),
    "large items": message(entrypoint_tag="big_stream", input_args=[2_000_000], input_kwargs={}),
    "large message": message(input_args=["x" * 2_000_000]),
}
DIFFERS = {
    **dict.fromkeys(
        [
            "null",
            "number",
            "true",
            "list of names",
            "text with the names",
            "binary",
            "binary nonsense",
            "tag list",
            "tag object",
            "too deep",
        ],
        "silent-first-message",
    ),
    **dict.fromkeys(
        [
            "tag null",
            "tag number",
            "args null",
            "args number",
            "args true",
            "kwargs null",
            "kwargs list",
            "kwargs pairs",
            "kwargs text",
            "kwargs number",
        ],
        "first-message-types",
    ),
}


@pytest.mark.parametrize("name", FIRST)
def test_first_messages(pair: Pair, name: str) -> None:
    differs = DIFFERS.get(name)
    theirs_s = 1.5 if differs == "silent-first-message" else None
    answer = pair.same_stream(FIRST[name], differs=differs, theirs_s=theirs_s)
    if name in DIFFERS:
        assert [frame["type"] for frame in answer["frames"]] == ["error"]
        assert answer["end"] == "closed 1003"


def test_a_second_message_is_ignored(pair: Pair) -> None:
    second = message(entrypoint_tag="generator_stream")
    answer = pair.same_stream(first_message("echo_stream"), second, "nonsense", b"\x00")
    assert answer["frames"][-1]["total_chunks"] == 1


def test_a_message_above_the_limit(pair: Pair) -> None:
    head_alone = bytes([0x81, 0xFF]) + (17_000_000).to_bytes(8, "big") + b"mask"
    answer = pair.same_stream(Raw(head_alone))
    assert answer["end"] == "closed 1009"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/agents/other/run-stream",
        "/api/v1/agents/{id}/run-stream/",
        "/api/v1/agents/{id}/run",
        "/api/v1/agents/{id}/nope",
        "/api/v1/health",
        "/",
        "/nope",
        "/api/v1/agents/{id}x/run-stream",
    ],
)
def test_refused_handshakes(pair: Pair, path: str) -> None:
    answer = pair.same_stream(message(), path=path)
    assert answer["end"] == "refused 403"


@pytest.mark.parametrize("query", ["?token=x", "?agent_id=other", "?a=b&token=", "?"])
def test_a_query_does_not_matter(pair: Pair, query: str) -> None:
    answer = pair.same_stream(message(), path="/api/v1/agents/{id}/run-stream" + query)
    assert answer["frames"][-1]["status"] == "stream_completed"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer x"},
        {"Sec-WebSocket-Protocol": "a, b"},
        {"User-Agent": "RunAgent-TS/1.0"},
        {"Cookie": "a=b"},
    ],
)
def test_headers_do_not_matter(pair: Pair, headers: dict[str, str]) -> None:
    answer = pair.same_stream(message(), headers=headers)
    assert answer["frames"][-1]["status"] == "stream_completed"


def test_the_names_of_both_errors(pair: Pair) -> None:
    refused = pair.same_stream(message(entrypoint_tag="nope_stream"))["frames"][-1]
    failed = pair.same_stream(
        message(entrypoint_tag="fails_stream", input_args=[], input_kwargs={})
    )
    assert refused["detail"] == "Entrypoint nope_stream not found"
    assert failed["frames"][-1]["error"] == "Streaming error: midway"
