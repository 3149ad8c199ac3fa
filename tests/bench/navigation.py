"""Definitions, references, highlights, links and symbols, at 60 and 1,000 entrypoints.

What is asked at a cursor is held against a hover of VS Code's own JSON server, which finds the same
place in the same text; the outline against the outline of that server.
Run with `python tests/bench/navigation.py [--rounds N]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from lsp_client import LspClient
from measuring import Row, measure_and_print
from peers import json_server, open_document, ours
from questions import Question, ask_in_turns, at, at_each_size, document, open_project
from sample_projects import AGENT_ID, SampleProject, make_project

_AT_A_CURSOR: Final = (1.25, 0.65)
"""Target and stretch, as ratios to a hover of the JSON server."""


def measure(rounds: int) -> list[Row]:
    """All rows of the table."""
    return at_each_size(rounds, _measure)


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
        outline = Question(peer, "textDocument/documentSymbol", document(project.config))
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
        "links": Question(client, f"{text}/documentLink", document(project.config)),
        "outline": Question(client, f"{text}/documentSymbol", document(project.config)),
        "symbol search": Question(client, "workspace/symbol", {"query": f"tag_{middle}"}),
    }


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    return measure_and_print(__doc__, "Navigation and symbols (medians)", measure, 100, arguments)


if __name__ == "__main__":
    main()
