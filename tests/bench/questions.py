"""Questions to language servers about one project, asked again and again."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lsp_client import LspClient, milliseconds_since
from measuring import Row, Samples, interleave
from peers import Server, connect, diagnostics, give_schema, initialize, open_document
from sample_projects import SampleProject

SIZES: Final = (60, 1000)
"""Entrypoints."""


@dataclass
class Question:
    """One request, asked again and again."""

    client: LspClient
    method: str
    params: Any
    samples: Samples = field(default_factory=Samples)

    def ask(self) -> None:
        """Ask once; an empty answer is a fault of the benchmark."""
        start = time.perf_counter()
        answer = self.client.request(self.method, self.params)
        self.samples.add(milliseconds_since(start))
        if not answer:
            raise RuntimeError(f"{self.method} found nothing")


def at_each_size(rounds: int, measure: Callable[[Path, int, int], list[Row]]) -> list[Row]:
    """The rows of `measure(folder, size, rounds)` for each size, each in a folder of its own."""
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        for size in SIZES:
            rows += measure(Path(temporary).resolve() / f"agent-{size}", size, rounds)
    return rows


def ask_in_turns(rounds: int, questions: dict[str, Question]) -> None:
    """Ask all questions in turn, so that what slows the machine down slows all of them."""
    asks: dict[str, Callable[[], None]] = {name: it.ask for name, it in questions.items()}
    interleave(5, asks)
    for question in questions.values():
        question.samples = Samples()
    interleave(rounds, asks)


def open_project(stack: ExitStack, server: Server, project: SampleProject) -> LspClient:
    """A server that has the configuration open and has checked it once."""
    client = stack.enter_context(connect(server, project.folder))
    initialize(client, server, project.folder)
    client.notify("initialized", {})
    if server.schema_notification:
        give_schema(client, project.config)
    open_document(client, project.config, project.edits[0], "json")
    diagnostics(client, server, project.config, 1)
    return client


def document(path: Path) -> Any:
    """The file that a request is about."""
    return {"textDocument": {"uri": path.as_uri()}}


def at(path: Path, part: str) -> Any:
    """Two characters into the first `part` of a file."""
    text = path.read_text()
    offset = text.index(part) + 2
    line = text.count("\n", 0, offset)
    character = offset - (text.rfind("\n", 0, offset) + 1)
    return {**document(path), "position": {"line": line, "character": character}}
