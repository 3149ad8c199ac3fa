"""Definitions, references, highlights, links and symbols, at 60 and 1,000 entrypoints.

What is asked at a cursor is held against a hover of VS Code's own JSON server, which finds the same
place in the same text; the outline against the outline of that server.
Run with `python tests/bench/navigation.py [--rounds N]`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lsp_client import LspClient, milliseconds_since
from measuring import Row, Samples, interleave, print_table
from peers import (
    Server,
    connect,
    diagnostics,
    give_schema,
    initialize,
    json_server,
    open_document,
    ours,
)
from sample_projects import AGENT_ID, SampleProject, make_project

_SIZES: Final = (60, 1000)
_AT_A_CURSOR: Final = (1.25, 0.65)
"""Target and stretch, as ratios to a hover of the JSON server."""


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


def measure(rounds: int) -> list[Row]:
    """All rows of the table."""
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        for size in _SIZES:
            rows += _measure(Path(temporary).resolve() / f"agent-{size}", size, rounds)
    return rows


def _measure(folder: Path, size: int, rounds: int) -> list[Row]:
    project = make_project(folder, size)
    client_code = folder / "client.py"
    calls = [f"RunAgentClient({AGENT_ID!r}, 'tag_{number}')\n" for number in range(size)]
    client_code.write_text("from runagent import RunAgentClient\n" + "".join(calls))
    with ExitStack() as stack:
        mine = open_project(stack, ours(), project)
        peer = open_project(stack, json_server(), project)
        open_document(mine, client_code, client_code.read_text(), "python")
        questions = _questions(mine, project, size, client_code)
        hover = Question(peer, "textDocument/hover", at(project.config, f'"tag_{size // 2}"'))
        outline = Question(peer, "textDocument/documentSymbol", _document(project.config))
        everything = {**questions, "hover of the peer": hover, "outline of the peer": outline}
        ask_in_turns(rounds, everything)
    rows = []
    for name, question in questions.items():
        anchor = outline if name == "outline" else hover
        label = "vscode-json" if anchor is outline else "vscode-json hover"
        bounds = _AT_A_CURSOR if name in _BOUND else (None, None)
        what = f"{name}, {size} entrypoints"
        rows.append(Row(what, question.samples.p50, anchor.samples.p50, label, *bounds))
    return rows


_BOUND: Final = {
    "definition of module", "definition from client code", "references of a tag",
    "references of a function", "highlights",
}  # fmt: skip


def _questions(
    client: LspClient, project: SampleProject, size: int, client_code: Path
) -> dict[str, Question]:
    middle = size // 2
    module, tag = f'"agent_{middle}"', f'"tag_{middle}"'
    python = project.modules[middle // 10]
    context = {"context": {"includeDeclaration": True}}
    text = "textDocument"
    return {
        "definition of module": Question(client, f"{text}/definition", at(project.config, module)),
        "definition from client code": Question(
            client, f"{text}/definition", at(client_code, f"'tag_{middle}'")
        ),
        "references of a tag": Question(
            client, f"{text}/references", {**at(project.config, tag), **context}
        ),
        "references of a module": Question(
            client, f"{text}/references", {**at(project.config, module), **context}
        ),
        "references of a function": Question(
            client, f"{text}/references", {**at(python, f"agent_{middle}("), **context}
        ),
        "highlights": Question(client, f"{text}/documentHighlight", at(project.config, tag)),
        "links": Question(client, f"{text}/documentLink", _document(project.config)),
        "outline": Question(client, f"{text}/documentSymbol", _document(project.config)),
        "symbol search": Question(client, "workspace/symbol", {"query": f"tag_{middle}"}),
    }


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


def _document(path: Path) -> Any:
    return {"textDocument": {"uri": path.as_uri()}}


def at(path: Path, part: str) -> Any:
    """Two characters into the first `part` of a file."""
    text = path.read_text()
    offset = text.index(part) + 2
    line = text.count("\n", 0, offset)
    character = offset - (text.rfind("\n", 0, offset) + 1)
    return {**_document(path), "position": {"line": line, "character": character}}


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args(arguments)
    rows = measure(options.rounds)
    print_table("Navigation and symbols (medians)", rows)
    return rows


if __name__ == "__main__":
    main()
