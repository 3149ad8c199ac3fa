"""What servers tell of themselves: status and recorded runs, locally and in the cloud."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from cloud_stand_in import BUSY, FOREIGN, NOT_DEPLOYED, RunningCloud
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import AgentError, NotFoundError, RequestRefusedError
from runagent_ls.agents.targets.credentials import ApiKey, Cloud
from runagent_ls.agents.targets.registry import FILE_NAME, Registry
from runagent_ls.agents.targets.resolving import resolve_cloud
from runagent_ls.agents.targets.target import Target

AGENT = "11111111-2222-4333-8444-555555555555"
WIRE = Path(__file__).parents[2] / "fixtures" / "wire"
BASE = f"GET /api/v1/agents/{AGENT}"
NAN = {
    "success": False,
    "error": {
        "code": "INTERNAL_ERROR",
        "message": "Failed to get invocations: Out of range float values are not JSON compliant",
    },
}


def captured(name: str) -> tuple[int, Any]:
    response = json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))["response"]
    return response["status"], response["body"]


async def test_recorded_runs(start_http: Any) -> None:
    server = await start_http({f"{BASE}/invocations?limit=3": captured("invocations")})
    async with AgentClient(server.target) as agent:
        found = await agent.invocations(limit=3)
    assert found.note is None
    assert [item.invocation_id for item in found.items] == [
        record["invocation_id"] for record in captured("invocations")[1]["invocations"]
    ]
    newest = found.items[0]
    assert (newest.tag, newest.status) == ("count_stream", "failed")
    assert newest.input == {"input_args": [], "input_kwargs": {"nme": 1}}
    assert "unexpected keyword" in str(newest.error)
    assert newest.execution_time == pytest.approx(0.000256, rel=0.01)
    assert newest.requested == "2026-11-21T02:43:07"


async def test_recorded_runs_of_one_status(start_http: Any) -> None:
    path = f"{BASE}/invocations?limit=50&status=failed"
    server = await start_http({path: captured("invocations-failed")})
    async with AgentClient(server.target) as agent:
        found = await agent.invocations(status="failed")
    assert {item.status for item in found.items} == {"failed"}


async def test_one_recorded_run(start_http: Any) -> None:
    status, body = captured("invocation-stream-detail")
    run_id = body["invocation_id"]
    server = await start_http(
        {
            f"GET /api/v1/invocations/{run_id}": (status, body),
            "GET /api/v1/invocations/a%2Fb%3F": captured("invocation-not-found"),
        }
    )
    async with AgentClient(server.target) as agent:
        found = await agent.invocation(run_id)
        with pytest.raises(NotFoundError):
            await agent.invocation("a/b?")
    assert isinstance(found.output, dict)
    assert found.output["total_chunks"] == 3


async def test_counts_of_runs(start_http: Any) -> None:
    server = await start_http({f"{BASE}/invocations/stats": captured("invocation-stats")})
    async with AgentClient(server.target) as agent:
        stats = await agent.invocation_stats()
    assert (stats.total, stats.completed, stats.failed, stats.pending) == (10, 5, 5, 0)
    assert stats.success_rate == 50.0
    assert stats.average_time == pytest.approx(0.00275)


@pytest.mark.parametrize(
    "body", ["hello", "[]", {}, {"invocations": 5}, {"stats": []}, {"success": False}]
)
async def test_records_that_cannot_be_read(start_http: Any, body: Any) -> None:
    server = await start_http(
        {
            f"{BASE}/invocations?limit=50": (200, body),
            f"{BASE}/invocations/stats": (200, body),
            "GET /api/v1/invocations/x": (200, body),
        }
    )
    async with AgentClient(server.target) as agent:
        for question in (agent.invocations(), agent.invocation_stats(), agent.invocation("x")):
            with pytest.raises(AgentError) as caught:
                await question
            assert caught.value.may_have_run is False


async def test_records_that_are_half_there(start_http: Any) -> None:
    records = [1, {}, {"invocation_id": 5}, {"invocation_id": "a", "status": 1, "output_data": [0]}]
    server = await start_http({f"{BASE}/invocations?limit=50": (200, {"invocations": records})})
    async with AgentClient(server.target) as agent:
        [found] = (await agent.invocations()).items
    assert (found.invocation_id, found.status, found.output) == ("a", None, [0])


def registry_with_runs(folder: Path, *rows: tuple[str, str, str | None, str]) -> None:
    with sqlite3.connect(folder / "runagent_local.db") as connection:
        connection.execute(
            "CREATE TABLE agent_invocations (invocation_id, agent_id, status, entrypoint_tag, "
            "input_data, output_data, error_detail, request_timestamp, execution_time_ms)"
        )
        connection.executemany(
            "INSERT INTO agent_invocations VALUES (?, ?, ?, 't', '{}', ?, NULL, ?, 2.0)",
            [(row[0], AGENT, row[1], row[2], row[3]) for row in rows],
        )
    connection.close()


async def test_a_history_the_server_cannot_send_is_read_from_the_registry(
    start_http: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNAGENT_CACHE_DIR", str(tmp_path))
    registry_with_runs(
        tmp_path,
        ("a", "completed", "NaN", "2026-01-01 10:00:00.123"),
        ("b", "failed", None, "2026-01-01 11:00:00"),
        ("c", "completed", '[1, "x"]', "2026-01-01 12:00:00"),
    )
    server = await start_http(
        {
            f"{BASE}/invocations?limit=2": (500, NAN),
            f"{BASE}/invocations?limit=50&status=failed": (500, NAN),
            "GET /api/v1/invocations/a": (500, NAN),
        }
    )
    async with AgentClient(server.target) as agent:
        newest = await agent.invocations(limit=2)
        failed = await agent.invocations(status="failed")
        one = await agent.invocation("a")
    assert [item.invocation_id for item in newest.items] == ["c", "b"]
    assert newest.items[0].output == [1, "x"]
    assert "NaN" in str(newest.note)
    assert [item.invocation_id for item in failed.items] == ["b"]
    assert repr(one.output) == "nan"
    assert one.requested == "2026-01-01T10:00:00"


def test_runs_of_the_same_second_are_listed_as_others(tmp_path: Path) -> None:
    """The platform writes whole seconds: the newest of them come first, and are not left out."""
    moment = "2026-01-01 10:00:00"
    runs = [(name, "completed", None, moment) for name in ("z", "b", "a", "c")]
    registry_with_runs(tmp_path, *runs)
    rows = Registry(tmp_path / FILE_NAME).invocations(AGENT, 3)
    assert [row["invocation_id"] for row in rows] == ["c", "a", "b"]


async def test_a_history_nobody_can_read_says_what_to_do(
    start_http: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNAGENT_CACHE_DIR", str(tmp_path))
    server = await start_http({f"{BASE}/invocations?limit=50": (500, NAN)})
    async with AgentClient(server.target) as agent:
        with pytest.raises(AgentError) as caught:
            await agent.invocations()
    assert "NaN" in str(caught.value.suggestion)


async def test_the_status_of_a_local_agent(start_http: Any) -> None:
    health = {"status": "healthy", "agent_id": AGENT, "uptime_seconds": 3}
    server = await start_http({"GET /api/v1/health": (200, health)})
    async with AgentClient(server.target) as agent:
        status = await agent.status()
    assert (status.agent_id, status.status) == (AGENT, "healthy")
    assert status.data["uptime_seconds"] == 3


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"success": True, "data": {"status": "deployed"}}, "deployed"),
        ({"status": "uploaded"}, "uploaded"),
        ({"success": True, "data": {"remote_status": "deploying"}}, "deploying"),
        ({"success": True, "data": {}}, "unknown"),
        ({"success": True, "data": {"status": 5}}, "unknown"),
    ],
)
async def test_the_status_of_an_agent_in_the_cloud(start_http: Any, body: Any, word: str) -> None:
    server = await start_http({f"{BASE}/status": (200, body)})
    cloud = Cloud(f"http://127.0.0.1:{server.port}", "given", ApiKey("rau_key"))
    async with AgentClient(resolve_cloud(AGENT, cloud)) as agent:
        assert (await agent.status()).status == word


@pytest.fixture
def in_cloud(cloud: RunningCloud, monkeypatch: pytest.MonkeyPatch) -> Target:
    monkeypatch.setenv("SSL_CERT_FILE", str(cloud.ca_file))
    return resolve_cloud(cloud.agent_id, Cloud(cloud.base_url, "given", ApiKey(cloud.api_key)))


async def test_the_cloud_tells_of_itself(in_cloud: Target, cloud: RunningCloud) -> None:
    async with AgentClient(in_cloud) as agent:
        assert (await agent.health()).agent_id == cloud.agent_id
        assert (await agent.status()).status == "deployed"
        assert "greet" in (await agent.architecture()).tags


async def test_the_cloud_has_no_list_of_runs_for_clients(in_cloud: Target) -> None:
    async with AgentClient(in_cloud) as agent:
        for question in (agent.invocations(), agent.invocation_stats(), agent.invocation("x")):
            with pytest.raises(RequestRefusedError) as caught:
                await question
            assert in_cloud.agent_id in str(caught.value.suggestion)


@pytest.mark.parametrize(
    ("agent_id", "code"),
    [
        (FOREIGN, "PERMISSION_ERROR"),
        (BUSY, "CLIENT_ERROR"),
        (NOT_DEPLOYED, "AGENT_NOT_DEPLOYED"),
        ("33333333-0000-4000-8000-000000000000", "AGENT_NOT_FOUND"),
    ],
)
async def test_refusals_of_the_cloud(
    cloud: RunningCloud, agent_id: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(cloud.ca_file))
    target = resolve_cloud(agent_id, Cloud(cloud.base_url, "given", ApiKey(cloud.api_key)))
    async with AgentClient(target) as agent:
        for question in (agent.status(), agent.architecture()):
            with pytest.raises(AgentError) as caught:
                await question
            assert caught.value.code == code
            assert caught.value.may_have_run is False
            assert caught.value.suggestion
            assert "runagent serve" not in str(caught.value.suggestion)
