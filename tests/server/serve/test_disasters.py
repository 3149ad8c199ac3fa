"""A whole server under load and under fire: nothing finished is lost, nothing stays behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from runagent_ls.agents.targets.processes import is_running
from serve_our_agent import OurAgent, serving_ours

LIMIT_S = 60.0
TESTS = Path(__file__).resolve().parents[2]
AGENT_ID = "7d1f4a52-3c0b-4c55-9d0e-2f6f7a9b1c33"
PROGRAM = """
import asyncio, os, subprocess, sys, time
from pathlib import Path

def double(n):
    time.sleep(0.005)
    return n * 2

async def double_async(n):
    await asyncio.sleep(0.005)
    return n * 2

def count(first, n):
    for i in range(first, first + n):
        yield i

async def count_async(first, n):
    for i in range(first, first + n):
        await asyncio.sleep(0)
        yield i

def family(mark):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    return [os.getpid(), child.pid]

def hang(mark):
    Path(mark).touch()
    time.sleep(600)

def version():
    return 1
"""
TAGS = {
    "double": "double",
    "double_async": "double_async",
    "count": "count_stream",
    "count_async": "count_async_stream",
    "family": "family",
    "hang": "hang",
    "version": "version",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "agent"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    (folder / "main.py").write_text(PROGRAM, encoding="utf-8")
    config = {
        "agent_name": "disasters",
        "description": "Survives",
        "framework": "default",
        "template": "",
        "version": "1.0.0",
        "created_at": "2025-06-25T13:42:03",
        "template_source": {"repo_url": "", "author": "", "path": ""},
        "agent_id": AGENT_ID,
        "agent_architecture": {
            "entrypoints": [
                {"file": "main.py", "module": name, "tag": tag} for name, tag in TAGS.items()
            ]
        },
    }
    (folder / "runagent.config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Where the servers of a test keep their records, one after the other."""
    kept = tmp_path / "kept"
    kept.mkdir()
    return kept


@pytest.fixture
def agent(project: Path, folders: Path) -> Iterator[OurAgent]:
    with serving_ours(project, folders=folders) as running:
        yield running


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, f"not within {LIMIT_S} s: {what}"
        time.sleep(0.02)


def gone(*pids: int) -> bool:
    return not any(is_running(pid) and not _is_dead(pid) for pid in pids)


def _is_dead(pid: int) -> bool:
    """Ended, but not asked for by a parent: where nobody does that, the number stays."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state in {"Z", "X"}


def address(agent: OurAgent) -> str:
    return f"{agent.host}:{agent.port}/api/v1"


def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=LIMIT_S, trust_env=False)


async def call(to: httpx.AsyncClient, agent: OurAgent, tag: str, *args: Any) -> Any:
    """The envelope of one run."""
    body = {"entrypoint_tag": tag, "input_args": list(args), "input_kwargs": {}}
    answer = await to.post(f"http://{address(agent)}/agents/{AGENT_ID}/run", json=body)
    return answer.json()


async def value(to: httpx.AsyncClient, agent: OurAgent, tag: str, *args: Any) -> Any:
    envelope = await call(to, agent, tag, *args)
    assert envelope["success"], envelope
    return json.loads(json.loads(envelope["data"])["payload"])


async def history(agent: OurAgent, limit: int = 1000) -> list[dict[str, Any]]:
    url = f"http://{address(agent)}/agents/{AGENT_ID}/invocations?limit={limit}"
    async with client() as asking:
        rows: list[dict[str, Any]] = (await asking.get(url)).json()["invocations"]
    return rows


async def streamed(agent: OurAgent, tag: str, first: int, count: int) -> list[int]:
    """The chunks of one stream that ended well."""
    url = f"ws://{address(agent)}/agents/{AGENT_ID}/run-stream"
    found = []
    async with connect(url, compression=None, proxy=None, open_timeout=LIMIT_S) as web:
        body = {"entrypoint_tag": tag, "input_args": [first, count], "input_kwargs": {}}
        await web.send(json.dumps(body))
        async for text in web:
            frame = json.loads(text)
            if frame["type"] == "data":
                found.append(json.loads(json.loads(frame["content"])["payload"]))
            elif frame.get("status") != "stream_started":
                assert frame["status"] == "stream_completed", frame
                assert frame["total_chunks"] == len(found)
                break
    return found


async def test_100_runs_at_once_are_all_answered_and_kept(agent: OurAgent) -> None:
    async with client() as asking, asyncio.timeout(LIMIT_S):
        runs = [value(asking, agent, "double" if n % 2 else "double_async", n) for n in range(100)]
        assert await asyncio.gather(*runs) == [n * 2 for n in range(100)]
        # an answer does not wait long for a slow disk
        rows = await history(agent)
        while [row["status"] for row in rows] != ["completed"] * 100:
            await asyncio.sleep(0.05)
            rows = await history(agent)
    assert sorted(row["output_data"] for row in rows) == [n * 2 for n in range(100)]
    assert all(row["output_data"] == 2 * row["input_data"]["input_args"][0] for row in rows)


async def test_50_streams_at_once_are_whole_and_in_order(agent: OurAgent) -> None:
    async with client() as asking, asyncio.timeout(LIMIT_S):
        streams = asyncio.gather(
            *(
                streamed(agent, "count_async_stream" if n % 2 else "count_stream", n * 1000, 400)
                for n in range(50)
            )
        )
        # a call gets its turn among them
        assert await value(asking, agent, "double", 4) == 8
        for n, chunks in enumerate(await streams):
            assert chunks == list(range(n * 1000, n * 1000 + 400))


async def test_killing_the_worker_loses_what_ran_and_nothing_else(
    agent: OurAgent, tmp_path: Path
) -> None:
    mark = tmp_path / "hangs"
    async with client() as asking, asyncio.timeout(LIMIT_S):
        assert await value(asking, agent, "double", 21) == 42
        worker, child = await value(asking, agent, "family", "x")
        hanging = asyncio.create_task(call(asking, agent, "hang", str(mark)))
        await asyncio.to_thread(until, mark.exists, "the run has begun")
        os.kill(worker, signal.SIGKILL)
        envelope = await hanging
        assert envelope["success"] is False
        assert envelope["error"]["message"]
        assert await value(asking, agent, "double", 4) == 8
        (worker_now, child_now) = await value(asking, agent, "family", "y")
        assert worker_now != worker
    await asyncio.to_thread(until, lambda: gone(worker, child), "the worker's family is gone")
    states = {row["entrypoint_tag"]: row["status"] for row in await history(agent)}
    assert states == {"double": "completed", "family": "completed", "hang": "failed"}
    agent.say(do="stop", graceS=0)
    await asyncio.to_thread(until, lambda: gone(worker_now, child_now), "the new one is gone too")


async def test_killing_the_server_leaves_no_process_and_loses_no_finished_run(
    project: Path, folders: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "hangs"
    with serving_ours(project, folders=folders) as first:
        async with client() as asking, asyncio.timeout(LIMIT_S):
            worker, child = await value(asking, first, "family", "x")
            await asyncio.gather(*(value(asking, first, "double", n) for n in range(20)))
            assert len(await streamed(first, "count_stream", 0, 10)) == 10
            hanging = asyncio.create_task(call(asking, first, "hang", str(mark)))
            await asyncio.to_thread(until, mark.exists, "the run has begun")
            os.kill(first.pid, signal.SIGKILL)
            with pytest.raises(httpx.TransportError):
                await hanging
        await asyncio.to_thread(until, lambda: gone(worker, child), "nothing stays behind")
    with serving_ours(project, folders=folders) as second:
        finished = [row for row in await history(second) if row["status"] == "completed"]
    outputs = [row["output_data"] for row in finished if row["entrypoint_tag"] == "double"]
    assert sorted(outputs) == [n * 2 for n in range(20)]
    assert sum(row["entrypoint_tag"] == "count_stream" for row in finished) == 1


PARENT = """
import json, sys
from pathlib import Path
from serve_our_agent import serving_ours
with serving_ours(Path(sys.argv[1]), folders=Path(sys.argv[2])) as agent:
    print(json.dumps([agent.host, agent.port, agent.pid, agent.worker_pid]), flush=True)
    sys.stdin.read()
