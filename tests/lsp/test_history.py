"""Recorded runs, asked for by the shell."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.conftest import write_project
from lsp.editor import SHELL, Editor, RefusedError
from lsp.patched import command
from serve_real_agent import RunningAgent

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]


@pytest.fixture
def config(real_agent: RunningAgent) -> Path:
    return real_agent.project_dir / "runagent.config.json"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.db"


@pytest.fixture
def shell(editors: MakeEditor, real_agent: RunningAgent, file: Path) -> Editor:
    """An editor that records runs in `file`."""
    environment = {
        "RUNAGENT_CACHE_DIR": str(real_agent.cache_dir),
        "RUNAGENT_LS_HISTORY": str(file),
    }
    editor = editors([real_agent.project_dir], SHELL, environment=environment)
    editor.start()
    return editor


def run(editor: Editor, config: Path, tag: str, **more: object) -> Json:
    method = "runagent/stream" if tag.endswith("_stream") else "runagent/run"
    params = {"runId": f"r-{tag}", "configUri": config.as_uri(), "tag": tag, "kwargs": {}, **more}
    outcome: Json = editor.request(method, params, limit=180)
    return outcome


def test_a_run_is_recorded_with_what_it_gave(shell: Editor, config: Path) -> None:
    outcome = run(shell, config, "greet", kwargs={"name": "Ada"})
    found = shell.request("runagent/history/get", {"historyId": outcome["historyId"]})
    assert found["kwargs"] == {"name": "Ada"}
    assert found["value"] == {"greeting": "hello Ada", "n": 1}
    assert (found["items"], found["next"]) == ([], None)
    summary = found["summary"]
    assert (summary["tag"], summary["kind"], summary["state"]) == ("greet", "run", "completed")
    assert summary["configUri"] == config.as_uri()
    assert summary["target"] == outcome["target"]
    assert summary["inputs"] == 'name="Ada"'


SLOW_DISK = """
    import pathlib, time
    from runagent_ls.agents.history.writer import Writer
    record = Writer._record
    def late(self, events):
        while not pathlib.Path(GO).exists():
            time.sleep(0.01)
        return record(self, events)
    Writer._record = late
