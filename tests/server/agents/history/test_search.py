"""Search finds the same with and without the index."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runagent_ls.agents.call import RunResult
from runagent_ls.agents.errors import FunctionError
from runagent_ls.agents.history import History, Query, RunRecord, documents, search
from runagent_ls.agents.runs import OutputItem, RunOutcome

from .conftest import OpenHistory, items, record_run


@pytest.fixture(params=["index", "no index", "index later"])
def searched(
    request: pytest.FixtureRequest, open_history: OpenHistory, monkeypatch: pytest.MonkeyPatch
) -> History:
    """A history with runs in it, recorded and read by a SQLite with FTS5 or one without."""
    if request.param != "index":
        monkeypatch.setattr(documents, "prepare_index", lambda connection: False)
    history = open_history()
    record_run(history, RunRecord("a_stream", "stream", kwargs={"name": "Ada"}), ["once u", "pon"])
    record_run(history, RunRecord("b_stream", "stream"), [{"Größe": "ΑΒΓ"}, "time_series x"])
    failed = history.begin(RunRecord("c", "run", ["upon the input"]))
    failed.end(RunOutcome("failed", None, 1.0, 0, error=FunctionError("boom: upon 42")))
    done = history.begin(RunRecord("d", "run"))
    done.end(RunOutcome("completed", None, 1.0, 0, None, RunResult({"k": "result text"}, None, 1)))
    running = history.begin(RunRecord("e_stream", "stream", kwargs={"q": "running upon"}))
    running.output(items(["not yet searchable"]))
    assert history.flush()
    if request.param == "index later":
        monkeypatch.undo()
        later = open_history()
        later.begin(RunRecord("later", "run"))
        assert later.flush()
    return history


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("upon", ["e_stream", "c", "a_stream"]),
        ("UPO", ["e_stream", "c", "a_stream"]),
        ("pon", []),
        ("ada once", ["a_stream"]),
        ("ada boom", []),
        ("größe", ["b_stream"]),
        ("αβγ", ["b_stream"]),
        ("grosse", []),
        ("series", ["b_stream"]),
        ("boom 42", ["c"]),
        ('"boom" OR result*', []),
        ("result", ["d"]),
        ("internal_error", ["c"]),
        ("NEAR(", []),
    ],
)
def test_words_are_found(searched: History, text: str, tags: list[str]) -> None:
    assert [match.run.tag for match in searched.search(text)] == tags


def test_where_it_was_found(searched: History) -> None:
    places = {match.run.tag: (match.where, match.excerpt) for match in searched.search("upon")}
    assert places["a_stream"] == ("output", "once upon")
    assert places["c"][0] == "inputs"
    assert "upon the input" in places["c"][1]
    (match,) = searched.search("upon", Query(tag="c"))
    assert match.run.tag == "c"
    assert [it.run.tag for it in searched.search("upon", Query(limit=1))] == ["e_stream"]
    assert [it.run.tag for it in searched.search("upon", Query(state="failed"))] == ["c"]


def test_a_deleted_run_is_not_found(searched: History) -> None:
    (match,) = searched.search("boom")
    assert searched.delete([match.run.history_id]) == 1
    assert searched.search("boom") == ()
    assert len(searched.search("upon")) == 2
    assert searched.delete(Query(state="completed")) == 3
    assert [match.run.tag for match in searched.search("upon")] == ["e_stream"]
    assert searched.clear() >= 1
    assert searched.search("upon") == ()


def test_only_the_beginning_and_the_end_of_a_long_output(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "HEAD_CHARS", 100_000)
    monkeypatch.setattr(documents, "TAIL_CHARS", 100_000)
    recorder = history.begin(RunRecord("t_stream", "stream"))
    filler = "filler " * 20_000
    for index, text in enumerate(["first ", filler, " middle ", filler, filler, " last"]):
        recorder.output([OutputItem(index, 1.0, "text", text, text)])
        assert history.flush()
    recorder.end(RunOutcome("completed", None, 1.0, 5))
    assert history.flush()
    assert len(history.search("first")) == len(history.search("last")) == 1
    assert history.search("middle") == ()


def test_what_was_dropped_does_not_join_its_neighbours(history: History) -> None:
    recorder = history.begin(RunRecord("t_stream", "stream"))
    recorder.output(items(["hay ", "need"]))
    recorder.output(items(["lestack"], first=5))
    recorder.end(RunOutcome("completed", None, 1.0, 6))
    assert history.flush()
    assert history.search("needlestack") == ()
    assert len(history.search("lestack")) == 1


def test_deleted_words_leave_the_file(history: History, path: Path) -> None:
    """Words with different beginnings: the index stores only what differs from the word before."""
    words = [
        "alpha",
        "bravo",
        "charlie",
        "delta",
        "echo",
        "foxtrot",
        "golf",
        "hotel",
        "india",
        "juliett",
        "kilo",
        "lima",
    ]
    ids = [record_run(history, RunRecord("t_stream", "stream"), [word]) for word in words]
    assert history.delete(ids[::2]) == 6
    data = b"".join(it.read_bytes() for it in path.parent.iterdir() if it.is_file())
    assert [word for word in words if word.encode() in data] == words[1::2]


WORDS = st.text(st.sampled_from("abAB19äÄßéñЖж_- ,.\"'"), min_size=1, max_size=12)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(WORDS, min_size=1, max_size=6), asked=WORDS)
def test_both_ways_find_the_same(
    history: History, monkeypatch: pytest.MonkeyPatch, texts: list[str], asked: str
) -> None:
    history.clear()
    for number, text in enumerate(texts):
        record_run(history, RunRecord(f"t{number}", "stream", ["value"]), [text])
    if not search.words_of(asked):
        return
    found = [match.run.tag for match in history.search(asked)]
    with monkeypatch.context() as without:
        without.setattr(search, "has_index", lambda connection: False)
        assert [match.run.tag for match in history.search(asked)] == found
