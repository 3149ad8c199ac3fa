"""Sessions of the agent runtime, asked for by the shell."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from agent_runtime.persistence import FileStore, MemoryRecord, SqliteStore
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
from lsp.conftest import write_project
from lsp.editor import SHELL, Editor, RefusedError

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(file_store_of(tmp_path / "agent"), sync=False)


@pytest.fixture
def ask(editors: MakeEditor, tmp_path: Path) -> Callable[..., Json]:
    """Asks a server about the agent's sessions."""
    config = write_project(tmp_path / "agent")
    editor = editors([tmp_path / "agent"], SHELL)
    editor.start()

    def ask(part: str = "", **params: object) -> Json:
        answer: Json = editor.request(
            f"runagent/sessions{part}", {"configUri": config.as_uri(), **params}
        )
        return answer

    return ask


def test_an_agent_without_sessions(ask: Callable[..., Json]) -> None:
    assert ask() == {"sessions": [], "isCut": False, "problems": []}
    assert ask("/delete", session="s1") == {"deleted": False}
    for part in ("/get", "/events"):
        with pytest.raises(RefusedError, match="There is no session 's1'"):
            ask(part, session="s1")


def test_sessions_are_listed(ask: Callable[..., Json], store: FileStore) -> None:
    write_session(store, "done", question="why " * 500)
    SessionWriter(store, "gone", agent="other").think(1, "hm")
    broken = file_store_of(store.folder.parents[1]) / "sessions" / "broken"
    broken.mkdir()
    (broken / "events.jsonl").write_text("{}\n", "utf-8")
    found = ask()
    by_id = {it["session"]: it for it in found["sessions"]}
    assert by_id.keys() == {"done", "gone"}
    assert by_id["done"].pop("lastAt") > BEGUN * 1000
    question = by_id["done"].pop("input")
    assert question.startswith("why why")
    assert len(question) == 500
    assert by_id["done"] == {
        "session": "done",
        "agent": "helper",
        "state": "ended",
        "reason": "answered",
        "steps": 3,
        "entityCount": 2,
        "startedAt": BEGUN * 1000,
        "forkedFrom": None,
        "store": "file",
    }
    assert (by_id["gone"]["state"], by_id["gone"]["reason"]) == ("interrupted", None)
    assert str(broken) in found["problems"][0]
    assert [it["session"] for it in ask(agent="other")["sessions"]] == ["gone"]


def test_of_very_many_sessions_the_newest_are_listed(
    ask: Callable[..., Json], store: FileStore
) -> None:
    for number in range(503):
        SessionWriter(store, f"s{number}", at=BEGUN + number)
    found = ask()
    assert found["isCut"]
    assert [it["session"] for it in found["sessions"]] == [f"s{502 - n}" for n in range(500)]


def test_of_very_many_damaged_sessions_some_are_named(
    ask: Callable[..., Json], store: FileStore
) -> None:
    write_session(store)
    for number in range(25):
        broken = store.folder / "sessions" / f"broken{number}"
        broken.mkdir()
        (broken / "events.jsonl").write_text("{}\n", "utf-8")
    found = ask()
    assert len(found["sessions"]) == 1
    *named, rest = found["problems"]
    assert len(set(named)) == 20
    assert "5 more" in rest


def test_a_session_as_it_was_after_a_step(ask: Callable[..., Json], store: FileStore) -> None:
    write_session(store, question="why " * 500)
    fields: Any = {"text": "rain", "importance": 0.5, "recalls": 2, "created_at": BEGUN}
    store.save_memory("helper", [MemoryRecord("e1", "episodic", fields)], [])
    found = ask("/get", session="s1", step=1)
    assert found["session"]["input"] == "why " * 500
    assert (found["step"], found["answer"], found["problems"]) == (1, None, [])
    assert found["working"] == [{"key": "name", "value": "Ada"}, {"key": "mood", "value": "fine"}]
    assert found["graph"] == {
        "entities": [entity("ada", age=36), entity("math")],
        "relations": [RELATION],
        "isCut": False,
    }
    assert found["episodic"] == [
        {
            "id": "e1",
            "text": "rain",
            "importance": 0.5,
            "recalls": 2,
            "createdAt": BEGUN * 1000,
            "lastAt": None,
        }
    ]
    assert (found["semantic"], found["memoryCut"]) == ([], False)
    assert [it["step"] for it in found["checkpoints"]] == [1, 2, 3]
    assert found["checkpoints"][1] == {
        "step": 2,
        "at": (BEGUN + 14) * 1000,
        "thought": "I look it up.",
        "tools": [{"tool": "look_up", "ok": False, "error": "transient"}],
        "inputTokens": 20,
        "outputTokens": 2,
        "elapsedMs": 4.0,
    }