"""


def test_a_question_waits_for_a_slow_disk(
    editors: MakeEditor, real_agent: RunningAgent, config: Path, file: Path, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    environment = {
        "RUNAGENT_CACHE_DIR": str(real_agent.cache_dir),
        "RUNAGENT_LS_HISTORY": str(file),
    }
    patch = SLOW_DISK.replace("GO", repr(str(go)))
    editor = editors(
        [real_agent.project_dir], SHELL, environment=environment, command=command(patch)
    )
    editor.start()
    outcome = run(editor, config, "greet", kwargs={"name": "Ada"})
    asked = editor.begin("runagent/history/list", {})
    begun = time.monotonic()
    editor.until(lambda: time.monotonic() > begun + 4, "the disk takes some seconds")
    go.touch()
    assert [it["historyId"] for it in editor.answer(asked)["runs"]] == [outcome["historyId"]]


def test_failures_and_cancelled_runs_are_recorded(shell: Editor, config: Path) -> None:
    failed = run(shell, config, "fail")
    params = {
        "runId": "endless", "configUri": config.as_uri(), "tag": "endless_stream", "kwargs": {},
    }  # fmt: skip
    running = shell.begin("runagent/stream", params)
    shell.wait_for("runagent/output")
    listed = shell.request("runagent/history/list", {"state": "running"})
    assert [it["tag"] for it in listed["runs"]] == ["endless_stream"]
    # Who sees a run in the history can end it, as long as it goes on here.
    shell.request("runagent/cancel", {"runId": listed["runs"][0]["runId"]})
    cancelled = shell.answer(running)
    runs = shell.request("runagent/history/list", {})["runs"]
    assert [(it["historyId"], it["state"]) for it in runs] == [
        (cancelled["historyId"], "cancelled"),
        (failed["historyId"], "failed"),
    ]
    assert runs[0]["chunks"] == cancelled["chunks"] > 0
    assert "boom 1" in runs[1]["problem"]
    found = shell.request("runagent/history/get", {"historyId": failed["historyId"]})
    assert found["error"]["code"] == failed["error"]["code"]


def test_refused_inputs_are_no_run(shell: Editor, config: Path) -> None:
    assert "historyId" not in run(shell, config, "greet")
    assert shell.request("runagent/history/list", {})["runs"] == []


def test_runs_come_in_pages_and_by_their_kind(shell: Editor, config: Path, tmp_path: Path) -> None:
    for number in range(5):
        run(shell, config, "echo", kwargs={"number": number})
    run(shell, config, "words_stream")
    seen: list[str] = []
    page = shell.request("runagent/history/list", {"limit": 4})
    while True:
        seen += [it["inputs"] for it in page["runs"]]
        if page["next"] is None:
            break
        page = shell.request("runagent/history/list", {"limit": 4, "before": page["next"]})
    assert seen == ["", *(f"number={number}" for number in (4, 3, 2, 1, 0))]
    only = shell.request("runagent/history/list", {"tag": "words_stream"})
    assert [it["kind"] for it in only["runs"]] == ["stream"]
    other = write_project(tmp_path / "other")
    nothing = shell.request("runagent/history/list", {"configUri": other.as_uri()})
    assert nothing == {"runs": [], "next": None}


def test_words_are_found_where_they_stand(shell: Editor, config: Path) -> None:
    run(shell, config, "echo", kwargs={"word": "zebra"})
    run(shell, config, "words_stream", kwargs={"text": "a quagga walks"})
    (match,) = shell.request("runagent/history/search", {"text": "quag"})["matches"]
    assert match["run"]["tag"] == "words_stream"
    assert "quagga" in match["excerpt"]
    assert shell.request("runagent/history/search", {"text": "unicorn"}) == {"matches": []}


def test_output_is_read_in_pages(shell: Editor, config: Path) -> None:
    outcome = run(shell, config, "count_stream", kwargs={"n": 2500})
    asked = {"historyId": outcome["historyId"], "limit": 1000}
    items: list[Json] = []
    after: int | None = -1
    while after is not None:
        page = shell.request("runagent/history/get", {**asked, "after": after})
        assert len(page["items"]) <= 1000
        items += page["items"]
        after = page["next"]
    assert [it["value"] for it in items] == [{"i": number} for number in range(2500)]
    assert [it["index"] for it in items] == list(range(2500))


def test_runs_are_compared_as_texts(shell: Editor, config: Path) -> None:
    first = run(shell, config, "greet", kwargs={"name": "Ada"})["historyId"]
    second = run(shell, config, "greet", kwargs={"name": "Bob"})["historyId"]
    third = run(shell, config, "greet", kwargs={"name": "Bob"})["historyId"]
    different = shell.request("runagent/history/compare", {"first": first, "second": second})
    assert different["same"] is False
    assert '"greeting": "hello Ada"' in different["first"]["text"]
    assert '"greeting": "hello Bob"' in different["second"]["text"]
    alike = shell.request("runagent/history/compare", {"first": second, "second": third})
    assert (alike["same"], alike["complete"]) == (True, True)
    assert alike["first"]["text"] == alike["second"]["text"]


def test_runs_are_written_out(shell: Editor, config: Path, tmp_path: Path) -> None:
    ids = [run(shell, config, "echo", kwargs={"n": n})["historyId"] for n in range(2)]
    target = tmp_path / "runs.jsonl"
    asked = {"historyIds": ids, "format": "jsonl", "uri": target.as_uri()}
    written = shell.request("runagent/history/export", asked)
    assert written == {"runs": 2, "uri": target.as_uri(), "text": None}
    lines = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert {"n": 0} in [line.get("kwargs") for line in lines]
    asked = {"historyIds": ids, "format": "markdown"}
    answered = shell.request("runagent/history/export", asked)
    assert (answered["runs"], answered["uri"]) == (2, None)
    assert answered["text"].count("## `echo`") == 2
    unwritable = tmp_path / "none" / "runs.md"
    with pytest.raises(RefusedError, match=r"runs\.md cannot be written") as refused:
        shell.request("runagent/history/export", {**asked, "uri": unwritable.as_uri()})
    assert refused.value.code == -32803


def test_an_export_that_is_too_long_leaves_the_file_alone(
    shell: Editor, config: Path, tmp_path: Path
) -> None:
    target = tmp_path / "runs.jsonl"
    target.write_text("before")
    good = run(shell, config, "echo")["historyId"]
    asked = {"historyIds": [good, "nothing"], "format": "jsonl"}
    with pytest.raises(RefusedError, match="no run nothing"):
        shell.request("runagent/history/export", {**asked, "uri": target.as_uri()})
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["runs.jsonl"]
    long = run(shell, config, "large_text", kwargs={"size": 3_900_000})["historyId"]
    asked = {"historyIds": [long, long], "format": "jsonl"}
    with pytest.raises(RefusedError, match="Export it into a file"):
        shell.request("runagent/history/export", asked)


def test_runs_are_deleted(shell: Editor, config: Path, file: Path) -> None:
    first, second = (
        run(shell, config, "echo", kwargs={"word": word})["historyId"] for word in ("aaa", "bbb")
    )
    asked = {"historyIds": [first]}
    assert shell.request("runagent/history/delete", asked) == {"deleted": 1}
    left = shell.request("runagent/history/list", {})["runs"]
    assert [it["historyId"] for it in left] == [second]
    assert shell.request("runagent/history/delete", {"all": True}) == {"deleted": 1}
    assert shell.request("runagent/history/list", {})["runs"] == []


def test_a_pinned_run_outlives_the_limits(
    editors: MakeEditor, real_agent: RunningAgent, config: Path, file: Path
) -> None:
    environment = {
        "RUNAGENT_CACHE_DIR": str(real_agent.cache_dir),
        "RUNAGENT_LS_HISTORY": str(file),
    }
    moment = 0.1 / 86400  # days
    settings = {"runagent": {"history": {"maxAgeDays": moment}}}
    first = editors([real_agent.project_dir], SHELL, environment=environment)
    first.start()
    kept, freed, other = (
        run(first, config, "echo", kwargs={"number": n})["historyId"] for n in range(3)
    )
    for pinned in (kept, freed):
        summary = first.request("runagent/history/pin", {"historyId": pinned[:12]})
        assert (summary["historyId"], summary["pinned"]) == (pinned, True)
    asked = {"historyId": freed, "pinned": False}
    assert first.request("runagent/history/pin", asked)["pinned"] is False
    listed = first.request("runagent/history/list", {})["runs"]
    assert {it["historyId"]: it["pinned"] for it in listed} == {
        kept: True, freed: False, other: False,
    }  # fmt: skip
    assert first.stop() == 0
    later = editors([real_agent.project_dir], SHELL, settings, environment=environment)
    later.start()
    newest = run(later, config, "echo")["historyId"]

    def only_the_pinned_run_is_left() -> bool:
        runs = later.request("runagent/history/list", {})["runs"]
        return {it["historyId"] for it in runs} - {newest} == {kept}

    later.until(only_the_pinned_run_is_left, "old runs are removed", limit=180)


@pytest.mark.parametrize(
    ("method", "params", "named"),
    [
        ("list", {"limit": 0}, "limit"),
        ("list", {"limit": 201}, "limit"),
        ("list", {"state": "done"}, "state"),
        ("list", {"since": "now"}, "since"),
        ("list", {"configUri": "untitled:1"}, "configUri"),
        ("list", {"tag": 5}, "tag"),
        ("search", {}, "text"),
        ("search", {"text": 5}, "text"),
        ("get", {}, "historyId"),
        ("get", {"historyId": "x", "after": -2}, "after"),
        ("get", {"historyId": "x", "limit": 5001}, "limit"),
        ("pin", {"pinned": True}, "historyId"),
        ("pin", {"historyId": "x", "pinned": 1}, "pinned"),
        ("delete", {}, "historyIds"),
        ("delete", {"historyIds": []}, "historyIds"),
        ("delete", {"historyIds": [""]}, "historyIds"),
        ("delete", {"historyIds": "x"}, "historyIds"),
        ("delete", {"all": "yes"}, "all"),
        ("delete", {"all": True, "historyIds": ["x"]}, "all excludes"),
        ("export", {"historyIds": ["x"], "format": "html"}, "format"),
        ("export", {"historyIds": ["x"], "format": "jsonl", "uri": "https://x/y"}, "uri"),
        ("compare", {"first": "x"}, "second"),
    ],
)
def test_wrong_questions_are_refused_by_name(
    shared_shell: Editor, method: str, params: Json, named: str
) -> None:
    with pytest.raises(RefusedError, match=named) as refused:
        shared_shell.request(f"runagent/history/{method}", params)
    assert refused.value.code == -32602


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("get", {"historyId": "nobody"}),
        ("pin", {"historyId": "nobody"}),
        ("delete", {"historyIds": ["nobody"]}),
        ("compare", {"first": "nobody", "second": "nobody"}),
    ],
)
def test_unknown_runs_are_named(shared_shell: Editor, method: str, params: Json) -> None:
    with pytest.raises(RefusedError, match="no run nobody") as refused:
        shared_shell.request(f"runagent/history/{method}", params)
    assert refused.value.code == -32803


@pytest.mark.parametrize("content", [b"no database at all, but long enough", b""])
def test_a_damaged_history_never_fails_a_run(
    editors: MakeEditor, real_agent: RunningAgent, config: Path, file: Path, content: bytes
) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    environment = {
        "RUNAGENT_CACHE_DIR": str(real_agent.cache_dir),
        "RUNAGENT_LS_HISTORY": str(file),
    }
    editor = editors([real_agent.project_dir], SHELL, environment=environment)
    editor.start()
    assert run(editor, config, "echo")["state"] == "completed"
    assert run(editor, config, "count_stream")["state"] == "completed"


def test_a_history_that_cannot_be_written_is_told_once(
    editors: MakeEditor, real_agent: RunningAgent, config: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    environment = {
        "RUNAGENT_CACHE_DIR": str(real_agent.cache_dir),
        "RUNAGENT_LS_HISTORY": str(blocked / "history.db"),
    }
    editor = editors([real_agent.project_dir], SHELL, environment=environment)
    editor.start()
    for _ in range(3):
        assert run(editor, config, "echo")["state"] == "completed"
    editor.wait_for("window/showMessage", lambda it: "blocked" in it["message"])
    assert editor.stop() == 0
    assert len(editor.of("window/showMessage")) == 1


def test_the_setting_switches_recording_off(
    editors: MakeEditor, real_agent: RunningAgent, config: Path, file: Path
) -> None:
    environment = {
        "RUNAGENT_CACHE_DIR": str(real_agent.cache_dir),
        "RUNAGENT_LS_HISTORY": str(file),
    }
    settings = {"runagent": {"history": {"enabled": False}}}
    editor = editors([real_agent.project_dir], SHELL, settings, environment=environment)
    editor.start()
    editor.wait_for("workspace/configuration")
    editor.until(lambda: "historyId" not in run(editor, config, "echo"), "the setting is read")
    before = len(editor.request("runagent/history/list", {"limit": 200})["runs"])
    assert run(editor, config, "echo", kwargs={"secretly": 1})["state"] == "completed"
    assert len(editor.request("runagent/history/list", {"limit": 200})["runs"]) == before


@pytest.mark.parametrize(
    ("history", "said"),
    [
        ({"enabled": "no"}, "runagent.history.enabled must be true or false"),
        ({"maxSizeMb": 0}, "runagent.history.maxSizeMb must be a whole number"),
        ({"maxSizeMb": 1.5}, "runagent.history.maxSizeMb must be a whole number"),
        ({"maxAgeDays": -1}, "runagent.history.maxAgeDays must be a number of days"),
        ({"maxAgeDays": "90"}, "runagent.history.maxAgeDays must be a number of days"),
    ],
)
def test_settings_of_the_wrong_kind_are_named(
    editors: MakeEditor, tmp_path: Path, history: Json, said: str
) -> None:
    editor = editors([tmp_path], SHELL, {"runagent": {"history": history}})
    editor.start()
    editor.wait_for("window/showMessage", lambda it: said in it["message"])


def test_what_a_server_recorded_is_there_for_the_next(
    editors: MakeEditor, real_agent: RunningAgent, config: Path, file: Path
) -> None:
    environment = {
        "RUNAGENT_CACHE_DIR": str(real_agent.cache_dir),
        "RUNAGENT_LS_HISTORY": str(file),
    }

    def started() -> Editor:
        editor = editors([real_agent.project_dir], SHELL, environment=environment)
        editor.start()
        return editor

    first = started()
    params = {"runId": "r", "configUri": config.as_uri(), "tag": "endless_stream", "kwargs": {}}
    first.begin("runagent/stream", params)
    first.wait_for("runagent/output")
    assert first.stop() == 0
    (summary,) = started().request("runagent/history/list", {})["runs"]
    assert (summary["tag"], summary["state"]) == ("endless_stream", "cancelled")
    assert summary["chunks"] > 0
