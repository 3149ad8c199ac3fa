"""Hover, completion in client code and inlay hints, at 60 and 1,000 entrypoints.

Held against a hover of VS Code's own JSON server in the same text.
Run with `python tests/bench/hover.py [--rounds N]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from measuring import Row, measure_and_print
from peers import json_server, open_document, ours
from questions import Question, ask_in_turns, at, at_each_size, open_project
from sample_projects import AGENT_ID, SampleProject, make_project

_AT_A_CURSOR: Final = {60: (1.25, 0.65), 1000: (1.75, 0.85)}
"""Target and stretch, as ratios to a hover of the JSON server."""
_VISIBLE_LINES: Final = 60


def measure(rounds: int) -> list[Row]:
    """All rows of the table."""
    return at_each_size(rounds, _measure)


def _measure(folder: Path, size: int, rounds: int) -> list[Row]:
    project = make_project(folder, size)
    client = folder / "client.py"
    call = f"RunAgentClient({AGENT_ID!r}, 'tag_{size // 2}')\n"
    client.write_text(f"from runagent import RunAgentClient\n{call}")
    python = project.modules[size // 2 // 10]
    settings = {"runagent": {"inlayHints": {"signatures": True}}}
    with_hints = replace(ours(), configuration=settings)
    with ExitStack() as stack:
        mine = open_project(stack, with_hints, project)
        peer = open_project(stack, json_server(), project)
        for path in (client, python):
            open_document(mine, path, path.read_text(), "python")
        asked = _asked(project, size, client, python)
        questions = {what: Question(mine, method, it) for what, (method, it) in asked.items()}
        anchor = Question(peer, "textDocument/hover", at(project.config, f'"tag_{size // 2}"'))
        ask_in_turns(rounds, {**questions, "peer": anchor})
    return [
        Row(
            f"{what}, {size} entrypoints",
            question.samples.p50,
            anchor.samples.p50,
            "vscode-json hover",
            *(_AT_A_CURSOR[size] if what.startswith("hover") else (None, None)),
        )
        for what, question in questions.items()
    ]


def _asked(
    project: SampleProject, size: int, client: Path, python: Path
) -> dict[str, tuple[str, Any]]:
    """Method and parameters by what is asked."""
    middle = size // 2
    hover = "textDocument/hover"
    tag = at(client, f"'tag_{middle}'")
    line = at(project.config, f'"tag_{middle}"')["position"]["line"]
    visible = {
        "start": {"line": line, "character": 0},
        "end": {"line": line + _VISIBLE_LINES, "character": 0},
    }
    hints = {"textDocument": {"uri": project.config.as_uri()}, "range": visible}
    return {
        "hover on a field": (hover, at(project.config, '"framework"')),
        "hover on module": (hover, at(project.config, f'"agent_{middle}"')),
        "hover on tag": (hover, at(project.config, f'"tag_{middle}"')),
        "hover on a function": (hover, at(python, f"agent_{middle}(")),
        "hover in client code": (hover, tag),
        "completion in client code": ("textDocument/completion", tag),
        "inlay hints of a screen": ("textDocument/inlayHint", hints),
    }


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    return measure_and_print(__doc__, "Hover and hints (medians)", measure, 100, arguments)


if __name__ == "__main__":
    main()
