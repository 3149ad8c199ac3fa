"""Processes that are killed while they record, and several that record at once."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from run_cli import LIMIT_S, environment
from runagent_ls.agents.history import Query, RunRecord

from .conftest import OpenHistory, items

PROCESS = Path(__file__).with_name("recording_process.py")


def start(path: Path, runs: int, chunks: int) -> subprocess.Popen[str]:
    path.parent.mkdir(exist_ok=True)
    command = [sys.executable, str(PROCESS), str(path), str(runs), str(chunks)]
    return subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True)


def is_whole(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("seed", range(6))
def test_what_was_in_the_file_survives_a_kill(
    open_history: OpenHistory, path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    with start(path, 1, 0) as process:
        assert process.stdout is not None
        told = 0
        for _ in range(chance.randrange(1, 40)):
            told = int(process.stdout.readline())
        process.kill()
    history = open_history()
    (run,) = history.list().runs
    assert run.state == "interrupted"
    chunks = history.chunks(run.history_id, limit=100_000)
    assert len(chunks) == run.chunks >= told
    assert [chunk.value for chunk in chunks] == [f"chunk {i} " for i in range(len(chunks))]
    assert is_whole(path)
    # the next one that writes makes it so in the file as well, and it can be found
    history.begin(RunRecord("t", "run"))
    assert history.flush()
    with closing(sqlite3.connect(path)) as connection:
        states = connection.execute("SELECT state FROM runs ORDER BY seq").fetchall()
    assert states == [("interrupted",), ("running",)]
    assert [match.run.history_id for match in history.search("chunk")] == [run.history_id]
    locks = path.with_name(path.name + ".writers")
    assert len(list(locks.iterdir())) == 1


@pytest.mark.parametrize("count", [2, 8])
def test_several_processes_lose_nothing(open_history: OpenHistory, path: Path, count: int) -> None:
    runs, chunks = 15, 40
    processes = [start(path, runs, chunks) for _ in range(count)]
    history = open_history()
    recorder = history.begin(RunRecord("own_stream", "stream"))
    recorder.output(items(["own"]))
    for process in processes:
        with process:
            assert process.wait(LIMIT_S) == 0
    assert history.flush()
    page = history.list(Query(tag="t_stream", limit=1000))
    assert [run.state for run in page.runs] == ["completed"] * (runs * count)
    for run in page.runs:
        stored = [chunk.value for chunk in history.chunks(run.history_id)]
        assert stored == [f"chunk {index} " for index in range(chunks)]
    (own,) = history.list(Query(tag="own_stream")).runs
    assert (own.state, own.chunks) == ("running", 1)
    assert is_whole(path)
