"""Size and age: what goes, what is spared, and that the disk gets its space back."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from runagent_ls.agents.history import History, Limits, RunRecord, recording, writer
from runagent_ls.agents.history import recorder as recorder_module
from runagent_ls.agents.history.records import DAY_S, MIB
from runagent_ls.agents.runs import OutputItem, RunState
from runagent_ls.agents.targets.target import Target

from .conftest import OpenHistory, completed, items, record_run


def size_of(path: Path) -> int:
    return sum(it.stat().st_size for it in path.parent.glob("history.db*") if it.is_file())


def test_the_oldest_go_when_there_is_too_much(open_history: OpenHistory, path: Path) -> None:
    history = open_history(limits=Limits(total_bytes=2 * MIB))
    text = "some words of output " * 10_000
    ids = [
        record_run(history, RunRecord(f"t{number}_stream", "stream"), [text]) for number in range(3)
    ]
    history.pin(ids[0])
    ids += [
        record_run(history, RunRecord(f"t{number}_stream", "stream"), [text])
        for number in range(3, 12)
    ]
    left = [run.history_id for run in reversed(history.list().runs)]
    assert left[0] == ids[0]
    assert 2 < len(left) < 12
    assert left[1:] == ids[-len(left) + 1 :]
    assert history.close()
    assert size_of(path) < 2.2 * MIB
    assert [match.run.history_id for match in open_history().search("words")] == left[::-1]


def test_old_runs_go(open_history: OpenHistory) -> None:
    history = open_history(limits=Limits(age_days=None))
    for days in (100, 50, 10, 0):
        started = time.time() - days * DAY_S
        record_run(history, RunRecord(f"{days}", "run", started_at=started))
    history.pin(history.list().runs[-2].history_id)
    running = history.begin(RunRecord("running", "run", started_at=time.time() - 200 * DAY_S))
    assert history.flush()
    other = open_history(limits=Limits(age_days=30))
    record_run(other, RunRecord("new", "run"))
    assert {run.tag for run in other.list().runs} == {"50", "10", "0", "new", "running"}
    running.end(completed())


def test_new_limits_count_from_the_next_run_on(open_history: OpenHistory) -> None:
    history = open_history()
    record_run(history, RunRecord("old", "run", started_at=time.time() - 10 * DAY_S))
    running = history.begin(RunRecord("running", "run"))
    history.use_limits(Limits(age_days=5))
    record_run(history, RunRecord("new", "run"))
    assert {run.tag for run in history.list().runs} == {"running", "new"}
    running.end(completed())
    assert history.flush()
    assert {run.state for run in history.list().runs} == {"completed"}


@pytest.mark.parametrize("batch", [1, 50, 5000])
def test_a_long_run_keeps_its_beginning_and_end(
    open_history: OpenHistory, batch: int, path: Path
) -> None:
    history = open_history(limits=Limits(head_bytes=50_000, tail_bytes=20_000))
    count = 5000
    values = [f"chunk {index:06} {'x' * 80}" for index in range(count)]
    recorder = history.begin(RunRecord("t_stream", "stream"))
    for at in range(0, count, batch):
        recorder.output(items(values[at : at + batch], first=at))
        if batch == 50:
            assert history.flush()
    recorder.end(completed(count))
    assert history.flush()
    run = history.get("last")
    chunks = history.chunks(run.history_id, limit=count)
    indexes = [chunk.index for chunk in chunks]
    assert [chunk.value for chunk in chunks] == [values[index] for index in indexes]
    assert run.chunks == count
    assert run.dropped_chunks == count - len(chunks) > 2000
    gap = next(at for at, (a, b) in enumerate(pairwise(indexes)) if b != a + 1)
    assert indexes == [*range(gap + 1), *range(indexes[gap + 1], count)]
    assert sum(len(values[index]) for index in indexes[: gap + 1]) > 30_000
    assert 1000 < sum(len(values[index]) for index in indexes[gap + 1 :]) < 200_000
    assert "chunks are not stored" in exported(history, run.history_id)


def exported(history: History, history_id: str) -> str:
    import io

    out = io.StringIO()
    history.export([history_id], "markdown", out)
    return out.getvalue()


def test_a_huge_value_is_cut_and_says_so(open_history: OpenHistory) -> None:
    history = open_history(limits=Limits(item_bytes=1000))
    text = "begin" + "x" * 10_000 + "end"
    record = RunRecord("t_stream", "stream", kwargs={"q": "y" * 5000})
    history_id = record_run(history, record, [text, {"deep": text}, "short"])
    first, second, third = history.chunks(history_id)
    assert (first.cut_from, third.cut_from, third.value) == (len(text), None, "short")
    assert str(first.value).startswith("beginxxx")
    assert str(first.value).endswith("xxxend")
    assert "9008 characters are not stored" in str(first.value)
    assert second.type == "value"
    assert second.cut_from == len(text) + len('{"deep":""}')
    run = history.get(history_id)
    assert (run.inputs_cut, run.kwargs) == (True, {})
    assert history.last_inputs("t_stream") is None
    record_run(history, RunRecord("t_stream", "stream", [1], {"a": 2}))
    assert history.last_inputs("t_stream") == ([1], {"a": 2})
    assert history.last_inputs("other") is None


def test_output_that_the_disk_does_not_take_is_counted(
    open_history: OpenHistory, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory has an end: what the disk does not take in time is dropped, and said."""
    monkeypatch.setattr(writer, "ROOM_BYTES", 50_000)
    monkeypatch.setattr(writer, "_MOST_BYTES", 200_000)
    history = open_history()
    recorder = history.begin(RunRecord("t_stream", "stream"))
    assert history.flush()
    count = 100
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        kept_up = [recorder.output(items(["x" * 10_000], first=at)) for at in range(count)]
        other.execute("COMMIT")
    assert not all(kept_up)
    recorder.end(completed(count))
    assert history.flush()
    run = history.get("last")
    chunks = history.chunks(run.history_id)
    assert run.chunks == count
    assert 0 < len(chunks) == count - run.dropped_chunks < count
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))


