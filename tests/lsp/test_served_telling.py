"""What an editor is told about served agents besides their state."""

from __future__ import annotations

import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.editor import SHELL, Editor, RefusedError
from lsp.served import MAIN, environment, events, run, start, write_agent

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]

FLOODS = (
    MAIN
    + """

def flood(lines):
    for number in range(lines):
        print("line", number, "x" * 100)
    return "done"


async def parallel(name):
    import asyncio
    for _ in range(20):
        print("from", name)
        await asyncio.sleep(0)
    return name
"""
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_agent(tmp_path / "agent", FLOODS, flood="flood", parallel="parallel")


@pytest.fixture
def shell(editors: MakeEditor, tmp_path: Path) -> Editor:
    variables = environment(tmp_path) | {"RUNAGENT_LS_HISTORY": str(tmp_path / "history.db")}
    editor = editors([tmp_path], SHELL, environment=variables)
    editor.start()
    return editor


def log_lines(editor: Editor) -> list[Json]:
    return [line for event in events(editor, "log") for line in event["lines"]]


def test_a_flood_of_prints_is_cut(shell: Editor, config: Path) -> None:
    lines = 100_000
    outcome = run(shell, config, "flood", kwargs={"lines": lines})
    assert (outcome["state"], outcome["value"]) == ("completed", "done")
    pieces = sum(len(it["text"]) for it in log_lines(shell))
    assert 0 < pieces < lines * 100
    assert all(len(str(it)) < 1_000_000 for it in events(shell, "log"))
    shell.until(
        lambda: any("left out" in it["text"] for it in log_lines(shell)), "what is missing is told"
    )


def test_prints_of_runs_at_once_are_told_apart(shell: Editor, config: Path) -> None:
    start(shell, config)
    requests = [
        shell.begin(
            "runagent/run",
            {"runId": name, "configUri": config.as_uri(), "tag": "parallel",
             "kwargs": {"name": name}},
        )
        for name in ("one", "two", "three")
    ]  # fmt: skip
    assert [shell.answer(it)["value"] for it in requests] == ["one", "two", "three"]

    def printed(name: str) -> str:
        return "".join(it["text"] for it in log_lines(shell) if it["runId"] == name)

    names = ("one", "two", "three")
    shell.until(
        lambda: all(printed(name).count(f"from {name}") == 20 for name in names), "all is told"
    )
    assert all(printed(name).count("from") == 20 for name in names)


def test_the_record_of_a_run_names_its_python(shell: Editor, config: Path) -> None:
    outcome = run(shell, config, "parallel", kwargs={"name": "x"})
    found = shell.request("runagent/history/get", {"historyId": outcome["historyId"]})
    assert found["summary"]["target"]["source"] == "served"
    assert found["interpreter"] == sys.executable


def test_missing_requirements_are_told_with_a_command(shell: Editor, config: Path) -> None:
    venv.create(config.parent / ".venv", symlinks=True)
    (config.parent / "requirements.txt").write_text("no-such-package-of-anybody>=2\n")
    params = {"configUri": config.as_uri()}
    status = shell.request("runagent/serve/start", params)
    assert status["state"] == "ready"
    assert Path(status["interpreter"]).is_relative_to(config.parent / ".venv")
    shell.until(lambda: events(shell, "requirements") != [], "what is missing is told")
    told = events(shell, "requirements")[0]["requirements"]
    assert told["missing"] == ["no-such-package-of-anybody>=2"]
    assert status["interpreter"] in told["command"]


def test_the_server_tells_its_runs_in_its_status(shell: Editor, config: Path) -> None:
    run(shell, config, "parallel", kwargs={"name": "x"})
    status = shell.request("runagent/status", {"configUri": config.as_uri()})
    assert status["target"]["source"] == "served"
    assert [it["tag"] for it in status["invocations"]] == ["parallel"]
    assert status["problems"] == []


def test_a_server_counts_its_runs(shell: Editor, config: Path) -> None:
    asked = {"configUri": config.as_uri()}
    with pytest.raises(RefusedError, match="agent is not served"):
        shell.request("runagent/serve/metrics", asked)
    run(shell, config, "parallel", kwargs={"name": "x"})
    text = shell.request("runagent/serve/metrics", asked)["prometheus"]
    assert any("parallel" in line and line.endswith(" 1.0") for line in text.splitlines())


def test_a_batch_serves_its_agent_first(shell: Editor, config: Path, tmp_path: Path) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"name": "a"}\n{"name": "b"}\n')
    params = {
        "runId": "batch",
        "configUri": config.as_uri(),
        "tag": "parallel",
        "inputUri": source.as_uri(),
        "outputUri": output.as_uri(),
        "serve": {"interpreter": sys.executable},
    }
    report = shell.request("runagent/batch", params)
    assert (report["end"], report["completed"]) == ("finished", 2)
    assert [it for it in shell.of("runagent/batchProgress") if "Importing" in it.get("notice", "")]
    (config.parent / "main.py").write_text("raise ValueError('no luck')")
    shell.request("runagent/serve/stop", {"configUri": config.as_uri()})
    output.unlink()
    with pytest.raises(RefusedError, match="no luck"):
        shell.request("runagent/batch", params)
