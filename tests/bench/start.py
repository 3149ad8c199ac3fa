"""Start: spawn to `initialize`, to first diagnostics, and the memory after that.

Run with `python tests/bench/start.py [--rounds N] [--bundle DIR]`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from lsp_client import memory_mib, milliseconds_since
from measuring import Row, Samples, interleave, print_table
from peers import (
    Server,
    connect,
    diagnostics,
    hello_pygls,
    initialize,
    jedi,
    open_document,
    ours,
)
from sample_projects import make_project

_BROKEN_PYTHON = "def broken(:\n    pass\n"


@dataclass
class Start:
    """What one server needs to be of use."""

    initialized: Samples = field(default_factory=Samples)
    first: Samples = field(default_factory=Samples)
    memory: Samples = field(default_factory=Samples)


def measure(rounds: int, bundle: Path | None) -> list[Row]:
    """Start every server `rounds` times, in turn."""
    with tempfile.TemporaryDirectory() as temporary:
        project = make_project(Path(temporary).resolve() / "agent", 30)
        broken = project.folder / "broken.py"
        broken.write_text(_BROKEN_PYTHON)
        config = (project.config, project.edits[0], "json")
        servers: list[tuple[Server, tuple[Path, str, str]]] = [
            (ours(), config),
            (hello_pygls(), config),
            (jedi(), (broken, _BROKEN_PYTHON, "python")),
        ]
        if bundle is not None:
            servers.append((ours(bundle), config))
        results = {server.name: Start() for server, _ in servers}
        measures: dict[str, Callable[[], None]] = {
            server.name: partial(_once, server, project.folder, document, results[server.name])
            for server, document in servers
        }
        interleave(1, measures)
        for name in results:
            results[name] = Start()
        measures = {
            server.name: partial(_once, server, project.folder, document, results[server.name])
            for server, document in servers
        }
        interleave(rounds, measures)
    return [row for name in results for row in _rows(name, results)]


def _once(server: Server, folder: Path, document: tuple[Path, str, str], into: Start) -> None:
    path, text, language = document
    start = time.perf_counter()
    with connect(server, folder) as client:
        initialize(client, server, folder)
        into.initialized.add(milliseconds_since(start))
        client.notify("initialized", {})
        open_document(client, path, text, language)
        found = diagnostics(client, server, path, 1)
        into.first.add(milliseconds_since(start))
        if not found:
            raise RuntimeError(f"{server.name} found nothing wrong")
        into.memory.add(memory_mib(client.pid))


def _rows(name: str, results: dict[str, Start]) -> list[Row]:
    mine, hello = results[name], results["hello pygls"]
    if not name.startswith("runagent-ls"):
        return []
    rows = [
        Row(f"{name}: initialize", mine.initialized.p50, hello.initialized.p50,
            "hello pygls", 1.05, 0.15),
        Row(f"{name}: first diagnostics", mine.first.p50, hello.first.p50,
            "hello pygls", 1.25, 0.5),
        Row(f"{name}: peak memory", mine.memory.p50, hello.memory.p50,
            "hello pygls", 1.3, 1.1, unit="MiB"),
    ]  # fmt: skip
    jedi_start = results["jedi-ls"]
    return [
        *rows,
        Row(f"{name}: initialize", mine.initialized.p50, jedi_start.initialized.p50, "jedi-ls"),
        Row(f"{name}: first diagnostics", mine.first.p50, jedi_start.first.p50, "jedi-ls"),
        Row(f"{name}: peak memory", mine.memory.p50, jedi_start.memory.p50, "jedi-ls", unit="MiB"),
    ]


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--bundle", type=Path, help="folder of the unpacked VSIX (`extension/`)")
    options = parser.parse_args(arguments)
    rows = measure(options.rounds, options.bundle)
    print_table("Start (medians)", rows)
    return rows


if __name__ == "__main__":
    main()
