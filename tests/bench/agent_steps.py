"""Agents of `agent_runtime`: what a step, a save, a list of sessions and the import cost.

Run with `python tests/bench/agent_steps.py [--rounds N] [--steps N] [--long N]`. The model and the
tool answer at once, so that all that is measured is ours. The anchor of a step is a loop written by
hand that does the least: find the action in the text, call the tool, keep the conversation. The
anchor of a save writes, and flushes, the same bytes without looking at them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from io import FileIO
from pathlib import Path
from typing import Final, TypeAlias

from measuring import Row, Samples, interleave, print_table
from peers import ROOT

sys.path.insert(0, str(ROOT / "server"))
sys.path.insert(1, str(ROOT / "tests"))

from agent_runtime import AgentConfig, AgentRuntime, FileStore, Message, SqliteStore
from session_events import checkpoint, started, steps, thought

_CALL: Final = re.compile(r"Action: (\w+)\nAction Input: (\{.*\})")
_SESSIONS: Final = 1_000
_IMPORTED: Final = "AgentRuntime, AgentConfig, ScriptedModel, FileStore, tool"
Store: TypeAlias = FileStore | SqliteStore


async def work(n: int) -> str:
    """The tool."""
    return f"done {n}"


class Counting:
    """A model that wants the tool called `count` times."""

    def __init__(self, count: int) -> None:
        self.left = count

    async def __call__(self, messages: Sequence[Message]) -> str:
        self.left -= 1
        if self.left < 0:
            return "FINAL_ANSWER: done"
        return f'Thought: One more.\nAction: work\nAction Input: {{"n": {self.left}}}'


async def by_hand(count: int, journal: Path | None = None) -> None:
    """The least that a loop can do; it knows its tool and trusts the model. With a `journal`, it
    writes and flushes what was said before the call, and what was observed."""
    model = Counting(count)
    messages = [Message("system", "Call tools."), Message("user", "Count!")]
    with (journal or Path(os.devnull)).open("wb", buffering=0) as file:
        while found := _CALL.search(text := await model(messages)):
            if journal is not None:
                _flushed(file, text)
            observed = await work(**json.loads(found[2]))
            if journal is not None:
                _flushed(file, observed)
            said = [Message("assistant", text), Message("user", observed)]
            messages[2:] = [*messages[-40:], *said]


def _flushed(file: FileIO, text: str) -> None:
    file.write(json.dumps(text).encode() + b"\n")
    os.fdatasync(file.fileno())


async def by_runtime(count: int, store: Store | None, *, streamed: bool = False) -> None:
    """The same by a runtime."""
    config = AgentConfig(name="counter", max_iterations=count + 1, max_history_tokens=1_000)
    builder = AgentRuntime.builder().with_agent_config(config).with_model(Counting(count))
    builder = builder.with_tools(work)
    runtime = (builder if store is None else builder.with_store(store)).build()
    if not streamed:
        await runtime.arun("Count!")
        return
    async for _ in runtime.astream("Count!"):
        pass


def step_rows(rounds: int, count: int, folder: Path) -> list[Row]:
    """Milliseconds of a step."""
    stores: dict[str, Store | None] = {
        "without a store": None,
        "files": FileStore(folder / "runtime"),
        "files, not flushed": FileStore(folder / "quick", sync=False),
        "SQLite": SqliteStore(folder / "runtime.sqlite"),
    }
    runs: dict[str, Callable[[], object]] = {
        "by hand": lambda: asyncio.run(by_hand(count)),
        "by hand, flushed": lambda: asyncio.run(by_hand(count, _fresh(folder))),
    }
    for name, store in stores.items():
        runs[name] = partial(_run, count, store)
    runs["without a store, streamed"] = lambda: asyncio.run(by_runtime(count, None, streamed=True))
    taken = _timed(rounds, runs, count)
    hand, flushed = taken.pop("by hand"), taken.pop("by hand, flushed")
    limit = taken["without a store"].p50
    return [
        Row("a step, without a store, against a limit", limit, target=0.5, stretch=0.25),
        *(
            Row(f"a step, {name}", samples.p50, hand.p50, "by hand")
            for name, samples in taken.items()
            if name not in {"files", "SQLite"}
        ),
        *(
            Row(f"a step, {name}", taken[name].p50, flushed.p50, "by hand, flushed", 2.5, 1.5)
            for name in ("files", "SQLite")
        ),
    ]


def _run(count: int, store: Store | None) -> None:
    asyncio.run(by_runtime(count, store))


def save_rows(count: int, folder: Path) -> list[Row]:
    """Milliseconds of saving two events that belong together."""
    batches = [
        [
            thought("a", 2 * n + 1, step=n + 1, text="I add them. " * 20),
            checkpoint("a", 2 * n + 2, n),
        ]
        for n in range(count)
    ]
    stores: dict[str, Store] = {
        "file": FileStore(_fresh(folder)),
        "sqlite": SqliteStore(_fresh(folder)),
    }
    for store in stores.values():
        store.append("a", [started("a")])
    with _fresh(folder).open("wb", buffering=0) as file, closing(_table(_fresh(folder))) as table:
        taken = {name: Samples() for name in (*stores, "bare file", "bare sqlite")}
        for batch in batches:
            text = json.dumps(batch)
            saves: dict[str, Callable[[], object]] = {
                "file": partial(stores["file"].append, "a", batch),
                "bare file": partial(_flushed, file, text),
                "sqlite": partial(stores["sqlite"].append, "a", batch),
                "bare sqlite": partial(
                    table.execute, "INSERT INTO events (event) VALUES (?)", (text,)
                ),
            }
            # one after another: what else the disk has to do changes from moment to moment
            for name, samples in _timed(1, saves, 1).items():
                taken[name].add(samples.p50)
    return [
        Row("a save, files", taken["file"].p50, taken["bare file"].p50, "write, fdatasync", 2, 1.5),
        Row("a save, SQLite", taken["sqlite"].p50, taken["bare sqlite"].p50, "INSERT, COMMIT",
            2, 1.5),
    ]  # fmt: skip


def _table(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, event TEXT)")
    return connection


def read_rows(rounds: int, long: int, folder: Path) -> list[Row]:
    """Milliseconds of reading a long session, and of a list of many sessions."""
    stores: dict[str, Callable[[], Store]] = {
        "files": lambda: FileStore(folder / "many", sync=False),
        "SQLite": lambda: SqliteStore(folder / "many.sqlite", sync=False),
    }
    for store in stores.values():
        _fill(store(), long)
    journal = folder / "many" / "sessions" / "long" / "events.jsonl"
    journals = list((folder / "many" / "sessions").glob("*/events.jsonl"))
    runs: dict[str, Callable[[], object]] = {
        "bare read": lambda: [json.loads(line) for line in journal.open("rb")],
        "bare list": lambda: [json.loads(line) for path in journals for line in path.open("rb")],
    }
    for name, store in stores.items():
        runs[f"read {name}"] = partial(_read, store)
        runs[f"list {name}"] = partial(_list, store)
        runs[f"page {name}"] = partial(_page, store, long)
    taken = _timed(rounds, runs, 1)
    found: list[Row] = []
    for name in stores:
        found += [
            Row(f"all events of {long:,} steps, {name}", taken[f"read {name}"].p50,
                taken["bare read"].p50, "json.loads of all", 3, 2),
            Row(f"50 events in the middle of them, {name}", taken[f"page {name}"].p50, target=20),
            Row(f"a list of {_SESSIONS:,} sessions, {name}", taken[f"list {name}"].p50,
                taken["bare list"].p50, "json.loads of all", 1, 0.5),
        ]  # fmt: skip
    return found


def _fill(store: Store, long: int) -> None:
    for batch in steps("long", long):
        store.append("long", batch)
    for number in range(_SESSIONS):
        name = f"session-{number}"
        with store.lease(name):
            for batch in steps(name, 10):
                store.append(name, batch)


def _read(store: Callable[[], Store]) -> int:
    return sum(1 for _ in store().events("long"))


def _list(store: Callable[[], Store]) -> None:
    if len(store().sessions()) != _SESSIONS + 1:
        raise RuntimeError("sessions are missing")


def _page(store: Callable[[], Store], long: int) -> None:
    page = store().events("long", long)
    if [next(page)["seq"] for _ in range(50)] != list(range(long + 1, long + 51)):
        raise RuntimeError("the page is not the one that was asked for")


def import_rows(rounds: int) -> list[Row]:
    """Milliseconds of a whole process that imports the runtime."""
    programs = {
        "typing": "import typing",
        "package": "import agent_runtime",
        "asyncio": "import asyncio",
        "runtime": f"from agent_runtime import {_IMPORTED}",
    }
    taken = _timed(rounds, {name: partial(_process, text) for name, text in programs.items()}, 1)
    return [
        Row("import agent_runtime", taken["package"].p50, taken["typing"].p50, "import typing",
            1.2, 1.1),
        Row("import of what an agent needs", taken["runtime"].p50, taken["asyncio"].p50,
            "import asyncio", 3, 2),
    ]  # fmt: skip


def _process(program: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "server")}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)


def memory_rows(count: int) -> list[Row]:
    """Growth from a tenth of a long session to its end."""
    found: list[Row] = []
    for kind in ("file", "sqlite"):
        with tempfile.TemporaryDirectory() as folder:
            paths = os.pathsep.join([str(ROOT / "server"), str(ROOT / "tests")])
            said = subprocess.run(
                [sys.executable, str(ROOT / "tests" / "long_session.py"), kind, folder, str(count)],
                env={**os.environ, "PYTHONPATH": paths},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            ).stdout
        first, *_, last, _ = [int(line.split()[1]) / 1024 for line in said.splitlines()]
        grown = f"memory growth, {count:,} steps, {kind}"
        found.append(Row(grown, last - first, target=1, unit="MiB"))
    return found


def _timed(rounds: int, runs: Mapping[str, Callable[[], object]], parts: int) -> dict[str, Samples]:
    """Milliseconds of each, divided by `parts`."""
    taken = {name: Samples() for name in runs}

    def measure(name: str) -> None:
        begun = time.perf_counter()
        runs[name]()
        taken[name].add((time.perf_counter() - begun) * 1000 / parts)

    interleave(rounds, {name: partial(measure, name) for name in runs})
    return taken


_numbers: Final[Iterator[int]] = iter(range(10**9))


def _fresh(folder: Path) -> Path:
    return folder / f"fresh-{next(_numbers)}"


@contextmanager
def _folder() -> Iterator[Path]:
    # where agents keep their sessions: on a disk, not in memory
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as name:
        yield Path(name)


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--long", type=int, default=10_000, help="steps of a long session")
    options = parser.parse_args(arguments)
    with _folder() as folder:
        found = step_rows(options.rounds, options.steps, folder)
        found += save_rows(options.steps, folder)
        found += read_rows(options.rounds, options.long, folder)
    found += import_rows(options.rounds)
    found += memory_rows(options.long)
    print_table("Agents (medians)", found)
    return found


if __name__ == "__main__":
    main()