def test_a_session_as_it_is(ask: Callable[..., Json], store: FileStore) -> None:
    write_session(store)
    found = ask("/get", session="s1")
    assert (found["step"], found["answer"]) == (3, "because")
    assert found["working"] == [{"key": "name", "value": "Ada L."}]
    assert found["graph"]["relations"] == []
    with pytest.raises(RefusedError, match="no step 9; its last one is 3"):
        ask("/get", session="s1", step=9)


def test_a_huge_graph_is_cut_and_its_relations_lead_to_what_is_there(
    ask: Callable[..., Json], store: FileStore
) -> None:
    names = [f"e{number}" for number in range(1500)]
    chain = [
        {"source": first, "target": second, "kind": "next", "properties": {}}
        for first, second in pairwise(names)
    ]
    writer = SessionWriter(store, "s1")
    writer.graph(1, entities=[entity(name) for name in names], relations=chain)
    graph = ask("/get", session="s1")["graph"]
    there = {it["id"] for it in graph["entities"]}
    assert (len(there), graph["isCut"]) == (1000, True)
    assert len(graph["relations"]) == 999
    assert all({it["source"], it["target"]} <= there for it in graph["relations"])


def test_huge_contents_are_cut_to_what_an_answer_holds(
    ask: Callable[..., Json], store: FileStore
) -> None:
    writer = SessionWriter(store, "s1")
    for number in range(5):
        writer.graph(1, entities=[entity(f"e{number}", text="x" * 700_000)])
    found = ask("/get", session="s1")
    assert (len(found["graph"]["entities"]), found["graph"]["isCut"]) == (2, True)
    page = ask("/events", session="s1")
    assert page["next"] == 2
    rest = ask("/events", session="s1", after=page["next"])
    assert [it["seq"] for it in page["events"] + rest["events"]] == [0, 1, 2, 3, 4]


def test_checkpoints_of_a_long_session_come_in_parts(
    ask: Callable[..., Json], store: FileStore
) -> None:
    writer = SessionWriter(store, "s1")
    for step in range(1, 1203):
        writer.add(step, "checkpoint")
    latest = ask("/get", session="s1")
    parts = [latest["checkpoints"]]
    assert (len(parts[0]), latest["checkpointsCut"], latest["step"]) == (500, True, 1202)
    earlier = ask("/get", session="s1", before=parts[0][0]["step"])
    parts.insert(0, earlier["checkpoints"])
    assert (len(parts[0]), earlier["checkpointsCut"], earlier["step"]) == (500, True, 1202)
    first = ask("/get", session="s1", before=parts[0][0]["step"], step=3)
    parts.insert(0, first["checkpoints"])
    assert (first["checkpointsCut"], first["step"]) == (False, 3)
    assert [it["step"] for part in parts for it in part] == list(range(1, 1203))
    assert ask("/get", session="s1", before=1)["checkpoints"] == []


def test_checkpoints_with_much_to_tell_are_cut_sooner(
    ask: Callable[..., Json], store: FileStore
) -> None:
    writer = SessionWriter(store, "s1")
    for step in range(1, 151):
        seen = {"call": "c", "tool": "t" * 200, "ok": False, "error": "e" * 200, "content": ""}
        for _ in range(20):
            writer.add(step, "observation", elapsed_ms=1.0, **seen)
        writer.add(step, "checkpoint")
    found = ask("/get", session="s1")
    steps = [it["step"] for it in found["checkpoints"]]
    assert steps == list(range(151 - len(steps), 151))
    assert 50 < len(steps) < 150
    assert found["checkpointsCut"]


def test_texts_beyond_what_an_answer_holds_are_cut(
    ask: Callable[..., Json], store: FileStore
) -> None:
    writer = SessionWriter(store, "s1", question="q" * 1_500_000)
    for number in range(3):
        writer.add(1, "working_changed", set={f"k{number}": "x" * 700_000}, removed=[])
    writer.answer(1, "a" * 1_500_000)
    found = ask("/get", session="s1")
    assert [it["key"] for it in found["working"]] == ["k1", "k2"], "what was used last"
    assert "Working memory" in " ".join(found["problems"])
    for text in (found["session"]["input"], found["answer"]):
        assert len(text) == 1024 * 1024
        assert text.endswith("…")


def test_events_come_in_pages(ask: Callable[..., Json], store: FileStore) -> None:
    written = write_session(store)
    everything = list(store.events("s1"))
    assert ask("/events", session="s1") == {"events": everything, "next": None}
    page = ask("/events", session="s1", limit=4)
    assert (page["events"], page["next"]) == (everything[:4], 3)
    rest = ask("/events", session="s1", after=3, limit=5000)
    assert (rest["events"], rest["next"]) == (everything[4:], None)
    last = ask("/events", session="s1", after=written.seq - 2, limit=1)
    assert (len(last["events"]), last["next"]) == (1, None)


