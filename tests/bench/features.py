"""Completion in the configuration: at a cursor, and right after each letter that is typed.

At 60 and 1,000 entrypoints, against the same request to VS Code's own JSON server with our
schema. Run with `python tests/bench/features.py [--rounds N]`.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lsp_client import LspClient, milliseconds_since
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
)
from sample_projects import SampleProject, make_project

_BOUNDS: Final = {60: (1.25, 0.65), 1000: (1.75, 0.85)}
"""Entrypoints: target and stretch, as ratios to the JSON server."""
_CURSOR: Final = "|"


@dataclass
class Asked:
    """One cursor in one server's document, which shows `texts` by turns."""

    client: LspClient
    config: Path
    texts: tuple[str, ...]
    position: dict[str, int]
    version: list[int]
    samples: Samples = field(default_factory=Samples)
    turn: int = 0

    def ask(self) -> None:
        """Show the next text, if there are several, and wait for the completions."""
        uri = self.config.as_uri()
        text = self.texts[self.turn % len(self.texts)]
        self.turn += 1
        if len(self.texts) == 1 and self.turn == 1:
            self.show(text)
        start = time.perf_counter()
        if len(self.texts) > 1:
            self.show(text)
        found = self.client.request(
            "textDocument/completion",
            {"textDocument": {"uri": uri}, "position": self.position},
        )
        self.samples.add(milliseconds_since(start))
        if not found:
            raise RuntimeError("no answer")

    def show(self, text: str) -> None:
        """Let the document be this text."""
        self.version[0] += 1
        change(self.client, self.config, self.version[0], text)


def cursors(text: str, size: int) -> dict[str, tuple[str, ...]]:
    """What is asked: texts with a cursor; of several, each is typed before it is asked about."""
    middle = size // 2
    module, tag = f'"module": "agent_{middle}"', f'"tag": "tag_{middle}"'
    free = text.replace(tag, f"{tag},\n          {_CURSOR}", 1)
    return {
        "value": (text.replace('"framework": "', f'"framework": "{_CURSOR}', 1),),
        "key": (text.replace('"module"', f'"mo{_CURSOR}dule"', 1),),
        "module": (text.replace(module, module.replace('"agent', f'"{_CURSOR}agent'), 1),),
        "tag": (text.replace(tag, tag.replace('"tag_', f'"{_CURSOR}tag_'), 1),),
        "file": (text.replace(f'_{middle // 10}.py"', f'_{middle // 10}{_CURSOR}.py"', 1),),
        "whole entrypoint": (text.replace('"entrypoints": [', f'"entrypoints": [{_CURSOR}', 1),),
        "key after a letter": (
            free.replace(_CURSOR, f'"e{_CURSOR}"'), free.replace(_CURSOR, f'"f{_CURSOR}"'),
        ),
        "module after a letter": (
            text.replace(module, f'"module": "agent_{_CURSOR}"', 1),
            text.replace(module, f'"module": "agents{_CURSOR}"', 1),
        ),
    }  # fmt: skip


def measure(rounds: int) -> list[Row]:
    """All rows of the table."""
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        for size in _BOUNDS:
            project = make_project(Path(temporary).resolve() / f"agent-{size}", size)
            rows += _measure(project, size, rounds)
    return rows


def _measure(project: SampleProject, size: int, rounds: int) -> list[Row]:
    text = project.edits[0]
    rows = []
    for what, texts in cursors(text, size).items():
        with ExitStack() as stack:
            mine, peer = (
                _asked(stack, server, project, texts) for server in (ours(), json_server())
            )
            asks: dict[str, Callable[[], None]] = {"ours": mine.ask, "peer": peer.ask}
            interleave(6, asks)
            mine.samples, peer.samples = Samples(), Samples()
            interleave(rounds, asks)
        label = f"completion of a {what}, {size} entrypoints"
        rows.append(Row(label, mine.samples.p50, peer.samples.p50, "vscode-json", *_BOUNDS[size]))
    return rows


def _asked(
    stack: ExitStack, server: Server, project: SampleProject, texts: tuple[str, ...]
) -> Asked:
    client = stack.enter_context(connect(server, project.folder))
    initialize(client, server, project.folder)
    client.notify("initialized", {})
    if server.schema_notification:
        give_schema(client, project.config)
    open_document(client, project.config, project.edits[0], "json")
    diagnostics(client, server, project.config, 1)
    plain = tuple(text.replace(_CURSOR, "") for text in texts)
    return Asked(client, project.config, plain, _position(texts[0]), [1])


def _position(text: str) -> dict[str, int]:
    offset = text.index(_CURSOR)
    line = text.count("\n", 0, offset)
    return {"line": line, "character": offset - text.rfind("\n", 0, offset) - 1}


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    return measure_and_print(__doc__, "Completion (medians)", measure, 100, arguments)


if __name__ == "__main__":
    main()
