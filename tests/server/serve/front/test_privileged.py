"""What is for those who have the server's token."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from serving_front import TOKEN, Served, ask, served, until

SOURCE = """
import asyncio, pathlib, sys
print("at the top")
def prints(word):
    print(word)
    print("bad", word, file=sys.stderr)
async def waits(marker):
    pathlib.Path(marker + ".begun").touch()
    try:
        await asyncio.sleep(60)
    finally:
        pathlib.Path(marker).touch()
"""
TAGS = {"prints": "prints", "waits": "waits"}
PRIVILEGED = {"X-RunAgent-Token": TOKEN}


async def run(agent: Served, run_id: str, tag: str, *args: Any) -> Any:
    body = json.dumps({"entrypoint_tag": tag, "input_args": args}).encode()
    headers = {**PRIVILEGED, "X-RunAgent-Run": run_id}
    return await ask(agent.context, "POST", f"{agent.agent}/run", body, headers)


async def page(agent: Served, path: str, method: str = "GET") -> Any:
    status, _, body = await ask(agent.context, method, f"/runagent-ls/{path}", b"", PRIVILEGED)
    assert status == 200
    return body


@pytest.mark.parametrize("headers", [{}, {"X-RunAgent-Token": "x"}, {"X-RunAgent-Token": ""}])
@pytest.mark.parametrize("path", ["status", "metrics", "logs", "runs/x/logs"])
async def test_nothing_without_the_token(
    tmp_path: Path, path: str, headers: dict[str, str]
) -> None:
    async with served(tmp_path, SOURCE, TAGS) as agent:
        status, _, body = await ask(agent.context, "GET", f"/runagent-ls/{path}", b"", headers)
        assert status == 401
        assert "X-RunAgent-Token" in body["detail"]
        assert TOKEN not in json.dumps(body)


async def test_the_status(tmp_path: Path) -> None:
    async with served(tmp_path, SOURCE, TAGS) as agent:
        body = await page(agent, "status")
    assert (body["state"], body["running"]) == ("ready", 0)
    assert body["workerPid"] > 0
    assert [each["tag"] for each in body["entrypoints"]] == list(TAGS)


async def test_a_run_prints_into_its_own_log(tmp_path: Path) -> None:
    async with served(tmp_path, SOURCE, TAGS) as agent:
        first, second = str(uuid4()), str(uuid4())
        await run(agent, first, "prints", "one")
        await run(agent, second, "prints", "two")
        for run_id, word in ((first, "one"), (second, "two")):
            body = await page(agent, f"runs/{run_id}/logs")
            said = {
                stream: "".join(each["text"] for each in body["lines"] if each["stream"] == stream)
                for stream in ("stdout", "stderr")
            }
            assert said == {"stdout": f"{word}\n", "stderr": f"bad {word}\n"}
            assert body["runId"] == run_id
        top = "".join(line["text"] for line in (await page(agent, "logs"))["lines"])
        assert top == "at the top\n"


async def test_a_run_is_cancelled(tmp_path: Path) -> None:
    marker = tmp_path / "ended"
    async with served(tmp_path, SOURCE, TAGS) as agent:
        run_id = str(uuid4())
        going = asyncio.create_task(run(agent, run_id, "waits", str(marker)))
        await until((tmp_path / "ended.begun").exists)
        assert (await run(agent, run_id, "prints", "x"))[0] == 409
        assert await page(agent, f"runs/{run_id}/cancel", "POST") == {"found": True, "ended": True}
        assert marker.exists()
        status, _, body = await going
        assert (status, body["error"]["code"]) == (200, "CANCELLED")
        assert await page(agent, f"runs/{run_id}/cancel", "POST") == {
            "found": False,
            "ended": False,
        }


@pytest.mark.parametrize("order", [1, -1], ids=["run-first", "cancel-first"])
async def test_a_run_that_is_cancelled_as_it_comes_has_ended(tmp_path: Path, order: int) -> None:
    """Both are there when a server that had no time looks at its connections."""
    async with served(tmp_path, SOURCE, TAGS) as agent:
        for _ in range(10):
            run_id = str(uuid4())
            call = {"entrypoint_tag": "waits", "input_args": [str(tmp_path / "ended")]}
            requests: list[tuple[str, Any]] = [
                (f"{agent.agent}/run", call),
                (f"/runagent-ls/runs/{run_id}/cancel", {}),
            ]
            ran, cancelled = (await at_once(agent, run_id, requests[::order]))[::order]
            assert ran["error"]["code"] == "CANCELLED"
            assert cancelled["ended"] is cancelled["found"]
        assert (await page(agent, "status"))["running"] == 0


async def at_once(agent: Served, run_id: str, requests: list[tuple[str, Any]]) -> list[Any]:
    """The bodies of the answers to requests that arrive together, each on a connection."""
    host, port = agent.context.host, agent.context.port
    connections = [await asyncio.open_connection(host, port) for _ in requests]
    await page(agent, "status")  # so long that they are accepted
    for (_, writer), (path, content) in zip(connections, requests, strict=True):
        body = json.dumps(content)
        lines = {"Host": f"{host}:{port}", "Connection": "close", "X-RunAgent-Run": run_id}
        lines |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in {**lines, **PRIVILEGED}.items())
        writer.write(f"POST {path} HTTP/1.1\r\n{head}\r\n{body}".encode())
    answers = [await asyncio.wait_for(reader.read(), 60) for reader, _ in connections]
    for _, writer in connections:
        writer.close()
    return [json.loads(answer.partition(b"\r\n\r\n")[2]) for answer in answers]


async def test_a_run_that_was_cancelled_before_it_came_does_not_begin(tmp_path: Path) -> None:
    begun = tmp_path / "ended.begun"
    async with served(tmp_path, SOURCE, TAGS) as agent:
        run_id = str(uuid4())
        for _ in range(2):
            answer = await page(agent, f"runs/{run_id}/cancel", "POST")
            assert answer == {"found": False, "ended": False}
        status, _, body = await run(agent, run_id, "waits", str(tmp_path / "ended"))
        assert (status, body["error"]["code"]) == (200, "CANCELLED")
        assert not begun.exists()
        assert (await run(agent, str(uuid4()), "prints", "x"))[2]["success"] is True
        assert (await run(agent, run_id, "prints", "x"))[2]["success"] is True


async def test_the_metrics(tmp_path: Path) -> None:
    async with served(tmp_path, SOURCE, TAGS) as agent:
        await run(agent, str(uuid4()), "prints", "x")
        await run(agent, str(uuid4()), "prints")
        lines = (await page(agent, "metrics")).decode().splitlines()
    assert 'runagent_sessions_total{state="completed"} 1.0' in lines
    assert 'runagent_operations_total{operation="prints"} 2.0' in lines
    assert 'runagent_errors_total{code="VALIDATION_ERROR"} 1.0' in lines
