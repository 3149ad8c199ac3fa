"""What is on disk of a batch, cut or damaged anywhere, and read back."""

from __future__ import annotations

import asyncio
import errno
import json
import math
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.agents.batch import writer as writer_module
from runagent_ls.agents.batch.checkpoint import Checkpoint, journal_of, open_checkpoint
from runagent_ls.agents.batch.items import Item, good_item
from runagent_ls.agents.batch.ordering import write_ordered
from runagent_ls.agents.batch.plan import BatchError
from runagent_ls.agents.batch.records import Record
from runagent_ls.agents.batch.writer import CheckpointWriter

TAG = "note"


def item(index: int) -> Item:
    return good_item(index, index + 1, [], {"key": index})


def opened(path: Path, *, resume: bool = True, tag: str = TAG) -> tuple[Checkpoint, list[Any]]:
    records: list[Mapping[str, Any]] = []
    return open_checkpoint(path, tag, resume=resume, on_record=records.append), records


async def written(path: Path) -> None:
    """Items 0 to 5: four ended, 4 in flight, 5 given back."""
    checkpoint, _ = opened(path, resume=False)
    writer = CheckpointWriter(checkpoint)
    for index in range(6):
        await writer.start(index, item(index).sha256)
    await writer.finish(
        Record(item(2), "completed", 1.5, 1, has_value=True, value="h\u00e9 \ud800")
    )
    await writer.finish(Record(item(0), "completed", 2.5, 1, has_value=True, value={"a": [None]}))
    error = {"code": "INTERNAL_ERROR", "message": "boom"}
    await writer.finish(Record(item(1), "failed", 3.5, 2, error=dict(error)))
    await writer.finish(Record(item(3), "completed", 4.5, 1, has_value=True, value=2**70))
    await writer.release(5)
    await asyncio.to_thread(writer.close, complete=False)
    checkpoint.output.close()


async def test_results_and_calls_in_flight_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    await written(path)
    checkpoint, records = opened(path)
    assert [record["index"] for record in records] == [2, 0, 1, 3]
    assert [record.get("value") for record in records] == [
        "h\u00e9 \ud800",
        {"a": [None]},
        None,
        2**70,
    ]
    assert [checkpoint.table.state(i) for i in range(6)] == [
        "completed", "failed", "completed", "completed", None, None,
    ]  # fmt: skip
    assert checkpoint.in_flight == {4: item(4).sha256}
    assert checkpoint.cut_bytes == 0
    assert checkpoint.table.fits(0, item(0).sha256)
    assert not checkpoint.table.fits(0, item(1).sha256)
    checkpoint.output.close()


async def test_the_output_cut_at_every_byte(tmp_path: Path) -> None:
    whole = tmp_path / "whole.jsonl"
    await written(whole)
    data, journal = whole.read_bytes(), journal_of(whole).read_bytes()
    lines = data.splitlines(keepends=True)
    order = [2, 0, 1, 3]
    path = tmp_path / "out.jsonl"
    for cut in range(len(data) + 1):
        path.write_bytes(data[:cut])
        journal_of(path).write_bytes(journal)
        # a line counts from its closing brace on: nothing but the line break may be missing
        ends = [sum(map(len, lines[: n + 1])) - 1 for n in range(len(lines))]
        expected = [index for index, end in zip(order, ends, strict=True) if end <= cut]
        checkpoint, records = opened(path)
        assert [record["index"] for record in records] == expected, cut
        # what was lost with the cut is known to have begun, so that it is not called again
        assert set(checkpoint.in_flight) == {0, 1, 2, 3, 4} - set(expected), cut
        checkpoint.output.write(Record(item(9), "completed").line(TAG))
        checkpoint.output.close()
        assert [json.loads(line)["index"] for line in path.read_bytes().splitlines()] == [
            *expected,
            9,
        ]


