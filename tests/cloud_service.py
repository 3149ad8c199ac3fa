"""What the stand-in for the cloud answers: the documented endpoints and their refusals."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import importlib.util
import inspect
import json
import math
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.frames import Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

API_KEY = "rau_stand/in+key=of 1".replace(" ", "-")
"""Has characters that must be encoded in a URL."""
OTHER_KEY = "rau_of_somebody_else"
"""Known, but without access to any agent."""
NOT_DEPLOYED = "22222222-0000-4000-8000-000000000001"
FOREIGN = "22222222-0000-4000-8000-000000000002"
BUSY = "22222222-0000-4000-8000-000000000003"
QUOTA = "22222222-0000-4000-8000-000000000004"
AGENTS: dict[str, tuple[int, dict[str, str], Any]] = {
    NOT_DEPLOYED: (
        200,
        {},
        {
            "success": False,
            "error": {
                "code": "AGENT_NOT_DEPLOYED",
                "message": "Agent must be deployed. current status: uploaded",
            },
        },
    ),
    FOREIGN: (403, {}, {"detail": "You do not have permission to access this agent"}),
    BUSY: (429, {"Retry-After": "7"}, {"detail": "Too many requests"}),
    QUOTA: (200, {}, {"success": False, "error": "[QUOTA_EXCEEDED] over quota"}),
}
"""Agents that refuse every call: status, headers, body."""


class Agent:
    """The functions of a project, by tag."""

    def __init__(self, project: Path) -> None:
        config = json.loads((project / "runagent.config.json").read_text(encoding="utf-8"))
        self.agent_id = str(config["agent_id"])
        self.entrypoints: list[dict[str, Any]] = config["agent_architecture"]["entrypoints"]
        self.functions: dict[str, Callable[..., Any]] = {}
        modules: dict[str, Any] = {}
        for entrypoint in self.entrypoints:
            file = entrypoint["file"]
            if file not in modules:
                modules[file] = _loaded(project / file)
            found = modules[file]
            for name in entrypoint["module"].split("."):
                found = getattr(found, name)
            self.functions[entrypoint["tag"]] = found


def _loaded(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"cloud_agent_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def structured(value: Any) -> str:
    """The value as the platform wraps it."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    kinds: list[tuple[type | tuple[type, ...], str]] = [
        (type(None), "null"),
        (bool, "boolean"),
        (int, "integer"),
        (float, "number"),
        (dict, "object"),
        ((list, tuple), "array"),
    ]
    kind = next((name for types, name in kinds if isinstance(value, types)), "string")
    if isinstance(value, float) and not math.isfinite(value):
        value = None if math.isnan(value) else str(value)
    payload = json.dumps(value, ensure_ascii=False, default=str)
    return json.dumps({"type": kind, "payload": payload}, ensure_ascii=False)


