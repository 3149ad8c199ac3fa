"""A big workspace: 1,000 agents with ten entrypoints each, first full report and memory.

Run with `python tests/bench/workspace.py [--rounds N] [--agents N]`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from lsp_client import compiled_once, memory_mib, milliseconds_since
from measuring import Row, Samples, interleave, print_table
from peers import ROOT, connect, initialize, ours
from sample_projects import PER_FILE, make_project

_LIMIT_S: Final = 300.0
_ASK_AGAIN_S: Final = 0.2


def measure(rounds: int, agents: int) -> list[Row]:
    """`check` against `ruff check` in one process, then the language server on the same tree."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary).resolve()
        for number in range(agents):
            make_project(root / f"agent_{number}", PER_FILE, f"bench-{number}")
        commands: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {
            "check": (
                (sys.executable, "-m", "runagent_ls.cli.main", "check", "--output-format", "json"),
                {"PYTHONPATH": str(ROOT / "server")},
            ),
            "ruff check": (
                (str(Path(sys.executable).with_name("ruff")), "check", "--no-cache", "--quiet"),
                {"RAYON_NUM_THREADS": "1"},
            ),
        }
        times = {name: Samples() for name in commands}

        def run(name: str) -> None:
            command, variables = commands[name]
            start = time.perf_counter()
            done = subprocess.run(
                [*command, str(root)],
                cwd=root,
                env={**compiled_once(), **variables},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_LIMIT_S,
                check=False,
            )
            times[name].add(milliseconds_since(start))
            if done.returncode not in (0, 1):
                raise RuntimeError(f"{name} ended with {done.returncode}")

        measures: dict[str, Callable[[], None]] = {name: partial(run, name) for name in commands}
        interleave(rounds, measures)
        elapsed, memory = _language_server(root, agents)
    what = f"{agents:,} agents x {PER_FILE}"
    return [
        Row(f"check, {what}", times["check"].p50, times["ruff check"].p50,
            "ruff check, one process", 2.0, 1.0),
        Row(f"language server, {what}: full report", elapsed, times["ruff check"].p50,
            "ruff check, one process", 2.0, 1.0),
        Row(f"language server, {what}: memory", memory, target=150, stretch=100, unit="MiB"),
    ]  # fmt: skip


def _language_server(root: Path, agents: int) -> tuple[float, float]:
    """Milliseconds from the start until every agent's findings are reported, and memory then.

    The server answers with what it has; like an editor, ask again until all is there.
    """
    server = ours()
    start = time.perf_counter()
    with connect(server, root) as client:
        initialize(client, server, root)
        client.notify("initialized", {})
        while True:
            report = client.request("workspace/diagnostic", {"previousResultIds": []})
            elapsed = milliseconds_since(start)
            reported = sum(bool(item["items"]) for item in report["items"])
            if reported == agents:
                return elapsed, memory_mib(client.pid)
            if elapsed > _LIMIT_S * 1000:
                raise RuntimeError(f"findings in {reported} of {agents} agents")
            time.sleep(_ASK_AGAIN_S)


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--agents", type=int, default=1000)
    options = parser.parse_args(arguments)
    rows = measure(options.rounds, options.agents)
    print_table("Big workspace", rows)
    return rows


if __name__ == "__main__":
    main()
