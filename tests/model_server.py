"""A provider's HTTP interface on loopback that sends the bytes it is given, and breaks as asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

LONGEST_WAIT_S = 20.0


@dataclass(frozen=True)
class ModelCall:
    """A request as it came in. Header names are in lower case."""

    path: str
    headers: dict[str, str]
    body: Any


Answer: TypeAlias = Callable[[ModelCall, asyncio.StreamWriter], Awaitable[None]]


class ModelServer:
    """`calls` are the requests so far; `hung_up` is set when a client goes before the end."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.calls: list[ModelCall] = []
        self.hung_up = asyncio.Event()
        self.url = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.splitlines()
            headers = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            call = ModelCall(first.split()[1], headers, json.loads(body))
            self.calls.append(call)
            answering = asyncio.ensure_future(self.answer(call, writer))
            gone = asyncio.ensure_future(reader.read())
            await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                self.hung_up.set()
            answering.cancel()
            gone.cancel()
            await asyncio.gather(answering, gone, return_exceptions=True)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.hung_up.set()
        finally:
            writer.close()


@asynccontextmanager
async def model_server(answer: Answer) -> AsyncIterator[ModelServer]:
    """A server that answers each request on a connection of its own, which is closed after it."""
    server = ModelServer(answer)
    listening = await asyncio.start_server(server.handle, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()


def sends(wire: bytes) -> Answer:
    """Answers with these bytes, then the end of the connection."""

    async def answer(_: ModelCall, writer: asyncio.StreamWriter) -> None:
        writer.write(wire)
        await writer.drain()

    return answer


def until_closed(body: bytes, content_type: str = "text/event-stream") -> bytes:
    """A response whose end is the end of the connection: nothing tells a cut from it."""
    return head("200 OK", f"content-type: {content_type}", "connection: close") + body


def chunked(body: bytes) -> bytes:
    """A response with an end of its own, an event in each chunk."""
    events = body.split(b"\n\n")
    parts = [event + b"\n\n" for event in events if event]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    fields = ("content-type: text/event-stream", "transfer-encoding: chunked")
    return head("200 OK", *fields) + chunks + b"0\r\n\r\n"


def refusal(status: str, body: Any, *fields: str) -> bytes:
    """A response with an error in JSON."""
    content = json.dumps(body).encode()
    length = f"content-length: {len(content)}"
    kind = "content-type: application/json"
    return head(status, kind, length, "connection: close", *fields) + content


def head(status: str, *fields: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *fields, "")).encode()
