"""An agent that is killed at any moment goes on, and no tool that has run runs again."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE
from typing import Any, TypeAlias, cast

import pytest

from agent_runtime.events import Event
from killed_agent import SESSION
from stores import KINDS, TESTS, opened

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no process is made by fork here")

STEPS = 3
SAVES = 1 + 2 * STEPS + 2
"""The session; each step's thought and its observation, with which the next step begins; the last
thought; the end."""

Run: TypeAlias = Callable[[dict[str, Any]], str]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Runs a task of `killed_agent.py` and tells how the process ended."""
    paths = os.pathsep.join([str(TESTS.parent / "server"), str(TESTS)])
    command = [sys.executable, str(TESTS / "killed_agent.py")]
    environment = {**os.environ, "PYTHONPATH": paths}
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True, env=environment) as running:
        stdin, stdout = running.stdin, running.stdout
        assert stdin is not None
        assert stdout is not None

        def run_task(task: dict[str, Any]) -> str:
            stdin.write(json.dumps(task) + "\n")
            stdin.flush()
            return stdout.readline().strip()

        yield run_task
        stdin.close()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return cast(str, request.param)


def task_of(kind: str, folder: Path, **kill: object) -> dict[str, Any]:
    return {"store": kind, "folder": str(folder), "count": STEPS, "repeatable": False, **kill}


def kept(kind: str, folder: Path) -> list[Event]:
    store = opened(kind, folder)
    return list(store.events(SESSION)) if store.sessions() else []


def log_of(folder: Path) -> Counter[str]:
    path = folder / "log"
    return Counter(path.read_text().splitlines() if path.exists() else [])


def check_whole(events: list[Event], count: int) -> None:
    """Everything that the model wanted was observed, in order, once."""
    assert [event["seq"] for event in events] == list(range(len(events)))
    calls = [event["arguments"]["n"] for event in events if event["type"] == "action"]
    assert calls == list(range(1, count + 1))
    wanted = [event["call"] for event in events if event["type"] == "action"]
    observed = [event["call"] for event in events if event["type"] == "observation"]
    assert observed == wanted
    assert [event["step"] for event in events if event["type"] == "checkpoint"][:count] == calls
    assert events[-1]["type"] == "session_ended"
    assert events[-1]["reason"] == "answered"


def interrupted(events: list[Event]) -> list[int]:
    return [
        event["step"]
        for event in events
        if event["type"] == "observation" and event.get("error") == "interrupted"
    ]


def test_without_a_kill_there_are_as_many_saves_as_the_tests_below_kill_at(
    kind: str, tmp_path: Path, run: Run
) -> None:
    assert run(task_of(kind, tmp_path, append=SAVES + 1, when="before")) == "ended"
    check_whole(kept(kind, tmp_path), STEPS)
    again = tmp_path / "again"
    again.mkdir()
    assert run(task_of(kind, again, append=SAVES, when="before")) == "killed"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("append", range(1, SAVES + 1))
def test_killed_at_each_save(kind: str, tmp_path: Path, run: Run, append: int, when: str) -> None:
    assert run(task_of(kind, tmp_path, append=append, when=when)) == "killed"
    before = kept(kind, tmp_path)
    if before and before[-1]["type"] == "session_ended":
        check_whole(before, STEPS)
        return
    log = log_of(tmp_path)
    assert run(task_of(kind, tmp_path)) == "ended"
    events = kept(kind, tmp_path)
    check_whole(events, STEPS)
    assert events[: len(before)] == before
    after = log_of(tmp_path)
    # whatever the tool did, it did once
    assert max(after[f"done {n}"] for n in range(1, STEPS + 1)) == 1
    assert max(after[f"begin {n}"] for n in range(1, STEPS + 1)) == 1
    # and the model is not asked again for what it has said
    for event in before:
        if event["type"] == "thought":
            assert after[f"ask {event['step']}"] == log[f"ask {event['step']}"] == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_killed_in_a_tool(kind: str, tmp_path: Path, run: Run, step: int, when: str) -> None:
    assert run(task_of(kind, tmp_path, tool=step, when=when)) == "killed"
    assert opened(kind, tmp_path).summary(SESSION).state == "interrupted"
    assert run(task_of(kind, tmp_path)) == "ended"
    events = kept(kind, tmp_path)
    check_whole(events, STEPS)
    assert interrupted(events) == [step]
    log = log_of(tmp_path)
    assert [log[f"begin {n}"] for n in range(1, STEPS + 1)] == [1] * STEPS
    assert log[f"done {step}"] == (1 if when == "after" else 0)


def test_a_tool_that_may_be_repeated_is(kind: str, tmp_path: Path, run: Run) -> None:
    task = {**task_of(kind, tmp_path), "repeatable": True}
    assert run({**task, "tool": 2, "when": "before"}) == "killed"
    assert run(task) == "ended"
    events = kept(kind, tmp_path)
    check_whole(events, STEPS)
    assert interrupted(events) == []
    log = log_of(tmp_path)
    assert [log[f"begin {n}"] for n in range(1, STEPS + 1)] == [1, 2, 1]
    assert [log[f"done {n}"] for n in range(1, STEPS + 1)] == [1, 1, 1]


def test_killed_again_and_again_at_any_moment(kind: str, tmp_path: Path, run: Run) -> None:
    chance = random.Random(kind)  # noqa: S311 - no secret
    count = 40
    kills = 0
    seconds = 0.03
    while True:
        task = {**task_of(kind, tmp_path), "count": count}
        end = run({**task, "seconds": chance.uniform(seconds / 3, seconds)})
        events = kept(kind, tmp_path)
        assert [event["seq"] for event in events] == list(range(len(events)))
        if end == "ended" or (events and events[-1]["type"] == "session_ended"):
            break
        assert end == "killed"
        kills += 1
        # on a busy machine it may not come to anything in so short a time
        seconds *= 1.05
    check_whole(events, count)
    log = log_of(tmp_path)
    done = [log[f"done {n}"] for n in range(1, count + 1)]
    assert max(done) == 1
    assert max(log[f"begin {n}"] for n in range(1, count + 1)) == 1
    # what was not done is what nobody can know of
    assert {n for n in range(1, count + 1) if not log[f"done {n}"]} <= set(interrupted(events))
    assert kills > 3
