"""Renaming tags, functions and files, at 60 and 1,000 entrypoints.

Functions are held against jedi-language-server, which renames them in Python alone; what needs no
search is held against a hover of VS Code's own JSON server.
Run with `python tests/bench/renames.py [--rounds N]`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from lsp_client import LspClient, milliseconds_since
from measuring import Row, measure_and_print
from peers import (
    Server,
    connect,
    give_schema,
    initialize,
    jedi,
    json_server,
    open_document,
    ours,
)
from questions import Question, ask_in_turns, at, at_each_size
from sample_projects import AGENT_ID, SampleProject, make_project

_TARGETS: Final = (1.0, 0.25)
"""Of a function, against jedi: target and stretch."""


class NoAnswer(Question):
    """One request that is none of our business."""

    def ask(self) -> None:
        start = time.perf_counter()
        answer = self.client.request(self.method, self.params)
        self.samples.add(milliseconds_since(start))
        if answer:
            raise RuntimeError(f"{self.method} answered {answer}")


def measure(rounds: int) -> list[Row]:
    """All rows of the table."""
    return at_each_size(rounds, _measure)


def _measure(folder: Path, size: int, rounds: int) -> list[Row]:
    project = make_project(folder, size)
    client_code = folder / "client.py"
    calls = [f"RunAgentClient({AGENT_ID!r}, 'tag_{number}')\n" for number in range(size)]
    client_code.write_text("from runagent import RunAgentClient\n" + "".join(calls))
    middle = size // 2
    module = project.modules[middle // 10]
    function = at(module, f"agent_{middle}(")
    with ExitStack() as stack:
        mine, other = _open(stack, ours(), project), _open(stack, jedi(), project)
        peer = _open(stack, json_server(), project)
        for client in (mine, other):
            open_document(client, module, module.read_text(), "python")
        questions = {
            "rename of a tag": _rename(mine, at(project.config, f'"tag_{middle}"')),
            "rename of a function": _rename(mine, function),
            "prepare on another name": NoAnswer(
                mine, "textDocument/prepareRename", at(module, "words")
            ),
            "rename of a file": Question(mine, "workspace/willRenameFiles", _moves(module)),
        }
        hover = Question(peer, "textDocument/hover", at(project.config, f'"tag_{middle}"'))
        by_jedi = _rename(other, function)
        ask_in_turns(rounds, {**questions, "hover": hover, "jedi": by_jedi})
    rows = []
    for name, question in questions.items():
        found = name == "rename of a function"
        anchor, label = (by_jedi, "jedi-ls") if found else (hover, "vscode-json hover")
        bounds = _TARGETS if found else (None, None)
        what = f"{name}, {size} entrypoints"
        rows.append(Row(what, question.samples.p50, anchor.samples.p50, label, *bounds))
    return rows


def _rename(client: LspClient, place: Any) -> Question:
    return Question(client, "textDocument/rename", {**place, "newName": "hello"})


def _moves(path: Path) -> Any:
    new = path.with_name("moved.py")
    return {"files": [{"oldUri": path.as_uri(), "newUri": new.as_uri()}]}


def _open(stack: ExitStack, server: Server, project: SampleProject) -> LspClient:
    client = stack.enter_context(connect(server, project.folder))
    initialize(client, server, project.folder)
    client.notify("initialized", {})
    if server.schema_notification:
        give_schema(client, project.config)
    open_document(client, project.config, project.config.read_text(), "json")
    return client


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    return measure_and_print(__doc__, "Renames (medians)", measure, 50, arguments)


if __name__ == "__main__":
    main()
