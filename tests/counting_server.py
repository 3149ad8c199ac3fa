"""A server that counts how often it is really called, and may lose its answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, TypeAlias

from runagent_ls.agents.runs import OutputItem, RunState
from runagent_ls.agents.targets.target import Target

AGENT = "11111111-2222-4333-8444-555555555555"
STARTED = '{"type":"status","status":"stream_started","invocation_id":"i-1"}'
COMPLETED = '{"type":"status","status":"stream_completed","total_chunks":1}'
RETRY = '{"type":"status","status":"stream_retry"}'
FAILED = '{"type":"error","error":"boom"}'


class Recorder:
    """A sink that remembers the states and values of its run."""

    def __init__(self) -> None:
        self.states: list[RunState] = []
        self.values: list[Any] = []

    async def state(self, state: RunState, target: Target | None) -> None:
        self.states.append(state)

    async def output(self, items: Sequence[OutputItem]) -> None:
        assert items
        self.values += [item.value for item in items]


def found(target: Target) -> Callable[[], Awaitable[Target]]:
    async def resolve() -> Target:
        return target

    return resolve


class CountingServer:
    """Reads each request to its end, counts it, and then does what it is told."""

    def __init__(self, reply: bytes | Iterator[bytes], *, close: bool = True) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.at_once = self.most_at_once = 0
        self.port = 0
        self._reply = reply
        self._close = close
        self.release = asyncio.Event()
        self.release.set()
        self.arrived = asyncio.Condition()

    @property
    def target(self) -> Target:
        return Target("127.0.0.1", self.port, AGENT, "explicit")

    async def calls(self, count: int) -> None:
        async with asyncio.timeout(60), self.arrived:
            await self.arrived.wait_for(lambda: len(self.bodies) >= count)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        body = json.loads(await reader.readexactly(length))
        async with self.arrived:
            self.bodies.append(body)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.arrived.notify_all()
        await self.release.wait()
        self.at_once -= 1
        writer.write(self._reply if isinstance(self._reply, bytes) else next(self._reply))
        await writer.drain()
        if self._close:
            writer.close()
        else:
            await reader.read()


def answer(body: Any, status: str = "200 OK", headers: str = "") -> bytes:
    data = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{headers}"
    return head.encode() + b"content-length: %d\r\n\r\n" % len(data) + data


GREETING = answer({"success": True, "data": '{"type": "string", "payload": "\\"hi\\""}'})
BOOM = answer({"success": False, "error": {"code": "INTERNAL_ERROR", "message": "boom"}})


Serve: TypeAlias = Callable[["CountingServer"], Awaitable["CountingServer"]]


def serving(start_raw: Callable[..., Awaitable[int]]) -> Serve:
    """Starts such servers with the fixture `start_raw`, which ends them."""

    async def start(server: CountingServer) -> CountingServer:
        server.port = await start_raw(server.handle)
        return server

    return start


def data(value: Any) -> str:
    content = json.dumps({"type": "integer", "payload": json.dumps(value)})
    return json.dumps({"type": "data", "content": content}, separators=(",", ":"))
