"""An agent server that does nothing but answer as fast as a socket can be written.

It speaks just enough of the protocol for a client: health, architecture, one call and one stream.
The stream's frames are prepared beforehand, so that the client is what is measured. Run as
`python tests/bench/fast_agent.py CHUNKS SIZE`; the first line on stdout is the port.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import struct
import sys
from typing import Final

from sample_projects import AGENT_ID

CALL_TAG: Final = "echo"
STREAM_TAG: Final = "numbers_stream"
_WEBSOCKET_GUID: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_FRAMES_PER_WRITE: Final = 1000
_CLOSE: Final = 8
"""Opcode of the frame that ends a connection."""


class FastAgent:
    """Answers every connection from prepared bytes."""

    def __init__(self, chunks: int, size: int) -> None:
        self._chunks = chunks
        self._body = _frame(_chunk("x" * size)) * min(chunks, _FRAMES_PER_WRITE)
        self._per_write = min(chunks, _FRAMES_PER_WRITE)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the client leaves."""
        try:
            while request := await _head(reader):
                if "sec-websocket-key" in request:
                    await self._stream(reader, writer, request)
                    break
                await reader.readexactly(int(request.get("content-length", "0")))
                _reply(writer, request[""])
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _stream(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: dict[str, str]
    ) -> None:
        key = request["sec-websocket-key"] + _WEBSOCKET_GUID
        accept = base64.b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest())
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        await _skip_frame(reader)
        started = {"type": "status", "status": "stream_started", "invocation_id": "bench"}
        writer.write(_frame(json.dumps(started).encode()))
        for _ in range(self._chunks // self._per_write):
            writer.write(self._body)
            await writer.drain()
        completed = {
            "type": "status",
            "status": "stream_completed",
            "total_chunks": self._chunks,
            "execution_time": 0.1,
            "invocation_id": "bench",
        }
        writer.write(_frame(json.dumps(completed).encode()))
        await writer.drain()
        # A client that says goodbye waits for the answer, up to ten seconds.
        while await _skip_frame(reader) != _CLOSE:
            pass
        writer.write(struct.pack("!BB", 0x80 | _CLOSE, 0))
        await writer.drain()


async def _head(reader: asyncio.StreamReader) -> dict[str, str]:
    """Headers in lower case, the request line under the empty name; empty at the end."""
    try:
        text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return {}
    request_line, *lines = text.rstrip().split("\r\n")
    headers = {"": request_line}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return headers


async def _skip_frame(reader: asyncio.StreamReader) -> int:
    """Read a frame to its end; gives its opcode."""
    first, second = await reader.readexactly(2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
    await reader.readexactly(4 + length)
    return first & 0x0F


def _frame(body: bytes) -> bytes:
    if len(body) < 126:
        return struct.pack("!BB", 0x81, len(body)) + body
    if len(body) < 1 << 16:
        return struct.pack("!BBH", 0x81, 126, len(body)) + body
    return struct.pack("!BBQ", 0x81, 127, len(body)) + body


def _chunk(text: str) -> bytes:
    content = json.dumps({"type": "string", "payload": json.dumps(text)})
    return json.dumps({"type": "data", "content": content}, separators=(",", ":")).encode()


def _reply(writer: asyncio.StreamWriter, request_line: str) -> None:
    if "/health" in request_line:
        answer: dict[str, object] = {
            "status": "healthy",
            "agent_id": AGENT_ID,
            "agent_name": "bench",
            "framework": "default",
        }
    elif "/architecture" in request_line:
        entrypoints: list[dict[str, object]] = [
            {"file": "main.py", "module": tag, "tag": tag, "extractor": {}}
            for tag in (CALL_TAG, STREAM_TAG)
        ]
        answer = _envelope({"agent_id": AGENT_ID, "entrypoints": entrypoints})
    else:
        answer = _envelope(json.dumps({"type": "string", "payload": '"hello"'}))
    body = json.dumps(answer).encode()
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )


def _envelope(data: object) -> dict[str, object]:
    return {"success": True, "data": data, "message": "", "error": None, "request_id": "bench"}


async def _serve(chunks: int, size: int) -> None:
    agent = FastAgent(chunks, size)
    server = await asyncio.start_server(agent.answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