@pytest.mark.parametrize("kind", ["file", "sqlite"])
def test_pages_of_events_are_of_one_session(
    ask: Callable[..., Json], tmp_path: Path, kind: str
) -> None:
    agent = tmp_path / "agent"
    store: FileStore | SqliteStore = FileStore(file_store_of(agent), sync=False)
    if kind == "sqlite":
        store = SqliteStore(sqlite_store_of(agent), sync=False)
    write_session(store, at=BEGUN + 1 / 3)
    started = ask()["sessions"][0]["startedAt"]
    page = ask("/events", session="s1", limit=4, startedAt=started)
    assert ask("/events", session="s1", after=page["next"], startedAt=started)["next"] is None
    store.delete("s1")
    write_session(store, at=BEGUN + 2 / 3)
    with pytest.raises(RefusedError, match="another one than before"):
        ask("/events", session="s1", after=page["next"], startedAt=started)
    assert ask("/events", session="s1", after=page["next"])["events"]
    if isinstance(store, SqliteStore):
        store.close()


def test_a_session_is_deleted_unless_somebody_works_on_it(
    ask: Callable[..., Json], store: FileStore
) -> None:
    write_session(store)
    with store.lease("s1"), pytest.raises(RefusedError, match="s1"):
        ask("/delete", session="s1")
    assert ask("/delete", session="s1") == {"deleted": True}
    assert ask()["sessions"] == []


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("", {"agent": 5}),
        ("", {"configUri": None}),
        ("/get", {"session": ""}),
        ("/get", {"session": "s", "step": -1}),
        ("/get", {"session": "s", "step": "1"}),
        ("/get", {"session": "s", "before": -1}),
        ("/events", {"session": "s", "limit": 0}),
        ("/events", {"session": "s", "after": -2}),
        ("/events", {"session": "s", "startedAt": "now"}),
        ("/delete", {}),
        ("/delete", {"session": "s", "store": "files"}),
    ],
)
def test_parameters_of_the_wrong_shape(ask: Callable[..., Json], part: str, wrong: Json) -> None:
    with pytest.raises(RefusedError) as refused:
        ask(part, **wrong)
    assert refused.value.code == -32602


@pytest.mark.parametrize("kind", ["file", "sqlite"])
def test_looking_writes_nothing(ask: Callable[..., Json], tmp_path: Path, kind: str) -> None:
    agent = tmp_path / "agent"
    store = (
        FileStore(file_store_of(agent), sync=False)
        if kind == "file"
        else SqliteStore(sqlite_store_of(agent), sync=False)
    )
    writer = write_session(store)
    for _ in range(100):
        writer.add(4, "thought", text="x" * 1000, tokens={}, elapsed_ms=1.0)
    if isinstance(store, SqliteStore):
        store.close()
    for note in agent.rglob("summary.json"):
        note.unlink()
    before = state_of(agent)
    assert [it["session"] for it in ask()["sessions"]] == ["s1"]
    assert ask("/get", session="s1")["answer"] == "because"
    assert len(ask("/events", session="s1")["events"]) == writer.seq
    assert state_of(agent) == before
    assert ask("/delete", session="s1") == {"deleted": True}
    assert ask()["sessions"] == []


def test_a_session_that_both_stores_have(
    ask: Callable[..., Json], store: FileStore, tmp_path: Path
) -> None:
    write_session(store, question="in files")
    with SqliteStore(sqlite_store_of(tmp_path / "agent"), sync=False) as database:
        write_session(database, question="in the database")
        found = {
            kind: ask("/get", session="s1", store=kind)["session"]["input"]
            for kind in ("file", "sqlite")
        }
        assert found == {"file": "in files", "sqlite": "in the database"}
        with pytest.raises(RefusedError, match="file or sqlite"):
            ask("/delete", session="s1")
        assert ask("/delete", session="s1", store="sqlite") == {"deleted": True}
    assert [it["store"] for it in ask()["sessions"]] == ["file"]


def test_what_is_behind_a_link_is_not_deleted(ask: Callable[..., Json], tmp_path: Path) -> None:
    write_session(FileStore(file_store_of(tmp_path / "other")))
    (tmp_path / "agent" / ".runagent").mkdir()
    file_store_of(tmp_path / "agent").symlink_to(file_store_of(tmp_path / "other"))
    before = state_of(tmp_path / "other")
    assert [it["session"] for it in ask()["sessions"]] == ["s1"]
    with pytest.raises(RefusedError, match="leads out of the agent's folder"):
        ask("/delete", session="s1")
    assert state_of(tmp_path / "other") == before
