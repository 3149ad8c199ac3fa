"""Finding our own running servers by what they left for us."""

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.agents.call import Call
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.targets import own_servers
from runagent_ls.agents.targets.own_servers import OwnServer, ServerToken
from runagent_ls.agents.targets.registry import Registry
from runagent_ls.agents.targets.resolving import resolve

AGENT = "11111111-2222-4333-8444-555555555555"
HEALTH = "GET /api/v1/health"
RUN = f"POST /api/v1/agents/{AGENT}/run"
HEALTHY = (200, {"status": "healthy", "agent_id": AGENT, "agent_name": "example-agent"})


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setenv("RUNAGENT_LS_STATE", str(folder))
    return folder


def server(port: int, **more: Any) -> OwnServer:
    fields: dict[str, Any] = {
        "agent_id": AGENT,
        "config_path": Path("/agents/one/runagent.config.json"),
        "host": "127.0.0.1",
        "port": port,
        "pid": os.getpid(),
        "token": ServerToken("s3cret"),
        "started_at": 1.0,
        "interpreter": Path("/agents/one/.venv/bin/python"),
    }
    return OwnServer(**(fields | more))


def dead_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


@pytest.fixture
def living() -> Iterator[list[int]]:
    """Numbers of processes that live as long as the test."""
    others = [subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1) for _ in range(2)]
    yield [process.pid for process in others]
    for process in others:
        process.kill()
        process.communicate()


def test_what_is_announced_is_found_until_it_is_withdrawn(state: Path) -> None:
    own_servers.announce(server(8450))
    assert own_servers.find(AGENT) == [server(8450)]
    assert own_servers.find("another") == []
    assert own_servers.find(config_path=Path("/agents/one/./runagent.config.json"))
    assert own_servers.find(config_path=Path("/agents/two/runagent.config.json")) == []
    own_servers.withdraw(os.getpid())
    own_servers.withdraw(os.getpid())
    assert own_servers.find(AGENT) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions")
def test_only_the_user_can_read_the_token(state: Path) -> None:
    own_servers.announce(server(8450))
    (path,) = (state / "servers").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    assert own_servers.announced() == []


def test_servers_whose_process_is_gone_are_forgotten(state: Path) -> None:
    own_servers.announce(server(8450, pid=dead_process()))
    assert own_servers.announced() == []
    assert list((state / "servers").iterdir()) == []


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", '{"agentId": 1}', "[" * 100_000, '{"agentId": "a", "port": "x"}', "\ud800"],
)
def test_damaged_records_are_passed_over(state: Path, content: str) -> None:
    own_servers.announce(server(8450))
    path = state / "servers" / "1.json"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    path.chmod(0o600)
    assert own_servers.announced() == [server(8450)]


@pytest.mark.parametrize(
    "change", [{"port": 0}, {"port": True}, {"host": None}, {"token": 5}, {"interpreter": 7}]
)
def test_records_with_wrong_values_are_passed_over(state: Path, change: dict[str, object]) -> None:
    own_servers.announce(server(8450))
    (path,) = (state / "servers").iterdir()
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert own_servers.announced() == []


def test_the_token_shows_itself_nowhere() -> None:
    token = server(8450).token
    assert "s3cret" not in f"{token!r} {token} {server(8450)!r}"
    assert copy.deepcopy(token) == token
    with pytest.raises(TypeError):
        pickle.dumps(token)


async def test_a_running_server_of_ours_comes_before_the_registry(
    start_http: Any, tmp_path: Path
) -> None:
    ours = await start_http({HEALTH: HEALTHY})
    own_servers.announce(server(ours.port))
    target = await resolve(AGENT, registry=Registry(tmp_path / "none.db"))
    assert (target.port, target.source, target.token) == (
        ours.port,
        "served",
        ServerToken("s3cret"),
    )
    assert target.interpreter == "/agents/one/.venv/bin/python"
    assert "s3cret" not in f"{target!r} {target.to_message()}"


async def test_the_newest_healthy_server_is_taken(
    start_http: Any, tmp_path: Path, free_port: int, living: list[int]
) -> None:
    ours, other = await start_http({HEALTH: HEALTHY}), await start_http({HEALTH: (500, {})})
    own_servers.announce(server(ours.port, started_at=1.0))
    own_servers.announce(server(free_port, started_at=2.0, pid=living[0]))
    own_servers.announce(server(other.port, started_at=3.0, pid=living[1]))
    target = await resolve(AGENT, registry=Registry(tmp_path / "none.db"))
    assert target.port == ours.port


async def test_a_folder_finds_only_its_own_server(
    start_http: Any, tmp_path: Path, living: list[int]
) -> None:
    ours, second = await start_http({HEALTH: HEALTHY}), await start_http({HEALTH: HEALTHY})
    copied = tmp_path / "copy" / "runagent.config.json"
    own_servers.announce(server(ours.port, started_at=1.0))
    own_servers.announce(server(second.port, started_at=2.0, pid=living[0], config_path=copied))
    registry = Registry(tmp_path / "none.db")
    first = Path("/agents/one/runagent.config.json")
    assert (await resolve(AGENT, registry=registry)).port == second.port
    assert (await resolve(AGENT, registry=registry, config_path=first)).port == ours.port


async def test_calls_carry_the_token_to_our_server_and_to_no_other(start_http: Any) -> None:
    answer = (200, {"success": True, "data": '{"type": "string", "payload": "hi"}', "error": None})
    ours = await start_http({HEALTH: HEALTHY, RUN: answer})
    own_servers.announce(server(ours.port))
    for target in (await resolve(AGENT), await resolve(None, None, ours.port)):
        async with AgentClient(target) as agent:
            await agent.run(Call("greet"))
        assert ours.asked[-1][1]["x-runagent-token"] == "s3cret"
    other = await start_http({HEALTH: HEALTHY, RUN: answer})
    async with AgentClient(await resolve(AGENT, None, other.port)) as agent:
        await agent.run(Call("greet"))
    assert "x-runagent-token" not in other.asked[-1][1]
