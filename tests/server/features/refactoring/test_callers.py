"""The parameters of a new function are what the workspace's code passes to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from marked_text import CURSOR
from refactoring_cases import AGENT_ID, CONFIG, Files, ask, config, entry

PYTHON = f"from runagent import RunAgentClient\nclient = RunAgentClient({AGENT_ID!r}, 'go')\n"
TYPESCRIPT = (
    'import { RunAgentClient } from "runagent";\n'
    f'const client = new RunAgentClient({{ agentId: "{AGENT_ID}", entrypointTag: "go" }});\n'
)
UNKNOWN = "message: str"


def parameters(root: Path, more: Files | None = None, **files: str) -> str:
    """Of the function that is made for the tag `go`; names of files with `_` for their dot."""
    before = {
        CONFIG: config(entry("answer", "go")).replace('"go"', f'"go{CURSOR}"'),
        "main.py": "x = 1\n",
        **(more or {}),
        **{
            "_".join(name.split("_")[:-1]) + "." + name.split("_")[-1]: files[name]
            for name in files
        },
    }
    (offer,) = [it for it in ask(before, root).offers if it.title.startswith("Create function")]
    (edit,) = offer.change.edits
    return edit.new_text.partition("(")[2].partition(")")[0]


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ("client.run()", ""),
        ("client.run(a='x', b=1, c=1.5, d=True, e=[1], f={}, g=f'x', h=None, i=x)",
         "a: str, b: int, c: float, d: bool, e: list, f: dict, g: str, h, i"),
        ("client.run(a=1)\nclient.run(a=2, b=2)\nclient.run(a='x', c='')",
         'a, b: int = 0, c: str = ""'),
        ("client.run(a=1)\nclient.run(b=[1])", "a: int = 0, b=None"),
        ("client.run(question)", "question"),
        ("client.run('x', 'y', question)", "value: str, value_2: str, question"),
        ("for x in client.run_stream(a='1'): print(x)", "a: str"),
        ("print(client.run(**inputs))", UNKNOWN),
        ("client.run(*inputs)", UNKNOWN),
        ("other.run(a=1)", UNKNOWN),
        ("client.close(a=1)", UNKNOWN),
        ("client = None\nclient.run(a=1)", UNKNOWN),
        ("", UNKNOWN),
    ],
)  # fmt: skip
def test_what_python_passes(calls: str, expected: str, tmp_path: Path) -> None:
    assert parameters(tmp_path, client_py=f"{PYTHON}{calls}\n") == expected


def test_clients_in_attributes_and_without_a_name(tmp_path: Path) -> None:
    source = f"""from runagent import RunAgentClient

class A:
    def __init__(self):
        self.client = RunAgentClient({AGENT_ID!r}, "go")

    def ask(self):
        return self.client.run(a="x")

RunAgentClient({AGENT_ID!r}, "go").run(a="y", b=2)
RunAgentClient("of another agent", "go").run(z=2)
RunAgentClient({AGENT_ID!r}, "other").run(z=2)
"""
    assert parameters(tmp_path, client_py=source) == "a: str, b: int = 0"


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ("await client.run({});", ""),
        ("await client.run();", ""),
        ("client.run({ a: 'x', \"b\": 1, c: -1.5, d: true, e: [1], f: {}, g: `x`, h: y, i });",
         "a: str, b: int, c: float, d: bool, e: list, f: dict, g: str, h, i"),
        ("client.run({ a: [1][0], b: {}.x })", "a, b"),
        ("client.run({ a: 1 }); client . run({ a: 2, b: 'x' }) // client.run({ c: 1 })",
         'a: int, b: str = ""'),
        ("for await (const it of client.runStream({ a: 1 })) {}", "a: int"),
        ("client.run({ ...more })", UNKNOWN),
        ("client.run(more)", UNKNOWN),
        ("client.run({ [a]: 1 })", UNKNOWN),
        ("client.run({ 'a b': 1 })", UNKNOWN),
        ("client.run({ class: 1 })", UNKNOWN),
        ("x.client.run({ a: 1 })", UNKNOWN),
        ("client = null; client.run({ a: 1 })", UNKNOWN),
        ("client.run({ a: 1", UNKNOWN),
    ],
)  # fmt: skip
def test_what_typescript_passes(calls: str, expected: str, tmp_path: Path) -> None:
    assert parameters(tmp_path, client_ts=f"{TYPESCRIPT}{calls}\n") == expected


def test_all_languages_count_together(tmp_path: Path) -> None:
    python, script = f"{PYTHON}client.run(a=1)\n", f"{TYPESCRIPT}client.run({{ a: 1, b: 'x' }});\n"
    found = parameters(tmp_path, client_py=python, web_ts=script)
    assert found == 'a: int, b: str = ""'


def test_a_call_of_an_unknown_agent_counts_where_there_is_no_other(tmp_path: Path) -> None:
    source = (
        "import os\n" + PYTHON.replace(repr(AGENT_ID), "os.environ['ID']") + "client.run(a=1)\n"
    )
    assert parameters(tmp_path / "one", client_py=source) == "a: int"
    more = {f"other/{CONFIG}": config(entry("x", "go"), agent_id="of another agent")}
    assert parameters(tmp_path / "two", more, client_py=source) == UNKNOWN
