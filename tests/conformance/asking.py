"""The same question to a server: an HTTP request, or a conversation over a WebSocket."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

LIMIT_S = 30.0
"""for an answer that must come"""


class Server(Protocol):
    """What is asked: the platform's server or ours."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def agent_id(self) -> str: ...
    @property
    def project_dir(self) -> Path: ...


@dataclass(frozen=True)
class Request:
    """`path` and header values may hold `{id}`, which is the agent's. `body`: bytes as they are,
    anything else as JSON."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    limit_s: float = LIMIT_S


@dataclass(frozen=True)
class Reply:
    """`status` 0: no answer in the time. `body` is decoded where it is JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Raw:
    """Bytes for the socket below the WebSocket."""

    data: bytes


Message: TypeAlias = str | bytes | Raw


@dataclass(frozen=True)
class Conversation:
    """`frames` decoded; `end`: `open`, `silent` (open, and nothing was said), `closed CODE` or
    `refused STATUS`."""

    frames: tuple[Any, ...]
    end: str


def run(tag: Any, *args: Any, **kwargs: Any) -> Request:
    """The request that runs an entrypoint."""
    body = {"entrypoint_tag": tag, "input_args": list(args), "input_kwargs": kwargs}
    return Request("POST", "/api/v1/agents/{id}/run", body)


def first_message(tag: Any, *args: Any, **kwargs: Any) -> str:
    """The message that starts a stream."""
    body = {"entrypoint_tag": tag, "input_args": list(args), "input_kwargs": kwargs}
    return json.dumps(body)


def ask(server: Server, request: Request) -> Reply:
    """Send one request on a connection of its own."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=request.limit_s)
    headers = {name: value.format(id=server.agent_id) for name, value in request.headers.items()}
    body = request.body
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
    with contextlib.closing(connection):
        try:
            path = request.path.replace("{id}", server.agent_id)
            connection.request(request.method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        except TimeoutError:
            return Reply(0, {}, None)
    said = {name.lower(): value for name, value in answer.getheaders()}
    return Reply(answer.status, said, _decoded(text))


def _decoded(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text.decode("utf-8", "replace")


def converse(
    server: Server,
    *messages: Message,
    path: str = "/api/v1/agents/{id}/run-stream",
    headers: Mapping[str, str] | None = None,
    limit_s: float = LIMIT_S,
) -> Conversation:
    """Send `messages`, then read until the stream has ended, failed or nothing more is said."""
    url = f"ws://{server.host}:{server.port}{path.replace('{id}', server.agent_id)}"
    try:
        with connect(
            url,
            compression=None,
            max_size=None,
            open_timeout=LIMIT_S,
            close_timeout=1,
            additional_headers=headers,
            proxy=None,
        ) as socket:
            return _conversation(socket, messages, limit_s)
    except InvalidStatus as refusal:
        return Conversation((), f"refused {refusal.response.status_code}")


def _conversation(
    socket: ClientConnection, messages: Sequence[Message], limit_s: float
) -> Conversation:
    frames: list[Any] = []
    try:
        for message in messages:
            if isinstance(message, Raw):
                socket.socket.sendall(message.data)
            else:
                socket.send(message)
        while not (frames and is_last(frames[-1])):
            frames.append(_decoded_frame(socket.recv(limit_s)))
        _still_open(socket)
    except TimeoutError:
        return Conversation(tuple(frames), "silent" if _still_open(socket) else "dead")
    except ConnectionClosed as closed:
        return Conversation(tuple(frames), f"closed {closed.rcvd.code if closed.rcvd else 1006}")
    return Conversation(tuple(frames), "open")


def _still_open(socket: ClientConnection) -> bool:
    """Whether the server answers a ping; raises ConnectionClosed when it has said goodbye."""
    answered = socket.ping()
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        pong = answered.wait(0.01)
        with contextlib.suppress(TimeoutError):
            socket.recv(0)
        if pong:
            return True
    return False


def is_last(frame: Any) -> bool:
    """Nothing follows this frame but a close."""
    return isinstance(frame, dict) and (
        frame.get("type") == "error"
        or frame.get("status") in {"stream_completed", "stream_stopped"}
    )


def _decoded_frame(frame: str | bytes) -> Any:
    if isinstance(frame, bytes):
        return {"binary": frame.hex()}
    return _decoded(frame.encode())