"""


def start_parent(project: Path, folders: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PARENT, str(project), str(folders)],
        env=os.environ | {"PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent / 'server'}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


async def test_killing_the_parent_ends_all_and_loses_no_finished_run(
    project: Path, folders: Path
) -> None:
    parent = start_parent(project, folders)
    try:
        assert parent.stdout is not None
        line = await asyncio.to_thread(parent.stdout.readline)
        host, port, server, worker = json.loads(line)
        url = f"http://{host}:{port}/api/v1/agents/{AGENT_ID}/run"
        async with client() as asking:
            for n in (1, 2, 3):
                body = {"entrypoint_tag": "double", "input_args": [n]}
                assert (await asking.post(url, json=body)).json()["success"]
    finally:
        parent.kill()
        parent.communicate()
    await asyncio.to_thread(until, lambda: gone(server, worker), "server and worker are gone")
    with serving_ours(project, folders=folders) as second:
        rows = await history(second)
    assert sorted(row["output_data"] for row in rows) == [2, 4, 6]


async def test_a_typo_leaves_the_old_one_answering_until_it_is_mended(
    project: Path, folders: Path
) -> None:
    main = project / "main.py"
    with serving_ours(project, "--reload", folders=folders) as agent:
        async with client() as asking, asyncio.timeout(LIMIT_S):
            assert await value(asking, agent, "version") == 1
            main.write_text(PROGRAM.replace("return 1", "return (1"), encoding="utf-8")
            agent.say(do="changed", paths=[str(main)])
            event = await asyncio.to_thread(agent.wait_for, "status", LIMIT_S, state="stale")
            failure = event["status"]["failure"]
            assert failure["exception"] == "SyntaxError"
            assert failure["frames"][-1]["file"] == str(main)
            assert event["status"]["staleSince"]
            assert await value(asking, agent, "version") == 1
            main.write_text(PROGRAM.replace("return 1", "return 2"), encoding="utf-8")
            agent.say(do="changed", paths=[str(main)])
            event = await asyncio.to_thread(agent.wait_for, "status", LIMIT_S, state="ready")
            assert event["status"]["failure"] is None
            assert await value(asking, agent, "version") == 2


async def test_a_taken_port_is_left_to_its_owner(project: Path, folders: Path) -> None:
    with socket.socket() as owner:
        owner.bind(("127.0.0.1", 0))
        owner.listen()
        taken = owner.getsockname()[1]
        with serving_ours(project, "--port", str(taken), folders=folders) as agent:
            assert agent.port != taken
            async with client() as asking:
                assert await value(asking, agent, "double", 2) == 4
            said = [event["message"] for event in agent.events if event["event"] == "step"]
            assert any(str(taken) in text for text in said), said
