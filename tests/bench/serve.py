"""The embedded server against `runagent serve`: calls and chunks a second, start to healthy.

The client is a raw socket, so that the server is what is measured. Run with
`python tests/bench/serve.py [--rounds N] [--calls N] [--chunks N]`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from lsp_client import compiled_once, milliseconds_since
from measuring import Row, Samples, interleave, print_table
from peers import ROOT
from sample_projects import AGENT_ID, config_text

sys.path.insert(0, str(ROOT / "tests"))

from serve_our_agent import our_environment, serving_ours
from serve_real_agent import RunningAgent, environment, interpreter, serving

_PROGRAM: Final = """
def greet(name):
    return {"greeting": "hello " + name}

def chunks(n):
    for i in range(n):
        yield {"i": i}

async def async_chunks(n):
    for i in range(n):
        yield {"i": i}
"""
_ENTRYPOINTS: Final = [
    {"file": "main.py", "module": "greet", "tag": "greet"},
    {"file": "main.py", "module": "chunks", "tag": "chunks_stream"},
    {"file": "main.py", "module": "async_chunks", "tag": "async_chunks_stream"},
]
_LIMIT_S: Final = 60.0
_POLL_S: Final = 0.003
_AT_ONCE: Final = 16
_REAL: Final = ("-c", "from runagent.cli.main import runagent; runagent()")
_END: Final = b"stream_completed"


class Address(Protocol):
    """A server that is measured."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...


