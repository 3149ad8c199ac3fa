"""`runagent-ls history` over runs of the real agent."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from run_cli import COMMAND, LIMIT_S, Cli, Done, environment
from serve_real_agent import RunningAgent


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.db"


@pytest.fixture
def history(cli: Cli, file: Path) -> Callable[..., Done]:
    """`runagent-ls history` with the file of this test."""
    return lambda *words, **more: cli(
        "history", *words, env={"RUNAGENT_LS_HISTORY": str(file)}, **more
    )


@pytest.fixture
def call(cli: Cli, file: Path, real_agent: RunningAgent) -> Callable[..., Done]:
    """`run` or `stream`, recorded."""
    variables = {"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir), "RUNAGENT_LS_HISTORY": str(file)}
    project = ("--project", real_agent.project_dir)
    return lambda *words, env=None: cli(*words, *project, env={**variables, **(env or {})})


def runs_of(done: Done) -> list[dict[str, Any]]:
    assert done.code == 0, done.err
    found: list[dict[str, Any]] = json.loads(done.out)["runs"]
    return found


def written(file: Path) -> bytes:
    """All that stands in the database and beside it, in lower case as an index would have it."""
    return b"".join(it.read_bytes() for it in file.parent.iterdir() if it.is_file()).lower()


def test_runs_are_listed_shown_and_found(
    call: Callable[..., Done], history: Callable[..., Done], real_agent: RunningAgent
) -> None:
    assert call("run", "greet", "--arg", 'name="Ada"').code == 0
    assert call("run", "fail").code == 1
    assert call("stream", "words_stream", "--arg", 'text="once upon a time"').code == 0
    stream, failed, greeted = runs_of(history("list", "--json"))
    assert [run["state"] for run in (stream, failed, greeted)] == [
        "completed", "failed", "completed",
    ]  # fmt: skip
    assert greeted["kwargs"] == {"name": "Ada"}
    assert greeted["value"] == {"greeting": "hello Ada", "n": 1}
    assert greeted["agentId"] == real_agent.agent_id
    assert greeted["target"]["port"] == real_agent.port
    assert greeted["projectRoot"] == os.path.realpath(real_agent.project_dir)
    assert "boom 1" in failed["error"]["message"]
    assert (stream["kind"], stream["chunks"]) == ("stream", 4)

    shown = history("show", stream["historyId"][:8])
    assert "onceuponatime" in shown.out.replace(" ", "")
    lines = [json.loads(line) for line in history("show", "last", "--json").out.splitlines()]
    assert [line["value"] for line in lines[1:]] == ["once", "upon", "a", "time"]
    assert [line["index"] for line in lines[1:]] == [0, 1, 2, 3]
    later = history("show", "last", "--after", "1", "--limit", "1", "--json").out.splitlines()
    assert [json.loads(line)["value"] for line in later[1:]] == ["a"]

    assert stream["historyId"] in history("search", "once").out
    assert greeted["historyId"] in history("search", "ada").out
    found = json.loads(history("search", "boom", "--json").out)["matches"]
    assert [(match["run"]["historyId"], match["where"]) for match in found] == [
        (failed["historyId"], "error")
    ]
    assert "No run has these words" in history("search", "nowhere").err


def test_lists_are_filtered_and_paged(
    call: Callable[..., Done], history: Callable[..., Done], real_agent: RunningAgent
) -> None:
    for number in range(3):
        call("run", "greet", "--arg", f'name="{number}"')
    call("run", "fail")
    assert len(runs_of(history("list", "--tag", "greet", "--json"))) == 3
    assert len(runs_of(history("list", "--state", "failed", "--json"))) == 1
    assert len(runs_of(history("list", "--since", "1h", "--json"))) == 4
    assert runs_of(history("list", "--until", "1h", "--json")) == []
    assert len(runs_of(history("list", "--project", real_agent.project_dir, "--json"))) == 4
    assert runs_of(history("list", "--project", "/", "--json")) == []
    assert len(runs_of(history("list", "--agent-id", real_agent.agent_id, "--json"))) == 4
    seen: list[str] = []
    place: tuple[str, ...] = ()
    while True:
        page = json.loads(history("list", "--limit", "3", "--json", *place).out)
        seen += [run["historyId"] for run in page["runs"]]
        if page["next"] is None:
            break
        place = ("--before", page["next"])
    assert len(seen) == len(set(seen)) == 4
    assert "There are more: --before" in history("list", "--limit", "3").err


def test_two_runs_are_compared(call: Callable[..., Done], history: Callable[..., Done]) -> None:
    call("run", "greet", "--arg", 'name="Ada"')
    call("run", "greet", "--arg", 'name="Bob"', "--arg", "times=2")
    second, first = (run["historyId"] for run in runs_of(history("list", "--json")))
    found = json.loads(history("compare", first, second, "--json").out)
    assert found["inputs"] == [
        {"path": ["kwargs", "name"], "kind": "changed", "old": "Ada", "new": "Bob"},
        {"path": ["kwargs", "times"], "kind": "added", "new": 2},
    ]
    assert found["output"] == [
        {"path": ["greeting"], "kind": "changed", "old": "hello Ada", "new": "hello BobBob"},
        {"path": ["n"], "kind": "changed", "old": 1, "new": 2},
    ]
    assert found["complete"]
    assert '-  "greeting": "hello Ada",' in found["text"]
    out = history("compare", first, second).out
    assert '~ kwargs.name: "Ada" -> "Bob"' in out
    assert "Inputs: the same" in history("compare", first, first).out


def test_runs_are_exported(
    call: Callable[..., Done], history: Callable[..., Done], tmp_path: Path
) -> None:
    call("run", "value_of", "--arg", 'name="nested"')
    call("stream", "count_stream")
    lines = [json.loads(line) for line in history("export").out.splitlines()]
    assert [line["record"] for line in lines] == ["run", "run", "chunk", "chunk", "chunk"]
    assert lines[0]["result"] == {"a": {"b": [1, {"c": None}]}}
    assert [line["value"] for line in lines[2:]] == [{"i": 0}, {"i": 1}, {"i": 2}]
    target = tmp_path / "runs.md"
    done = history("export", "--tag", "value_of", "--format", "markdown", "--output", target)
    assert "1 runs written" in done.err
    assert "## `value_of`, completed" in target.read_text("utf-8")
    assert history("export", "--output", tmp_path).code == 2


def test_runs_are_deleted_and_pinned(
    call: Callable[..., Done], history: Callable[..., Done], file: Path
) -> None:
    for name in ("Ada", "Grace", "Hedy"):
        call("run", "greet", "--arg", f'name="{name}Marker"')
    hedy, _, ada = (run["historyId"] for run in runs_of(history("list", "--json")))
    assert "1 runs deleted" in history("delete", ada).err
    assert b"adamarker" not in written(file)
    assert b"hedymarker" in written(file)
    assert history("delete").code == 2
    assert history("pin", hedy).code == 0
    assert [run["pinned"] for run in runs_of(history("list", "--json"))] == [True, False]
    assert "(pinned)" in history("list").out
    assert history("unpin", hedy).code == 0
    assert "2 runs deleted" in history("clear").err
    assert runs_of(history("list", "--json")) == []
    assert b"marker" not in written(file)


def test_a_killed_run_is_interrupted_and_keeps_what_came(
    history: Callable[..., Done], file: Path, real_agent: RunningAgent, tmp_path: Path
) -> None:
    variables = {"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir), "RUNAGENT_LS_HISTORY": str(file)}
    command = [*COMMAND, "stream", "endless_stream", "--project", str(real_agent.project_dir)]
    with (tmp_path / "err").open("wb") as err:
        process = subprocess.Popen(
            command, env=environment(variables), stdout=subprocess.DEVNULL, stderr=err
        )
    try:
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            runs = runs_of(history("list", "--json"))
            if runs and runs[0]["chunks"] >= 3:
                break
        assert runs[0]["state"] == "running"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    (run,) = runs_of(history("list", "--json"))
    assert run["state"] == "interrupted"
    assert run["chunks"] >= 3
    assert runs_of(history("list", "--state", "interrupted", "--json")) == [run]
    assert runs_of(history("list", "--state", "running", "--json")) == []
    lines = history("show", "last", "--json").out.splitlines()
    assert [json.loads(line)["value"] for line in lines[1:4]] == [0, 1, 2]


def test_secrets_do_not_get_into_it(
    call: Callable[..., Done], history: Callable[..., Done], file: Path
) -> None:
    done = call(
        "run", "echo", "--arg", 'password="hunter2hunter2"', "--arg", 'q="the s3cr3t-of-env!"',
        "--arg", "max_tokens=7", env={"MY_API_TOKEN": "s3cr3t-of-env!"},
    )  # fmt: skip
    assert "hunter2hunter2" in done.out
    (run,) = runs_of(history("list", "--json"))
    kwargs = {"password": "[redacted]", "q": "the [redacted]", "max_tokens": 7}
    assert run["kwargs"] == kwargs
    assert run["value"] == {"args": [], "kwargs": kwargs}
    assert b"hunter2" not in written(file)
    assert b"s3cr3t" not in written(file)


def test_the_commit_is_recorded(
    cli: Cli, history: Callable[..., Done], real_agent: RunningAgent, file: Path, tmp_path: Path
) -> None:
    project = tmp_path / "repository" / "agent"
    shutil.copytree(real_agent.project_dir, project, ignore=shutil.ignore_patterns("*.db"))
    git = project.parent / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "refs" / "heads" / "main").write_text("a" * 40 + "\n")
    variables = {"RUNAGENT_CACHE_DIR": str(real_agent.cache_dir), "RUNAGENT_LS_HISTORY": str(file)}
    cli("run", "greet", "--arg", 'name="x"', "--project", project, env=variables)
    assert runs_of(history("list", "--json"))[0]["gitCommit"] == "a" * 40


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "zzz"), "There is no run zzz"),
        (("list", "--since", "yesterday"), "is no time"),
        (("list", "--state", "runing"), "Did you mean running?"),
        (("list", "--limit", "0"), "no number above 0"),
        (("list", "--before", "x"), "no place in the list"),
        (("search", "!"), "no word to look for"),
        (("export", "--format", "html"), "is none of jsonl, markdown"),
        (("compare", "zzy", "zzz"), "There is no run zzy"),
        (("nonsense",), "nonsense"),
    ],
)
def test_wrong_use(
    call: Callable[..., Done], history: Callable[..., Done], words: tuple[str, ...], said: str
) -> None:
    call("run", "greet", "--arg", 'name="x"')
    done = history(*words)
    assert done.code == 2
    assert said in done.err


def test_without_a_history(cli: Cli, call: Callable[..., Done], tmp_path: Path) -> None:
    done = cli("history", "list", env={"RUNAGENT_LS_HISTORY": "off"})
    assert (done.code, done.out) == (2, "")
    assert "switched off" in done.err
    nothing = cli("history", "list", env={"RUNAGENT_LS_HISTORY": str(tmp_path / "none.db")})
    assert (nothing.code, nothing.out) == (0, "")
    assert not (tmp_path / "none.db").exists()
    assert call("run", "greet", "--arg", 'name="x"', env={"RUNAGENT_LS_HISTORY": "off"}).code == 0


@pytest.mark.parametrize("content", [b"my notes\n" * 100, b""])
def test_a_run_goes_on_without_its_history(
    call: Callable[..., Done], file: Path, content: bytes
) -> None:
    """A file that is none of ours is left as it is; an empty one becomes a history."""
    file.parent.mkdir()
    file.write_bytes(content)
    done = call("run", "greet", "--arg", 'name="x"')
    assert (done.code, json.loads(done.out)["n"]) == (0, 1)
    assert done.err.count(str(file)) == (1 if content else 0)
    assert (file.read_bytes() == content) is bool(content)
    assert list(file.parent.glob("*damaged*")) == []


def test_the_page_names_every_action_and_option(history: Callable[..., Done]) -> None:
    page = (Path(__file__).parents[3] / "docs" / "history.md").read_text("utf-8")
    helped = history("--help").out
    actions = re.findall(r"^    ([a-z]+)  ", helped, re.MULTILINE)
    assert len(actions) == 9
    for action in actions:
        assert f"{action}" in page
        options = re.findall(r"--[a-z-]+", history(action, "--help").out)
        assert [name for name in options if name != "--help" and name not in page] == []
