"""Code actions, at 60 and 1,000 entrypoints: asked for at every move of a cursor.

Held against a hover of VS Code's own JSON server in the same text, since that server has none.
Run with `python tests/bench/actions.py [--rounds N]`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final

from lsp_client import LspClient, milliseconds_since
from measuring import Row, Samples, interleave, measure_and_print
from peers import connect, diagnostics, give_schema, initialize, json_server, open_document, ours
from questions import at, at_each_size
from sample_projects import WRONG_NAME, SampleProject, make_project

_AT_A_CURSOR: Final = 1.25
"""Target where the cursor usually is: at a place with nothing to offer."""
_OFFERED: Final = {
    "a missing function": "Create function",
    "agent_id": "Generate",
    "a function that is not exposed": "Expose",
    "a function that is exposed": None,
    "an entrypoint without a fault": None,
}
"""Places, and how the title of what is offered there begins; None where nothing is."""


def measure(rounds: int) -> list[Row]:
    """All rows of the table."""
    return at_each_size(rounds, _measure)


def _measure(folder: Path, size: int, rounds: int) -> list[Row]:
    project = make_project(folder, size)
    python = project.modules[0]
    python.write_text(python.read_text() + "\n\ndef fresh(name: str) -> str:\n    return name\n")
    text = project.config.read_text()
    with ExitStack() as stack:
        mine = stack.enter_context(connect(ours(), project.folder))
        peer = stack.enter_context(connect(json_server(), project.folder))
        for client, server in ((mine, ours()), (peer, json_server())):
            initialize(client, server, project.folder)
            client.notify("initialized", {})
            if server.schema_notification:
                give_schema(client, project.config)
            open_document(client, project.config, text, "json")
            diagnostics(client, server, project.config, 1)
        open_document(mine, python, python.read_text(), "python")
        samples = _asked(mine, peer, project, rounds)
    anchor = samples.pop("hover of the peer").p50
    return [
        Row(
            f"actions at {name}, {size} entrypoints",
            own.p50,
            anchor,
            "vscode-json hover",
            _AT_A_CURSOR if _OFFERED[name] is None else None,
        )
        for name, own in samples.items()
    ]


def _asked(
    mine: LspClient, peer: LspClient, project: SampleProject, rounds: int
) -> dict[str, Samples]:
    size = len(project.modules) * 10
    places = {
        "a missing function": at(project.config, f'"{WRONG_NAME}"'),
        "agent_id": at(project.config, '"agent_id"'),
        "a function that is not exposed": at(project.modules[0], "fresh("),
        "a function that is exposed": at(project.modules[0], "agent_1("),
        "an entrypoint without a fault": at(project.config, f'"tag_{size // 2}"'),
    }
    hover = at(project.config, f'"tag_{size // 2}"')
    samples = {name: Samples() for name in (*places, "hover of the peer")}

    def ask(name: str) -> None:
        start = time.perf_counter()
        if name in places:
            at = places[name]["position"]
            where = {"range": {"start": at, "end": at}, "context": {"diagnostics": []}}
            asked = {"textDocument": places[name]["textDocument"], **where}
            answer = mine.request("textDocument/codeAction", asked)
            _check(name, answer)
        else:
            peer.request("textDocument/hover", hover)
        samples[name].add(milliseconds_since(start))

    everything: dict[str, Callable[[], None]] = {name: partial(ask, name) for name in samples}
    interleave(5, everything)
    for name in samples:
        samples[name] = Samples()
    interleave(rounds, everything)
    return samples


def _check(name: str, answer: Any) -> None:
    """Another answer than the expected one is a fault of the benchmark."""
    title = _OFFERED[name]
    if title is not None and not any(it["title"].startswith(title) for it in answer):
        raise RuntimeError(f"{title} is not offered at {name}: {answer}")


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    return measure_and_print(__doc__, "Code actions", measure, 100, arguments)


if __name__ == "__main__":
    main()
