"""Recording what was called: nothing is lost, nothing secret is kept."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.invocations import Ended, Invocation, Invocations, StreamSummary
from runagent_ls.serve.invocations.agent_runs import AgentRun
from runagent_ls.serve.invocations.database import Database
from runagent_ls.serve.invocations.rows import LARGEST, Cell
from runagent_ls.serve.worker.encoding import chunk, result

SERVER = Path(__file__).parents[4] / "server"
AGENT = "11111111-2222-4333-8444-555555555555"
LIMIT_S = 60.0


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row is waited for, however slow the disk is: tests look at it right afterwards."""
    monkeypatch.setattr("runagent_ls.serve.invocations.invocations.LONGEST_WAIT_S", LIMIT_S)


@pytest.fixture
async def invocations(patient: None, tmp_path: Path) -> AsyncIterator[Invocations]:
    variables = {"API_TOKEN": "s3cr3t-of-the-agent"}
    made = Invocations(tmp_path / "own" / "invocations.db", own=True, variables=variables)
    yield made
    await made.close()


def begun(inputs: JsonValue = None, **more: Any) -> Invocation:
    data: JsonValue = {"input_args": [inputs], "input_kwargs": {}}
    return Invocation(str(uuid4()), AGENT, "greet", "local_server", data, {}, **more)


def output(value: object) -> str:
    """The structured string of a value, from the worker's own hand."""
    return result(value).decode("utf-8")


async def recorded(
    invocations: Invocations, value: object, inputs: JsonValue = None
) -> dict[str, JsonValue]:
    run = invocations.begin(begun(inputs))
    await invocations.end(run, Ended("completed", 0.5, output(value)))
    row = await invocations.one(run.id)
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"a": [1, None]}, {"a": [1, None]}),
        ("héllo 🦉", "héllo 🦉"),
        (0, 0),
        (None, None),
        (2**70, 2**70),
        (1.5, 1.5),
        (float("nan"), None),
        ({"a": float("inf")}, None),
    ],
)
async def test_the_value_is_kept(invocations: Invocations, value: object, kept: object) -> None:
    row = await recorded(invocations, value)
    if value != {"a": float("inf")}:  # what is left of it is the worker's choice
        assert row["output_data"] == kept
    assert (row["status"], row["execution_time_ms"]) == ("completed", 500)
    json.dumps(row, allow_nan=False)


async def test_numbers_that_json_has_not_are_null_in_inputs(invocations: Invocations) -> None:
    row = await recorded(invocations, 1, [float("nan"), {"a": float("-inf")}])
    assert row["input_data"] == {"input_args": [[None, {"a": None}]], "input_kwargs": {}}


async def test_secrets_are_not_kept(invocations: Invocations, tmp_path: Path) -> None:
    key = "sk-proj-abcdefghijklmnop1234567890"
    inputs: JsonValue = {"password": "hunter2-hunter2", "text": f"use {key}"}
    row = await recorded(invocations, {"said": "s3cr3t-of-the-agent", "fine": "stays"}, inputs)
    failed = invocations.begin(begun())
    await invocations.end(failed, Ended("failed", 0.1, error=f"refused: {key}"))
    stream = invocations.begin(begun())
    samples = [chunk({"api_key": "0123456789abcdef"}, 0), chunk("s3cr3t-of-the-agent", 1)]
    await invocations.end(stream, Ended("completed", 0.1, StreamSummary(2, 0.1, samples)))
    assert row["output_data"] == {"said": "[redacted]", "fine": "stays"}
    written = b"".join(path.read_bytes() for path in (tmp_path / "own").iterdir())
    for secret in (key, "hunter2", "s3cr3t", "0123456789abcdef"):
        assert secret.encode() not in written


async def test_secrets_of_a_reloaded_agent_are_not_kept_either(invocations: Invocations) -> None:
    await recorded(invocations, 1)
    invocations.know({"API_TOKEN": "another-s3cr3t"})
    row = await recorded(invocations, ["another-s3cr3t", "s3cr3t-of-the-agent"])
    assert row["output_data"] == ["[redacted]", "[redacted]"]


async def test_long_values_are_cut(invocations: Invocations) -> None:
    row = await recorded(invocations, "x" * (3 * LARGEST), "y" * (2 * LARGEST))
    for kept in (row["output_data"], row["input_data"]):
        assert isinstance(kept, dict)
        assert kept["truncated"] is True
        assert len(str(kept["beginning"])) < LARGEST / 4
    large = chunk("z" * LARGEST, 0)
    stream = invocations.begin(begun())
    await invocations.end(
        stream, Ended("completed", 0.1, StreamSummary(1, 0.1, [large[: 64 * 1024]]))
    )
    found: Any = await invocations.one(stream.id)
    assert found["output_data"]["sample_chunks"][0]["truncated"] is True