async def test_the_journal_cut_at_every_byte(tmp_path: Path) -> None:
    whole = tmp_path / "whole.jsonl"
    await written(whole)
    data, journal = whole.read_bytes(), journal_of(whole).read_bytes()
    path = tmp_path / "out.jsonl"
    path.write_bytes(data)
    for cut in range(len(journal) + 1):
        journal_of(path).write_bytes(journal[:cut])
        checkpoint, records = opened(path)
        checkpoint.output.close()
        assert len(records) == 4
        # of marks in file order, those that are whole
        marks = [json.loads(line) for line in journal[:cut].splitlines() if line.endswith(b"}")]
        begun = {mark["started"] for mark in marks if "started" in mark}
        given_back = {mark["released"] for mark in marks if "released" in mark}
        assert set(checkpoint.in_flight) == begun - given_back - {0, 1, 2, 3}, cut


def test_a_new_batch_refuses_an_output_with_results(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(Record(item(0), "completed").line(TAG))
    with pytest.raises(BatchError, match="already holds results") as caught:
        opened(path, resume=False)
    assert "--resume" in (caught.value.advice or "")


async def test_a_new_batch_refuses_an_output_whose_calls_are_in_flight(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    await written(path)
    path.write_bytes(b"")
    with pytest.raises(BatchError, match="already holds results"):
        opened(path, resume=False)


@pytest.mark.parametrize(
    "content",
    [
        b"my only copy of something else",
        b'{"a": 1}\n{"a": 2}\n',
        b"\x89PNG\r\n",
        b'{"index": 0, "state": "done", "input_sha256": "' + b"0" * 64 + b'"}\n' * 2,
        b'[{"index": 0}]\n',
    ],
)
def test_a_file_that_is_no_output_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(content)
    with pytest.raises(BatchError, match="is no result of a batch"):
        opened(path)
    assert path.read_bytes() == content


def test_damage_in_the_middle_is_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    good = Record(item(0), "completed").line(TAG)
    content = good + good[:-20] + b"\n" + Record(item(2), "completed").line(TAG)
    path.write_bytes(content)
    with pytest.raises(BatchError, match="Line 2 of"):
        opened(path)
    assert path.read_bytes() == content


def test_zeros_that_a_power_cut_leaves_at_the_end_are_cut(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    good = Record(item(0), "completed").line(TAG)
    path.write_bytes(good + b"\0" * 4096)
    checkpoint, records = opened(path)
    checkpoint.output.close()
    assert (len(records), checkpoint.cut_bytes, path.read_bytes()) == (1, 4096, good)


def test_an_index_beyond_reason_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(Record(good_item(10**15, 1, [], {}), "completed").line(TAG))
    with pytest.raises(BatchError, match="far beyond"):
        opened(path)


def test_a_finished_batch_of_another_tag_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    path.write_bytes(Record(item(0), "completed").line("other"))
    with pytest.raises(BatchError, match="holds results of the entrypoint `other`"):
        opened(path)
    assert path.read_bytes() == Record(item(0), "completed").line("other")


async def test_another_tag_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    await written(path)
    with pytest.raises(BatchError, match="entrypoint `note`, not of `other`"):
        opened(path, tag="other")


async def test_a_damaged_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    await written(path)
    journal = journal_of(path)
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[2] = b"#" * 10 + b"\n"
    journal.write_bytes(b"".join(lines))
    with pytest.raises(BatchError, match=r"Line 3 of .* is damaged"):
        opened(path)


@pytest.mark.skipif(os.name != "posix", reason="has pipes and devices in folders")
def test_an_output_without_an_end_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (Path("/dev/null"), pipe, tmp_path):
        with pytest.raises(BatchError, match="it is no regular file"):
            opened(path, resume=False)


def test_two_batches_cannot_write_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    first, _ = opened(path)
    with pytest.raises(BatchError, match="Another batch is writing"):
        opened(path)
    first.output.close()
    opened(path)[0].output.close()


@pytest.mark.parametrize("name", ["missing/out.jsonl", "."])
def test_an_output_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(BatchError, match="cannot be written"):
        opened(tmp_path / name)


async def test_the_journal_is_gone_when_all_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    checkpoint, _ = opened(path)
    writer = CheckpointWriter(checkpoint)
    await writer.start(0, item(0).sha256)
    assert journal_of(path).exists()
    await writer.finish(Record(item(0), "completed"))
    await asyncio.to_thread(writer.close, complete=True)
    checkpoint.output.close()
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.jsonl"]


async def test_a_journal_does_not_grow_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "JOURNAL_BYTES", 1000)
    path = tmp_path / "out.jsonl"
    checkpoint, _ = opened(path)
    writer = CheckpointWriter(checkpoint)
    await writer.start(0, item(0).sha256)
    for index in range(1, 100):
        await writer.start(index, item(index).sha256)
        await writer.finish(Record(item(index), "completed"))
        assert journal_of(path).stat().st_size < 2000
    await asyncio.to_thread(writer.close, complete=False)
    checkpoint.output.close()
    again, records = opened(path)
    again.output.close()
    assert (len(records), set(again.in_flight)) == (99, {0})


async def test_a_mark_is_on_the_disk_before_its_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`start` waits for the sync, `finish` only for the write."""
    path = tmp_path / "out.jsonl"
    checkpoint, _ = opened(path)
    writer = CheckpointWriter(checkpoint)
    await writer.start(0, item(0).sha256)
    await writer.finish(Record(item(0), "completed"))
    gate = threading.Event()
    flush = writer_module._flush
    monkeypatch.setattr(writer_module, "_flush", lambda file: (gate.wait(30), flush(file)))
    started = asyncio.ensure_future(writer.start(1, item(1).sha256))
    done, _ = await asyncio.wait({started}, timeout=0.2)
    assert not done
    gate.set()
    await asyncio.wait_for(started, 30)
    assert b'{"started": 1' in journal_of(path).read_bytes()
    await asyncio.to_thread(writer.close, complete=False)
    checkpoint.output.close()


async def test_a_full_disk_ends_the_batch_and_nothing_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.jsonl"
    checkpoint, _ = opened(path)
    writer = CheckpointWriter(checkpoint)

    def full(file: object, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(writer_module, "_write", full)
    waiting = [writer.start(index, item(index).sha256) for index in range(10)]
    results = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 30)
    assert all(isinstance(result, BatchError) for result in results)
    assert "No space left" in str(results[0])
    with pytest.raises(BatchError, match="cannot be written any more"):
        await writer.finish(Record(item(0), "completed"))
    with pytest.raises(BatchError):
        await asyncio.to_thread(writer.close, complete=True)
    checkpoint.output.close()


async def test_a_write_that_takes_only_a_part_is_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        def __init__(self) -> None:
            self.data = b""

        def write(self, rest: memoryview) -> int:
            self.data += bytes(rest[:3])
            return min(len(rest), 3)

    slow: Any = Slow()
    assert writer_module._write(slow, b"0123456789") == 10
    assert slow.data == b"0123456789"


async def test_ordering_keeps_the_last_result_of_each_item(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    checkpoint, _ = opened(path)
    writer = CheckpointWriter(checkpoint)
    for index, state in ((3, "unknown"), (1, "completed"), (3, "completed"), (0, "failed")):
        await writer.finish(Record(item(index), state))  # type: ignore[arg-type] # of a table
    await asyncio.to_thread(writer.close, complete=True)
    checkpoint.output.close()
    write_ordered(path, checkpoint.table)
    records = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [(record["index"], record["state"]) for record in records] == [
        (0, "failed"), (1, "completed"), (3, "completed"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, [-math.inf, {"a": math.nan}], "\ud800", 2**80]
)
def test_every_value_is_strict_json(value: Any) -> None:
    def refuse(constant: str) -> Callable[[str], object]:
        raise AssertionError(constant)

    line = Record(item(0), "completed", has_value=True, value=value).line(TAG)
    assert line.endswith(b"\n")
    assert b"\n" not in line[:-1]
    assert "value" in json.loads(line, parse_constant=refuse)
