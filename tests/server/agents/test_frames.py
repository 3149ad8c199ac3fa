"""Messages of streams in every spelling that official clients accept, and in none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runagent_ls.agents.call import Chunk, Completed, Progress, Started, UnknownFrame
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.streams.frames import FrameReader

STARTED = {"type": "status", "status": "stream_started", "invocation_id": "i"}


def read(*frames: Any, cloud: bool = False) -> tuple[list[Any], AgentError | None]:
    """Events and failure of some messages: text as it is, everything else as JSON."""
    reader = FrameReader("t_stream", cloud=cloud)
    texts = [frame if isinstance(frame, str) else json.dumps(frame) for frame in frames]
    return list(reader.read([text.encode() for text in texts])), reader.failure


@pytest.mark.parametrize(
    ("frame", "value"),
    [
        ({"type": "data", "content": '{"type": "integer", "payload": "1"}'}, 1),
        ({"type": "data", "data": "1"}, 1),
        ({"type": "data", "payload": {"a": 1}}, {"a": 1}),
        ({"type": "data", "delta": "tok"}, "tok"),
        ({"type": "DATA", "content": None}, None),
        ({"content": "text"}, "text"),
        ({"delta": "text"}, "text"),
        ({"type": "integer", "payload": "7"}, 7),
        ({"type": "string", "payload": '"x"'}, "x"),
        ({"type": "data", "content": "one", "data": "two"}, "one"),
    ],
)
def test_chunks(frame: Any, value: Any) -> None:
    [event], failure = read(frame)
    assert failure is None
    assert isinstance(event, Chunk)
    assert (event.index, event.value) == (0, value)


@pytest.mark.parametrize("status", ["stream_progress", "stream_update", "STREAM_PROGRESS"])
@pytest.mark.parametrize("nested", [True, False])
def test_reports_in_between_are_handed_on(status: str, nested: bool) -> None:
    frame: dict[str, Any] = {"type": "status"}
    frame |= {"data": {"status": status}} if nested else {"status": status, "percent": 5}
    [event], failure = read(frame)
    assert failure is None
    assert event == Progress(json.dumps(frame), status.lower())
    assert isinstance(event, UnknownFrame)  # shown as it came


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "not JSON",
        "[1]",
        "5",
        "null",
        {},
        {"type": "data"},
        {"type": "other", "content": 1},
        {"type": "status"},
        {"type": "status", "status": "stream_paused"},
        {"type": "status", "status": 5},
        {"type": "integer", "payload": "1", "more": 1},
        {"type": 5, "content": 1},
        {"type": [], "content": 1},
        {"type": None, "content": 1},
    ],
)
def test_messages_without_a_meaning_are_handed_on(frame: Any) -> None:
    events, failure = read(STARTED, frame, {"type": "data", "content": "2"})
    assert failure is None
    assert isinstance(events[1], UnknownFrame)
    assert events[1].raw == (frame if isinstance(frame, str) else json.dumps(frame))
    assert events[2] == Chunk(0, 2, "2")


@pytest.mark.parametrize(
    ("frame", "code", "message"),
    [
        ({"type": "error", "error": "boom"}, "STREAM_ERROR", "boom"),
        ({"type": "ERROR", "message": "boom"}, "STREAM_ERROR", "boom"),
        ({"type": "error", "error": {"message": "boom"}}, "STREAM_ERROR", "boom"),
        ({"type": "error", "data": {"error": "boom"}}, "STREAM_ERROR", "boom"),
        ({"type": "error", "data": "boom"}, "STREAM_ERROR", "boom"),
        ({"type": "error"}, "STREAM_ERROR", "without saying why"),
        ({"type": "error", "error": {"code": "X", "message": "boom"}}, "X", "boom"),
        ({"type": "status", "status": "stream_failed"}, "STREAM_ERROR", "stream_failed"),
        ({"type": "status", "status": "stream_error", "error": "boom"}, "STREAM_ERROR", "boom"),
        (
            {"type": "status", "data": {"status": "stream_interrupted", "message": "boom"}},
            "STREAM_ERROR",
            "boom",
        ),
        (
            {"type": "status", "status": "Stream_Failed", "error": {"code": "X", "message": "b"}},
            "X",
            "b",
        ),
        ({"type": "status", "status": "stream_retry"}, "STREAM_RETRY", "try again"),
        (
            {"type": "status", "status": "stream_retry", "data": {"message": "later"}},
            "STREAM_RETRY",
            "later",
        ),
    ],
)
def test_failures(frame: Any, code: str, message: str) -> None:
    for before in ([], [STARTED, {"type": "data", "content": "1"}]):
        events, failure = read(*before, frame, {"type": "data", "content": "late"})
        assert len(events) == len(before)
        assert failure is not None
        assert failure.code == code
        assert message in failure.message
        assert failure.may_have_run is True


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("403: You do not have permission to access this agent", "PERMISSION_ERROR"),
        ("Database error: 403: forbidden", "PERMISSION_ERROR"),
        ("Unauthorized", "AUTHENTICATION_ERROR"),
        ("Invalid token", "AUTHENTICATION_ERROR"),
        ("Agent must be deployed. current status: uploaded", "AGENT_NOT_DEPLOYED"),
    ],
)
@pytest.mark.parametrize("key", ["error", "detail", "message"])
def test_the_cloud_refuses_in_words_before_the_start_only(text: str, code: str, key: str) -> None:
    frame = {"type": "error", key: text}
    _, failure = read(frame, cloud=True)
    assert failure is not None
    assert (failure.code, failure.may_have_run) == (code, False)
    _, failure = read(STARTED, frame, cloud=True)  # now they are the function's words
    assert failure is not None
    assert (failure.code, failure.may_have_run) == ("STREAM_ERROR", True)
    _, failure = read({"type": "error", "error": text})
    assert failure is not None
    assert failure.code == "STREAM_ERROR"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Streaming error: boom", "boom"),
        ("Internal server error: Stream error: 500: boom", "boom"),
        ("boom: Server error: x", "boom: Server error: x"),
    ],
)
def test_what_the_cloud_puts_in_front_is_left_out(text: str, shown: str) -> None:
    _, failure = read(STARTED, {"type": "error", "error": text}, cloud=True)
    assert failure is not None
    assert failure.message == shown


def test_the_start_and_the_end() -> None:
    ended = {"type": "status", "data": {"status": "stream_completed"}}
    events, failure = read(STARTED, ended, {"type": "data", "content": "late"})
    assert (events, failure) == ([Started("i"), Completed(None, None, None)], None)


def test_an_end_with_a_time_beyond_all_floats() -> None:
    ended = {"type": "status", "status": "stream_completed", "execution_time": 10**400}
    assert read(STARTED, ended) == ([Started("i"), Completed(None, None, None)], None)


def test_codes_of_our_own_server() -> None:
    frame = {"type": "error", "error": "Streaming error: too late", "code": "TIMEOUT"}
    _, failure = read(STARTED, frame)
    assert failure is not None
    assert (failure.code, failure.message) == ("TIMEOUT", "too late")
    details = {"frames": [], "traceback": "Traceback ..."}
    frame = {"type": "error", "error": "Streaming error: boom", "code": "INTERNAL_ERROR"}
    _, failure = read(STARTED, {**frame, "details": details})
    assert failure is not None
    assert (failure.code, failure.message, failure.details) == ("STREAM_ERROR", "boom", details)
    assert failure.may_have_run


def test_our_own_server_has_too_much_to_do() -> None:
    frame = {"type": "error", "detail": "Too much.", "code": "OVERLOADED", "retry_after": 3}
    _, failure = read(frame)
    assert failure is not None
    assert (failure.code, failure.retry_after, failure.action) == ("OVERLOADED", 3, "run-again")
    assert not failure.may_have_run


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)
FRAMES = st.dictionaries(
    st.sampled_from(
        ["type", "status", "content", "data", "payload", "error", "detail", "message", "code"]
    ),
    st.sampled_from(
        ["data", "status", "error", "stream_failed", "stream_started", "stream_retry", "string"]
    )
    | JSON,
)


@given(st.lists(st.binary(max_size=30) | FRAMES.map(lambda f: json.dumps(f).encode()), max_size=5))
def test_any_messages_give_events_or_a_failure(messages: list[bytes]) -> None:
    for cloud in (True, False):
        reader = FrameReader("t_stream", cloud=cloud)
        events = reader.read(messages)
        ended = reader.failure is not None or reader.completed
        assert ended or len(events) == len(messages)
        if reader.failure is not None:
            assert reader.failure.message
            json.dumps(reader.failure.to_message())
