"""What an agent remembers beyond its sessions, however large it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_runtime.persistence import FileStore, MemoryRecord, SqliteStore
from agent_runtime.persistence.records import MemoryChange
from kept_sessions import file_store_of, sqlite_store_of, write_session
from runagent_ls.sessions import memory
from runagent_ls.sessions.kept import KeptSessions
from runagent_ls.sessions.memory import Memory, memory_of


@pytest.fixture(params=["file", "sqlite"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[FileStore | SqliteStore]:
    if request.param == "file":
        yield FileStore(file_store_of(tmp_path), sync=False)
        return
    with SqliteStore(sqlite_store_of(tmp_path), sync=False) as store:
        yield store


def episode(name: str, text: str) -> MemoryRecord:
    return MemoryRecord(name, "episodic", {"text": text, "created_at": 1.0})


def fact(name: str, text: str, *tags: str) -> MemoryRecord:
    return MemoryRecord(name, "semantic", {"key": name, "text": text, "tags": list(tags)})


def names(found: Memory) -> list[str]:
    return [*(it.id for it in found.episodes), *(it.key for it in found.facts)]


def test_changes_add_up(tmp_path: Path, store: FileStore | SqliteStore) -> None:
    write_session(store)
    store.save_memory("helper", [episode("a", "1"), episode("b", "2"), fact("c", "3")], [])
    store.save_memory("other", [episode("d", "4")], [])
    store.save_memory("helper", [episode("a", "5"), episode("c", "6"), fact("e", "7")], ["b"])
    store.save_memory("helper", [MemoryRecord("e", "semantic", {"key": "e"})], [])
    found = KeptSessions(tmp_path).get("s1")
    assert [(it.id, it.text) for it in found.memory.episodes] == [("a", "5"), ("c", "6")]
    assert (found.memory.facts, found.problems) == ((), ())


def test_many_pages_are_read(tmp_path: Path, store: FileStore | SqliteStore) -> None:
    write_session(store)
    for number in range(40):
        store.save_memory("other", [fact(f"{number}", "x" * 200_000)], [])
        store.save_memory("helper", [fact(f"{number:02}", "x" * 200_000)], [])
    found = KeptSessions(tmp_path).get("s1")
    assert [it.key for it in found.memory.facts] == [f"{number:02}" for number in range(40)]
    assert found.problems == ()


def test_what_does_not_fit_is_left_out_and_said(
    tmp_path: Path, store: FileStore | SqliteStore
) -> None:
    write_session(store)
    for number in range(8):
        text = str(number) * (memory.MEMORY_BYTES // 6)
        store.save_memory("helper", [fact(f"{number}", text)], [])
    found = KeptSessions(tmp_path).get("s1")
    assert [it.key for it in found.memory.facts] == ["3", "4", "5", "6", "7"]
    (problem,) = found.problems
    assert "the oldest is left out" in problem
    assert found.history.answer == "because"


def test_what_was_changed_last_stays() -> None:
    changes = [MemoryChange((), [episode(f"{n}", "x" * 1000)]) for n in range(20)]
    changes.insert(12, MemoryChange((), [episode("0", "again" * 200)]))
    found, is_cut = memory_of(changes, 15_000)
    assert (names(found), is_cut) == (["0", *sorted(map(str, range(11, 20)))], True)


def test_what_goes_leaves_its_room() -> None:
    changes = [
        change
        for number in range(50)
        for change in (
            MemoryChange((), [fact("a", "x" * 1000, *(["tag" * 100] * 5))]),
            MemoryChange((), [fact("a", "y" * 1000), episode(f"{number}", "z" * 1000)]),
            MemoryChange([f"{number}", "nobody"], ()),
        )
    ]
    found, is_cut = memory_of(changes, 5_000)
    assert (names(found), is_cut) == (["a"], False)
    assert found.facts[0].text == "y" * 1000


def test_one_that_is_too_large_alone_is_left_out() -> None:
    changes = [
        MemoryChange((), [fact("huge", "x", *(["tag"] * 1000))]),
        MemoryChange((), [fact("small", "x")]),
    ]
    found, is_cut = memory_of(changes, 10_000)
    assert (names(found), is_cut) == (["small"], True)
