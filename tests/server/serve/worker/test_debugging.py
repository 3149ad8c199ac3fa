"""A real debugpy in the worker, attached to over the debug adapter protocol."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import debugpy
import pytest

from runagent_ls.serve.supervisor.provided import provided_modules
from worker_client import LIMIT_S, Worker, entry, worker

SOURCE = """import time

def greet(name):
    text = "hi " + name
    return text

async def greet_later(name):
    text = "hi " + name
    return text

def items(n):
    for i in range(n):
        yield i

time.imported = True
"""
FOLDER = str(Path(debugpy.__file__).parents[1])


class Debugger:
    """The client's side of the protocol."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), LIMIT_S)
        self._file = self._socket.makefile("rb")
        self._seq = 0

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def send(self, command: str, **arguments: Any) -> int:
        self._seq += 1
        message = {"seq": self._seq, "type": "request", "command": command}
        body = json.dumps({**message, "arguments": arguments}).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        return self._seq

    def event(self, name: str) -> Any:
        return self._until(lambda message: message.get("event") == name)

    def request(self, command: str, **arguments: Any) -> Any:
        seq = self.send(command, **arguments)
        answer = self._until(lambda message: message.get("request_seq") == seq)
        assert answer["success"], answer
        return answer.get("body")

    def _until(self, wanted: Any) -> Any:
        while True:
            length = 0
            while line := self._file.readline().strip():
                name, _, value = line.partition(b":")
                length = int(value) if name == b"Content-Length" else length
            message = json.loads(self._file.read(length))
            if wanted(message):
                return message

    def attach(self, file: Path, *lines: int) -> None:
        self.request("initialize", adapterID="test", pathFormat="path")
        self.send("attach", justMyCode=True)
        self.event("initialized")
        breakpoints = [{"line": line} for line in lines]
        self.request("setBreakpoints", source={"path": str(file)}, breakpoints=breakpoints)
        self.request("configurationDone")


@contextmanager
def debugged(folder: Path, *tags: str) -> Iterator[tuple[Worker, int]]:
    (folder / "main.py").write_text(SOURCE, "utf-8")
    debug = {"path": FOLDER, "host": "127.0.0.1", "port": 0}
    entries = [entry(tag, tag.removesuffix("_stream")) for tag in tags]
    with worker() as running:
        assert running.load(folder, entries, debug=debug).kind == "READY"
        (told,) = [said for said in running.said if said.kind == "DEBUG"]
        yield running, told.message["port"]


def test_an_agent_under_a_debugger_has_the_agent_runtime(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(
        "import agent_runtime\ndef go(): return agent_runtime.AgentConfig(name='a').name\n", "utf-8"
    )
    debug = {"path": FOLDER, "host": "127.0.0.1", "port": 0}
    with worker() as running:
        ready = running.load(tmp_path, [entry("go")], debug=debug, provided=provided_modules())
        assert ready.kind == "READY", ready.payload


@pytest.mark.parametrize(
    ("tag", "line", "argument"),
    [("greet", 4, "bob"), ("greet_later", 8, "bob"), ("items_stream", 13, 2)],
)
def test_a_run_waits_for_the_debugger_and_stops_at_a_breakpoint(
    tmp_path: Path, tag: str, line: int, argument: Any
) -> None:
    with debugged(tmp_path, tag) as (running, port):
        run = running.start(tag, argument)
        debugger = Debugger(port)
        try:
            debugger.attach(tmp_path / "main.py", line)
            thread = debugger.event("stopped")["body"]["threadId"]
            frames = debugger.request("stackTrace", threadId=thread)["stackFrames"]
            assert frames[0]["line"] == line
            assert frames[0]["source"]["path"] == str(tmp_path / "main.py")
            assert not [said for said in running.said if said.run == run]
            debugger.request("setBreakpoints", source={"path": str(tmp_path / "main.py")})
            debugger.request("continue", threadId=thread)
            assert running.end_of(run).kind in {"RESULT", "DONE"}
            assert running.call(tag, argument).kind in {"RESULT", "DONE"}
            debugger.request("disconnect")
        finally:
            debugger.close()


def test_a_run_does_not_wait_for_a_debugger_that_left(tmp_path: Path) -> None:
    with debugged(tmp_path, "greet") as (running, port):
        run = running.start("greet", "bob")
        debugger = Debugger(port)
        try:
            debugger.attach(tmp_path / "main.py")
            assert running.end_of(run).kind == "RESULT"
            debugger.request("disconnect")
        finally:
            debugger.close()
        assert running.call("greet", "eve").kind == "RESULT"


def test_a_run_that_waits_for_a_debugger_can_be_cancelled(tmp_path: Path) -> None:
    with debugged(tmp_path, "greet", "greet_later", "items_stream") as (running, _):
        for tag, argument in (("greet", "x"), ("greet_later", "x"), ("items_stream", 1)):
            run = running.start(tag, argument)
            running.tell("CANCEL", run, {})
            assert running.end_of(run).message["kind"] == "cancelled"
        assert running.stop() == 0


def test_a_missing_debugger_is_said(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(SOURCE, "utf-8")
    (tmp_path / "debugpy").mkdir()
    (tmp_path / "debugpy" / "__init__.py").write_text("raise ImportError('not for this Python')")
    with worker() as running:
        debug = {"path": str(tmp_path), "host": "127.0.0.1", "port": 0}
        failed = running.load(tmp_path, [entry("greet")], debug=debug)
        assert failed.kind == "FAILED"
        failure = failed.message["failure"]
        assert failure["code"] == "DEBUGGER_FAILED"
        assert "not for this Python" in failure["message"]


def test_a_busy_port_is_said(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(SOURCE, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken, worker() as running:
        debug = {"path": FOLDER, "host": "127.0.0.1", "port": taken.getsockname()[1]}
        failed = running.load(tmp_path, [entry("greet")], debug=debug)
        assert failed.kind == "FAILED"
        assert failed.message["failure"]["code"] == "DEBUGGER_FAILED"
        assert failed.message["failure"]["message"]
