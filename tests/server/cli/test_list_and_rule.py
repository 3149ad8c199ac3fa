from __future__ import annotations

import json
from pathlib import Path

import pytest

from run_cli import Cli
from runagent_ls.rules.registry import all_rules

SOURCE = '''\
from helpers import stream


def greet(name: str, *, times: int = 1) -> str:
    """Say hello."""
    return name * times
'''
HELPERS = "\n\nasync def stream(text):\n    yield text\n"


def write_agent(folder: Path, entrypoints: list[object]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "main.py").write_text(SOURCE)
    (folder / "helpers.py").write_text(HELPERS)
    architecture = {"entrypoints": entrypoints}
    config = {"agent_id": "an-id", "agent_architecture": architecture}
    (folder / "runagent.config.json").write_text(json.dumps(config))


PYTHON: list[object] = [
    {"file": "main.py", "module": "greet", "tag": "greet"},
    {"file": "main.py", "module": "stream", "tag": "text_stream"},
    {"file": "main.py", "module": "missing", "tag": "lost"},
]
WEBHOOK: list[object] = [{"webhook_url": "http://127.0.0.1/x", "method": "post", "tag": "hook"}]


def test_list(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path / "agent", PYTHON)
    done = cli("list", "agent")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "agent/runagent.config.json\n"
        "  greet        python          greet(name: str, *, times: int = 1) -> str"
        "  agent/main.py:4\n"
        "  text_stream  python, stream  stream(text)                              "
        "  agent/helpers.py:3\n"
        "  lost         python          missing                                   "
        "  main.py\n"
    )


def test_list_as_json(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, [*PYTHON[:2], *WEBHOOK])
    done = cli("list", "--json")
    assert done.code == 0
    (project,) = json.loads(done.out)["projects"]
    assert (project["path"], project["agentId"]) == ("runagent.config.json", "an-id")
    greet, stream, hook = project["entrypoints"]
    assert greet == {
        "tag": "greet",
        "kind": "python",
        "streams": False,
        "signature": "greet(name: str, *, times: int = 1) -> str",
        "file": "main.py",
        "module": "greet",
        "url": None,
        "definition": {"path": "main.py", "line": 3, "character": 4},
    }
    assert stream["streams"]
    assert stream["definition"] == {"path": "helpers.py", "line": 2, "character": 10}
    assert (hook["kind"], hook["url"], hook["definition"]) == (
        "webhook",
        "http://127.0.0.1/x",
        None,
    )


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff\x00", b'{"agent_architecture": 5}'])
def test_list_of_a_broken_project_says_what_it_has(
    cli: Cli, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "runagent.config.json").write_bytes(content)
    done = cli("list")
    assert (done.code, done.err) == (0, "")
    assert "no entrypoints" in done.out


def test_list_of_odd_entrypoints(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, [{"file": 5, "tag": "a\x1b[2J"}, {"tag": None}, 7])
    done = cli("list")
    assert done.code == 0
    assert "\x1b" not in done.out
    assert "(no tag)" in done.out
    assert json.loads(cli("list", "--json").out)["projects"]


def test_list_without_a_project_is_2(cli: Cli) -> None:
    done = cli("list")
    assert (done.code, done.out) == (2, "")
    assert "No agent project in" in done.err


def test_rule(cli: Cli) -> None:
    first = all_rules()[0]
    for name in (first.code, first.code.lower(), first.slug):
        done = cli("rule", name)
        assert done.code == 0
        assert done.out.startswith(f"{first.code} {first.slug} ({first.severity}")
        assert first.documentation.strip() in done.out


def test_every_rule(cli: Cli) -> None:
    overview, everything = cli("rule", "list"), cli("rule", "--all", encoding="ascii")
    assert overview.code == everything.code == 0
    lines = overview.out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.code for rule in all_rules()]
    for rule in all_rules():
        assert f"{rule.code} {rule.slug} (" in everything.out


def test_a_rule_that_is_none(cli: Cli) -> None:
    done = cli("rule", "duplicate-tgs")
    assert (done.code, done.out) == (2, "")
    assert "There is no rule 'duplicate-tgs'. Did you mean duplicate-tag?" in done.err
