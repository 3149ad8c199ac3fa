"""The older record of plain runs and the counters: as the platform's own server writes them."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from agent_folders import write_agent
from serve_our_agent import OurAgent, serving_ours
from serve_real_agent import RunningAgent, serving

LIMIT_S = 60.0
SOURCE = """
import os

def greet(name, times=1):
    return {'greeting': 'hello ' + name * times, 'falsy': 0}

def zero():
    return 0

def fail(text='boom'):
    raise ValueError(text)

def count(n=3):
    yield from range(n)

def tell():
    return {'token': os.environ['SERVICE_TOKEN'], 'said': ['it is ' + os.environ['SERVICE_TOKEN']]}
"""
TAGS = {"greet": "greet", "zero": "zero", "fail": "fail", "count_stream": "count", "tell": "tell"}
SECRET = "correct-horse-17"
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def entrypoints() -> list[dict[str, str]]:
    return [{"file": "main.py", "module": name, "tag": tag} for tag, name in TAGS.items()]


@dataclass
class Recorded:
    """What a registry says of the agent."""

    path: Path

    def rows(self, statement: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.path)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(statement)]

    @property
    def runs(self) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM agent_runs ORDER BY id")

    @property
    def counters(self) -> dict[str, Any]:
        columns = "run_count, success_count, error_count, last_run, updated_at"
        return self.rows(f"SELECT {columns} FROM agents")[0]  # noqa: S608 - our own names


def run(agent: RunningAgent | OurAgent, tag: str, *args: object, **kwargs: object) -> None:
    body = {"entrypoint_tag": tag, "input_args": args, "input_kwargs": kwargs}
    request = urllib.request.Request(
        f"http://{agent.host}:{agent.port}/api/v1/agents/{agent.agent_id}/run",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=LIMIT_S) as answer:
        answer.read()


def stream(agent: RunningAgent | OurAgent) -> None:
    url = f"ws://{agent.host}:{agent.port}/api/v1/agents/{agent.agent_id}/run-stream"
    with connect(url, proxy=None) as socket:
        body = {"entrypoint_tag": "count_stream", "input_args": [], "input_kwargs": {}}
        socket.send(json.dumps(body))
        while "stream_completed" not in str(socket.recv(LIMIT_S)):
            pass


def ask_all(agent: RunningAgent | OurAgent) -> Recorded:
    """The same of both."""
    run(agent, "greet", "Ada", times=2)
    run(agent, "greet", name="h\u00e9llo \U0001f989")
    run(agent, "zero")
    run(agent, "fail", "b\u00f6om")
    run(agent, "greet", nme="a")
    stream(agent)
    return Recorded(agent.cache_dir / "runagent_local.db")


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[OurAgent]:
    variables = {"SERVICE_TOKEN": SECRET}
    files = {"main.py": SOURCE}
    folder = write_agent(tmp_path / "agent", files, entrypoints(), env_vars=variables)
    with serving_ours(folder, "--register", folders=tmp_path) as agent:
        yield agent


def test_runs_are_recorded_as_the_platform_does(ours: OurAgent, tmp_path: Path) -> None:
    copy = tmp_path / "theirs"
    shutil.copytree(ours.project_dir, copy)
    with serving(copy) as theirs:
        real = ask_all(theirs)
        expected, counted = real.runs, real.counters
    mine = ask_all(ours)
    runs = mine.runs
    for row in (*expected, *runs):
        assert row.pop("execution_time") > 0
        assert row["started_at"] == row["completed_at"]
        assert MOMENT.fullmatch(row.pop("started_at"))
        assert MOMENT.fullmatch(row.pop("completed_at"))
    assert runs == expected
    told = mine.counters
    for counters in (counted, told):
        assert MOMENT.fullmatch(counters.pop("last_run"))
        assert MOMENT.fullmatch(counters.pop("updated_at"))
    assert told == counted == {"run_count": 5, "success_count": 3, "error_count": 2}


def test_secrets_are_in_no_run(ours: OurAgent) -> None:
    run(ours, "tell")
    run(ours, "fail", f"bad {SECRET}")
    mine = Recorded(ours.cache_dir / "runagent_local.db")
    assert len(mine.runs) == 2
    assert SECRET not in repr(mine.runs)
    structured = json.loads(json.loads(mine.runs[0]["output_data"]))
    assert json.loads(structured["payload"]).keys() == {"token", "said"}


def test_a_registry_without_the_table_takes_invocations(tmp_path: Path) -> None:
    folder = write_agent(tmp_path / "agent", {"main.py": SOURCE}, entrypoints())
    (tmp_path / "cache").mkdir()
    registry = Recorded(tmp_path / "cache" / "runagent_local.db")
    with closing(sqlite3.connect(registry.path)) as database, database:
        database.execute("CREATE TABLE agent_runs (id INTEGER PRIMARY KEY, agent_id TEXT)")
    with serving_ours(folder, "--register", folders=tmp_path) as agent:
        for _ in range(2):
            run(agent, "zero")
    assert registry.runs == []
    statuses = registry.rows("SELECT status FROM agent_invocations")
    assert [row["status"] for row in statuses] == ["completed"] * 2


def test_without_register_nothing_is_counted(tmp_path: Path) -> None:
    folder = write_agent(tmp_path / "agent", {"main.py": SOURCE}, entrypoints())
    with serving_ours(folder, folders=tmp_path) as agent:
        run(agent, "zero")
    with closing(sqlite3.connect(tmp_path / "state" / "invocations.db")) as database:
        names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    assert "agent_invocations" in names
    assert "agent_runs" not in names
