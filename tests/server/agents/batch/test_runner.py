"""Batches against servers that behave as none should."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from agent_runtime.orchestrator import Metrics, RetryPolicy
from runagent_ls.agents.batch import availability, calls, collecting
from runagent_ls.agents.batch.plan import BatchError, BatchPlan, BatchProgress
from runagent_ls.agents.batch.report import BatchReport
from runagent_ls.agents.batch.runner import run_batch
from runagent_ls.agents.batch.stopping import BatchStop
from runagent_ls.agents.errors import AgentError, ConnectionFailedError
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts

AGENT = "11111111-2222-4333-8444-555555555555"
HEALTH: Any = {"status": "healthy", "agent_id": AGENT, "agent_name": "a"}


def success(value: Any) -> Any:
    content = json.dumps({"type": "object", "payload": json.dumps(value)})
    return {"success": True, "data": content, "message": "", "error": None, "request_id": "r"}


Answer = Callable[[int, int], Any]
"""From the item's number and how often it was called (from 1): status and body, or None to drop."""


class Server:
    """An agent whose answer to each item is scripted; counts what it is asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.calls: Counter[int] = Counter()
        self.running = 0
        self.most = 0
        self.healthy = True
        self.port = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            size = next(
                (
                    int(line[15:])
                    for line in head.lower().split("\r\n")
                    if line.startswith("content-length:")
                ),
                0,
            )
            body = await reader.readexactly(size)
            if head.startswith("GET"):
                given: Any = (200, HEALTH) if self.healthy else None
            else:
                given = await self._run(json.loads(body)["input_kwargs"]["n"])
            if given is None:
                writer.transport.abort()
                return
            status, message = given
            data = message if isinstance(message, bytes) else json.dumps(message).encode()
            writer.write(
                f"HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n"
                f"content-length: {len(data)}\r\n\r\n".encode()
                + data
            )
            await writer.drain()

    async def _run(self, number: int) -> Any:
        self.calls[number] += 1
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            given = self.answer(number, self.calls[number])
            return await given if asyncio.iscoroutine(given) else given
        finally:
            self.running -= 1

    async def resolve(self) -> Target:
        if not self.healthy:
            raise ConnectionFailedError("Nothing listens there.", may_have_run=False)
        return Target("127.0.0.1", self.port, AGENT, "explicit")


@pytest.fixture
def start(start_raw: Any) -> Callable[[Answer], Any]:
    async def begin(answer: Answer) -> Server:
        server = Server(answer)
        server.port = await start_raw(server.handle)
        return server

    return begin


@pytest.fixture
def plan(tmp_path: Path) -> Callable[..., BatchPlan]:
    def make(count: int, **changes: Any) -> BatchPlan:
        path = tmp_path / "in.jsonl"
        path.write_text("".join(json.dumps({"n": n}) + "\n" for n in range(count)))
        basis = BatchPlan("tag", path, tmp_path / "out.jsonl", concurrency=1, retries=0)
        return replace(basis, **changes)

    return make


def records(plan: BatchPlan) -> list[Any]:
    lines = plan.output.read_text().splitlines()
    return sorted(map(json.loads, lines), key=lambda record: int(record["index"]))


def states(plan: BatchPlan) -> list[str]:
    return [record["state"] for record in records(plan)]


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = replace(availability._PAUSES, base=0.01, cap=0.02)
    monkeypatch.setattr(availability, "_PAUSES", quick)
    monkeypatch.setattr(availability, "RECOVERY_S", 0.05)
    monkeypatch.setattr(calls, "RetryPolicy", partial(RetryPolicy, base=0.01))


async def test_never_more_in_flight_than_allowed(start: Any, plan: Any) -> None:
    async def answer(n: int, time: int) -> Any:
        async with asyncio.timeout(60):
            while server.most < 3:  # none is answered before there are as many as may be
                await asyncio.sleep(0.001)
        return 200, success(n)

    server = await start(answer)
    batch = plan(50, concurrency=3)
    report = await run_batch(batch, server.resolve)
    assert (report.end, states(batch)) == ("finished", ["completed"] * 50)
    assert server.most == 3


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("unsafe", [False, True])
async def test_a_dropped_call_may_have_run(start: Any, plan: Any, unsafe: bool) -> None:
    """It is repeated only when that is allowed."""
    server = await start(lambda n, time: None if n == 2 and time == 1 else (200, success(n)))
    batch = plan(5, retries=2, repeat_unsafe=unsafe)
    metrics = Metrics()
    report = await run_batch(batch, server.resolve, metrics=metrics)
    assert server.calls[2] == (2 if unsafe else 1)
    assert states(batch)[2] == ("completed" if unsafe else "unknown")
    assert records(batch)[2]["attempts"] == (2 if unsafe else 1)
    assert len(report.tally.unknown) == (0 if unsafe else 1)
    assert metrics.snapshot()["retries"] == report.tally.retries == (1 if unsafe else 0)


@pytest.mark.usefixtures("no_pauses")
async def test_unknown_items_are_called_again_only_when_allowed(start: Any, plan: Any) -> None:
    server = await start(lambda n, time: None if time == 1 and n < 2 else (200, success(n)))
    batch = plan(4)
    await run_batch(batch, server.resolve)
    assert states(batch) == ["unknown", "unknown", "completed", "completed"]
    again = await run_batch(replace(batch, resume=True), server.resolve)
    assert (again.ended_now, server.calls[0]) == (0, 1)
    last = await run_batch(replace(batch, resume=True, repeat_unsafe=True), server.resolve)
    assert (last.ended_now, last.all_fine) == (0, True)
    assert [server.calls[n] for n in range(4)] == [2, 2, 1, 1]
    # in order, with one line for each item
    lines = batch.output.read_text().splitlines()
    assert [json.loads(line)["index"] for line in lines] == [0, 1, 2, 3]


async def test_a_failing_function_is_an_answer(start: Any, plan: Any) -> None:
    error = {"success": False, "error": {"code": "INTERNAL_ERROR", "message": "boom"}}
    server = await start(lambda n, time: (200, error))
    batch = plan(3, retries=5, repeat_unsafe=True)
    report = await run_batch(batch, server.resolve)
    assert states(batch) == ["failed"] * 3
    assert max(server.calls.values()) == 1
    assert report.tally.errors["INTERNAL_ERROR"].count == 3


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b"null", b"\xff\xfe", b'{"data": [', b"7"]
)
async def test_garbage_is_a_result_of_its_item(start: Any, plan: Any, body: bytes) -> None:
    server = await start(lambda n, time: (200, body) if n == 1 else (200, success(n)))
    batch = plan(3)
    report = await run_batch(batch, server.resolve)
    assert report.end == "finished"
    found = states(batch)
    assert (found[0], found[2]) == ("completed", "completed")
    assert max(server.calls.values()) == 1


class Clock:
    """A clock that goes when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 1e-6
        return self.now


