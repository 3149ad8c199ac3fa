"""Webhook entrypoints of n8n agents, with a service of our own on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from conformance.asking import Request, first_message, run
from conformance.pair import Pair, ServeBoth
from conformance.projects import entrypoint, source, write_project

ANSWERS: dict[str, tuple[int, dict[str, str], bytes]] = {
    "ok": (200, {}, b'{"a": {"b": [1, 2]}, "x": null}'),
    "text": (200, {}, b'"only text"'),
    "number": (200, {}, b"5"),
    "null": (200, {}, b"null"),
    "list": (200, {}, '[1, "ü"]'.encode()),
    "empty": (200, {}, b""),
    "not-json": (200, {}, b"<html>"),
    "half": (200, {}, b'{"a": '),
    "nan": (200, {}, b"NaN"),
    "latin": (200, {"Content-Type": "application/json; charset=latin-1"}, b'"\xfc"'),
    "no-content": (204, {}, b""),
    "created": (201, {}, b'{"made": true}'),
    "moved": (302, {"Location": "/ok"}, b""),
    "bad": (400, {}, b'{"error": "x"}'),
    "missing": (404, {}, b"{}"),
    "broken": (500, {}, b"oops"),
    "busy": (503, {"Retry-After": "1"}, b""),
}


class Service(ThreadingHTTPServer):
    """Answers by path, and keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[dict[str, Any]] = []


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        assert isinstance(self.server, Service)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kept = {name: self.headers.get(name) for name in ("Content-Type", "Accept")}
        self.server.requests.append(
            {"method": self.command, "path": self.path, "headers": kept, "body": body.decode()}
        )
        status, headers, text = ANSWERS[self.path.split("?")[0].strip("/")]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    running = Service()
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


@pytest.fixture(scope="module")
def pair(serve_both: ServeBoth, service: Service, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    base = f"http://127.0.0.1:{service.server_port}"

    def hook(tag: str, path: str, method: str = "post", **more: Any) -> dict[str, Any]:
        return {"webhook_url": f"{base}/{path}", "method": method, "tag": tag, **more}

    entrypoints = [hook(name, name) for name in ANSWERS]
    entrypoints += [
        hook("get", "ok", "get"),
        hook("get query", "ok?a=1&b=%20", "get"),
        hook("upper", "ok", "POST"),
        hook("put", "ok", "put"),
        hook("no method", "ok", ""),
        hook("extracted", "ok", extractor={"first": "$.a.b[0]", "none": "$.y"}),
        hook("bad extractor", "ok", extractor={"first": "$."}),
        hook("timeout", "ok", timeout=30),
        {"webhook_url": "http://127.0.0.1:9/x", "method": "post", "tag": "nobody"},
        {"webhook_url": "not a url", "method": "post", "tag": "no url"},
        {"webhook_url": "", "method": "post", "tag": "empty url"},
        {"webhook_url": "ftp://127.0.0.1/x", "method": "post", "tag": "ftp"},
        {"webhook_url": "http://", "method": "post", "tag": "no host"},
        {"webhook_url": "http://127.0.0.1:99999/", "method": "post", "tag": "port"},
    ]
    folder = tmp_path_factory.mktemp("webhooks") / "agent"
    return serve_both(write_project(folder, {}, entrypoints, framework="n8n"))


TAGS = [
    *ANSWERS, "get", "get query", "extracted", "bad extractor", "timeout", "nobody", "no url",
    "empty url", "ftp", "no host", "port",
]  # fmt: skip


@pytest.mark.parametrize("tag", TAGS)
def test_answers(pair: Pair, tag: str) -> None:
    pair.same(run(tag, {"q": 1}))


@pytest.mark.parametrize("tag", ["upper", "put", "no method"])
def test_other_methods(pair: Pair, tag: str) -> None:
    pair.same(run(tag, 1))


ARGUMENTS: list[tuple[list[Any], dict[str, Any]]] = [
    ([], {}),
    ([None], {}),
    ([{"a": "ü"}], {}),
    ([[1]], {}),
    (["text"], {}),
    ([0], {}),
    ([False], {}),
    ([""], {}),
    ([1, 2], {}),
    ([1], {"payload": 2}),
    ([], {"payload": {"a": 1}}),
    ([], {"payload": None}),
    ([], {"payload": 1, "other": 2}),
    ([], {"other": 2}),
]


@pytest.mark.parametrize(("args", "kwargs"), ARGUMENTS)
@pytest.mark.parametrize("tag", ["ok", "get"])
def test_arguments(
    pair: Pair, service: Service, tag: str, args: list[Any], kwargs: dict[str, Any]
) -> None:
    service.requests.clear()
    pair.same(run(tag, *args, **kwargs))
    sent = service.requests
    assert len(sent) in {0, 2}
    if sent:
        theirs, ours = sent
        assert equal_json(theirs.pop("body"), ours.pop("body"))
        assert theirs == ours


def equal_json(theirs: str, ours: str) -> bool:
    """Whether both bodies say the same; both may be empty."""
    return theirs == ours or (bool(theirs and ours) and json.loads(theirs) == json.loads(ours))


def test_architecture_and_streams(pair: Pair) -> None:
    pair.same(Request("GET", "/api/v1/agents/{id}/architecture"))
    pair.same(Request("GET", "/api/v1"))
    pair.same_stream(first_message("ok"))
    pair.same_stream(first_message("ok_stream"))


def test_python_entrypoints_of_an_n8n_agent(
    serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("n8n") / "agent"
    files, entrypoints = {"main.py": source("callables.py")}, [entrypoint("echo")]
    pair = serve_both(write_project(folder, files, entrypoints, framework="n8n"))
    answer = pair.same(run("echo", 1), differs="n8n-python")
    assert answer["body"]["success"] is True
