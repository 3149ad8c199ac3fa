"""`runagent-ls sessions` over folders in which agents keep them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from agent_runtime.persistence import FileStore, SqliteStore
from kept_sessions import BEGUN, SessionWriter, file_store_of, sqlite_store_of, write_session
from run_cli import Cli


def agent(folder: Path) -> FileStore:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "runagent.config.json").write_text("{}", "utf-8")
    return FileStore(file_store_of(folder), sync=False)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return agent(tmp_path / "one")


def test_sessions_are_listed(cli: Cli, tmp_path: Path, store: FileStore) -> None:
    write_session(store, "abc1", question="why\x1b[2J\nnot")
    other = agent(tmp_path / "two")
    SessionWriter(other, "xyz9", agent="other").think(1, "hm")
    done = cli("sessions", "list")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert [line for line in lines if line in {str(tmp_path / "one"), str(tmp_path / "two")}]
    (first,) = [line for line in lines if line.startswith("abc1")]
    assert "answered" in first
    assert "3 steps" in first
    assert "helper" in first
    assert "\\x1b[2J not" in first.replace("\\\\", "\\")
    (second,) = [line for line in lines if line.startswith("xyz9")]
    assert "interrupted" in second
    only = cli("sessions", "list", tmp_path / "two", "--json")
    (found,) = json.loads(only.out)["agents"]
    assert [it["id"] for it in found["sessions"]] == ["xyz9"]
    assert cli("sessions", "list", "--agent", "other").out.count("abc1") == 0


def test_what_was_worked_on_last_is_listed_first_with_when(cli: Cli, store: FileStore) -> None:
    SessionWriter(store, "later", at=BEGUN + 60)
    first = SessionWriter(store, "first")
    first.at = BEGUN + 120
    first.think(1, "hm")
    lines = cli("sessions", "list").out.splitlines()
    listed = [line.split()[:3] for line in lines if line.startswith(("first", "later"))]
    moments = [datetime.fromtimestamp(BEGUN + after) for after in (121, 60)]
    assert listed == [
        [name, *str(moment).split()]
        for name, moment in zip(("first", "later"), moments, strict=True)
    ]


def test_none_are_there(cli: Cli, tmp_path: Path) -> None:
    agent(tmp_path)
    done = cli("sessions", "list")
    assert (done.code, done.out) == (0, "")
    assert f"No sessions in {tmp_path}." in done.err


def test_a_damaged_one_is_named(cli: Cli, tmp_path: Path, store: FileStore) -> None:
    write_session(store, "good")
    broken = file_store_of(tmp_path / "one") / "sessions" / "broken"
    broken.mkdir()
    (broken / "events.jsonl").write_text("{}\n", "utf-8")
    done = cli("sessions", "list")
    assert done.code == 1
    assert done.out.startswith("good")
    assert str(broken) in done.err


def test_a_session_is_shown(cli: Cli, store: FileStore) -> None:
    write_session(store, "abc1")
    text = cli("sessions", "show", "abc").out
    for part in (
        "abc1  answered",
        "agent: helper",
        "\nStep 1\n  I note it.\n  -> note()\n  <- x\n",
    ):
        assert part in text
    assert "  0.00 s, 10 tokens read, 1 written (estimated)\n\nStep 2\n" in text
    assert "  -> look_up()\n  <- error (transient): x\n" in text
    assert "\nanswered: 3 steps, 1 tool call, 0.01 s, 1 token read, 1 written" in text
    assert 'name: "Ada L."' in text
    assert text.endswith("Answer\nbecause\n")
    early = cli("sessions", "show", "abc1", "--step", "1").out
    assert "ada likes math" in early
    assert ("Step 1" in early, "Step 2" in early) == (True, False)
    assert "because" not in early
    found = json.loads(cli("sessions", "show", "abc1", "--step", "1", "--json").out)
    assert found["working"] == {"name": "Ada", "mood": "fine"}
    assert (found["step"], found["answer"]) == (1, None)
    late = cli("sessions", "show", "abc1", "--step", "7")
    assert (late.code, "its last one is 3" in late.err) == (2, True)


def test_a_session_that_is_not_there_or_not_the_only_one(
    cli: Cli, tmp_path: Path, store: FileStore
) -> None:
    write_session(store, "abc1")
    write_session(agent(tmp_path / "two"), "abc2")
    missing = cli("sessions", "show", "nope")
    assert missing.code == 2
    assert "There is no session 'nope'" in missing.err
    several = cli("sessions", "delete", "abc")
    assert several.code == 2
    assert "any of 2 sessions" in several.err
    assert "abc2" in cli("sessions", "show", "abc", "--project", tmp_path / "two").out


def test_sessions_are_deleted(cli: Cli, store: FileStore) -> None:
    for name in ("a1", "b1", "c1"):
        write_session(store, name)
    with store.lease("c1"):
        busy = cli("sessions", "delete", "c1")
    assert (busy.code, "c1" in busy.err) == (2, True)
    assert cli("sessions", "delete", "a1", "b").err == "2 sessions deleted\n"
    assert [it.id for it in store.sessions()] == ["c1"]
    assert cli("sessions", "delete", "c1").err == "1 session deleted\n"


def test_the_agent_is_named_in_the_same_way_for_all(
    cli: Cli, tmp_path: Path, store: FileStore
) -> None:
    write_session(store, "abc1")
    write_session(agent(tmp_path / "two"), "abc2")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for path in (tmp_path / "two", tmp_path / "two" / "runagent.config.json"):
        listed = cli("sessions", "list", "--project", path, cwd=elsewhere)
        assert (listed.code, listed.out.split()[0]) == (0, "abc2"), listed.err
        assert cli("sessions", "list", path, cwd=elsewhere).out == listed.out
        assert "abc2" in cli("sessions", "show", "abc", "--project", path, cwd=elsewhere).out
    both = cli("sessions", "list", "--project", "one", "--project", "two", cwd=tmp_path)
    assert ("abc1" in both.out, "abc2" in both.out) == (True, True)
    again = cli("sessions", "list", "one", "--project", "two", cwd=tmp_path)
    assert again.out == both.out
    several = ("--project", "one", "--project", "two")
    assert "abc1" in cli("sessions", "show", "abc1", *several, cwd=tmp_path).out
    done = cli("sessions", "delete", "abc1", "abc2", *several, cwd=tmp_path)
    assert done.err == "2 sessions deleted\n"
    for action in ("list", "show", "delete"):
        text = " ".join(cli("sessions", action, "--help").out.split())
        assert "--project PATH an agent's folder or configuration" in text


def test_a_session_that_both_stores_have(cli: Cli, tmp_path: Path, store: FileStore) -> None:
    write_session(store, "abc1", question="in files")
    with SqliteStore(sqlite_store_of(tmp_path / "one"), sync=False) as database:
        write_session(database, "abc1", question="in the database")
    for action in ("show", "delete"):
        doubtful = cli("sessions", action, "abc1")
        assert (doubtful.code, "--store file or --store sqlite" in doubtful.err) == (2, True)
    assert "in the database" in cli("sessions", "show", "abc", "--store", "sqlite").out
    assert cli("sessions", "delete", "abc1", "--store", "sqlite").err == "1 session deleted\n"
    assert "in files" in cli("sessions", "show", "abc1").out


def test_a_damaged_one_is_deleted(cli: Cli, tmp_path: Path, store: FileStore) -> None:
    write_session(store, "good")
    broken = file_store_of(tmp_path / "one") / "sessions" / "broken"
    broken.mkdir()
    (broken / "events.jsonl").write_text("no line end", "utf-8")
    listed = cli("sessions", "list")
    assert (listed.code, str(broken) in listed.err) == (1, True)
    assert cli("sessions", "delete", "broken").err == "1 session deleted\n"
    assert not broken.exists()
    assert cli("sessions", "list").code == 0


def test_what_is_behind_a_link_is_not_deleted(cli: Cli, tmp_path: Path, store: FileStore) -> None:
    write_session(store, "abc1")
    other = tmp_path / "two"
    agent(other)
    (other / ".runagent").mkdir()
    file_store_of(other).symlink_to(store.folder)
    refused = cli("sessions", "delete", "abc1", "--project", other)
    assert refused.code == 2
    assert "leads out of the agent's folder" in refused.err
    assert "abc1" in cli("sessions", "list", "one", cwd=tmp_path).out
