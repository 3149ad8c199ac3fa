"""Finding the server: given addresses and the local registry."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.agents.errors import (
    AgentAddressNotFoundError,
    AgentNotFoundLocalError,
    ConnectionFailedError,
    RegistryError,
    RequestRefusedError,
)
from runagent_ls.agents.targets import registry as registry_module
from runagent_ls.agents.targets.address import is_loopback
from runagent_ls.agents.targets.registry import Registry
from runagent_ls.agents.targets.resolving import resolve
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts
from serve_real_agent import environment, interpreter

AGENT = "11111111-2222-4333-8444-555555555555"
HEALTH = "GET /api/v1/health"
WIRE = Path(__file__).parents[2] / "fixtures" / "wire"
HEALTHY = (200, {"status": "healthy", "agent_id": AGENT, "agent_name": "example-agent"})


def make_registry(
    folder: Path, *rows: dict[str, Any], columns: list[str] | None = None
) -> Registry:
    """A registry file with the table `agents` of the real one (or fewer columns)."""
    schema = json.loads((WIRE / "registry-schema.json").read_text())["tables"]["agents"]
    names = columns or [column["name"] for column in schema]
    path = folder / "runagent_local.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE agents ({', '.join(names)})")
        for row in rows:
            marks = ", ".join("?" for _ in row)
            connection.execute(
                f"INSERT INTO agents ({', '.join(row)}) VALUES ({marks})",  # noqa: S608
                list(row.values()),
            )
    connection.close()
    return Registry(path)


def served(port: int, **more: Any) -> dict[str, Any]:
    return {"agent_id": AGENT, "host": "127.0.0.1", "port": port, "status": "serving"} | more


async def test_a_given_address_is_asked_who_it_is(start_http: Any) -> None:
    server = await start_http({HEALTH: HEALTHY})
    target = await resolve(None, "127.0.0.1", server.port)
    assert target == Target("127.0.0.1", server.port, AGENT, "explicit")
    assert not target.leaves_machine
    assert await resolve(AGENT, None, server.port, source="setting") == Target(
        "127.0.0.1", server.port, AGENT, "setting"
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "localhost", ""])
async def test_hosts_that_mean_this_machine(start_http: Any, host: str) -> None:
    server = await start_http({HEALTH: HEALTHY})
    target = await resolve(AGENT, host, server.port)
    assert target.agent_id == AGENT
    assert not target.leaves_machine


async def test_another_agent_at_a_given_address(start_http: Any) -> None:
    server = await start_http({HEALTH: HEALTHY})
    with pytest.raises(AgentNotFoundLocalError) as caught:
        await resolve("wanted", "127.0.0.1", server.port)
    assert AGENT in caught.value.message
    assert "example-agent" in caught.value.message
    assert "wanted" in caught.value.message


async def test_nothing_at_a_given_address(free_port: int) -> None:
    with pytest.raises(ConnectionFailedError) as caught:
        await resolve(AGENT, "127.0.0.1", free_port)
    assert caught.value.action == "change-target"
    assert caught.value.kind == "network"
    assert not caught.value.may_have_run
    assert f"--port {free_port}" in str(caught.value.suggestion)


async def test_another_web_server_at_a_given_address(start_http: Any) -> None:
    server = await start_http({HEALTH: (200, "<html>hello</html>")})
    with pytest.raises(RequestRefusedError, match="not a RunAgent server"):
        await resolve(AGENT, "127.0.0.1", server.port)


async def test_a_server_that_never_answers_its_health_check(start_raw: Any) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    port = await start_raw(silent)
    with pytest.raises(ConnectionFailedError, match=r"no HTTP answer within 0\.1 s"):
        await resolve(AGENT, "127.0.0.1", port, timeouts=Timeouts(connect=0.1))


@pytest.mark.parametrize("port", [0, -1, 65536])
async def test_a_port_that_is_none(port: int) -> None:
    with pytest.raises(ConnectionFailedError, match="not a port"):
        await resolve(AGENT, "127.0.0.1", port)


@pytest.mark.parametrize("host", ["a b", "http://x", "x/y", "\n", "u@x", "x:1"])
async def test_a_host_that_is_none(host: str) -> None:
    with pytest.raises(ConnectionFailedError, match="not the name or number of a host") as caught:
        await resolve(AGENT, host, 8450)
    assert caught.value.suggestion == "Give the host alone, without scheme, port or path."
    assert not caught.value.may_have_run


async def test_a_host_that_only_looks_like_one_beyond_ascii() -> None:
    with pytest.raises(ConnectionFailedError, match="xn--a:9 cannot be reached"):
        await resolve(AGENT, "xn--a", 9)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system")
def test_pipes_in_the_place_of_the_registry_and_the_old_configuration(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "runagent_local.db")
    os.mkfifo(tmp_path / "user_data.json")
    assert registry.user_configuration() == {}
    os.mkfifo(registry.path)
    with pytest.raises(RegistryError, match="it is not a file"):
        registry.find(AGENT)


async def test_an_agent_id_with_half_a_character(tmp_path: Path) -> None:
    with pytest.raises(AgentAddressNotFoundError, match="looked for in the local registry"):
        await resolve("x\udcff", registry=make_registry(tmp_path, served(9)))
    assert Target("h", 1, "x\udcff", "cloud").agent_path == "/agents/x%ED%B3%BF"


async def test_a_host_without_a_port() -> None:
    with pytest.raises(AgentAddressNotFoundError, match="without a port"):
        await resolve(AGENT, "127.0.0.1")


@pytest.mark.parametrize("agent_id", [None, ""])
async def test_neither_address_nor_id(agent_id: str | None) -> None:
    with pytest.raises(AgentAddressNotFoundError, match="nothing to look for"):
        await resolve(agent_id)


async def test_found_in_the_registry(start_http: Any, tmp_path: Path) -> None:
    server = await start_http({HEALTH: HEALTHY})
    registry = make_registry(tmp_path, served(server.port))
    target = await resolve(AGENT, registry=registry)
    assert target == Target("127.0.0.1", server.port, AGENT, "registry")


async def test_served_on_all_interfaces(start_http: Any, tmp_path: Path) -> None:
    server = await start_http({HEALTH: HEALTHY})
    registry = make_registry(tmp_path, served(server.port, host="0.0.0.0"))
    assert (await resolve(AGENT, registry=registry)).host == "127.0.0.1"


async def test_a_registry_in_a_folder_with_odd_characters(start_http: Any, tmp_path: Path) -> None:
    folder = tmp_path / "a b?c#d%41&mode=rw ü"
    folder.mkdir()
    server = await start_http({HEALTH: HEALTHY})
    registry = make_registry(folder, served(server.port))
    assert (await resolve(AGENT, registry=registry)).port == server.port


@pytest.mark.parametrize(
    "row",
    [
        {"host": "", "port": 0, "status": "initialized"},
        {"host": "localhost", "port": 8000, "status": "initialized"},
        {"host": "127.0.0.1", "port": 0, "status": "serving"},
        {"host": None, "port": None, "status": None},
        {"host": "127.0.0.1", "port": "abc", "status": "serving"},
        {"host": b"\xff", "port": 2**40, "status": "serving"},
    ],
)
async def test_registered_but_never_served(tmp_path: Path, row: dict[str, Any]) -> None:
    registry = make_registry(tmp_path, {"agent_id": AGENT} | row)
    with pytest.raises(AgentAddressNotFoundError, match="never served") as caught:
        await resolve(AGENT, registry=registry)
    assert caught.value.action == "show-serve-command"


async def test_not_in_the_registry(tmp_path: Path) -> None:
    registry = make_registry(tmp_path)
    with pytest.raises(AgentAddressNotFoundError, match="it is not there") as caught:
        await resolve(AGENT, registry=registry)
    assert str(registry.path) in caught.value.message


async def test_no_registry_at_all(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "none" / "runagent_local.db")
    with pytest.raises(AgentAddressNotFoundError, match="does not exist"):
        await resolve(AGENT, registry=registry)
    assert list(tmp_path.iterdir()) == []


async def test_served_once_but_gone(free_port: int, tmp_path: Path) -> None:
    registry = make_registry(tmp_path, served(free_port))
    with pytest.raises(AgentNotFoundLocalError, match="does not run there any more") as caught:
        await resolve(AGENT, registry=registry)
    assert f"127.0.0.1:{free_port}" in caught.value.message


async def test_another_agent_took_the_port(start_http: Any, tmp_path: Path) -> None:
    server = await start_http({HEALTH: (200, {"agent_id": "other"})})
    registry = make_registry(tmp_path, served(server.port))
    with pytest.raises(AgentNotFoundLocalError, match="another agent"):
        await resolve(AGENT, registry=registry)


async def test_an_old_registry_with_few_columns(start_http: Any, tmp_path: Path) -> None:
    server = await start_http({HEALTH: HEALTHY})
    row = {"agent_id": AGENT, "host": "127.0.0.1", "port": server.port}
    registry = make_registry(tmp_path, row, columns=["agent_id", "agent_path", "host", "port"])
    assert (await resolve(AGENT, registry=registry)).port == server.port


async def test_a_registry_without_addresses(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, {"agent_id": AGENT}, columns=["agent_id"])
    with pytest.raises(RegistryError, match="not a registry that this version can read"):
        await resolve(AGENT, registry=registry)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"this is no database, just some text that is long enough" * 10, "is damaged"),
        (b"", "not a registry"),
        (b"SQLite format 3\x00" + b"\xff" * 4096, "."),
    ],
)
async def test_a_file_that_is_no_registry(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "runagent_local.db"
    path.write_bytes(content)
    with pytest.raises(RegistryError) as caught:
        await resolve(AGENT, registry=Registry(path))
    assert said in caught.value.message
    assert str(path) in caught.value.message
    assert path.read_bytes() == content


async def test_a_registry_that_is_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "runagent_local.db"
    path.mkdir()
    with pytest.raises(RegistryError, match="cannot be read"):
        await resolve(AGENT, registry=Registry(path))


async def test_a_locked_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_module, "BUSY_WAIT_S", 0.1)
    registry = make_registry(tmp_path, served(8450))
    writer = sqlite3.connect(registry.path, isolation_level=None)
    try:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RegistryError, match="stayed locked"):
            await resolve(AGENT, registry=registry)
    finally:
        writer.close()


async def test_waiting_for_the_registry_leaves_the_event_loop_free(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, served(8450))
    writer = sqlite3.connect(registry.path, isolation_level=None)
    try:
        writer.execute("BEGIN EXCLUSIVE")
        task = asyncio.create_task(resolve(AGENT, registry=registry))
        for _ in range(20):
            await asyncio.sleep(0.005)
        assert not task.done()
        writer.execute("DELETE FROM agents")
        writer.execute("COMMIT")
        with pytest.raises(AgentAddressNotFoundError):
            await task
    finally:
        writer.close()


async def test_the_registry_of_the_environment(
    start_http: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await start_http({HEALTH: HEALTHY})
    make_registry(tmp_path, served(server.port))
    monkeypatch.setenv("RUNAGENT_CACHE_DIR", str(tmp_path))
    assert (await resolve(AGENT)).port == server.port
    monkeypatch.setenv("RUNAGENT_CACHE_DIR", "~/x")
    assert Registry.of_environment().path == Path("~/x/runagent_local.db")
    monkeypatch.delenv("RUNAGENT_CACHE_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Registry.of_environment().path == tmp_path / ".runagent" / "runagent_local.db"


async def test_reading_writes_nothing(tmp_path: Path) -> None:
    registry = make_registry(tmp_path, served(8450))
    before = registry.path.stat()
    assert registry.find(AGENT) is not None
    after = registry.path.stat()
    assert (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)
    assert list(tmp_path.iterdir()) == [registry.path]


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("[::1]", True),
        ("LOCALHOST", True),
        ("192.168.1.2", False),
        ("example.org", False),
        ("localhost.example.org", False),
        ("127.0.0.1.example.org", False),
        ("2130706433", False),
    ],
)
def test_what_leaves_the_machine(host: str, local: bool) -> None:
    assert is_loopback(host) is local
    assert Target(host, 1, "x", "explicit").leaves_machine is not local


def test_addresses_as_urls() -> None:
    target = Target("::1", 8450, "a/b c", "explicit")
    assert target.base_url == "http://[::1]:8450/api/v1"
    assert target.stream_url == "ws://[::1]:8450/api/v1/agents/a%2Fb%20c/run-stream"


REAL_PLATFORM_WRITES = """
import sys, threading
from runagent.sdk.db import DBService
service = DBService()
service.set_user_metadata("user_id", "0")
print("ready", flush=True)
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
number = 0
while not ended.is_set():
    number += 1
    service.set_user_metadata("user_id", str(number))
    service.set_user_metadata("api_key", "rau_" + "k" * 1000)
