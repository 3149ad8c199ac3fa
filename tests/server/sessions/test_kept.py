"""What an agent's folder says of its sessions."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from agent_runtime.json_value import JsonValue
from agent_runtime.persistence import (
    FileStore,
    MemoryRecord,
    SessionBusyError,
    SessionNotFoundError,
    SqliteStore,
    StoreError,
)
from folder_state import state_of
from kept_sessions import (
    BEGUN,
    RELATION,
    SessionWriter,
    entity,
    file_store_of,
    sqlite_store_of,
    write_session,
)
from runagent_ls.sessions import history
from runagent_ls.sessions.history import ToolCall
from runagent_ls.sessions.kept import KeptSessions

Store: TypeAlias = FileStore | SqliteStore


@pytest.fixture
def file_store(tmp_path: Path) -> FileStore:
    return FileStore(file_store_of(tmp_path), sync=False)


@pytest.fixture(params=["file", "sqlite"])
def store(tmp_path: Path, file_store: FileStore, request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "file":
        yield file_store
        return
    with SqliteStore(sqlite_store_of(tmp_path), sync=False) as store:
        yield store


def test_a_folder_without_sessions_has_none_and_is_left_as_it_is(tmp_path: Path) -> None:
    kept = KeptSessions(tmp_path)
    assert (kept.list().sessions, kept.list().problems) == ((), ())
    assert not kept.delete("s1")
    with pytest.raises(SessionNotFoundError, match=r"\.runagent.runtime.* and .*runtime\.sqlite"):
        kept.get("s1")
    assert list(tmp_path.iterdir()) == []


def test_sessions_are_listed_in_order_and_by_agent(tmp_path: Path, store: Store) -> None:
    write_session(store, "old")
    newer = SessionWriter(store, "new", "how", BEGUN + 60, agent="other")
    newer.think(1, "well")
    again = SessionWriter(store, "fork", at=BEGUN + 30, forked_from={"session": "old", "step": 2})
    again.add(1, "session_resumed")
    kept = KeptSessions(tmp_path)
    assert [it.summary.id for it in kept.list().sessions] == ["new", "fork", "old"]
    (of_other,) = kept.list("other").sessions
    assert (of_other.summary.id, of_other.summary.input) == ("new", "how")
    assert of_other.store == ("file" if isinstance(store, FileStore) else "sqlite")
    assert of_other.summary.state == "interrupted"
    with store.lease("new"):
        assert kept.get("new").session.summary.state == "running"
    ended = kept.get("old").session.summary
    assert (ended.state, ended.reason, ended.steps) == ("ended", "answered", 3)
    assert kept.get("fork").session.summary.forked_from == {"session": "old", "step": 2}


def test_a_session_as_it_is(tmp_path: Path, store: Store) -> None:
    write_session(store, question="why " * 1000)
    found = KeptSessions(tmp_path).get("s1")
    assert found.step == 3
    assert found.history.input == "why " * 1000
    assert found.history.answer == "because"
    assert found.history.working == {"name": "Ada L."}
    assert list(found.history.entities.values()) == [entity("ada", age=36)]
    assert found.history.relations == {}


def test_a_session_as_it_was(tmp_path: Path, store: Store) -> None:
    write_session(store)
    kept = KeptSessions(tmp_path)
    first = kept.get("s1", 1)
    assert (first.step, first.history.answer) == (1, None)
    assert first.history.working == {"name": "Ada", "mood": "fine"}
    assert set(first.history.entities) == {"ada", "math"}
    assert list(first.history.relations.values()) == [RELATION]
    assert kept.get("s1", 0).history.working == {}
    assert [it.step for it in first.history.checkpoints] == [1, 2, 3], "those after it, too"
    with pytest.raises(StoreError, match="no step 4; its last one is 3"):
        kept.get("s1", 4)


def test_its_steps(tmp_path: Path, store: Store) -> None:
    write_session(store)
    first, second, third = KeptSessions(tmp_path).get("s1").history.checkpoints
    assert (first.step, first.thought) == (1, "I note it.")
    assert first.tools == (ToolCall("note", True, None),)
    assert (first.input_tokens, first.output_tokens, first.elapsed_ms) == (10, 1, 4.0)
    assert first.at == BEGUN + 7
    assert second.tools == (ToolCall("look_up", False, "transient"),)
    assert (third.tools, third.elapsed_ms) == ((), 1.5)


def test_long_thoughts_and_names_are_cut(tmp_path: Path, store: Store) -> None:
    writer = SessionWriter(store, "s1")
    writer.think(1, "t" * 5000)
    for _ in range(history.MOST_TOOLS + 5):
        writer.call(1, "n" * 5000, "e" * 5000)
    writer.add(1, "checkpoint")
    (only,) = KeptSessions(tmp_path).get("s1").history.checkpoints
    assert only.thought == "t" * 499 + "…"
    assert len(only.tools) == history.MOST_TOOLS
    assert only.tools[0] == ToolCall("n" * 199 + "…", False, "e" * 199 + "…")


def test_a_step_that_is_not_complete_is_in_mind_and_no_checkpoint(
    tmp_path: Path, store: Store
) -> None:
    writer = write_session(store)
    writer = SessionWriter(store, "killed")
    writer.think(1, "begun")
    writer.add(1, "working_changed", set={"a": "1"}, removed=[])
    found = KeptSessions(tmp_path).get("killed")
    assert (list(found.history.checkpoints), found.history.working) == ([], {"a": "1"})


def test_what_was_used_last_comes_last_and_entities_named_again_keep_relations(
    tmp_path: Path, store: Store
) -> None:
    writer = SessionWriter(store, "s1")
    writer.add(1, "working_changed", set={"a": "1", "b": "2"}, removed=[])
    writer.add(1, "working_changed", set={"a": "3"}, removed=[])
    writer.graph(1, entities=[entity("ada"), entity("math")], relations=[RELATION])
    writer.graph(1, entities=[entity("ada", age=1)])
    writer.graph(1, relations=[{**RELATION, "target": "nobody"}], removed_relations=[RELATION])
    found = KeptSessions(tmp_path).get("s1").history
    assert list(found.working.items()) == [("b", "2"), ("a", "3")]
    assert found.entities["ada"]["properties"] == {"age": 1}
    assert found.relations == {}


def test_long_sessions_keep_their_latest_steps(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_session(store)
    assert not KeptSessions(tmp_path).get("s1").history.checkpoints_cut
    events = list(store.events("s1"))
    extra = [event for event in events if event["type"] == "checkpoint"]
    many = history.history_of(extra * (history.MOST_CHECKPOINTS // len(extra) + 1))
    assert (len(many.checkpoints), many.checkpoints_cut) == (history.MOST_CHECKPOINTS, True)


def test_what_another_program_wrote_wrong_counts_for_nothing(tmp_path: Path, store: Store) -> None:
    writer = SessionWriter(store, "s1", input=5, agent=[])
    every: tuple[Any, ...] = (None, 5, "x", [1, {"id": 2}, None], {"a": {}})
    for wrong in every:
        names = ("text", "tokens", "elapsed_ms", "ok", "tool", "error", "set", "removed")
        graph = ("entities", "relations", "removed_entities", "removed_relations")
        fields = dict.fromkeys((*names, *graph), wrong)
        for kind in ("thought", "observation", "working_changed", "graph_changed", "unknown"):
            writer.add(1, kind, **fields)
        writer.add(1, "checkpoint")
    found = KeptSessions(tmp_path).get("s1")
    assert found.history.input == ""
    assert len(found.history.checkpoints) == 5
    assert found.history.entities == {}


def test_what_the_agent_remembers(tmp_path: Path, store: Store) -> None:
    write_session(store)
    episode: dict[str, JsonValue] = {"text": "It rained.", "importance": 0.5, "recalls": 3}
    episode |= {"created_at": BEGUN, "last_at": BEGUN + 5}
    store.save_memory(
        "helper",
        [
            MemoryRecord("e1", "episodic", episode),
            MemoryRecord("e2", "episodic", {"text": "Sun.", "created_at": BEGUN + 1}),
            MemoryRecord("f1", "semantic", {"key": "sky", "text": "blue", "tags": ["colour", 5]}),
            MemoryRecord("f2", "semantic", {"vector": [1.0]}),
        ],
        [],
    )
    memory = KeptSessions(tmp_path).get("s1", 1).memory
    assert [it.text for it in memory.episodes] == ["Sun.", "It rained."]
    assert (memory.episodes[1].importance, memory.episodes[1].recalls) == (0.5, 3)
    assert (memory.episodes[0].importance, memory.episodes[0].recalls) == (None, None)
    assert [(it.key, it.text, it.tags) for it in memory.facts] == [("sky", "blue", ("colour",))]


def test_events_from_a_place_on(tmp_path: Path, store: Store) -> None:
    written = write_session(store)
    kept = KeptSessions(tmp_path)
    assert [it["seq"] for it in kept.events("s1")] == list(range(written.seq))
    assert [it["seq"] for it in kept.events("s1", written.seq - 2)] == [written.seq - 1]


def test_a_session_is_deleted_unless_somebody_works_on_it(tmp_path: Path, store: Store) -> None:
    write_session(store)
    kept = KeptSessions(tmp_path)
    with store.lease("s1"), pytest.raises(SessionBusyError):
        kept.delete("s1")
    assert kept.delete("s1")
    assert not kept.delete("s1")
    assert kept.list().sessions == ()


def test_a_damaged_session_is_named_hides_no_other_and_can_be_deleted(
    tmp_path: Path, file_store: FileStore
) -> None:
    write_session(file_store, "good")
    write_session(file_store, "bad")
    (journal,) = file_store_of(tmp_path).glob("sessions/bad/events.jsonl")
    journal.write_text("not even JSON\n" + journal.read_text("utf-8"), "utf-8")
    kept = KeptSessions(tmp_path)
    found = kept.list()
    assert [it.summary.id for it in found.sessions] == ["good"]
    (problem,) = found.problems
    assert str(journal) in problem
    with pytest.raises(StoreError):
        kept.get("bad")
    assert kept.delete("bad")
    assert kept.list().problems == ()


def test_damaged_memory_leaves_the_session_readable(tmp_path: Path, file_store: FileStore) -> None:
    write_session(file_store)
    file_store.save_memory("helper", [MemoryRecord("e1", "episodic", {"text": "x"})], [])
    (file,) = file_store_of(tmp_path).glob("memory/*")
    file.write_bytes(b"no memory\n" * 5)
    found = KeptSessions(tmp_path).get("s1")
    assert found.history.answer == "because"
    assert str(file) in " ".join(found.problems)
    assert found.memory.episodes == ()


def test_both_stores_of_a_folder_are_read(tmp_path: Path, file_store: FileStore) -> None:
    write_session(file_store, "in-files")
    with SqliteStore(sqlite_store_of(tmp_path), sync=False) as database:
        write_session(database, "in-database")
    kept = KeptSessions(tmp_path)
    found = {it.summary.id: it.store for it in kept.list().sessions}
    assert found == {"in-files": "file", "in-database": "sqlite"}
    assert kept.get("in-database").session.store == "sqlite"
    assert kept.delete("in-database")
    assert [it.summary.id for it in kept.list().sessions] == ["in-files"]


def test_a_foreign_database_is_named_and_hides_no_files(
    tmp_path: Path, file_store: FileStore
) -> None:
    write_session(file_store)
    sqlite_store_of(tmp_path).write_bytes(b"no database" * 100)
    found = KeptSessions(tmp_path).list()
    assert [it.summary.id for it in found.sessions] == ["s1"]
    (problem,) = found.problems
    assert str(sqlite_store_of(tmp_path)) in problem


def test_two_sessions_of_one_id_are_told_apart(tmp_path: Path, file_store: FileStore) -> None:
    write_session(file_store, "same", question="in files")
    with SqliteStore(sqlite_store_of(tmp_path), sync=False) as database:
        write_session(database, "same", question="in the database").add(4, "session_resumed")
    kept = KeptSessions(tmp_path)
    assert sorted(it.store for it in kept.list().sessions) == ["file", "sqlite"]
    assert kept.get("same").history.input == "in files"
    assert kept.get("same", store="sqlite").history.input == "in the database"
    counts = [len(list(kept.events("same", store=store))) for store in ("file", "sqlite")]
    assert counts[1] == counts[0] + 1
    assert kept.like("sam") == [("same", "sqlite"), ("same", "file")]
    assert kept.like("same", "sqlite") == [("same", "sqlite")]
    with pytest.raises(StoreError, match=r"two sessions 'same'.*file or sqlite"):
        kept.delete("same")
    assert kept.delete("same", "sqlite")
    assert not kept.delete("same", "sqlite")
    assert [it.store for it in kept.list().sessions] == ["file"]
    assert kept.delete("same")


def test_nothing_is_written_but_to_delete(tmp_path: Path, store: Store) -> None:
    writer = write_session(store)
    for _ in range(100):
        writer.add(4, "thought", text="x" * 1000, tokens={}, elapsed_ms=1.0)
    if isinstance(store, SqliteStore):
        store.close()
    for note in tmp_path.rglob("summary.json"):
        note.unlink()
    before = state_of(tmp_path)
    with KeptSessions(tmp_path) as kept:
        assert len(kept.list().sessions) == 1
        assert kept.get("s1").history.answer == "because"
        assert len(list(kept.events("s1"))) == writer.seq
        assert state_of(tmp_path) == before
    assert state_of(tmp_path) == before
    assert kept.delete("s1")


@pytest.mark.parametrize("kind", ["file", "sqlite"])
def test_what_a_link_leads_to_is_shown_and_not_deleted(tmp_path: Path, kind: str) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    place = file_store_of if kind == "file" else sqlite_store_of
    there = FileStore(place(theirs)) if kind == "file" else SqliteStore(place(theirs))
    write_session(there)
    if isinstance(there, SqliteStore):
        there.close()
    place(ours).parent.mkdir(parents=True)
    place(ours).symlink_to(place(theirs))
    before = state_of(tmp_path)
    kept = KeptSessions(ours)
    assert [it.summary.id for it in kept.list().sessions] == ["s1"]
    with pytest.raises(StoreError, match=r"leads out of the agent's folder, to .*theirs"):
        kept.delete("s1")
    assert state_of(tmp_path) == before
    place(ours).unlink()
    place(theirs).rename(ours / "moved")
    place(ours).symlink_to(ours / "moved")
    assert kept.delete("s1"), "it is in the agent's folder, wherever"


def test_what_was_read_of_a_long_session_is_remembered(
    tmp_path: Path, file_store: FileStore
) -> None:
    writer = write_session(file_store)
    for _ in range(100):
        writer.add(4, "thought", text="x" * 1000, tokens={}, elapsed_ms=1.0)
    (note,) = tmp_path.rglob("summary.json")
    note.unlink()
    kept = KeptSessions(tmp_path)
    first = kept.list()
    # what is damaged behind its back is not looked at again
    (journal,) = tmp_path.rglob("events.jsonl")
    with journal.open("r+b") as file:
        file.seek(5_000)
        file.write(b"?" * 100)
    assert kept.list() == first
    assert KeptSessions(tmp_path).list().sessions == ()


def test_sessions_that_come_and_go_while_they_are_looked_at(tmp_path: Path) -> None:
    kept = KeptSessions(tmp_path)
    assert kept.list().sessions == ()
    with SqliteStore(sqlite_store_of(tmp_path), sync=False) as database:
        write_session(database, "in-database")
        assert len(kept.list().sessions) == 1
        write_session(FileStore(file_store_of(tmp_path), sync=False), "in-files")
        assert len(kept.list().sessions) == 2
    shutil.rmtree(tmp_path / ".runagent")
    assert kept.list().sessions == ()
