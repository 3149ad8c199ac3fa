"""A raw LSP client over stdio: blocking, no library, so that it adds next to nothing to a time."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Message = dict[str, Any]


class LspClient:
    """One server process and the conversation with it.

    Requests of the server are answered at once (`null`, or settings of `configuration`).
    Notifications are kept in `notifications` until somebody asks for them.
    """

    def __init__(
        self,
        command: Sequence[str],
        cwd: Path,
        environment: Mapping[str, str] | None = None,
        configuration: Mapping[str, Any] | None = None,
        limit: float = 60.0,
    ) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**compiled_once(), **(environment or {})},
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in = self._process.stdin.fileno()
        self._out = self._process.stdout.fileno()
        self._buffer = bytearray()
        self._next_id = 0
        self._limit = limit
        self._configuration = configuration or {}
        self.notifications: deque[Message] = deque()
        self.on_notification: Callable[[Message], None] = self.notifications.append

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    @property
    def pid(self) -> int:
        """Process id of the server."""
        return self._process.pid

    def request(self, method: str, params: Any) -> Any:
        """Send a request and wait for its result; raises on an error answer."""
        return self.wait_for(self.send_request(method, params))

    def send_request(self, method: str, params: Any) -> int:
        """Send a request without waiting; gives its id for `wait_for`."""
        self._next_id += 1
        self._write({"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": params})
        return self._next_id

    def wait_for(self, request_id: int) -> Any:
        """Read until the answer to `request_id` is there."""
        while True:
            message = self._read()
            if message.get("id") == request_id and "method" not in message:
                if "error" in message:
                    raise RuntimeError(f"the server answered {message['error']}")
                return message.get("result")
            self._handle(message)

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._write({"jsonrpc": "2.0", "method": method, "params": params})

    def wait_notification(self, method: str, accept: Callable[[Any], bool]) -> Any:
        """Params of the first notification of `method` that `accept` takes, kept or new."""
        while True:
            while self.notifications:
                message = self.notifications.popleft()
                if message["method"] == method and accept(message["params"]):
                    return message["params"]
            self._handle(self._read())

    def _handle(self, message: Message) -> None:
        if "method" not in message:
            return
        if "id" not in message:
            self.on_notification(message)
            return
        result: Any = None
        if message["method"] == "workspace/configuration":
            result = [
                self._configuration.get(item.get("section")) for item in message["params"]["items"]
            ]
        self._write({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _write(self, message: Message) -> None:
        body = json.dumps(message, separators=(",", ":")).encode()
        data = memoryview(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        while data:
            data = data[os.write(self._in, data) :]

    def _read(self) -> Message:
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            self._fill()
        length = 0
        for header in self._buffer[:end].split(b"\r\n"):
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        start = end + 4
        while len(self._buffer) < start + length:
            self._fill()
        body = bytes(self._buffer[start : start + length])
        del self._buffer[: start + length]
        message: Message = json.loads(body)
        return message

    def _fill(self) -> None:
        ready, _, _ = select.select([self._out], [], [], self._limit)
        if not ready:
            raise TimeoutError(f"the server said nothing for {self._limit} s")
        data = os.read(self._out, 1 << 20)
        if not data:
            raise EOFError(f"the server ended with {self._process.wait()}")
        self._buffer += data


def compiled_once() -> dict[str, str]:
    """Our environment, where Python keeps what it compiled, as on a user's machine."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def memory_mib(pid: int, field: str = "VmHWM") -> float:
    """Memory of a process and its children in MiB: `VmHWM` the peak, `VmRSS` now (Linux)."""
    total = 0.0
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            total += int(line.split()[1]) / 1024
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that just ended
            for child in (task / "children").read_text().split():
                total += memory_mib(int(child), field)
    return total


def milliseconds_since(start: float) -> float:
    """Milliseconds since a `time.perf_counter()`."""
    return (time.perf_counter() - start) * 1000
