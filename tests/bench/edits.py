"""Edits: from `didChange` to the diagnostics of the new text.

In the configuration at 3, 60 and 1,000 entrypoints against VS Code's own JSON server, in a
Python entrypoint file against `ruff server`, and a burst of 50 edits sent at once.
Run with `python tests/bench/edits.py [--rounds N]`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lsp_client import LspClient, memory_mib, milliseconds_since
from measuring import Row, Samples, interleave, measure_and_print
from peers import (
    Server,
    change,
    connect,
    diagnostics,
    give_schema,
    initialize,
    json_server,
    open_document,
    ours,
    ruff,
)
from sample_projects import config_text, make_project, python_module

_SIZES: Final = {3: (1.2, 0.65), 60: (0.8, 0.45), 1000: (0.3, 0.18)}
"""Entrypoints: target and stretch, as ratios to the JSON server."""
_LINES: Final = {300: (2.0, 1.0), 2000: (1.0, 0.5), 10_000: (1.0, 0.5)}
"""Lines of a Python file: the same against `ruff server`."""
_BURST: Final = 50
_FRAME_MS: Final = 16.0
_EDITS_FOR_MEMORY: Final = 400


@dataclass
class Editing:
    """One server with one open document that is edited back and forth."""

    client: LspClient
    server: Server
    path: Path
    texts: tuple[str, str]
    version: int = 1
    single: Samples = field(default_factory=Samples)
    burst: Samples = field(default_factory=Samples)

    def edit(self) -> None:
        """One edit, until its diagnostics are there."""
        self.version += 1
        text = self.texts[self.version % 2]
        start = time.perf_counter()
        change(self.client, self.path, self.version, text)
        diagnostics(self.client, self.server, self.path, self.version)
        self.single.add(milliseconds_since(start))

    def edit_burst(self) -> None:
        """Many edits at once, from sending the last one until its diagnostics are there."""
        for _ in range(_BURST):
            self.version += 1
            start = time.perf_counter()
            change(self.client, self.path, self.version, self.texts[self.version % 2])
        diagnostics(self.client, self.server, self.path, self.version)
        self.burst.add(milliseconds_since(start))


def measure(rounds: int) -> list[Row]:
    """All edits of the table."""
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary).resolve()
        for size in _SIZES:
            rows += _config_edits(root / f"config-{size}", size, rounds)
        for lines in _LINES:
            rows += _python_edits(root / f"python-{lines}", lines, rounds)
    return rows


def _config_edits(folder: Path, size: int, rounds: int) -> list[Row]:
    project = make_project(folder, size)
    with ExitStack() as stack:
        mine, peer = (
            _open(stack, server, project.config, project.edits, "json")
            for server in (ours(), json_server())
        )
        _warm_up_and_measure(mine, peer, rounds)
        rows = _rows(f"edit, {size} entrypoints", mine, peer, _SIZES[size])
        rows += [
            Row(f"edit, {size} entrypoints, p95", mine.single.p95, peer.single.p95,
                peer.server.name, 1.0, 0.5),
            Row(f"edit, {size} entrypoints, p95 in a frame", mine.single.p95, target=_FRAME_MS),
        ]  # fmt: skip
        if size == max(_SIZES):
            rows.append(_memory(mine, peer))
    return rows


def _memory(mine: Editing, peer: Editing) -> Row:
    for editing in (mine, peer):
        while editing.version < _EDITS_FOR_MEMORY:
            editing.edit()
    return Row(
        f"peak memory after {_EDITS_FOR_MEMORY} edits",
        memory_mib(mine.client.pid),
        memory_mib(peer.client.pid),
        peer.server.name,
        0.4,
        0.3,
        unit="MiB",
    )


def _python_edits(folder: Path, lines: int, rounds: int) -> list[Row]:
    folder.mkdir()
    text = python_module(lines)
    path = folder / "main.py"
    path.write_text(text)
    entrypoints = [
        {"file": "main.py", "module": f"agent_{number}", "tag": f"tag_{number}"}
        for number in range(3)
    ]
    config = folder / "runagent.config.json"
    config.write_text(config_text(entrypoints))
    middle = f'"""Answer a greeting, number {lines // 20}.'
    texts = (text, text.replace(middle, middle + ".", 1))
    if texts[0] == texts[1]:
        raise RuntimeError("the edit changes nothing")
    with ExitStack() as stack:
        mine, peer = (_open(stack, server, path, texts, "python") for server in (ours(), ruff()))
        _warm_up_and_measure(mine, peer, rounds)
        return _rows(f"edit, Python of {lines} lines", mine, peer, _LINES[lines])


def _open(
    stack: ExitStack, server: Server, path: Path, texts: tuple[str, str], language: str
) -> Editing:
    client = stack.enter_context(connect(server, path.parent))
    initialize(client, server, path.parent)
    client.notify("initialized", {})
    if server.schema_notification:
        give_schema(client, path)
    open_document(client, path, texts[1], language)
    diagnostics(client, server, path, 1)
    return Editing(client, server, path, texts)


def _warm_up_and_measure(mine: Editing, peer: Editing, rounds: int) -> None:
    for editing in (mine, peer):
        for _ in range(10):
            editing.edit()
        editing.edit_burst()
        editing.single, editing.burst = Samples(), Samples()
    single: dict[str, Callable[[], None]] = {"ours": mine.edit, "peer": peer.edit}
    interleave(rounds, single)
    burst: dict[str, Callable[[], None]] = {"ours": mine.edit_burst, "peer": peer.edit_burst}
    interleave(max(3, rounds // 10), burst)


def _rows(what: str, mine: Editing, peer: Editing, bounds: tuple[float, float]) -> list[Row]:
    return [
        Row(what, mine.single.p50, peer.single.p50, peer.server.name, *bounds),
        Row(f"{what}, burst of {_BURST}", mine.burst.p50, mine.single.p50, "one edit", 2.0, 1.0),
        Row(f"{what}, burst of {_BURST}", mine.burst.p50, peer.burst.p50, peer.server.name),
    ]


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    return measure_and_print(
        __doc__, "Edit to diagnostics (medians unless said)", measure, 100, arguments
    )


if __name__ == "__main__":
    main()
