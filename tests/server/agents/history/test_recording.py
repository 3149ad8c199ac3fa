"""What is recorded of a run, when, and how it is read back."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runagent_ls.agents.call import RunResult
from runagent_ls.agents.errors import FunctionError
from runagent_ls.agents.history import History, HistoryError, RunRecord, recording
from runagent_ls.agents.runs import OutputItem, RunOutcome, RunState
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.values import JsonValue

from .conftest import TARGET, OpenHistory, completed, items, record_run

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def test_a_stream_is_read_back_as_it_came(history: History) -> None:
    values: list[JsonValue] = ["once ", "upon", {"a": [1, None, 2**70]}, "", "\ud83e \x00 🦉", 5]
    started_at = float(int(time.time()))
    recorder = history.begin(
        RunRecord(
            "tell_stream", "stream", [1], {"q": "é"}, "client-7", "/p", "/p/runagent.config.json",
            "agent-1", "c0ffee", "/usr/bin/python3", started_at, {"batch": 3},
        )
    )  # fmt: skip
    recorder.state("resolving", None)
    recorder.state("connecting", TARGET)
    recorder.output(items(values[:2]))
    recorder.output([OutputItem(2, 3.25, "value", values[2], "")])
    recorder.output([OutputItem(3, 4.0, "unknown-frame", None, '{"type":"?"}')])
    recorder.output(items(values[3:], first=4))
    recorder.end(completed(6, elapsed_ms=250.5))
    assert history.flush()

    assert recorder.history_id is not None
    run = history.get(recorder.history_id)
    assert (run.tag, run.kind, run.run_id, run.state) == (
        "tell_stream", "stream", "client-7", "completed",
    )  # fmt: skip
    assert (run.args, run.kwargs, run.labels) == ([1], {"q": "é"}, {"batch": 3})
    assert (run.project_root, run.config_path) == ("/p", "/p/runagent.config.json")
    assert (run.agent_id, run.git_commit, run.interpreter) == (
        "agent-1", "c0ffee", "/usr/bin/python3",
    )  # fmt: skip
    assert run.target == TARGET.to_message()
    assert (run.started_at, run.ended_at) == (started_at, started_at + 0.2505)
    assert (run.elapsed_ms, run.first_chunk_ms, run.chunks) == (250.5, 1.0, 7)
    assert (run.dropped_chunks, run.redacted, run.inputs_cut) == (0, False, False)
    chunks = history.chunks(recorder.history_id)
    assert [chunk.index for chunk in chunks] == list(range(7))
    assert [chunk.value for chunk in chunks] == [*values[:3], '{"type":"?"}', *values[3:]]
    assert [chunk.type for chunk in chunks] == [
        "text", "text", "value", "unknown-frame", "text", "text", "value",
    ]  # fmt: skip
    assert [chunk.at_ms for chunk in chunks] == [1.0, 2.0, 3.25, 4.0, 5.0, 6.0, 7.0]


def test_a_call_keeps_its_result_and_a_failure_its_error(history: History) -> None:
    done = history.begin(RunRecord("greet", "run"))
    done.end(RunOutcome("completed", TARGET, 5.0, 0, None, RunResult({"a": [1.5]}, "r-1", 0.005)))
    failed = history.begin(RunRecord("fail", "run"))
    failed.end(RunOutcome("failed", TARGET, 5.0, 0, error=FunctionError("boom", details={"x": 1})))
    stopped = history.begin(RunRecord("slow", "run"))
    stopped.end(RunOutcome("cancelled", None, 5.0, 0, stopped=False))
    assert history.flush()
    third, second, first = history.list().runs
    assert (first.state, first.result, first.has_result) == ("completed", {"a": [1.5]}, True)
    assert second.state == "failed"
    assert isinstance(second.error, dict)
    assert (second.error["code"], second.error["message"]) == ("INTERNAL_ERROR", "boom")
    assert second.error["details"] == {"x": 1}
    assert (third.state, third.stopped, third.has_result) == ("cancelled", False, False)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(JSON, min_size=1, max_size=20))
def test_any_values_are_read_back(history: History, values: list[JsonValue]) -> None:
    recorder = history.begin(RunRecord("t", "stream", kwargs={"plain": values}))
    recorder.output(items(values))
    recorder.end(completed(len(values)))
    assert history.flush()
    assert recorder.history_id is not None
    run = history.get(recorder.history_id)
    if not run.redacted:
        assert run.kwargs == {"plain": values}
        assert [chunk.value for chunk in history.iter_chunks(run.history_id)] == values


def test_a_run_is_there_while_it_runs(history: History, open_history: OpenHistory) -> None:
    recorder = history.begin(RunRecord("t_stream", "stream"))
    recorder.output(items(["so far"]))
    assert history.flush()
    (run,) = open_history().list().runs
    assert (run.state, run.chunks, run.ended_at) == ("running", 1, None)
    assert [chunk.value for chunk in history.chunks(run.history_id)] == ["so far"]


def test_a_run_that_nobody_ended_is_interrupted(open_history: OpenHistory) -> None:
    history = open_history()
    history.begin(RunRecord("t_stream", "stream")).output(items(["so far"]))
    assert history.close()
    (run,) = open_history().list().runs
    assert (run.state, run.chunks) == ("interrupted", 1)
    assert run.ended_at is not None


def test_the_newest_run_of_a_tag_is_told_without_its_content(
    open_history: OpenHistory, tmp_path: Path
) -> None:
    assert open_history(tmp_path / "none.db").newest("t") is None
    history = open_history()
    begin = float(int(time.time())) - 1000
    for at, chunks in ((begin + 100, ["a", "b"]), (begin, [])):
        record = RunRecord("t_stream", "stream", project_root="/p", started_at=at)
        record_run(history, record, chunks)
    newest = history.newest("t_stream", project="/p")
    assert newest is not None
    assert (newest.state, newest.started_at, newest.chunks) == ("completed", begin + 100, 2)
    assert newest.elapsed_ms == 20.0
    assert history.newest("t_stream", project="/other") is None
    assert history.newest("other", project="/p") is None
    recorder = history.begin(RunRecord("t_stream", "stream", started_at=begin + 200))
    assert history.flush()
    newest = history.newest("t_stream")
    assert newest is not None
    assert (newest.state, newest.elapsed_ms) == ("running", None)
    history.close()
    assert recorder.history_id is not None
    newest = open_history().newest("t_stream")
    assert newest is not None
    assert newest.state == "interrupted"


def test_chunks_come_in_pages(history: History) -> None:
    count = 5000
    history_id = record_run(
        history, RunRecord("t_stream", "stream"), [str(i) for i in range(count)]
    )
    seen: list[int] = []
    after = -1
    while page := history.chunks(history_id, after, 700):
        assert len(page) <= 700
        seen += [chunk.index for chunk in page]
        after = seen[-1]
    assert seen == list(range(count))
    assert [chunk.value for chunk in history.chunks(history_id, 4321, 2)] == ["4322", "4323"]


def test_ids_may_be_shortened(history: History) -> None:
    history_id = record_run(history, RunRecord("t", "run"))
    assert history.get(history_id[:6]).history_id == history_id
    assert history.get("last").history_id == history_id
    with pytest.raises(HistoryError, match="no run nonsense"):
        history.get("nonsense")
    ids = [record_run(history, RunRecord("t", "run")) for _ in range(17)]
    shared = next(a for a in "0123456789abcdef" if sum(i.startswith(a) for i in ids) > 1)
    with pytest.raises(HistoryError, match="More than one run"):
        history.get(shared)


async def test_a_sink_is_recorded_before_it_is_told(history: History) -> None:
    told: list[object] = []

    class Told:
        async def state(self, state: RunState, target: Target | None) -> None:
            told.append(state)

        async def output(self, batch: Sequence[OutputItem]) -> None:
            told.extend(item.value for item in batch)

    recorder = history.begin(RunRecord("t_stream", "stream"))
    sink = recording(Told(), recorder)
    await sink.state("running", TARGET)
    await sink.output(items(["a", "b"]))
    recorder.end(completed(2))
    assert history.flush()
    assert told == ["running", "a", "b"]
    assert [chunk.value for chunk in history.chunks(history.get("last").history_id)] == ["a", "b"]


def test_switched_off_it_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNAGENT_LS_HISTORY", "off")
    history = History.open()
    recorder = history.begin(RunRecord("t", "run"))
    recorder.output(items(["a"]))
    recorder.end(completed())
    assert history.flush()
    assert history.close()
    assert (recorder.history_id, history.list().runs, history.enabled) == (None, (), False)
    monkeypatch.setenv("RUNAGENT_LS_HISTORY", str(tmp_path / "own.db"))
    assert History.open().path == tmp_path / "own.db"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_its_owner_may_read_it(history: History, path: Path) -> None:
    before = os.umask(0)
    try:
        history.begin(RunRecord("t", "run"))
        assert history.flush()
    finally:
        os.umask(before)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.rglob("*")}
    assert modes.pop("history.db.writers") == 0o700
    assert {"history.db", "history.db-wal", "history.db-shm"} <= set(modes)
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
