"""A very big workspace: 1,000 agents, 10,000 Python files, a call of each agent somewhere.

How soon all calls are known, how soon features answer meanwhile, what an edit costs among so
many, and memory with all of it open. Run with `python tests/bench/scale.py [--agents N]`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from lsp_client import LspClient, memory_mib, milliseconds_since
from measuring import Row, Samples, interleave, print_table
from peers import change, connect, open_document, ours
from sample_projects import PER_FILE, SampleProject, make_project, python_module

_FILES_PER_AGENT: Final = 10
_LIMIT_S: Final = 300.0
_EDITS: Final = 100


def measure(agents: int) -> list[Row]:
    """All rows, of one server that is opened on the whole tree and one on a single agent."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary).resolve()
        projects = [_agent(root, number) for number in range(agents)]
        what = f"{agents:,} agents, {agents * _FILES_PER_AGENT:,} Python files"
        with connect(ours(), root) as client, connect(ours(), projects[-1].folder) as alone:
            walked = _read_all(root)
            begun = time.perf_counter()
            _initialize(client, root)
            answers = _ask_until_known(client, projects[0], agents)
            known = milliseconds_since(begun)
            _full_report(client)
            report = milliseconds_since(begun)
            memory = memory_mib(client.pid)
            _initialize(alone, projects[-1].folder)
            edits = _edits(client, alone, projects[-1])
        rows = [
            Row(f"{what}: all calls known", known, walked, "walk and read all files", 10.0, 4.0),
            Row(f"{what}: full report", report, walked, "walk and read all files"),
            Row(f"{what}: memory", memory, target=150, stretch=100, unit="MiB"),
            Row("edit in that workspace, p50", edits[0].p50, edits[1].p50, "the agent alone",
                1.5, 1.1),
        ]  # fmt: skip
        return [
            *rows,
            *(
                Row(f"{name} while it is read, {len(it.values)} times, p95", it.p95, target=100.0,
                    stretch=30.0)
                for name, it in answers.items()
            ),
            *(
                Row(f"{name} while it is read, longest", max(it.values))
                for name, it in answers.items()
            ),
        ]  # fmt: skip


def _agent(root: Path, number: int) -> SampleProject:
    """An agent of ten functions, eight modules that nobody asks for, and a client of the first."""
    project = make_project(root / f"agent_{number}", PER_FILE, f"bench-{number}")
    for index in range(_FILES_PER_AGENT - 2):
        (project.folder / f"module_{index}.py").write_text(python_module(50))
    (project.folder / "client.py").write_text(
        "from runagent import RunAgentClient\n\n\ndef call(name: str) -> object:\n"
        '    client = RunAgentClient(agent_id="bench-0", entrypoint_tag="tag_1")\n'
        "    return client.run(name)\n"
    )
    return project


def _read_all(root: Path) -> float:
    """What any program pays that looks at every Python file once."""
    begun = time.perf_counter()
    for folder, _, names in os.walk(root):
        for name in names:
            if name.endswith(".py"):
                Path(folder, name).read_bytes()
    return milliseconds_since(begun)


def _initialize(client: LspClient, root: Path) -> None:
    uri = root.as_uri()
    text_document: dict[str, Any] = {
        "diagnostic": {},
        "hover": {},
        "completion": {},
        "references": {},
    }
    capabilities = {
        "textDocument": text_document,
        "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}},
        "window": {"workDoneProgress": True},
    }
    client.request(
        "initialize",
        {
            "processId": os.getpid(),
            "rootUri": uri,
            "workspaceFolders": [{"uri": uri, "name": root.name}],
            "capabilities": capabilities,
        },
    )
    client.notify("initialized", {})


def _ask_until_known(client: LspClient, project: SampleProject, callers: int) -> dict[str, Samples]:
    """Ask for everything again and again until all who call the agent's first tag are known."""
    text = project.edits[0]
    lines = text.split("\n")
    line = next(number for number, it in enumerate(lines) if '"tag_1"' in it)
    place = {
        "textDocument": {"uri": project.config.as_uri()},
        "position": {"line": line, "character": lines[line].index("tag_1") + 1},
    }
    open_document(client, project.config, text, "json")
    questions: dict[str, dict[str, Any]] = {
        "textDocument/diagnostic": {"textDocument": place["textDocument"]},
        "textDocument/hover": place,
        "textDocument/completion": place,
        "textDocument/definition": place,
        "textDocument/references": {**place, "context": {"includeDeclaration": False}},
    }
    whole = client.send_request("workspace/diagnostic", {"previousResultIds": []})
    times = {name.removeprefix("textDocument/"): Samples() for name in questions}
    begun = time.perf_counter()
    found = 0
    while found < callers:
        for name, params in questions.items():
            asked = time.perf_counter()
            answer = client.request(name, params)
            times[name.removeprefix("textDocument/")].add(milliseconds_since(asked))
        found = sum(item["uri"].endswith("client.py") for item in answer or ())
        if milliseconds_since(begun) > _LIMIT_S * 1000:
            raise RuntimeError(f"{found} of {callers} calls known")
        time.sleep(0.01)
    client.notify("$/cancelRequest", {"id": whole})
    return times


def _full_report(client: LspClient) -> None:
    client.request("workspace/diagnostic", {"previousResultIds": []})


def _edits(among: LspClient, alone: LspClient, project: SampleProject) -> tuple[Samples, Samples]:
    """The same edits of one agent in both servers, from the change to its diagnostics."""
    measures: dict[str, Callable[[], None]] = {}
    found = []
    for client in (among, alone):
        open_document(client, project.config, project.edits[1], "json")
        measures[str(client.pid)] = _editor(client, project, samples := Samples())
        found.append(samples)
    interleave(10, measures)
    for samples in found:
        samples.values.clear()
    interleave(_EDITS, measures)
    return found[0], found[1]


def _editor(client: LspClient, project: SampleProject, samples: Samples) -> Callable[[], None]:
    version = 1

    def edit() -> None:
        nonlocal version
        version += 1
        asked = time.perf_counter()
        change(client, project.config, version, project.edits[version % 2])
        document = {"uri": project.config.as_uri()}
        client.request("textDocument/diagnostic", {"textDocument": document})
        samples.add(milliseconds_since(asked))

    return edit


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=1000)
    options = parser.parse_args(arguments)
    rows = measure(options.agents)
    print_table("Very big workspace", rows)
    return rows


if __name__ == "__main__":
    main()
