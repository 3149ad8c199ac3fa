"""Runs that are asked to end, and streams whose reader is slow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from worker_client import NO_LIMIT, Worker, agent, until

SOURCE = """
import asyncio, pathlib, threading, time

def mark(path):
    pathlib.Path(path).touch()

def spins(path):
    mark(path)
    while True:
        pass

def catches(path):
    try:
        mark(path)
        while True:
            pass
    finally:
        mark(path + ".cleaned")

def ignores_once(path):
    try:
        mark(path)
        while True:
            pass
    except BaseException:
        return "went on"

async def waits(path):
    mark(path)
    try:
        await asyncio.sleep(1000)
    finally:
        mark(path + ".cleaned")

async def blocks(path):
    mark(path)
    while True:
        pass

def items_stream(path, pause=0.01):
    try:
        mark(path)
        while True:
            yield "x" * 100
            time.sleep(pause)
    finally:
        mark(path + ".cleaned")

def step_stream(path):
    yield 1
    mark(path)
    while True:
        pass

async def later_items_stream(path, pause=0.01):
    mark(path)
    try:
        while True:
            yield "x" * 100
            await asyncio.sleep(pause)
    finally:
        mark(path + ".cleaned")

async def stuck_stream(path):
    yield 1
    mark(path)
    await asyncio.Event().wait()

async def blocked_stream(path):
    yield 1
    mark(path)
    while True:
        pass

async def awaited_stream(path):
    mark(path)
    await asyncio.sleep(1000)

def gated_stream(path):
    for n in range(3):
        yield n
        while not pathlib.Path(f"{path}{n}").exists():
            time.sleep(0.005)

async def later_gated_stream(path):
    for n in range(3):
        yield n
        while not pathlib.Path(f"{path}{n}").exists():
            await asyncio.sleep(0.005)

def flood_stream(n):
    for i in range(n):
        yield "x" * 100

async def later_flood_stream(n):
    for i in range(n):
        yield "x" * 100

async def list_stream(n):
    return ["x" * 100] * n

def now():
    return 1

async def soon():
    return 1
