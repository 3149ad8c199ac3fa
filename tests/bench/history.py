"""Recording: chunks a second of a stream that is written into the history against one that is not.

Run with `python tests/bench/history.py [--rounds N] [--chunks N] [--long N]`. Plain chunks, chunks
with names that have to be looked at (`token`), 30 known secrets, the time until one page of a long
run is read, and the growth of this process over a long stream.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from fast_agent import STREAM_TAG
from lsp_client import memory_mib
from measuring import Row, Samples, interleave, print_table
from peers import ROOT
from sample_projects import AGENT_ID
from stream import fast_agent

sys.path.insert(0, str(ROOT / "server"))

from runagent_ls.agents.call import Call
from runagent_ls.agents.history import History, Recorder, RunRecord, recording
from runagent_ls.agents.runs import OutputItem, RunState, Sink, execute
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.values import JsonValue

_SECRETS: Final = tuple(f"secret-{number:02}-of-this/bench+mark" for number in range(30))
_BATCH: Final = 50
"""Chunks that arrive together, about what a fast stream brings."""


class Nobody:
    """A sink that takes everything."""

    async def state(self, state: RunState, target: Target | None) -> None:
        pass

    async def output(self, items: Sequence[OutputItem]) -> None:
        pass


async def received(port: int, sink: Sink) -> float:
    """Seconds that a stream from a fast agent takes."""
    target = Target("127.0.0.1", port, AGENT_ID, "explicit")

    async def resolved() -> Target:
        return target

    begun = time.perf_counter()
    outcome = await execute(Call(STREAM_TAG), resolved, sink)
    if outcome.state != "completed":
        raise RuntimeError(f"the stream ended as {outcome}")
    return time.perf_counter() - begun


async def made(values: Sequence[JsonValue], raws: Sequence[str], sink: Sink, chunks: int) -> float:
    """Seconds that `chunks` items take which cost nothing to receive."""
    begun = time.perf_counter()
    for first in range(0, chunks, _BATCH):
        at_ms = (time.perf_counter() - begun) * 1000
        await sink.output(
            [
                OutputItem(
                    index,
                    at_ms,
                    "text" if isinstance(value, str) else "value",
                    value,
                    raws[index % len(raws)],
                )
                for index in range(first, first + _BATCH)
                for value in (values[index % len(values)],)
            ]
        )
    return time.perf_counter() - begun


def recorded(history: History, source: Callable[[Sink], float]) -> float:
    """Seconds of a stream that is recorded, until all of it is on the disk."""
    begun = time.perf_counter()
    recorder: Recorder = history.begin(RunRecord(STREAM_TAG, "stream", secrets=_SECRETS))
    source(recording(Nobody(), recorder))
    if not history.flush(60):
        raise RuntimeError("the history did not follow")
    return time.perf_counter() - begun


def rows(rounds: int, chunks: int, long: int) -> list[Row]:
    """Everything that is measured."""
    texts: list[JsonValue] = [f"some words {number} " for number in range(100)]
    tokens: list[JsonValue] = [
        {"token": f"w{number}", "total_tokens": number} for number in range(100)
    ]
    with tempfile.TemporaryDirectory() as folder, fast_agent(chunks) as port:
        history = History.open(Path(folder) / "history.db", on_trouble=_fail)

        def from_agent(sink: Sink) -> float:
            return asyncio.run(received(port, sink))

        def from_values(values: Sequence[JsonValue], sink: Sink) -> float:
            raws = [str(value) for value in values]
            return asyncio.run(made(values, raws, sink, chunks))

        sources: dict[str, Callable[[Sink], float]] = {
            "from an agent": from_agent,
            "texts, made here": partial(from_values, texts),
            "objects with `token`, made here": partial(from_values, tokens),
        }
        plain = {name: Samples() for name in sources}
        written = {name: Samples() for name in sources}

        def measure(name: str) -> None:
            plain[name].add(chunks / sources[name](Nobody()))
            written[name].add(chunks / recorded(history, sources[name]))

        interleave(rounds, {name: partial(measure, name) for name in sources})
        found = [
            Row(f"recorded, {name}", written[name].p50, plain[name].p50, "not recorded",
                0.5 if name == "from an agent" else None, at_least=True, unit="/s")
            for name in sources
        ]  # fmt: skip
        found += _long_rows(history, partial(made, texts, [str(text) for text in texts]), long)
        history.close(60)
    return found


def _long_rows(history: History, source: Callable[..., object], long: int) -> list[Row]:
    before = memory_mib(os.getpid(), "VmRSS")

    def run(sink: Sink) -> float:
        return asyncio.run(source(sink, long))  # type: ignore[arg-type] # a coroutine function

    recorded(history, run)
    growth = memory_mib(os.getpid(), "VmHWM") - before
    begun = time.perf_counter()
    history_id = history.get("last").history_id
    page = history.chunks(history_id, long // 2, 100)
    seconds = time.perf_counter() - begun
    if [chunk.index for chunk in page] != list(range(long // 2 + 1, long // 2 + 101)):
        raise RuntimeError("the page is not the one that was asked for")
    return [
        Row(f"memory growth, {long:,} recorded chunks", growth, target=64, unit="MiB"),
        Row(f"100 chunks out of {long:,}", seconds * 1000, target=50),
    ]


def _fail(message: str) -> None:
    sys.stderr.write(f"{message}\n")
    os._exit(1)


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--long", type=int, default=1_000_000, help="chunks of the memory test")
    options = parser.parse_args(arguments)
    found = rows(options.rounds, options.chunks, options.long)
    print_table("History (medians)", found)
    return found


if __name__ == "__main__":
    main()
