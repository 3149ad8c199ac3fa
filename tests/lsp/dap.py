"""The little of the Debug Adapter Protocol that a test needs to hit a breakpoint."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from types import TracebackType
from typing import Any, Self

LIMIT_S = 30.0
Json = dict[str, Any]


class Debugger:
    """A debugger that attaches to debugpy at a port of this machine."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), LIMIT_S)
        self._stream = self._socket.makefile("rb")
        self._number = 0
        self._events: list[Json] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stream.close()
        self._socket.close()

    def attach(self, file: Path, line: int) -> None:
        """Attach with one breakpoint; lines count from 1."""
        self.request("initialize", {"adapterID": "debugpy", "pathFormat": "path"})
        attaching = self._send("attach", {"justMyCode": True, "redirectOutput": False})
        self.event("initialized")
        breakpoints = {"source": {"path": str(file)}, "breakpoints": [{"line": line}]}
        self.request("setBreakpoints", breakpoints)
        self.request("configurationDone", {})
        self._answer(attaching)

    def stopped_at(self) -> tuple[Path, int]:
        """Wait until a thread stops; file and line, which counts from 1."""
        thread = self.event("stopped")["threadId"]
        frames = self.request("stackTrace", {"threadId": thread})["stackFrames"]
        return Path(frames[0]["source"]["path"]), frames[0]["line"]

    def go_on(self) -> None:
        self.request("continue", {"threadId": 1})

    def request(self, command: str, arguments: Json) -> Json:
        return self._answer(self._send(command, arguments))

    def event(self, name: str) -> Json:
        while True:
            for event in self._events:
                if event["event"] == name:
                    self._events.remove(event)
                    body: Json = event.get("body", {})
                    return body
            self._read()

    def _send(self, command: str, arguments: Json) -> int:
        self._number += 1
        message = {
            "seq": self._number, "type": "request", "command": command, "arguments": arguments,
        }  # fmt: skip
        body = json.dumps(message).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        return self._number

    def _answer(self, number: int) -> Json:
        while True:
            message = self._read()
            if message["type"] == "response" and message["request_seq"] == number:
                assert message["success"], message
                body: Json = message.get("body") or {}
                return body

    def _read(self) -> Json:
        length = 0
        while (line := self._stream.readline()) != b"\r\n":
            assert line, "the debugger's connection ended"
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message: Json = json.loads(self._stream.read(length))
        if message["type"] == "event":
            self._events.append(message)
        return message
