"""Plain runs over HTTP, against the platform's recorded answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.agents.failures.tracebacks import frames_of
from runagent_ls.serve.plan import Limits
from serving_front import (
    RECORDED_SOURCE,
    TOKEN,
    Served,
    as_now,
    ask,
    recorded,
    recorded_plan,
    served,
    serving_plan,
    until,
)

PRIVILEGED = {"X-RunAgent-Token": TOKEN}


@pytest.fixture
async def agent(tmp_path: Path) -> AsyncIterator[Served]:
    """The agent of the recordings."""
    (tmp_path / "main.py").write_text(RECORDED_SOURCE, "utf-8")
    async with serving_plan(recorded_plan(tmp_path), tmp_path) as running:
        yield running


async def run(
    served: Served, tag: str, *args: Any, headers: dict[str, str] | None = None, **kwargs: Any
) -> tuple[int, dict[str, str], Any]:
    body = json.dumps({"entrypoint_tag": tag, "input_args": args, "input_kwargs": kwargs})
    return await ask(served.context, "POST", f"{served.agent}/run", body.encode(), headers)


@pytest.mark.parametrize(
    "name",
    [
        "run-ok",
        "run-ok-string",
        "run-ok-extractor",
        "run-ok-sdk-request",
        "run-error",
        "run-unknown-tag",
        "run-unknown-agent",
        "run-stream-tag",
        "405-get-run",
        "422-no-body",
        "422-invalid-json",
        "422-missing-tag",
        "422-wrong-types",
    ],
)
async def test_a_run_is_answered_as_recorded(agent: Served, name: str) -> None:
    exchange = recorded(name)
    request, response = exchange["request"], exchange["response"]
    body = request["body"]
    data = body if isinstance(body, str) else "" if body is None else json.dumps(body)
    status, headers, answered = await ask(
        agent.context, request["method"], request["path"], data.encode()
    )
    assert (status, answered) == (response["status"], as_now(response["body"], answered))
    assert headers["content-type"] == response["headers"]["content-type"]
    assert headers.get("allow") == response["headers"].get("allow")


@pytest.mark.parametrize("name", ["run-missing-argument", "run-wrong-kwargs"])
async def test_arguments_that_do_not_fit_are_named(agent: Served, name: str) -> None:
    exchange = recorded(name)
    body = exchange["request"]["body"]
    status, _, answered = await run(
        agent, body["entrypoint_tag"], *body["input_args"], **body["input_kwargs"]
    )
    wanted = exchange["response"]["body"]["error"]["message"]
    error = answered["error"]
    assert (status, error["code"], error["message"]) == (200, "VALIDATION_ERROR", wanted)
    named = {problem["parameter"] for problem in error["details"]["problems"]}
    assert error["field"] in named
    assert named <= {"name", "nme"}
    assert all(problem["message"] for problem in error["details"]["problems"])


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (b"null", 422, ("missing", ["body"])),
        (b"[]", 422, ("model_attributes_type", ["body"])),
        (b'"x"', 422, ("model_attributes_type", ["body"])),
        (b'{"entrypoint_tag":null}', 422, ("string_type", ["body", "entrypoint_tag"])),
        (b'{"entrypoint_tag":"x"} x', 422, ("json_invalid", ["body", 23])),
        (b'{"entrypoint_tag":"\xff"}', 400, "There was an error parsing the body"),
        (b"[" * 2000, 400, "There was an error parsing the body"),
        (b"[" * 500 + b"]" * 500, 400, "There was an error parsing the body"),
        (b'{"entrypoint_tag":' + b"1" * 5000 + b"}", 400, "There was an error parsing the body"),
    ],
)
async def test_any_body_is_answered(agent: Served, body: bytes, status: int, expected: Any) -> None:
    answered = await ask(agent.context, "POST", f"{agent.agent}/run", body)
    assert answered[0] == status
    detail = answered[2]["detail"]
    assert (
        detail if isinstance(detail, str) else (detail[0]["type"], detail[0]["loc"])
    ) == expected


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json; charset=utf-8", 200),
        ("APPLICATION/PROBLEM+JSON;x", 200),
        ("text/plain", 422),
        ("application/x-www-form-urlencoded", 422),
    ],
)
async def test_only_json_is_read_as_json(agent: Served, kind: str, status: int) -> None:
    answered = await run(agent, "text", "bob", headers={"Content-Type": kind})
    assert answered[0] == status


async def test_a_body_above_the_limit_is_refused(tmp_path: Path) -> None:
    source = "def size(text):\n    return len(text)\n"
    limits = Limits(body_bytes=1000)
    async with served(tmp_path, source, {"size": "size"}, limits=limits) as agent:
        assert (await run(agent, "size", "x" * 800))[0] == 200
        status, _, answered = await run(agent, "size", "x" * 1000)
        assert (status, answered["error"]["code"]) == (413, "VALIDATION_ERROR")
        # without a length, in pieces
        chunk = b"200\r\n" + b" " * 0x200 + b"\r\n"
        status, _, _ = await ask(
            agent.context,
            "POST",
            f"{agent.agent}/run",
            headers={"Transfer-Encoding": "chunked", "X-Rest": "x"},
            after=chunk * 2 + b"0\r\n\r\n",
        )
        assert status == 413


async def test_steps_of_the_code_are_for_the_editor(agent: Served) -> None:
    without = (await run(agent, "fail", 7))[2]["error"]
    wrong = (await run(agent, "fail", 7, headers={"X-RunAgent-Token": "guess"}))[2]["error"]
    assert without["details"] is None
    assert wrong == without
    error = (await run(agent, "fail", 7, headers=PRIVILEGED))[2]["error"]
    assert error["message"] == without["message"]
    (frame,) = error["details"]["frames"]
    line = RECORDED_SOURCE.splitlines().index('    raise ValueError(f"boom {n}")') + 1
    assert (Path(frame["file"]).name, frame["line"], frame["function"]) == ("main.py", line, "fail")
    assert error["details"]["exception"] == "ValueError"
    (printed,) = frames_of(error["details"]["traceback"])
    assert (printed.file, printed.line, printed.function) == (frame["file"], line, "fail")
    assert printed.text == 'raise ValueError(f"boom {n}")'
    assert error["details"]["traceback"].endswith("\nValueError: boom 7")


async def test_a_function_that_exits_fails_its_run_alone(tmp_path: Path) -> None:
    source = "import sys\ndef quits():\n    sys.exit(3)\ndef fine():\n    return 1\n"
    async with served(tmp_path, source, {"quits": "quits", "fine": "fine"}) as agent:
        status, _, answered = await run(agent, "quits")
        assert (status, answered["error"]["code"]) == (200, "INTERNAL_ERROR")
        assert "Server error running agent" in answered["error"]["message"]
        assert (await run(agent, "fine"))[0] == 200


async def test_brackets_in_an_exception_stay(tmp_path: Path) -> None:
    source = "def f():\n    raise ValueError('cannot read [/data/x]')\n"
    async with served(tmp_path, source, {"f": "f"}) as agent:
        status, _, answered = await run(agent, "f")
        assert status == 200
        assert answered["error"]["message"].endswith(": cannot read [/data/x]")


async def test_a_process_that_dies_is_a_server_error(tmp_path: Path) -> None:
    source = "import os\ndef dies():\n    os._exit(3)\n"
    async with served(tmp_path, source, {"dies": "dies"}) as agent:
        status, _, answered = await run(agent, "dies")
        assert (status, answered["error"]["code"]) == (500, "SERVER_ERROR")


async def test_a_run_has_a_time_limit(tmp_path: Path) -> None:
    source = "import asyncio\nasync def waits():\n    await asyncio.sleep(60)\n"
    async with served(tmp_path, source, {"w": "waits"}, limits=Limits(run_s=0.2)) as agent:
        status, _, answered = await run(agent, "w")
        assert (status, answered["error"]["code"]) == (200, "TIMEOUT")


async def test_too_many_runs_are_told_to_come_later(tmp_path: Path) -> None:
    source = """