print(number)
"""


def test_a_registry_that_the_platform_is_writing(tmp_path: Path) -> None:
    """Each read gives a whole answer, however often the real package writes meanwhile."""
    writer = subprocess.Popen(
        [str(interpreter()), "-c", REAL_PLATFORM_WRITES],
        env=environment(tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    try:
        while writer.stdout.readline() != "ready\n":
            assert writer.poll() is None
        registry = Registry(tmp_path / "runagent_local.db")
        seen = set()
        for _ in range(200):
            assert registry.find(AGENT) is None
            stored = registry.user_configuration()
            assert stored.get("api_key") in (None, "rau_" + "k" * 1000)
            seen.add(stored["user_id"])
        assert len(seen) > 3  # it did write meanwhile
    finally:
        writer.communicate(timeout=60)


TYPESCRIPT = ["agent_id", "agent_path", "host", "port", "framework", "status", "deployed_at"]
RUST = ["agent_id", "agent_path", "host", "port", "framework", "status", "is_local", "fingerprint"]
GO = [*TYPESCRIPT, "last_run", "run_count", "success_count", "error_count", "created_at"]


@pytest.mark.parametrize("columns", [TYPESCRIPT, RUST, GO], ids=["typescript", "rust", "go"])
async def test_a_registry_made_by_another_client(
    start_http: Any, tmp_path: Path, columns: list[str]
) -> None:
    """They create the table `agents` alone, with fewer columns."""
    server = await start_http({HEALTH: HEALTHY})
    row = served(server.port, agent_path="/somewhere", status="deployed")
    registry = make_registry(tmp_path, row, columns=columns)
    target = await resolve(AGENT, registry=registry)
    assert (target.port, target.copies_to_cloud) == (server.port, False)
    assert registry.user_configuration() == {}


async def test_a_registry_in_the_current_folder(
    start_http: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty RUNAGENT_CACHE_DIR means the current folder, as for the platform."""
    server = await start_http({HEALTH: HEALTHY})
    make_registry(tmp_path, served(server.port))
    monkeypatch.setenv("RUNAGENT_CACHE_DIR", "")
    monkeypatch.chdir(tmp_path)
    assert (await resolve(AGENT)).port == server.port