async def test_inputs_that_cannot_be_written_stop_nothing(invocations: Invocations) -> None:
    deep: JsonValue = None
    for _ in range(100_000):
        deep = [deep]
    row = await recorded(invocations, 1, deep)
    assert row["input_data"] == "[not recorded]"
    assert (await recorded(invocations, 2))["output_data"] == 2


async def test_secrets_are_taken_out_of_what_is_cut_off(invocations: Invocations) -> None:
    long = "s3cr3t-of-the-agent " + "y" * (3 * LARGEST)
    row = await recorded(invocations, long, long)
    assert "s3cr3t" not in json.dumps(row)
    assert "yyy" in json.dumps(row["input_data"])


async def test_the_file_is_for_its_owner(invocations: Invocations) -> None:
    await recorded(invocations, 1)
    assert stat.S_IMODE(invocations.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(invocations.path.parent.stat().st_mode) == 0o700


async def test_many_at_once_are_all_there(invocations: Invocations) -> None:
    await asyncio.gather(*(recorded(invocations, number) for number in range(300)))
    rows = await invocations.recent(AGENT, 1000)
    assert sorted(int(str(row["output_data"])) for row in rows) == list(range(300))


async def test_a_lock_of_others_delays_the_row_and_not_the_answer(
    invocations: Invocations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runagent_ls.serve.invocations.invocations.LONGEST_WAIT_S", 0.1)
    monkeypatch.setattr("runagent_ls.serve.invocations.database.BUSY_MS", 50)
    await recorded(invocations, 1)
    run = invocations.begin(begun())
    with closing(sqlite3.connect(invocations.path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        async with asyncio.timeout(60):
            await invocations.end(run, Ended("completed", 0.1, output(2)))
        other.execute("ROLLBACK")
    async with asyncio.timeout(60):
        while (found := await invocations.one(run.id)) is None:
            await asyncio.sleep(0.02)
    assert found["output_data"] == 2


async def test_a_file_that_cannot_be_written_fails_no_run(tmp_path: Path) -> None:
    path = tmp_path / "taken"
    path.mkdir()
    invocations = Invocations(path, own=True)
    run = invocations.begin(begun())
    async with asyncio.timeout(60):
        await invocations.end(run, Ended("completed", 0.1, output(1)))
    with pytest.raises((OSError, sqlite3.Error)):
        await invocations.recent(AGENT, 1)
    await invocations.close(0.5)


async def rows_of(invocations: Invocations) -> list[dict[str, JsonValue]]:
    """None as long as the file is being made."""
    if invocations.path.is_file():
        with suppress(sqlite3.OperationalError):
            return await invocations.recent(AGENT, 100)
    return []


async def test_runs_go_on_as_quickly_while_nothing_can_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "taken"
    path.mkdir()
    invocations = Invocations(path, own=True)
    began = asyncio.get_running_loop().time()
    for number in range(40):
        run = invocations.begin(begun())
        await invocations.end(run, Ended("completed", 0.1, output(number)))
    # only the first ones wait for their row, each of them LONGEST_WAIT_S
    assert asyncio.get_running_loop().time() - began < 30
    path.rmdir()
    async with asyncio.timeout(60):
        while len(await rows_of(invocations)) < 40:
            await asyncio.sleep(0.05)
    await invocations.close()
    assert len([each for each in caplog.records if "cannot be recorded" in each.message]) == 1


async def test_what_cannot_be_written_takes_limited_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runagent_ls.serve.invocations.invocations._MOST_WAITING", 100_000)
    monkeypatch.setattr("runagent_ls.serve.invocations.invocations._RETRY_S", 0.01)
    tried: set[object] = set()
    write = Database.write

    def noted(
        self: Database, rows: Sequence[tuple[Cell, ...]], runs: Sequence[AgentRun] = ()
    ) -> None:
        tried.update(cell for row in rows for cell in row)
        write(self, rows, runs)

    monkeypatch.setattr(Database, "write", noted)
    path = tmp_path / "taken"
    path.mkdir()
    invocations = Invocations(path, own=True)
    for number in range(50):
        run = invocations.begin(begun())
        await invocations.end(run, Ended("completed", 0.1, output(f"{number} {'x' * 20_000}")))
    async with asyncio.timeout(60):
        while run.id not in tried:  # what came after the way is free would rightly be written
            await asyncio.sleep(0.01)
    path.rmdir()
    last = invocations.begin(begun())
    await invocations.end(last, Ended("completed", 0.1, output("last")))
    async with asyncio.timeout(60):
        while last.id not in [row["invocation_id"] for row in await rows_of(invocations)]:
            await asyncio.sleep(0.05)
    rows = await rows_of(invocations)
    assert rows[0]["output_data"] == "last"
    assert 2 <= len(rows) <= 10
    await invocations.close()


async def test_halves_of_surrogate_pairs_stop_nothing(invocations: Invocations) -> None:
    run = invocations.begin(begun("\ud800"))
    await invocations.end(run, Ended("failed", 0.1, error="no \ud800 é"))
    row = await invocations.one(run.id)
    assert row is not None
    assert row["error_detail"] == "no \\ud800 é"
    assert (await recorded(invocations, 1))["output_data"] == 1


async def test_what_waits_is_written_on_closing(tmp_path: Path) -> None:
    invocations = Invocations(tmp_path / "x.db", own=True)
    run = invocations.begin(begun())
    invocations.end_soon(run, Ended("failed", 0.1, error="left"))
    await invocations.close()
    again = Invocations(tmp_path / "x.db", own=True)
    found = await again.one(run.id)
    assert found is not None
    assert found["error_detail"] == "left"


@pytest.mark.parametrize("ahead_s", [0, 3600], ids=["", "clock set back"])
async def test_a_run_that_takes_long_has_a_row_meanwhile(tmp_path: Path, ahead_s: int) -> None:
    invocations = Invocations(tmp_path / "x.db", own=True)
    run = invocations.begin(begun(requested_at=time.time() + ahead_s))
    reader = Invocations(tmp_path / "x.db", own=True)
    async with asyncio.timeout(60):
        while not (rows := await reader.recent(AGENT, 10, "pending")):
            await asyncio.sleep(0.05)
    assert rows[0]["invocation_id"] == run.id
    await invocations.end(run, Ended("completed", 0.4, output(1)))
    assert [row["status"] for row in await reader.recent(AGENT, 10)] == ["completed"]
    await invocations.close()


@pytest.mark.usefixtures("patient")
async def test_a_table_of_the_platform_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "runagent_local.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute(
            "CREATE TABLE agent_invocations (invocation_id VARCHAR NOT NULL, agent_id VARCHAR NOT "
            "NULL, input_data TEXT NOT NULL, output_data TEXT, error_detail TEXT, request_timestamp"
            " DATETIME NOT NULL, response_timestamp DATETIME, execution_time_ms FLOAT, status "
            "VARCHAR NOT NULL, entrypoint_tag VARCHAR, sdk_type VARCHAR, client_info TEXT, "
            "PRIMARY KEY (invocation_id))"
        )
    path.chmod(0o644)
    invocations = Invocations(path, own=False)
    await recorded(invocations, {"a": 1})
    await invocations.close()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        row = database.execute("SELECT output_data, request_timestamp FROM agent_invocations")
        value, moment = row.fetchone()
    assert (json.loads(value), moment[10]) == ({"a": 1}, " ")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.usefixtures("patient")
async def test_our_own_file_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runagent_ls.serve.invocations.database.KEPT", 20)
    invocations = Invocations(tmp_path / "x.db", own=True)
    for number in range(60):
        await recorded(invocations, number)
    rows = await invocations.recent(AGENT, 1000)
    assert 20 <= len(rows) <= 22
    assert rows[0]["output_data"] == 59
    await invocations.close()


@pytest.mark.usefixtures("patient")
async def test_our_own_file_stays_small_with_large_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runagent_ls.serve.invocations.database.LARGEST_FILE", 1_000_000)
    for _ in range(3):  # servers that serve a few calls each
        invocations = Invocations(tmp_path / "x.db", own=True)
        for number in range(20):
            await recorded(invocations, f"{number} {'x' * 50_000}")
        rows = await invocations.recent(AGENT, 1000)
        await invocations.close()
    assert str(rows[0]["output_data"]).startswith("19 ")
    assert (tmp_path / "x.db").stat().st_size < 1_500_000


async def test_an_answer_about_large_rows_ends_somewhere(
    invocations: Invocations, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runagent_ls.serve.invocations.database.LARGEST_ANSWER", 500_000)
    for number in range(20):
        await recorded(invocations, f"{number} {'x' * 50_000}")
    rows = await invocations.recent(AGENT, -1)
    assert len(rows) == 9
    assert str(rows[0]["output_data"]).startswith("19 ")


def test_a_killed_process_loses_nothing_that_ended(tmp_path: Path) -> None:
    program = """
import asyncio, sys
from pathlib import Path
from runagent_ls.serve.invocations import Ended, Invocation, Invocations, invocations
invocations.LONGEST_WAIT_S = 60
async def main():
    records = Invocations(Path(sys.argv[1]), own=True)
    for number in range(10_000):
        run = records.begin(Invocation(str(number), "a", "t", "local_server", {}, {}))
        await records.end(run, Ended("completed", 0.1, '{"type": "null", "payload": "null"}'))
        print(number, flush=True)
asyncio.run(main())
"""
    path = tmp_path / "x.db"
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SERVER)},
    )
    assert process.stdout is not None
    with process.stdout:
        for _ in range(100):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        ended = 99 + len(process.stdout.read().splitlines())
    process.wait(20)
    with closing(sqlite3.connect(path)) as database:
        (rows,) = database.execute(
            "SELECT count(*) FROM agent_invocations WHERE status = 'completed'"
        ).fetchone()
    assert rows >= ended
