"""Exports: JSON Lines that are read back, Markdown that nothing breaks out of, comparisons."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runagent_ls.agents.errors import FunctionError
from runagent_ls.agents.history import History, HistoryError, RunRecord, StoredChunk, StoredRun
from runagent_ls.agents.history.compare import differences
from runagent_ls.agents.history.export import read_jsonl
from runagent_ls.agents.history.git_commit import commit_of
from runagent_ls.agents.runs import RunOutcome
from runagent_ls.agents.values import JsonValue

from .conftest import TARGET, items, record_run


def exported(history: History, form: str, *ids: str) -> str:
    out = io.StringIO()
    history.export(ids, "jsonl" if form == "jsonl" else "markdown", out)
    return out.getvalue()


def test_json_lines_lose_nothing(history: History) -> None:
    values: list[JsonValue] = [
        "a\u2028b\n",
        "\x9b31m\u202e",
        {"x": [1.5, 2**70, None]},
        "",
        "\ud83e",
        1e300,
    ]
    first = record_run(
        history, RunRecord("t_stream", "stream", ["é"], {"a": {"b": 1}}, labels={"n": 1}), values
    )
    failed = history.begin(RunRecord("fail", "run"))
    failed.end(RunOutcome("failed", TARGET, 5.25, 0, error=FunctionError("boom")))
    assert history.flush()
    second = history.get("last").history_id
    text = exported(history, "jsonl", first, second)
    assert text.count("\n") == len(text.splitlines()) == 2 + len(values)
    assert text.replace("\n", "").isprintable()
    rows = list(read_jsonl(io.StringIO(text)))
    assert rows == [history.get(first), *history.iter_chunks(first), history.get(second)]
    assert isinstance(rows[0], StoredRun)
    assert isinstance(rows[1], StoredChunk)


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"record":"run","format":9}', '{"record":"x"}'])
def test_other_lines_are_refused(line: str) -> None:
    with pytest.raises(HistoryError, match="Line 2"):
        list(read_jsonl(["\n", line]))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.sampled_from("`~#<>a\n\r\x1b\u202e[]()!*_ "), max_size=60))
def test_nothing_breaks_out_of_markdown(history: History, text: str) -> None:
    recorder = history.begin(RunRecord(text, "stream", kwargs={"q": text}))
    recorder.output(items([text, {"k": text}]))
    recorder.end(RunOutcome("failed", TARGET, 5.0, 2, error=FunctionError(text)))
    assert history.flush()
    fence = None
    for line in exported(history, "markdown", "last").split("\n"):
        ticks = re.match(r"(`{3,})(.*)$", line)
        if fence is None and ticks is not None:
            assert ticks[2] in {"json", "text"}
            fence = ticks[1]
        elif fence is not None and line.rstrip(" ") == fence:
            fence = None
        elif fence is None:
            assert re.match(r"(?:##? |### |- [A-Z][a-z]+: `|## `|$)", line), line
        assert not re.search(r"[\x1b\r\u202e]", line)
    assert fence is None


def test_markdown_tells_what_happened(history: History) -> None:
    record = RunRecord("t_stream", "stream", kwargs={"n": 1}, git_commit="c0ffee")
    history_id = record_run(history, record, ["once ", "upon", {"a": 1}, "end"])
    text = exported(history, "markdown", history_id)
    assert '```text\nonce upon\n{"a": 1}\nend\n```' in text
    assert "- Commit: `c0ffee`" in text
    assert "- Agent: `agent-1 at 127.0.0.1:8450`" in text


def test_streams_are_compared(history: History) -> None:
    first = record_run(history, RunRecord("t_stream", "stream"), ["one\n", "two\n", "three"])
    second = record_run(history, RunRecord("t_stream", "stream"), ["one\ntw", "o\nthree"])
    third = record_run(history, RunRecord("t_stream", "stream"), ["one\n", "2\n", "three"])
    fourth = record_run(history, RunRecord("t_stream", "stream"), [{"n": 1}, {"n": 2}])
    fifth = record_run(history, RunRecord("t_stream", "stream"), [{"n": 1}, {"n": 3}])
    assert history.compare(first, second).output == ()
    assert history.compare(first, second).text == ()
    changed = history.compare(first, third)
    assert [line for line in changed.text if line[0] in "+-"][2:] == ["-two", "+2"]
    (difference,) = history.compare(fourth, fifth).output
    assert difference.to_message() == {"path": [1, "n"], "kind": "changed", "old": 2, "new": 3}
    message = history.compare(first, fifth).to_message()
    assert message["timing"] == {
        "elapsedMs": [20.0, 20.0], "firstChunkMs": [1.0, 1.0], "chunks": [3, 2],
    }  # fmt: skip


def test_a_long_output_is_compared_as_far_as_it_goes(history: History) -> None:
    long = record_run(history, RunRecord("t_stream", "stream"), [f"{n}\n" for n in range(21_000)])
    short = record_run(history, RunRecord("t_stream", "stream"), ["0\n"])
    assert not history.compare(long, short).complete
    assert history.compare(short, short).complete


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (1, 1.0, [((), "changed")]),
        (True, 1, [((), "changed")]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ({"a": None}, {}, [(("a",), "removed")]),
        ([1, 2], [1, 2, 3], [((2,), "added")]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, [(("a", 0, "b"), "changed")]),
        ([1], {"0": 1}, [((), "changed")]),
        (float("nan"), float("nan"), []),
    ],
)
def test_differences(old: JsonValue, new: JsonValue, expected: list[object]) -> None:
    assert [(it.path, it.kind) for it in differences(old, new)] == expected


COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_commits_are_read_from_gits_files(tmp_path: Path) -> None:
    git = tmp_path / ".git"
    (git / "refs" / "heads" / "feature").mkdir(parents=True)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert commit_of(deep) is None
    (git / "HEAD").write_text("ref: refs/heads/feature/x\n")
    assert commit_of(deep) is None
    packed = f"# pack-refs\n{'f' * 40} refs/heads/y\n{COMMIT} refs/heads/feature/x\n"
    (git / "packed-refs").write_text(packed)
    assert commit_of(deep) == COMMIT
    (git / "refs" / "heads" / "feature" / "x").write_text("a" * 40 + "\n")
    assert commit_of(deep) == "a" * 40
    (git / "HEAD").write_text(COMMIT + "\n")
    assert commit_of(deep) == COMMIT
    for broken in ("", "ref: ../../secret\n", "ref: HEAD\n", "nonsense", "\x00"):
        (git / "HEAD").write_text(broken)
        assert commit_of(deep) is None


def test_commits_of_worktrees(tmp_path: Path) -> None:
    main, tree = tmp_path / "main" / ".git", tmp_path / "tree"
    own = main / "worktrees" / "tree"
    own.mkdir(parents=True)
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {own}\n")
    (own / "HEAD").write_text("ref: refs/heads/topic\n")
    (own / "commondir").write_text("../..\n")
    (main / "packed-refs").write_text(f"{COMMIT} refs/heads/topic\n")
    assert commit_of(tree) == COMMIT
    (tree / ".git").write_text("gitdir: nowhere\n")
    assert commit_of(tree) is None