"""
TAGS = [
    "spins",
    "catches",
    "ignores_once",
    "waits",
    "blocks",
    "items_stream",
    "step_stream",
    "later_items_stream",
    "stuck_stream",
    "blocked_stream",
    "awaited_stream",
    "flood_stream",
    "later_flood_stream",
    "gated_stream",
    "later_gated_stream",
    "list_stream",
    "now",
    "soon",
]
FLOODS = ["flood_stream", "later_flood_stream", "list_stream"]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with agent(tmp_path, SOURCE, *TAGS) as running:
        yield running


@pytest.mark.parametrize(
    ("tag", "cleans"),
    [
        ("spins", False),
        ("catches", True),
        ("waits", True),
        ("blocks", False),
        ("items_stream", True),
        ("step_stream", False),
        ("later_items_stream", True),
        ("stuck_stream", False),
        ("blocked_stream", False),
        ("awaited_stream", False),
    ],
)
def test_a_run_ends_when_it_is_cancelled(
    worker: Worker, tmp_path: Path, tag: str, cleans: bool
) -> None:
    mark = tmp_path / "mark"
    run = worker.start(tag, str(mark))
    until(mark.exists)
    worker.tell("CANCEL", run, {})
    error = worker.end_of(run).message
    assert (error["kind"], error["message"]) == ("cancelled", "The run was cancelled.")
    assert (tmp_path / "mark.cleaned").exists() is cleans
    assert [worker.call(each).kind for each in ("now", "soon")] == ["RESULT", "RESULT"]


def test_others_go_on_while_a_run_is_cancelled(worker: Worker, tmp_path: Path) -> None:
    marks = [tmp_path / str(n) for n in range(3)]
    runs = [worker.start("items_stream", str(mark)) for mark in marks]
    for mark in marks:
        until(mark.exists)
    worker.tell("CANCEL", runs[1], {})
    assert worker.end_of(runs[1]).message["kind"] == "cancelled"
    assert worker.next("CHUNKS", run=runs[0])
    assert worker.next("CHUNKS", run=runs[2])


def test_a_function_that_goes_on_has_its_output(worker: Worker, tmp_path: Path) -> None:
    run = worker.start("ignores_once", str(tmp_path / "mark"))
    until((tmp_path / "mark").exists)
    worker.tell("CANCEL", run, {})
    end = worker.end_of(run)
    assert end.kind == "RESULT"
    assert "went on" in end.payload.decode()


@pytest.mark.parametrize("tag", ["now", "soon", "waits", "flood_stream", "later_flood_stream"])
def test_a_cancel_right_after_the_start_ends_the_run(
    worker: Worker, tmp_path: Path, tag: str
) -> None:
    arguments = {"waits": [str(tmp_path / "m")], "now": [], "soon": []}.get(tag, [1_000_000])
    for _ in range(20):
        run = worker.start(tag, *arguments)
        worker.tell("CANCEL", run, {})
        assert worker.end_of(run).kind in {"RESULT", "ERROR"}


def test_a_cancel_of_a_run_that_has_ended_is_nothing(worker: Worker) -> None:
    for tag in ("now", "soon"):
        run = worker.start(tag)
        assert worker.end_of(run).kind == "RESULT"
        worker.tell("CANCEL", run, {})
        worker.tell("CREDIT", run, {"bytes": 5})
        assert worker.call(tag).kind == "RESULT"


@pytest.mark.parametrize("tag", FLOODS)
def test_a_stream_sends_no_more_than_it_may(worker: Worker, tag: str) -> None:
    run = worker.start(tag, 1000, credit=1000)
    size = len(worker.next("CHUNKS", run=run).texts[0])
    while len(worker.texts(run)) < -(-1000 // size):
        assert worker.next("CHUNKS", run=run)
    assert worker.call("now").kind == "RESULT", "a stream that waits holds up no other run"
    assert worker.call("soon").kind == "RESULT"
    assert len(worker.texts(run)) == -(-1000 // size)
    worker.tell("CREDIT", run, {"bytes": 2000})
    while len(worker.texts(run)) < -(-3000 // size):
        assert worker.next("CHUNKS", run=run)
    worker.tell("CREDIT", run, {"bytes": 1 << 40})
    assert worker.end_of(run).message["chunks"] == 1000
    assert len(worker.texts(run)) == 1000


@pytest.mark.parametrize("tag", FLOODS)
def test_without_credit_nothing_is_sent(worker: Worker, tag: str) -> None:
    run = worker.start(tag, 10, credit=0)
    assert worker.call("soon").kind == "RESULT"
    assert worker.texts(run) == []
    worker.tell("CREDIT", run, {"bytes": 1 << 40})
    assert worker.end_of(run).message["chunks"] == 10


@pytest.mark.parametrize("tag", FLOODS)
def test_a_stream_that_waits_for_its_reader_can_be_cancelled(worker: Worker, tag: str) -> None:
    run = worker.start(tag, 1000, credit=1)
    worker.next("CHUNKS", run=run)
    worker.tell("CANCEL", run, {})
    assert worker.end_of(run).message["kind"] == "cancelled"


def test_an_item_larger_than_the_credit_is_sent(worker: Worker) -> None:
    run = worker.start("list_stream", 1, credit=1)
    assert worker.end_of(run).message["chunks"] == 1


def test_streams_and_calls_go_on_side_by_side(worker: Worker) -> None:
    streams = [worker.start(tag, 2000) for tag in FLOODS * 5]
    calls = [worker.start(tag) for tag in ["now", "soon"] * 20]
    waiting = {*streams, *calls}
    while waiting:
        waiting.discard(worker.next("RESULT", "DONE").run)
    for run in streams:
        contents = worker.contents(run)
        assert len(contents) == 2000
        assert json.loads(json.loads(contents[0])["payload"]) == "x" * 100


@pytest.mark.parametrize("tag", ["gated_stream", "later_gated_stream"])
def test_a_slow_generator_sends_each_item_at_once(worker: Worker, tmp_path: Path, tag: str) -> None:
    run = worker.start(tag, str(tmp_path / "gate"))
    for number in range(3):
        assert len(worker.next("CHUNKS", run=run).texts) == 1
        (tmp_path / f"gate{number}").touch()
    assert worker.end_of(run).message["chunks"] == 3


def test_every_run_ends_once_whenever_it_is_cancelled(worker: Worker) -> None:
    tags, counts, windows = ["now", "soon", *FLOODS], [1, 300, 3000], [100, 10_000, NO_LIMIT]
    for several in range(4):
        runs = set()
        for number in range(several, several + 40):
            tag = tags[number % 5]
            arguments = [counts[number % 3]] if tag in FLOODS else []
            run = worker.start(tag, *arguments, credit=windows[number // 3 % 3])
            if number % 7 > 2:
                worker.tell("CANCEL", run, {})
            runs.add(run)
        for run in runs:
            worker.tell("CREDIT", run, {"bytes": NO_LIMIT})
        while runs:
            ended = worker.next("RESULT", "DONE", "ERROR")
            assert ended.kind != "ERROR" or ended.message["kind"] == "cancelled"
            runs.remove(ended.run)
    assert worker.stop() == 0
