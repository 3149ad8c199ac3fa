"""Rows in the platform's registry, compared with those that its own tools write."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agent_folders import AGENT, MakeAgent
from runagent_ls.agents.targets import own_servers
from runagent_ls.agents.targets.registry import Registry
from runagent_ls.serve.lifecycle.planning import plan_of
from runagent_ls.serve.lifecycle.registry.registration import Registration, ports_in, register
from runagent_ls.serve.state import StartFailedError
from serve_our_agent import serving_ours
from serve_real_agent import RunningAgent, environment, interpreter

CONFIG = "runagent.config.json"
MOMENTS = {"deployed_at", "created_at", "updated_at"}
BY_HAND = {"host": "localhost", "port": 8000, "status": "initialized"}


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNAGENT_LS_STATE", str(tmp_path / "state"))


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "cache" / "runagent_local.db")


def row(registry: Registry, agent_id: str = AGENT) -> dict[str, Any]:
    with closing(sqlite3.connect(registry.path)) as database:
        database.row_factory = sqlite3.Row
        found = database.execute("SELECT * FROM agents WHERE agent_id = ?", [agent_id]).fetchone()
        return dict(found)


def change(registry: Registry, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(registry.path)) as database, database:
        database.execute(statement, values)


def registered(folder: Path, registry: Registry, port: int = 8450) -> Registration:
    plan = plan_of(folder / CONFIG, interpreter())
    return register(plan, "127.0.0.1", port, registry)


def runagent(cache_dir: Path, *arguments: str) -> str:
    done = subprocess.run(
        [interpreter(), "-c", "from runagent.cli.main import runagent; runagent()", *arguments],
        env=environment(cache_dir),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="session")
def served_by_platform(
    serve_real_agent: Callable[[Path], RunningAgent], tmp_path_factory: pytest.TempPathFactory
) -> RunningAgent:
    hello = Path(__file__).parents[4] / "examples" / "hello-agent"
    folder = tmp_path_factory.mktemp("platform") / "agent"
    shutil.copytree(hello, folder)
    return serve_real_agent(folder)


def test_a_row_is_what_the_platform_writes(
    served_by_platform: RunningAgent, registry: Registry
) -> None:
    agent = served_by_platform
    theirs = row(Registry(agent.cache_dir / "runagent_local.db"), agent.agent_id)
    registered(agent.project_dir, registry, agent.port)
    ours = row(registry, agent.agent_id)
    assert {k: v for k, v in ours.items() if k not in MOMENTS} == {
        k: v for k, v in theirs.items() if k not in MOMENTS
    }
    for name in MOMENTS:
        assert re.sub(r"\d", "0", ours[name]) == re.sub(r"\d", "0", theirs[name]), name


def test_a_registry_is_made_as_the_platform_makes_it(
    served_by_platform: RunningAgent, make_agent: MakeAgent, registry: Registry
) -> None:
    registered(make_agent(), registry)
    theirs = Registry(served_by_platform.cache_dir / "runagent_local.db")
    tables = [set(_schema(each)) for each in (registry, theirs)]
    assert tables[0] == tables[1]


def _schema(registry: Registry) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(registry.path)) as database:
        names = [
            str(name)
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE sql NOT NULL")
        ]
        return [
            (name, *column)
            for name in names
            for column in database.execute(f"PRAGMA table_xinfo({name})")
        ] + [
            (name, *column)
            for name in names
            for column in database.execute(f"PRAGMA index_info({name})")
        ]


def test_the_platforms_tools_read_a_registry_of_ours(
    make_agent: MakeAgent, registry: Registry
) -> None:
    folder = make_agent()
    registered(folder, registry, 9123)
    assert AGENT[:8] in runagent(registry.path.parent, "db", "status")
    assert runagent(registry.path.parent, "db", "invocations", "--agent-id", AGENT)


def test_what_the_row_was_is_put_back(make_agent: MakeAgent, registry: Registry) -> None:
    registry.path.parent.mkdir()
    folder = make_agent()
    runagent(registry.path.parent, "config", "--register-agent", str(folder))
    before = row(registry)
    registration = registered(folder, registry, 9000)
    assert (row(registry)["port"], row(registry)["status"]) == (9000, "serving")
    registration.withdraw()
    assert row(registry) == before


def test_an_agent_that_was_not_registered_stays_so_without_an_address(
    make_agent: MakeAgent, registry: Registry
) -> None:
    registered(make_agent(), registry).withdraw()
    assert {k: v for k, v in row(registry).items() if k in BY_HAND} == BY_HAND
    found = registry.find(AGENT)
    assert found is not None
    assert not found.was_served


def test_a_row_that_somebody_else_took_over_is_left_alone(
    make_agent: MakeAgent, registry: Registry
) -> None:
    registration = registered(make_agent(), registry)
    change(registry, "UPDATE agents SET port = 9999, status = 'serving'")
    registration.withdraw()
    assert (row(registry)["port"], row(registry)["status"]) == (9999, "serving")


@pytest.mark.parametrize("known", [True, False])
def test_a_killed_server_leaves_no_address_for_ever(
    make_agent: MakeAgent, registry: Registry, tmp_path: Path, known: bool
) -> None:
    folder = make_agent()
    if known:
        registry.path.parent.mkdir()
        runagent(registry.path.parent, "config", "--register-agent", str(folder))
        change(registry, "UPDATE agents SET port = 9123, framework = 'own'")
    for _ in range(2):
        with serving_ours(folder, "--register", folders=tmp_path) as killed:
            assert (row(registry)["status"], row(registry)["port"]) == ("serving", killed.port)
            change(registry, "UPDATE agents SET updated_at = 'by a run'")
            killed.process.kill()
            killed.process.wait(10)
    own_servers.announced()  # whoever looks for servers removes the records of those that are gone
    assert row(registry)["status"] == "serving"
    with serving_ours(folder, "--register", folders=tmp_path):
        assert row(registry)["status"] == "serving"
    expected = BY_HAND | ({"port": 9123, "framework": "own"} if known else {})
    assert {k: v for k, v in row(registry).items() if k in expected} == expected
    assert list((tmp_path / "state" / "registered").iterdir()) == []


def test_two_servers_at_once_put_back_each_others_address(
    make_agent: MakeAgent, registry: Registry, tmp_path: Path
) -> None:
    folder = make_agent()
    with serving_ours(folder, "--register", folders=tmp_path) as first:
        with serving_ours(folder, "--register", folders=tmp_path) as second:
            assert row(registry)["port"] == second.port
        assert (row(registry)["port"], row(registry)["status"]) == (first.port, "serving")
    assert {k: v for k, v in row(registry).items() if k in BY_HAND} == BY_HAND


def test_withdrawing_from_a_registry_that_is_gone_is_no_fault(
    make_agent: MakeAgent, registry: Registry
) -> None:
    registration = registered(make_agent(), registry)
    registry.path.write_text("no database any more, whatever happened")
    registration.withdraw()
    registry.path.unlink()
    registration.withdraw()
    assert not registry.path.exists()


def test_a_registry_with_fewer_columns_is_served_from(
    make_agent: MakeAgent, registry: Registry
) -> None:
    registry.path.parent.mkdir()
    change(registry, "CREATE TABLE agents (agent_id TEXT PRIMARY KEY, agent_path TEXT NOT NULL, "
           "host TEXT NOT NULL, port INTEGER NOT NULL)")  # fmt: skip
    registration = registered(make_agent(), registry, 9001)
    found = registry.find(AGENT)
    assert found is not None
    assert (found.host, found.port) == ("127.0.0.1", 9001)
    registration.withdraw()
    assert row(registry)["port"] == 8000


@pytest.mark.parametrize("content", [b"this is no database, not at all", b""])
def test_a_registry_that_is_none(make_agent: MakeAgent, registry: Registry, content: bytes) -> None:
    registry.path.parent.mkdir()
    registry.path.write_bytes(content)
    if not content:
        registered(make_agent(), registry)
        assert row(registry)["status"] == "serving"
        return
    with pytest.raises(StartFailedError) as caught:
        registered(make_agent(), registry)
    assert caught.value.failure.code == "DATABASE_ERROR"
    assert str(registry.path) in caught.value.failure.message
    assert registry.path.read_bytes() == content


def test_a_moment_that_is_none_becomes_now(make_agent: MakeAgent, registry: Registry) -> None:
    registered(make_agent(created_at="yesterday"), registry)
    assert row(registry)["initialized_at"][:10] == row(registry)["deployed_at"][:10]


def test_the_project_that_the_user_chose_is_written(
    make_agent: MakeAgent, registry: Registry
) -> None:
    folder = make_agent()
    registered(folder, registry)
    change(registry, "DELETE FROM agents")
    project = json.dumps("project-1")
    change(
        registry, "INSERT INTO user_metadata VALUES ('active_project_id', ?, NULL, NULL)", project
    )
    registered(folder, registry)
    assert row(registry)["project_id"] == project


def test_ports_of_other_agents(make_agent: MakeAgent, registry: Registry, tmp_path: Path) -> None:
    assert ports_in(registry, "x") == set()
    registered(make_agent(), registry, 8460)
    assert ports_in(registry, "x") == {8460}
    assert ports_in(registry, AGENT) == set()
    broken = tmp_path / "broken.db"
    broken.write_text("no database")
    assert ports_in(Registry(broken), "x") == set()