import asyncio
waiting = None
async def waits():
    global waiting
    waiting = asyncio.Event()
    await waiting.wait()
    return "waited"
"""
    limits = Limits(at_once=1, waiting=0)
    async with served(tmp_path, source, {"w": "waits"}, limits=limits) as agent:
        first = asyncio.create_task(run(agent, "w"))
        await until(lambda: agent.supervisor.status.running)
        status, headers, answered = await run(agent, "w")
        assert (status, answered["error"]["code"]) == (429, "OVERLOADED")
        assert int(headers["retry-after"]) >= 1
        first.cancel()


async def test_what_the_editor_asked_for_ends_when_it_goes_away(tmp_path: Path) -> None:
    source = """
import asyncio, pathlib
async def waits(marker):
    pathlib.Path(marker + ".begun").touch()
    try:
        await asyncio.sleep(60)
    finally:
        pathlib.Path(marker).touch()
"""
    marker = tmp_path / "ended"
    async with served(tmp_path, source, {"w": "waits"}) as agent:
        asking = asyncio.create_task(run(agent, "w", str(marker), headers=PRIVILEGED))
        await until((tmp_path / "ended.begun").exists)
        asking.cancel()
        await until(marker.exists)


async def test_a_run_of_others_goes_on_without_them(tmp_path: Path) -> None:
    source = """
import asyncio, pathlib
async def waits(folder):
    pathlib.Path(folder, "begun").touch()
    while not pathlib.Path(folder, "go").exists():
        await asyncio.sleep(0.01)
    pathlib.Path(folder, "went on").touch()
"""
    async with served(tmp_path, source, {"w": "waits"}) as agent:
        asking = asyncio.create_task(run(agent, "w", str(tmp_path)))
        await until((tmp_path / "begun").exists)
        asking.cancel()
        (tmp_path / "go").touch()
        await until((tmp_path / "went on").exists)
