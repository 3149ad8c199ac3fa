"""Calls and streams: our client against the official Python SDK and bare libraries.

Run with `python tests/bench/calls.py [--rounds N] [--calls N] [--chunks N]`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Final

import httpx
from fast_agent import CALL_TAG
from measuring import Row, Samples, interleave, print_table
from peers import HERE, ROOT
from sample_projects import AGENT_ID
from stream import fast_agent, our_client

sys.path.insert(0, str(ROOT / "server"))
sys.path.insert(0, str(ROOT / "tests"))

from runagent_ls.agents.call import Call
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.values import decode
from serve_real_agent import environment, interpreter

_INPUTS: Final = {"name": "Ada"}
_BODY: Final = {"entrypoint_tag": CALL_TAG, "input_args": [], "input_kwargs": _INPUTS}


class OfficialSdk:
    """The SDK in a process of its own, with the Python that has it."""

    def __init__(self, stdin: IO[str], stdout: IO[str]) -> None:
        self._stdin = stdin
        self._stdout = stdout

    def ask(self, command: str) -> float:
        """What the peer measured."""
        self._stdin.write(f"{command}\n")
        self._stdin.flush()
        return float(self._stdout.readline())


@contextlib.contextmanager
def official_sdk(port: int) -> Iterator[OfficialSdk]:
    """The SDK as a client of the agent at `port`."""
    with tempfile.TemporaryDirectory() as cache:
        command = (str(interpreter()), str(HERE / "peers" / "official_sdk.py"), AGENT_ID, str(port))
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(Path(cache)),
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                yield OfficialSdk(process.stdin, process.stdout)
            finally:
                process.stdin.close()
                process.kill()


async def _timed(calls: int, call: Callable[[], Awaitable[object]]) -> float:
    await call()  # opens the connection
    begun = time.perf_counter()
    for _ in range(calls):
        await call()
    return (time.perf_counter() - begun) * 1000 / calls


async def our_calls(port: int, calls: int) -> float:
    """Milliseconds of one call by `agents.client`, the connection kept."""
    async with AgentClient(Target("127.0.0.1", port, AGENT_ID, "explicit")) as client:
        return await _timed(calls, lambda: client.run(Call(CALL_TAG, (), _INPUTS)))


async def bare_httpx(port: int, calls: int) -> float:
    """The same by httpx alone, with the value decoded."""
    url = f"http://127.0.0.1:{port}/api/v1/agents/{AGENT_ID}/run"
    async with httpx.AsyncClient() as client:

        async def call() -> None:
            decode((await client.post(url, json=_BODY)).json()["data"])

        return await _timed(calls, call)


def call_rows(rounds: int, calls: int) -> list[Row]:
    """One small call on an open connection."""
    results = {name: Samples() for name in ("ours", "httpx", "sdk")}
    with fast_agent(1) as port, official_sdk(port) as sdk:
        sdk.ask("call 5")
        measures: dict[str, Callable[[], None]] = {
            "ours": lambda: results["ours"].add(asyncio.run(our_calls(port, calls))),
            "httpx": lambda: results["httpx"].add(asyncio.run(bare_httpx(port, calls))),
            "sdk": lambda: results["sdk"].add(sdk.ask(f"call {calls}")),
        }
        interleave(rounds, measures)
    mine = results["ours"].p50
    return [
        Row("call, connection kept", mine, results["httpx"].p50, "bare async httpx", 1.1),
        Row("call, connection kept", mine, results["sdk"].p50, "official SDK", 0.8, 0.5),
    ]


def stream_rows(rounds: int, chunks: int) -> list[Row]:
    """Many small chunks, each decoded."""
    results = {name: Samples() for name in ("ours", "sdk")}
    with fast_agent(chunks) as port, official_sdk(port) as sdk:

        def measure_ours() -> None:
            begun = time.perf_counter()
            received = asyncio.run(our_client(port))
            if received != chunks:
                raise RuntimeError(f"{received} of {chunks} chunks")
            results["ours"].add(chunks / (time.perf_counter() - begun))

        interleave(
            rounds, {"ours": measure_ours, "sdk": partial(_add, results["sdk"], sdk, "stream")}
        )
    mine, theirs = results["ours"].p50, results["sdk"].p50
    return [
        Row("stream, small chunks", mine, theirs, "official SDK", 1.0, at_least=True, unit="/s")
    ]


def _add(samples: Samples, sdk: OfficialSdk, command: str) -> None:
    samples.add(sdk.ask(command))


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--chunks", type=int, default=50_000)
    options = parser.parse_args(arguments)
    rows = call_rows(options.rounds, options.calls) + stream_rows(options.rounds, options.chunks)
    print_table("Calls (medians)", rows)
    return rows


if __name__ == "__main__":
    main()