async def test_a_registry_with_a_journal_of_its_own(start_http: Any, tmp_path: Path) -> None:
    server = await start_http({HEALTH: HEALTHY})
    registry = make_registry(tmp_path)
    writer = sqlite3.connect(registry.path, isolation_level=None)
    try:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute(
            "INSERT INTO agents (agent_id, host, port, status) VALUES (?, ?, ?, 'serving')",
            (AGENT, "127.0.0.1", server.port),
        )
        assert (await resolve(AGENT, registry=registry)).port == server.port
    finally:
        writer.close()


async def test_a_cache_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AgentAddressNotFoundError, match="does not exist"):
        await resolve(AGENT, registry=Registry(tmp_path / "file" / "runagent_local.db"))


@pytest.mark.parametrize("host", ["", "\x00", "a..b", "x" * 64, "a/b", "u@x"])
async def test_a_registered_host_that_is_none(tmp_path: Path, host: str) -> None:
    registry = make_registry(tmp_path, served(8450, host=host))
    with pytest.raises((AgentAddressNotFoundError, AgentNotFoundLocalError)):
        await resolve(AGENT, registry=registry)


async def test_who_gets_a_copy_is_told_only_where_it_is_known(
    start_http: Any, free_port: int, tmp_path: Path
) -> None:
    server = await start_http({HEALTH: HEALTHY})
    unknown = Registry(tmp_path / "nothing.db")
    given = await resolve(None, "127.0.0.1", server.port, registry=unknown)
    assert given.copies_to_cloud is None  # served with another registry, perhaps
    folder = tmp_path / "x"
    folder.mkdir()
    registry = make_registry(folder, served(server.port))
    given = await resolve(None, "127.0.0.1", server.port, registry=registry)
    assert given.copies_to_cloud is False
    with sqlite3.connect(registry.path) as connection:
        connection.execute("UPDATE agents SET port = ?", (free_port,))
    connection.close()
    given = await resolve(None, "127.0.0.1", server.port, registry=registry)
    assert given.copies_to_cloud is None
    registry.path.write_bytes(b"damaged" * 500)
    given = await resolve(None, "127.0.0.1", server.port, registry=registry)
    assert given.copies_to_cloud is None