def write_project(folder: Path) -> Path:
    """The agent that both serve; its folder is its root, so nothing beside it is executed."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    (folder / "main.py").write_text(_PROGRAM, encoding="utf-8")
    (folder / "runagent.config.json").write_text(config_text(_ENTRYPOINTS), encoding="utf-8")
    return folder


def _body(tag: str, **kwargs: object) -> bytes:
    return json.dumps({"entrypoint_tag": tag, "input_args": [], "input_kwargs": kwargs}).encode()


async def calls(server: Address, count: int, at_once: int) -> float:
    """Calls a second, each connection with one call at a time."""
    body = _body("greet", name="Ada")
    head = (
        f"POST /api/v1/agents/{AGENT_ID}/run HTTP/1.1\r\nHost: {server.host}:{server.port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    request = head.encode() + body

    async def connection(share: int) -> None:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        for _ in range(share):
            writer.write(request)
            said = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(said.partition(b"content-length:")[2].split(b"\r\n")[0])
            if b'"success":true' not in await reader.readexactly(length):
                raise RuntimeError("a call failed")
        writer.close()

    begun = time.perf_counter()
    async with asyncio.timeout(_LIMIT_S):
        await asyncio.gather(*(connection(count // at_once) for _ in range(at_once)))
    return count // at_once * at_once / (time.perf_counter() - begun)


def _calls(server: Address, count: int, at_once: int) -> float:
    return asyncio.run(calls(server, count, at_once))


def _add(samples: Samples, load: Callable[[], float]) -> None:
    samples.add(load())


def chunks(server: Address, tag: str, count: int) -> float:
    """Chunks a second of one stream, received and not looked at."""
    with socket.create_connection((server.host, server.port), _LIMIT_S) as connection:
        connection.sendall(
            f"GET /api/v1/agents/{AGENT_ID}/run-stream HTTP/1.1\r\n"
            f"Host: {server.host}:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            "\r\n".encode()
        )
        received = b""
        while b"\r\n\r\n" not in received:
            received += _some(connection)
        message = _body(tag, n=count)
        length = bytes([0x81, 0xFE]) + len(message).to_bytes(2, "big")
        begun = time.perf_counter()
        connection.sendall(length + bytes(4) + message)  # masked with zeros
        tail, size = b"", 0
        while _END not in tail:
            some = _some(connection)
            size += len(some)
            tail = tail[-len(_END) :] + some
        elapsed = time.perf_counter() - begun
        if size < 50 * count or f'"total_chunks":{count}'.encode() not in tail:
            raise RuntimeError(f"{count} chunks were asked for: {tail[-300:]!r}")
        return count / elapsed


def _some(connection: socket.socket) -> bytes:
    some = connection.recv(1 << 18)
    if not some:
        raise RuntimeError("the server ended the stream")
    return some


@contextlib.contextmanager
def both(folder: Path) -> Iterator[tuple[RunningAgent, Address]]:
    """The agent served by both."""
    project = write_project(folder / "agent")
    copy = shutil.copytree(project, folder / "copy" / "agent")
    python = ("--interpreter", str(interpreter()))
    with serving(project) as theirs, serving_ours(copy, *python) as ours:
        yield theirs, ours


def load_rows(rounds: int, count: int, many: int) -> list[Row]:
    """Calls and chunks a second."""
    with tempfile.TemporaryDirectory() as temporary, both(Path(temporary).resolve()) as servers:
        results = {side: {name: Samples() for name in _LOADS} for side in ("theirs", "ours")}
        measures: dict[str, Callable[[], None]] = {}
        for side, server in zip(("theirs", "ours"), servers, strict=True):
            fewer = 1 if side == "ours" else 10  # theirs takes long
            loads: Mapping[str, Callable[[], float]] = {
                "calls": partial(_calls, server, count // fewer, 1),
                "calls at once": partial(_calls, server, count // fewer, _AT_ONCE),
                "chunks": partial(chunks, server, "chunks_stream", many // fewer),
                "async chunks": partial(chunks, server, "async_chunks_stream", many // fewer),
            }
            for name, load in loads.items():
                measures[f"{side} {name}"] = partial(_add, results[side][name], load)
        interleave(1, measures)
        for samples in (each for side in results.values() for each in side.values()):
            samples.values.clear()
        interleave(rounds, measures)
    return [
        Row(f"serve, {what}", results["ours"][name].p50, results["theirs"][name].p50,
            "runagent serve", target, stretch, at_least=True, unit="/s")
        for name, (what, target, stretch) in _LOADS.items()
    ]  # fmt: skip


_LOADS: Final[Mapping[str, tuple[str, float, float]]] = {
    "calls": ("calls, one by one", 5, 15),
    "calls at once": (f"calls, {_AT_ONCE} at once", 5, 15),
    "chunks": ("chunks of a generator", 3, 4),
    "async chunks": ("chunks of an async generator", 3, 4),
}


def start_rows(rounds: int) -> list[Row]:
    """From nothing until the health page answers with the agent's id."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary).resolve()
        project = write_project(root / "agent")
        cache, state = root / "cache", root / "state"
        for folder in (cache, state):
            folder.mkdir()
        real = (str(interpreter()), *_REAL)
        subprocess.run(
            [*real, "config", "--register-agent", str(project)],
            env=environment(cache),
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_LIMIT_S,
        )
        ours = (sys.executable, "-m", "runagent_ls.cli.main", "serve", str(project))
        commands: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {
            "ours": (
                (*ours, "--interpreter", str(interpreter())),
                {**our_environment(cache, state), **compiled_once()},
            ),
            "theirs": ((*real, "serve", "--no-animation", str(project)), environment(cache)),
        }
        times = {name: Samples() for name in commands}

        def measure(name: str) -> None:
            times[name].add(_until_healthy(*commands[name]))

        interleave(1, {name: partial(measure, name) for name in commands})
        for samples in times.values():
            samples.values.clear()
        interleave(rounds, {name: partial(measure, name) for name in commands})
    return [
        Row("serve, start to healthy", times["ours"].p50, times["theirs"].p50,
            "runagent serve --no-animation", 0.5, 0.3)
    ]  # fmt: skip


def _until_healthy(command: Sequence[str], variables: Mapping[str, str]) -> float:
    """Milliseconds from the start of the command until the agent answers; ends it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    begun = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _healthy(port):
            if process.poll() is not None or time.perf_counter() - begun > _LIMIT_S:
                raise RuntimeError(f"{command} did not serve")
            time.sleep(_POLL_S)
        return milliseconds_since(begun)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _healthy(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.sendall(
                f"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                "Connection: close\r\n\r\n".encode()
            )
            received = b""
            while some := connection.recv(1 << 16):
                received += some
            return AGENT_ID.encode() in received
    except OSError:
        return False


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--chunks", type=int, default=200_000)
    options = parser.parse_args(arguments)
    rows = start_rows(options.rounds)
    rows += load_rows(options.rounds, options.calls, options.chunks)
    print_table("Serve (medians)", rows)
    return rows


if __name__ == "__main__":
    main()
