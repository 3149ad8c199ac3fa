"""The two directions of the control channel."""

from __future__ import annotations

import asyncio
import io
import json
import os
import select
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.agents.targets.own_servers import ServerToken
from runagent_ls.serve.lifecycle import control
from runagent_ls.serve.lifecycle.control import (
    Changed,
    EventWriter,
    Order,
    Reload,
    Stop,
    TellStatus,
    json_lines,
    order_of,
    read_orders,
)
from runagent_ls.serve.lifecycle.events import Event, Logged, LogLine, Ready, Step


@pytest.mark.parametrize(
    ("message", "order"),
    [
        ({"do": "reload"}, Reload()),
        ({"do": "status"}, TellStatus()),
        ({"do": "stop"}, Stop()),
        ({"do": "stop", "graceS": None}, Stop()),
        ({"do": "stop", "graceS": 1.5}, Stop(1.5)),
        ({"do": "stop", "graceS": 0}, Stop(0.0)),
        ({"do": "stop", "graceS": -1}, Stop()),
        ({"do": "stop", "graceS": float("nan")}, Stop()),
        ({"do": "stop", "graceS": 1e999}, Stop()),
        ({"do": "changed", "paths": ["/a", "/b"]}, Changed((Path("/a"), Path("/b")))),
        ({"do": "changed", "paths": "no list"}, Changed(())),
        ({"do": "dance"}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_orders(message: Any, order: Order | None) -> None:
    assert order_of(json.dumps(message).encode()) == order


@pytest.mark.parametrize("line", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'"\\ud800"'])
def test_lines_that_are_no_orders(line: bytes) -> None:
    assert order_of(line) is None


async def test_orders_are_handed_over_and_the_end_means_stop() -> None:
    taken: asyncio.Queue[Order] = asyncio.Queue()
    stream = io.BytesIO(b'{"do": "reload"}\nnonsense\n{"do": "status"}')
    read_orders(stream, asyncio.get_running_loop(), taken.put_nowait)
    async with asyncio.timeout(60):
        assert [await taken.get() for _ in range(3)] == [Reload(), TellStatus(), Stop()]


def written(events: list[Event], **options: Any) -> list[dict[str, Any]]:
    stream = io.BytesIO()
    writer = EventWriter(json_lines(stream, **({"with_token": True} | options)))
    for event in events:
        writer(event)
    writer.close()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def line(text: str) -> Logged:
    return Logged((LogLine("run", "stdout", text, 1),))


def test_lines_of_the_log_travel_together_and_in_order() -> None:
    events: list[Event] = [
        Step("loading", "a"),
        *(line(str(at)) for at in range(500)),
        Step("ready", "b"),
    ]
    first, *batches, last = written(events)
    texts = [each["text"] for batch in batches for each in batch["lines"]]
    assert (first["message"], last["message"]) == ("a", "b")
    assert "".join(texts) == "".join(str(at) for at in range(500))
    assert len(texts) < 100


def test_lines_of_different_runs_stay_apart() -> None:
    lines = [("a", "stdout"), ("a", "stdout"), ("b", "stdout"), ("b", "stderr"), ("a", "stdout")]
    batches = written([Logged((LogLine(*whose, "x", 1),)) for whose in lines])
    found = [(each["runId"], each["text"]) for batch in batches for each in batch["lines"]]
    assert "".join(f"{run}{text}" for run, text in found).replace("axx", "axax") == "axaxbxbxax"


def test_the_token_is_for_the_parent_alone() -> None:
    ready = Ready("127.0.0.1", 1, ServerToken("t0ken"), "a", 2, False)
    assert written([ready])[0]["token"] == "t0ken"
    assert "t0ken" not in str(written([ready], with_token=False))


def _is_full(pipe: int) -> bool:
    return not select.select([], [pipe], [], 0)[1]


def test_nobody_waits_for_a_parent_that_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "_MOST_WAITING", 50)
    monkeypatch.setattr(control, "_LAST_WRITE_S", 60.0)
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as stream:
        writer = EventWriter(json_lines(stream, with_token=False))
        block = "x" * 100_000
        writer(line(block))
        while not _is_full(writing):
            time.sleep(0.01)
        for _ in range(200):
            writer(line(block))
        received = bytearray()
        with os.fdopen(reading, "rb") as source:
            reader = threading.Thread(target=lambda: received.extend(source.read()))
            reader.start()
            writer.close()
            stream.close()
            reader.join(60)
    lines = [each for text in received.splitlines() for each in json.loads(text)["lines"]]
    assert len(lines) < 200
    assert any("lines are not shown" in each["text"] for each in lines)


def test_a_parent_that_is_gone_is_no_fault() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "wb", buffering=0)
    writer = EventWriter(json_lines(stream, with_token=False))
    writer(Step("loading", "a"))
    writer(Step("ready", "b"))
    writer.close()
    stream.close()
