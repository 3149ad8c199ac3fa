"""Runs counted by entrypoint."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from run_cli import LIMIT_S, environment
from runagent_ls.agents.history import History, Query, RunRecord

from .conftest import OpenHistory, record_run

LATELY = time.time() - 60  # what is older than some days may go at any time


def record(history: History, tag: str, project: Path | None, at: float) -> str:
    root = None if project is None else str(project)
    config = None if project is None else str(project / "runagent.config.json")
    return record_run(
        history,
        RunRecord(tag, "run", project_root=root, config_path=config, started_at=LATELY + at),
    )


def test_runs_are_counted_by_entrypoint_the_latest_first(history: History, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for at, (tag, project) in enumerate(
        [("greet", one), ("echo", one), ("greet", two), ("greet", one), ("greet", None)], 1
    ):
        record(history, tag, project, at)
    found = [
        (it.tag, it.project_root, it.runs, round(it.newest_at - LATELY)) for it in history.groups()
    ]
    assert found == [
        ("greet", None, 1, 5),
        ("greet", str(one), 2, 4),
        ("greet", str(two), 1, 3),
        ("echo", str(one), 1, 2),
    ]
    assert [it.config_path for it in history.groups()][1] == str(one / "runagent.config.json")
    assert [it.runs for it in history.groups(Query(no_project=True))] == [1]
    assert {it.tag for it in history.groups(Query(project=str(one)))} == {"greet", "echo"}
    (run,) = history.list(Query(no_project=True)).runs
    assert run.project_root is None


def test_only_runs_that_fit_are_counted(history: History, tmp_path: Path) -> None:
    kept = record(history, "greet", tmp_path, 1)
    record(history, "greet", tmp_path, 2)
    record(history, "echo", tmp_path, 3)
    history.pin(kept)
    assert [(it.tag, it.runs) for it in history.groups(Query(pinned=True))] == [("greet", 1)]
    assert [it.tag for it in history.groups(Query(tag="echo"))] == ["echo"]
    assert history.groups(Query(state="failed")) == ()
    assert [it.runs for it in history.groups(Query(state="completed"))] == [1, 2]
    # where a page of runs begins means nothing here
    assert len(history.groups(Query(before="0/0"))) == 2


@pytest.mark.parametrize("state", ["running", "interrupted"])
def test_runs_whose_process_is_gone_are_told_from_those_that_go_on(
    open_history: OpenHistory, path: Path, state: str
) -> None:
    script = (
        "import os, sys, pathlib; from runagent_ls.agents.history import History, RunRecord;"
        "history = History.open(pathlib.Path(sys.argv[1]));"
        "history.begin(RunRecord('gone', 'run')); history.flush(); os._exit(0)"
    )
    command = [sys.executable, "-c", script, str(path)]
    subprocess.run(command, check=True, timeout=LIMIT_S, env=environment())
    history = open_history()
    recorder = history.begin(RunRecord("going", "run"))
    assert history.flush()
    wanted = "going" if state == "running" else "gone"
    (group,) = history.groups(Query(state="running" if state == "running" else "interrupted"))
    assert (group.tag, group.runs, group.newest_state) == (wanted, 1, state)
    states = {it.tag: it.newest_state for it in history.groups()}
    assert states == {"going": "running", "gone": "interrupted"}
    assert recorder.history_id is not None


def test_a_history_that_was_never_written_has_none(history: History) -> None:
    assert history.groups() == ()
