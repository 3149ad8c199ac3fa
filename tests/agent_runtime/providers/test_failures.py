"""What can go wrong with a provider is told in words that help, and never with the key."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import sys
import traceback
from collections.abc import AsyncIterator
from importlib import metadata

import pytest

from agent_runtime.model import ModelError
from agent_runtime.providers import AnthropicModel, OpenAIModel
from model_server import ModelCall, ModelServer, head, model_server, refusal, sends, until_closed
from recorded_streams import ANTHROPIC_TEXT, ASKED, KEY, OPENAI_TEXT, Recording

BOTH = pytest.mark.parametrize(
    "recording", [ANTHROPIC_TEXT, OPENAI_TEXT], ids=lambda each: each.name
)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server(sends(b"")) as running:
        yield running


async def failure(model: AnthropicModel | OpenAIModel) -> ModelError:
    with pytest.raises(ModelError) as raised:
        await model.reply(ASKED)
    return raised.value


@BOTH
@pytest.mark.parametrize(
    ("status", "transient", "may_have_run"),
    [
        ("400 Bad Request", False, False),
        ("401 Unauthorized", False, False),
        ("402 Payment Required", False, False),
        ("403 Forbidden", False, False),
        ("404 Not Found", False, False),
        ("408 Request Timeout", True, True),
        ("409 Conflict", True, False),
        ("413 Content Too Large", False, False),
        ("422 Unprocessable", False, False),
        ("429 Too Many Requests", True, False),
        ("500 Internal Server Error", True, True),
        ("502 Bad Gateway", True, True),
        ("503 Service Unavailable", True, True),
        ("504 Gateway Timeout", True, True),
        ("529 Overloaded", True, False),
    ],
)
async def test_a_refusal_says_whether_to_try_again(
    server: ModelServer, recording: Recording, status: str, transient: bool, may_have_run: bool
) -> None:
    error = {"type": "error", "error": {"type": "some_error", "message": "It is so"}}
    server.answer = sends(refusal(status, error))
    failed = await failure(recording.at(server.url))
    assert f"answered HTTP {status[:3]}: It is so." in str(failed)
    assert failed.transient is transient
    assert failed.may_have_run is may_have_run
    assert len(server.calls) == 1  # the SDK does not try again by itself


@BOTH
@pytest.mark.parametrize(
    ("field", "seconds"),
    [
        ("retry-after: 7", 7.0),
        ("retry-after-ms: 1500", 1.5),
        ("retry-after-ms: 1250.5", 1.2505),
        ("retry-after: 0.75", 0.75),
        ("retry-after: Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("retry-after: soon", None),
        ("x-other: 1", None),
    ],
)
async def test_a_pause_that_is_asked_for_is_told(
    server: ModelServer, recording: Recording, field: str, seconds: float | None
) -> None:
    server.answer = sends(refusal("429 Too Many Requests", {"error": {}}, field))
    assert (await failure(recording.at(server.url))).retry_after == seconds


@BOTH
async def test_a_server_that_says_not_to_try_again_is_believed(
    server: ModelServer, recording: Recording
) -> None:
    fields = ("x-should-retry: false", "retry-after: 3")
    server.answer = sends(refusal("500 Internal Server Error", {}, *fields))
    failed = await failure(recording.at(server.url))
    assert not failed.transient
    assert failed.retry_after is None


async def test_an_account_without_credit_is_no_passing_trouble(server: ModelServer) -> None:
    error = {"message": "You exceeded your quota.", "type": "insufficient_quota"}
    server.answer = sends(refusal("429 Too Many Requests", {"error": error}))
    assert not (await failure(OPENAI_TEXT.at(server.url))).transient


@BOTH
@pytest.mark.parametrize(
    ("status", "advice"),
    [
        ("401 Unauthorized", r"Check the key \(api_key or [A-Z]+_API_KEY\)"),
        ("307 Temporary Redirect", r"leads elsewhere, where the key is not sent"),
        ("404 Not Found", r"Check the name of the model \(model-1\) and base_url"),
    ],
)
async def test_says_what_to_check(
    server: ModelServer, recording: Recording, status: str, advice: str
) -> None:
    server.answer = sends(refusal(status, {"error": {"message": "No."}}))
    with pytest.raises(ModelError, match=advice):
        await recording.at(server.url).reply(ASKED)


@BOTH
@pytest.mark.parametrize("body", ["<html>502</html>", ["x"], {"error": "gone"}, None, "x" * 9999])
async def test_a_refusal_in_any_form_is_told_shortly(
    server: ModelServer, recording: Recording, body: object
) -> None:
    server.answer = sends(refusal("502 Bad Gateway", body))
    failed = await failure(recording.at(server.url))
    assert "answered HTTP 502" in str(failed)
    assert len(str(failed)) < 600


@BOTH
async def test_a_long_message_is_cut(server: ModelServer, recording: Recording) -> None:
    server.answer = sends(refusal("400 Bad Request", {"error": {"message": "word " * 999}}))
    assert len(str(await failure(recording.at(server.url)))) < 600


@BOTH
async def test_a_server_that_is_not_there_has_not_run_anything(recording: Recording) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    failed = await failure(recording.at(url))
    assert f"{url} cannot be reached" in str(failed)
    assert failed.transient
    assert not failed.may_have_run


@BOTH
@pytest.mark.parametrize(
    "url", ["localhost:1234", "ftp://localhost/v1", "http://[x", "http://", "http://a:b/c", "v1"]
)
async def test_an_address_that_is_none_is_told(
    recording: Recording, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(recording.model.address_variable, url)
    for model in (recording.at(url), recording.model("m", api_key=KEY)):
        failed = await failure(model)
        assert "The base URL for" in str(failed)
        assert "must be like https://host/v1" in str(failed)
        assert not failed.transient
        assert not failed.may_have_run


@BOTH
async def test_names_the_address_of_the_environment(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    monkeypatch.setenv(recording.model.address_variable, f"{url}/v1")
    assert f"{url} cannot be reached" in str(await failure(recording.model("m", api_key=KEY)))


@BOTH
async def test_a_silent_server_is_given_up(server: ModelServer, recording: Recording) -> None:
    async def never(_: ModelCall, __: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    server.answer = never
    failed = await failure(recording.at(server.url, timeout=1.0))
    assert "sent nothing for too long" in str(failed)
    assert failed.transient
    assert failed.may_have_run


@BOTH
async def test_a_connection_that_is_torn_is_told(server: ModelServer, recording: Recording) -> None:
    async def tear(_: ModelCall, writer: asyncio.StreamWriter) -> None:
        writer.write(until_closed(recording.body[:300]))
        await writer.drain()
        writer.transport.abort()

    server.answer = tear
    failed = await failure(recording.at(server.url))
    assert "broke off" in str(failed)
    assert failed.transient


@BOTH
async def test_a_missing_key_is_told_before_anything_is_sent(
    server: ModelServer, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = recording.model.key_variable
    monkeypatch.delenv(variable, raising=False)
    failed = await failure(recording.model("m", base_url=server.url))
    assert f"give api_key or set {variable}" in str(failed)
    assert not failed.may_have_run
    assert server.calls == []


@BOTH
async def test_the_key_is_shown_nowhere(
    server: ModelServer, recording: Recording, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("anthropic", "openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    echo = {"error": {"message": f"Incorrect key {KEY}", "type": "authentication_error"}}
    elsewhere = "location: http://localhost:1/x"
    for wire in (
        refusal("401 Unauthorized", echo),
        refusal("400 Bad Request", {"error": {"message": "x" * 480 + KEY}}),
        refusal("500 Internal Server Error", KEY),
        head("302 Found", elsewhere, "content-length: 0"),
        until_closed(b'event: error\ndata: {"error": {"message": "' + KEY.encode() + b'"}}\n\n'),
        until_closed(KEY.encode()),
        b"",
    ):
        server.answer = sends(wire)
        check_hidden(await failure(recording.at(server.url)), KEY)
    broken = recording.model("m", api_key=f"{KEY}\nx", base_url=server.url)
    check_hidden(await failure(broken), KEY)
    shown = [broken, recording.at(f"http://me:{KEY}@127.0.0.1:1/{KEY}")]
    assert KEY not in "".join(map(repr, shown))
    check_hidden(await failure(shown[1]), KEY)
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "HTTP Request" in logged or "HTTP Response" in logged
    assert KEY not in logged


async def test_an_error_in_a_stream_is_permanent_when_one_of_its_names_says_so(
    server: ModelServer,
) -> None:
    error = {"message": "Too long.", "type": "invalid_request_error", "code": "context_length"}
    body = f"data: {json.dumps({'error': error})}\n\n"
    server.answer = sends(until_closed(body.encode()))
    failed = await failure(OPENAI_TEXT.at(server.url))
    assert "broke off with an error: Too long." in str(failed)
    assert not failed.transient


@BOTH
async def test_a_header_of_the_environment_that_cannot_be_sent_is_not_shown(
    server: ModelServer, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = f"{recording.model.package.upper()}_CUSTOM_HEADERS"
    monkeypatch.setenv(variable, f"x-token: a\r{KEY[::-1]}")
    failed = await failure(recording.at(server.url))
    assert "HTTP does not allow its headers" in str(failed)
    assert not failed.transient
    assert not failed.may_have_run
    check_hidden(failed, KEY[::-1])


@BOTH
async def test_what_stands_for_no_key_is_not_taken_out(
    server: ModelServer, recording: Recording
) -> None:
    server.answer = sends(refusal("400 Bad Request", {"error": {"message": "none of these"}}))
    failed = await failure(recording.model("m", api_key="none", base_url=server.url))
    assert "none of these" in str(failed)


def check_hidden(error: ModelError, key: str) -> None:
    assert error.__cause__ is None
    assert error.__context__ is None
    frames = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [
        frame
        for frame in frames.stack
        if "/agent_runtime/providers/" in frame.filename
        if "/tests/" not in frame.filename
    ]
    assert ours
    for frame in ours:
        assert key not in str(frame.locals)
    assert key not in f"{error}{error!r}{vars(error)}"


@BOTH
def test_a_missing_package_is_told_with_its_name(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [])  # nothing is installed anywhere
    package = recording.model.package
    words = rf'{recording.model.__name__} needs the package {package}: pip install "{package}>='
    with pytest.raises(ImportError, match=words) as raised:
        recording.model("m")
    assert raised.value.name == package


@BOTH
def test_a_package_that_is_too_old_is_told(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = metadata.version(recording.model.package)
    monkeypatch.setattr(recording.model, "lowest_version", 999)
    with pytest.raises(ImportError, match=rf"999 or newer, and {found} is here"):
        recording.model("m")


@BOTH
def test_wrong_use_is_told(recording: Recording) -> None:
    with pytest.raises(ValueError, match="timeout"):
        recording.model("m", timeout=0)
    with pytest.raises(ValueError, match="extra_body must not set messages, stream"):
        recording.model("m", extra_body={"stream": False, "messages": [], "top_p": 1})