class Service:
    """Answers requests; one per process."""

    def __init__(self, agent: Agent, log: Path) -> None:
        self.agent = agent
        self._log = log.open("a", encoding="utf-8")

    def close(self) -> None:
        self._log.close()

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until its client leaves."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                lines = head.decode("latin-1").rstrip().split("\r\n")
                method, path, _ = lines[0].split(" ")
                headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:])}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                if headers.get("upgrade", "").lower() == "websocket":
                    await self._stream(reader, writer, head, path, headers)
                    break
                self._note(method, path, headers, json.loads(body) if body else None)
                writer.write(_http(*await self._answer(method, path, headers, body)))
                await writer.drain()
        writer.close()

    def _note(self, method: str, path: str, headers: dict[str, str], body: Any) -> None:
        url = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        line = {
            "method": method,
            "path": url.path,
            "query": query,
            "rawQuery": url.query,
            "headers": headers,
            "body": body,
        }
        self._log.write(json.dumps(line) + "\n")
        self._log.flush()

    def _refusal(self, path: str, key: str | None) -> tuple[int, dict[str, str], Any] | None:
        """None when the key may use the agent of the path and the agent can be called."""
        if key is None:
            return 401, {}, {"detail": "Not authenticated"}
        if key not in (API_KEY, OTHER_KEY):
            return 401, {}, {"detail": f"Invalid token {key}"}
        agent_id = path.split("/")[4] if path.startswith("/api/v1/agents/") else None
        if agent_id is None:
            return None
        if agent_id in AGENTS:
            return AGENTS[agent_id]
        if key == OTHER_KEY:
            return AGENTS[FOREIGN]
        if agent_id != self.agent.agent_id:
            return 404, {}, _failure("AGENT_NOT_FOUND", f"Agent {agent_id} not found")
        return None

    async def _answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], Any]:
        url = urlsplit(path)
        if (method, url.path) == ("GET", "/api/v1/health"):
            return 200, {}, {"status": "healthy", "service": "RunAgent stand-in"}
        scheme, _, key = headers.get("authorization", "").partition(" ")
        refusal = self._refusal(url.path, key if scheme == "Bearer" and key else None)
        if refusal is not None:
            return refusal
        base = f"/api/v1/agents/{self.agent.agent_id}"
        match (method, url.path.removeprefix(base)):
            case ("POST", "/run"):
                return await self._run(json.loads(body))
            case ("GET", "/architecture"):
                data = {"agent_id": self.agent.agent_id, "entrypoints": self.agent.entrypoints}
                return 200, {}, {"success": True, "data": data, "error": None}
            case ("GET", "/status"):
                status = {"agent_id": self.agent.agent_id, "status": "deployed"}
                return 200, {}, {"success": True, "data": status, "error": None}
            case ("GET", "/api/v1/limits/agents"):
                return 200, {}, {"success": True, "data": {"max_agents": 5}, "error": None}
            case ("POST", "/api/v1/local-agents/create"):
                return 200, {}, {"success": True, "data": {"agent_id": self.agent.agent_id}}
            case ("POST", place) if place.startswith("/api/v1/local-agents/"):
                return 200, {}, {"success": True, "data": {}}
            case ("POST", "/api/v1/tokens/validate"):
                return 200, {}, {"success": True, "data": {"valid": True, "user_id": "u-1"}}
        return 404, {}, {"detail": "Not Found"}

    async def _run(self, request: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
        tag = request.get("entrypoint_tag")
        function = self.agent.functions.get(str(tag))
        if function is None:
            return 404, {}, _failure("NOT_FOUND", f"Entrypoint {tag} not found")
        if str(tag).endswith("_stream"):
            return 400, {}, _failure("VALIDATION_ERROR", "Streaming entrypoint")
        try:
            args, kwargs = request.get("input_args", []), request.get("input_kwargs", {})
            value = await asyncio.to_thread(function, *args, **kwargs)
            if inspect.isawaitable(value):
                value = await value
        except SystemExit:
            return 500, {}, "Internal Server Error"
        except Exception as error:  # noqa: BLE001 - what the function raised is the answer
            return 200, {}, _failure("INTERNAL_ERROR", f"Agent execution failed: {error}")
        return 200, {}, {"success": True, "data": structured(value), "error": None}

    async def _stream(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        head: bytes,
        path: str,
        headers: dict[str, str],
    ) -> None:
        """The stream's protocol; like the real service it looks for the key in the URL alone."""
        url = urlsplit(path)
        token = parse_qs(url.query).get("token", [None])[0]
        refusal = self._refusal(url.path, token)
        if refusal is not None:
            self._note("GET", path, headers, None)
            writer.write(_http(*refusal))
            return
        protocol = ServerProtocol(max_size=None)
        protocol.receive_data(head)
        [request] = protocol.events_received()
        assert isinstance(request, Request)
        protocol.send_response(protocol.accept(request))
        first = await _first_message(protocol, reader, writer)
        self._note("GET", path, headers, json.loads(first))
        async with contextlib.aclosing(self._frames(json.loads(first))) as frames:
            async for frame in frames:
                protocol.send_text(json.dumps(frame, ensure_ascii=False).encode())
                writer.writelines(protocol.data_to_send())
                await writer.drain()
                await asyncio.sleep(0)
        await reader.read()  # the client closes

    async def _frames(self, request: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        tag = str(request.get("entrypoint_tag"))
        function = self.agent.functions.get(tag)
        if function is None or not tag.endswith("_stream"):
            yield {"type": "error", "detail": f"Entrypoint {tag} not found"}
            return
        yield {"type": "status", "status": "stream_started", "invocation_id": "cloud-1"}
        count = 0
        try:
            values = function(*request["input_args"], **request["input_kwargs"])
            async for value in _items(values):
                yield {"type": "data", "content": structured(value)}
                count += 1
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the same
            yield {"type": "error", "error": f"Streaming error: {error}"}
            return
        ended = {"total_chunks": count, "execution_time": 0.1, "invocation_id": "cloud-1"}
        yield {"type": "status", "status": "stream_completed", **ended}


async def _items(values: Any) -> AsyncIterator[Any]:
    if hasattr(values, "__aiter__"):
        async for value in values:
            yield value
        return
    for value in values:
        yield value


async def _first_message(
    protocol: ServerProtocol, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bytes:
    parts: list[bytes] = []
    while True:
        writer.writelines(protocol.data_to_send())
        data = await reader.read(65536)
        if not data:
            raise ConnectionResetError
        protocol.receive_data(data)
        for frame in protocol.events_received():
            if getattr(frame, "opcode", None) in (Opcode.TEXT, Opcode.CONT):
                parts.append(bytes(frame.data))  # type: ignore[union-attr]  # a frame, see above
                if frame.fin:  # type: ignore[union-attr]
                    return b"".join(parts)


def _failure(code: str, message: str) -> dict[str, Any]:
    error = {"code": code, "message": message, "details": None, "field": None}
    return {"success": False, "data": None, "message": None, "error": error}


def _http(status: int, headers: dict[str, str], body: Any) -> bytes:
    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    kind = "text/plain" if isinstance(body, str) else "application/json"
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"content-type: {kind}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"content-length: {len(data)}", "", ""]).encode() + data