async def test_a_stream_waits_for_the_disk_but_not_for_ever(
    open_history: OpenHistory, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "ROOM_BYTES", 50_000)
    monkeypatch.setattr(recorder_module, "WAIT_FOR_DISK_S", 0.1)
    history = open_history()
    told: list[int] = []

    class Told:
        async def state(self, state: RunState, target: Target | None) -> None:
            pass

        async def output(self, batch: Sequence[OutputItem]) -> None:
            told.extend(item.index for item in batch)

    recorder = history.begin(RunRecord("t_stream", "stream"))
    assert history.flush()
    sink = recording(Told(), recorder)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for at in range(8):
            await asyncio.wait_for(sink.output(items(["x" * 10_000], first=at)), 10)
        other.execute("COMMIT")
    # the disk answers again: nothing is lost however fast the stream is
    for at in range(8, 200):
        await sink.output(items(["x" * 10_000], first=at))
    recorder.end(completed(200))
    assert await asyncio.to_thread(history.flush)
    assert told == list(range(200))
    run = history.get("last")
    assert (run.chunks, run.dropped_chunks) == (200, 0)


def test_what_waits_does_not_pile_up(history: History) -> None:
    secret = "q9Zr7Lw2XkvT"
    recorder = history.begin(RunRecord("t_stream", "stream", secrets=(secret,)))
    recorder.output(items([secret[:5], *[""] * 20_000]))
    assert history.flush()
    run = history.get("last")
    assert run.chunks > 15_000
    recorder.output(items([secret[5:]], first=20_001))
    recorder.end(completed(20_002))
    assert history.flush()
    text = "".join(str(chunk.value) for chunk in history.iter_chunks(run.history_id))
    assert secret not in text
    assert secret[5:] not in text