@pytest.mark.usefixtures("no_pauses")
async def test_a_server_that_drops_everything_is_left_alone(
    start: Any, plan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The breaker opens after a few; the rest of the items stays as it is, and can be resumed."""
    server = await start(lambda n, time: None)
    clock = Clock()
    monkeypatch.setattr(availability, "time", clock)
    batch = plan(1000, give_up_after=60)
    notices: list[str] = []

    def noticed(notice: str) -> None:
        """In the pause the time runs out."""
        notices.append(notice)
        clock.now += 60

    report = await run_batch(batch, server.resolve, on_notice=noticed)
    assert report.end == "gave-up"
    assert report.error is not None
    assert 5 <= len(records(batch)) < 50
    assert max(server.calls.values()) == 1
    assert any("calls got no answer several times" in notice for notice in notices)
    assert report.paused_s > 0
    server.answer = lambda n, time: (200, success(n))
    again = await run_batch(replace(batch, resume=True), server.resolve)
    assert again.end == "finished"
    assert len(records(batch)) == 1000
    assert max(server.calls.values()) == 1


@pytest.mark.usefixtures("no_pauses")
async def test_calls_are_answered_again_after_a_pause(start: Any, plan: Any) -> None:
    server = await start(lambda n, time: None if n < 7 else (200, success(n)))
    batch = plan(30)
    notices: list[str] = []
    report = await run_batch(batch, server.resolve, on_notice=notices.append)
    assert (report.end, len(report.tally.unknown)) == ("finished", 7)
    assert "calls are answered again, going on" in notices


@pytest.mark.usefixtures("no_pauses")
async def test_waits_for_an_agent_that_is_gone(start: Any, plan: Any) -> None:
    server = await start(lambda n, time: (200, success(n)))

    def answer(n: int, time: int) -> Any:
        if n == 3 and time == 1:
            server.healthy = False
            return None
        return 200, success(n)

    server.answer = answer
    batch = plan(6)
    notices: list[str] = []
    progress: list[BatchProgress] = []

    def noticed(notice: str) -> None:
        notices.append(notice)
        server.healthy = True

    report = await run_batch(batch, server.resolve, on_notice=noticed, on_progress=progress.append)
    assert states(batch) == [*["completed"] * 3, "unknown", "completed", "completed"]
    assert [notice.split(":")[0].split(" at ")[0] for notice in notices] == [
        "paused", "the agent is back",
    ]  # fmt: skip
    assert report.paused_s > 0
    assert progress[-1].done == progress[-1].total == 6


@pytest.mark.usefixtures("no_pauses")
async def test_a_busy_service_is_asked_later_and_no_item_fails(start: Any, plan: Any) -> None:
    busy = {"success": False, "error": {"code": "RATE_LIMIT", "message": "slow down"}}
    server = await start(lambda n, time: (429, busy) if time <= 3 else (200, success(n)))
    batch = plan(4)
    report = await run_batch(batch, server.resolve)
    assert states(batch) == ["completed"] * 4
    assert [record["attempts"] for record in records(batch)] == [1] * 4
    assert report.all_fine


@pytest.mark.usefixtures("no_pauses")
async def test_a_service_that_stays_busy_costs_no_item(start: Any, plan: Any) -> None:
    busy = {"success": False, "error": {"code": "RATE_LIMIT", "message": "slow down"}}
    server = await start(lambda n, time: (429, busy))
    batch = plan(50, give_up_after=0.5)
    report = await run_batch(batch, server.resolve)
    assert (report.end, report.not_run, records(batch)) == ("gave-up", 50, [])
    server.answer = lambda n, time: (200, success(n))
    assert (await run_batch(replace(batch, resume=True), server.resolve)).all_fine


async def test_one_that_refuses_everybody_is_asked_once(start: Any, plan: Any) -> None:
    refusal = {"success": False, "error": {"code": "AUTHENTICATION_ERROR", "message": "no key"}}
    server = await start(lambda n, time: (401, refusal))
    batch = plan(100)
    report = await run_batch(batch, server.resolve)
    assert (report.end, sum(server.calls.values())) == ("refused", 1)
    assert report.error is not None
    assert report.error.code == "AUTHENTICATION_ERROR"
    assert records(batch) == []


async def test_an_agent_that_was_never_there_is_no_outage(plan: Any) -> None:
    async def nobody() -> Target:
        raise ConnectionFailedError("Nothing listens there.", may_have_run=False)

    batch = plan(3, give_up_after=1000)
    report = await asyncio.wait_for(run_batch(batch, nobody), 30)
    assert (report.end, report.not_run) == ("gave-up", 3)


async def test_each_item_has_its_time_limit(start: Any, plan: Any) -> None:
    async def answer(n: int, time: int) -> Any:
        await asyncio.sleep(30 if n == 1 else 0)
        return 200, success(n)

    server = await start(answer)
    batch = plan(3, timeouts=Timeouts(connect=5, idle=None, total=3))
    report = await run_batch(batch, server.resolve)
    assert states(batch) == ["completed", "unknown", "completed"]
    assert records(batch)[1]["error"]["code"] == "TIMEOUT"
    assert report.end == "finished"


async def test_stop_now_names_what_was_running(start: Any, plan: Any) -> None:
    stop = BatchStop()
    reached = asyncio.Event()

    async def answer(n: int, time: int) -> Any:
        reached.set()
        await asyncio.sleep(30)

    server = await start(answer)
    batch = plan(5, concurrency=2)
    running = asyncio.ensure_future(run_batch(batch, server.resolve, stop=stop))
    await asyncio.wait_for(reached.wait(), 30)
    stop.now()
    report = await asyncio.wait_for(running, 30)
    assert report.end == "interrupted"
    assert set(states(batch)) == {"unknown"}
    assert report.not_run == 5 - len(records(batch))


async def test_cancelling_leaves_a_file_that_can_be_resumed(start: Any, plan: Any) -> None:
    reached = asyncio.Event()

    async def answer(n: int, time: int) -> Any:
        if n == 2:
            reached.set()
            await asyncio.sleep(30)
        return 200, success(n)

    server = await start(answer)
    batch = plan(5)
    running = asyncio.ensure_future(run_batch(batch, server.resolve))
    await asyncio.wait_for(reached.wait(), 30)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, 30)
    assert states(batch) == ["completed", "completed", "unknown"]
    server.answer = lambda n, time: (200, success(n))
    await run_batch(replace(batch, resume=True), server.resolve)
    assert states(batch) == ["completed", "completed", "unknown", "completed", "completed"]
    assert max(server.calls.values()) == 1


async def test_a_check_keeps_items_from_being_sent(start: Any, plan: Any) -> None:
    server = await start(lambda n, time: (200, success(n)))
    batch = plan(4, check=lambda args, kwargs: ["n is odd."] if kwargs["n"] % 2 else [])
    report = await run_batch(batch, server.resolve)
    assert states(batch) == ["completed", "failed", "completed", "failed"]
    assert set(server.calls) == {0, 2}
    assert report.tally.errors["VALIDATION_ERROR"].message == "n is odd."
    assert report.tally.latencies.count == 2


async def test_a_disk_that_fails_ends_the_batch(
    start: Any, plan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runagent_ls.agents.batch import writer

    server = await start(lambda n, time: (200, success(n)))
    written = writer._write

    def failing(file: Any, data: bytes) -> int:
        if b'"index": 3' in data:
            raise OSError(28, "No space left on device")
        return written(file, data)

    monkeypatch.setattr(writer, "_write", failing)
    batch = plan(100)
    with pytest.raises(BatchError, match="No space left"):
        await asyncio.wait_for(run_batch(batch, server.resolve), 30)
    assert sum(server.calls.values()) <= 5
    monkeypatch.setattr(writer, "_write", written)
    await run_batch(replace(batch, resume=True), server.resolve)
    assert max(server.calls.values()) == 1
    assert len(records(batch)) == 100


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    "place",
    ["dispatch.read_inputs", "writer.CheckpointWriter._mark_started", "records.Record.line"],
)
async def test_a_mistake_of_ours_ends_the_batch_instead_of_hanging(
    start: Any, plan: Any, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    server = await start(lambda n, time: (200, success(n)))

    def wrong(*_: object, **__: object) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(f"runagent_ls.agents.batch.{place}", wrong)
    with pytest.raises((BatchError, RuntimeError, ZeroDivisionError)):
        await asyncio.wait_for(run_batch(plan(5), server.resolve), 30)


async def test_a_report_counts_earlier_runs_as_well(start: Any, plan: Any) -> None:
    server = await start(lambda n, time: (200, success(n)))
    await run_batch(plan(4), server.resolve)
    report = await run_batch(plan(10, resume=True), server.resolve)
    assert (report.tally.completed, report.resumed, report.ended_now) == (10, 4, 6)
    assert report.tally.latencies.count == 10
    message = report.to_message()
    assert (message["successRate"], message["notRun"]) == (1.0, 0)
    json.dumps(message, allow_nan=False)


def test_chunks_without_end_are_refused() -> None:
    from runagent_ls.agents.runs import OutputItem

    async def fill() -> None:
        collected = collecting.Collector()
        item = OutputItem(0, 0.0, "text", "x", "x" * (collecting.LARGEST_STREAM // 2))
        await collected.output([item])
        await collected.output([item])
        await collected.output([item])

    with pytest.raises(AgentError, match="more than 256 MB"):
        asyncio.run(fill())


def test_the_report_of_nothing_is_no_division_by_zero(tmp_path: Path) -> None:
    async def nobody() -> Target:
        raise AssertionError("nothing is called")

    path = tmp_path / "in.jsonl"
    path.write_text("\n")
    plan = BatchPlan("tag", path, tmp_path / "out.jsonl")
    report: BatchReport = asyncio.run(run_batch(plan, nobody))
    assert (report.end, report.all_fine) == ("finished", True)
    assert report.to_message()["successRate"] is None
