"""What every store does, whatever it keeps sessions in."""

from __future__ import annotations

import math
import os
import threading
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import pytest

from agent_runtime.events import Event
from agent_runtime.persistence import (
    MemoryRecord,
    SessionBusyError,
    SessionExistsError,
    SessionNotFoundError,
    SessionStore,
    StoreError,
    UnsavableError,
)
from session_events import checkpoint, ended, started, steps, thought
from stores import KINDS, AnyStore, opened, process


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return cast(str, request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path) -> AnyStore:
    return opened(kind, tmp_path)


def test_it_is_a_session_store(store: AnyStore) -> None:
    assert isinstance(store, SessionStore)


def test_what_was_appended_is_there_for_another_process(
    kind: str, store: AnyStore, tmp_path: Path
) -> None:
    written = [event for batch in steps("a", 3) for event in batch]
    for batch in steps("a", 3):
        store.append("a", batch)
    assert list(opened(kind, tmp_path).events("a")) == written
    assert list(store.events("a")) == written


def test_events_after_a_number(store: AnyStore) -> None:
    for batch in steps("a", 40):
        store.append("a", batch)
    for after in (-1, 0, 1, 2, 39, 79, 80, 1000):
        assert [event["seq"] for event in store.events("a", after)] == list(range(after + 1, 81))


def test_a_session_of_which_nothing_is_known(store: AnyStore) -> None:
    with pytest.raises(SessionNotFoundError, match="'nobody'"):
        store.events("nobody")
    with pytest.raises(SessionNotFoundError, match="'nobody'"):
        store.append("nobody", [thought("nobody", 1)])
    with pytest.raises(SessionNotFoundError, match="'nobody'"):
        store.delete("nobody")
    with pytest.raises(SessionNotFoundError, match="'nobody'"):
        store.summary("nobody")
    assert store.sessions() == []


def test_looking_makes_nothing(kind: str, tmp_path: Path) -> None:
    store = opened(kind, tmp_path)
    store.sessions()
    store.load_memory("helper")
    with pytest.raises(SessionNotFoundError):
        store.events("a")
    assert list(tmp_path.iterdir()) == []


def test_no_events_change_nothing(store: AnyStore) -> None:
    store.append("a", [])
    assert store.sessions() == []


def test_a_session_begins_once(store: AnyStore) -> None:
    store.append("a", [started("a")])
    with pytest.raises(SessionExistsError, match="'a'"):
        store.append("a", [started("a")])
    assert len(list(store.events("a"))) == 1


WRONG: dict[str, list[Event]] = {
    "a hole": [thought("a", 2)],
    "a hole within": [thought("a", 1), checkpoint("a", 3, 1)],
    "a number twice": [thought("a", 1), checkpoint("a", 1, 1)],
    "of another session": [thought("b", 1)],
    "no beginning": [thought("a", 0)],
    "a second beginning": [cast(Event, {**started("a"), "seq": 1})],
    "a piece of text": [
        cast(Event, {"type": "model_delta", "session": "a", "seq": 1, "step": 1, "at": 1.0})
    ],
    "no number": [cast(Event, {**thought("a", 1), "seq": 1.0})],
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_would_break_the_order_is_refused(store: AnyStore, wrong: list[Event]) -> None:
    store.append("a", [started("a")])
    with pytest.raises(StoreError):
        store.append("a", wrong)
    assert len(list(store.events("a"))) == 1
    store.append("a", [thought("a", 1)])


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


NOT_JSON = {
    "not a number": math.nan,
    "endless": [math.inf],
    "bytes": {"a": b"x"},
    "a set": {1},
    "nested": deep(201),
    "nested very deeply": deep(50_000),
    "a huge number": 10**5000,
}


@pytest.mark.parametrize("value", NOT_JSON.values(), ids=NOT_JSON)
def test_what_json_cannot_say_is_refused_by_name(store: AnyStore, value: Any) -> None:
    store.append("a", [started("a")])
    action = cast(Event, {**thought("a", 1), "type": "action", "arguments": {"x": value}})
    with pytest.raises(UnsavableError, match=r"Event 1 \(action\) of session 'a'"):
        store.append("a", [action])
    with pytest.raises(StoreError, match="'one'"):
        store.save_memory("helper", [MemoryRecord("one", "episodic", {"x": value})], [])
    assert len(list(store.events("a"))) == 1
    assert store.load_memory("helper") == []


def test_any_value_of_json_comes_back(store: AnyStore) -> None:
    odd = {"\ud800": "\u2028\x00\x1f", "list": deep(190), "number": -0.1, "none": None, "": {}}
    event = cast(Event, {**started("a"), "extra": odd})
    store.append("a", [event])
    read_only = cast(Event, {**thought("a", 1), "extra": MappingProxyType({"of": ("a", "tuple")})})
    store.append("a", [read_only])
    assert list(store.events("a")) == [event, {**thought("a", 1), "extra": {"of": ["a", "tuple"]}}]


IDS = ["a", "A", "ä", "a\u0308", "", " ", "..", "../../etc/passwd", "a/b", "a\\b", "con", "nul.txt"]
IDS += ["a.", "a ", "a\x00b", "\ud800", "\\ud800", "x" * 1000, "x" * 1001, "*", "CON", "🙂", "%41"]


def test_any_id_is_a_session_of_its_own(kind: str, store: AnyStore, tmp_path: Path) -> None:
    for number, session in enumerate(IDS):
        store.append(session, [started(session, text=str(number))])
        store.save_memory(session, [MemoryRecord(session, "semantic", {"n": number})], [])
    again = opened(kind, tmp_path)
    assert {summary.id for summary in again.sessions()} == set(IDS)
    for number, session in enumerate(IDS):
        assert again.summary(session).input == str(number)
        assert again.load_memory(session) == [MemoryRecord(session, "semantic", {"n": number})]
    for session in IDS:
        again.delete(session)
    assert again.sessions() == []


def test_what_was_worked_on_last_is_listed_first_with_what_became_of_it(store: AnyStore) -> None:
    store.append("old", [started("old", at=10.0), checkpoint("old", 1, 1), ended("old", 2)])
    fork = cast(Event, {**started("new", at=30.0), "forked_from": {"session": "old", "step": 1}})
    store.append("new", [fork])
    store.append("middle", [started("middle", agent="other", at=20.0, text="x" * 5000)])
    listed = store.sessions()
    assert [summary.id for summary in listed] == ["old", "new", "middle"]
    old, new, middle = listed
    assert (old.state, old.reason, old.steps) == ("ended", "answered", 1)
    assert (old.started_at, old.last_at) == (10.0, 102.0)
    assert (new.state, new.reason, new.forked_from) == (
        "interrupted",
        None,
        {"session": "old", "step": 1},
    )
    assert middle.input == "x" * 999 + "…"
    assert [summary.id for summary in store.sessions("other")] == ["middle"]
    assert store.sessions("nobody") == []


@pytest.mark.parametrize("fork", ["a", "z"])
def test_a_fork_stands_before_its_origin_while_it_was_worked_on_last(
    store: AnyStore, fork: str
) -> None:
    store.append("m", [started("m"), checkpoint("m", 1, 1), ended("m", 2)])
    origin = {"forked_from": {"session": "m", "step": 1}}
    store.append(fork, [cast(Event, {**started(fork), **origin}), checkpoint(fork, 1, 1)])
    assert [summary.id for summary in store.sessions()] == ["m", fork]
    store.append(fork, [thought(fork, 2), thought(fork, 3)])
    assert [summary.id for summary in store.sessions()] == [fork, "m"]


def test_a_summary_follows_steps_and_entities(store: AnyStore) -> None:
    store.append("a", [started("a"), thought("a", 1), checkpoint("a", 2, 1)])
    graph: dict[str, Any] = {
        "entities": [],
        "relations": [],
        "removed_entities": [],
        "removed_relations": [],
    }
    changed = {**checkpoint("a", 3, 2), **graph, "type": "graph_changed", "entity_count": 7}
    changed["relation_count"] = 0
    store.append("a", [cast(Event, changed)])
    assert (store.summary("a").steps, store.summary("a").entity_count) == (1, 7)
    store.append("a", [ended("a", 4, steps=2, entity_count=8)])
    assert (store.summary("a").steps, store.summary("a").entity_count) == (2, 8)
    assert store.summary("a").state == "ended"
    # a session that goes on has not ended
    resumed = {"type": "session_resumed", "session": "a", "seq": 5, "step": 2, "at": 110.0}
    store.append("a", [cast(Event, resumed)])
    assert (store.summary("a").state, store.summary("a").reason) == ("interrupted", None)


def test_a_lease_is_held_by_one(kind: str, store: AnyStore, tmp_path: Path) -> None:
    other = opened(kind, tmp_path)
    store.append("a", [started("a")])
    store.append("b", [started("b")])
    with store.lease("a"):
        assert other.summary("a").state == "running"
        assert other.summary("b").state == "interrupted"
        for busy in (store, other):
            with pytest.raises(SessionBusyError, match="'a'"), busy.lease("a"):
                raise AssertionError("two have it")
        with pytest.raises(SessionBusyError, match="'a'"):
            other.delete("a")
        with other.lease("b"):
            store.append("a", [thought("a", 1)])
    assert other.summary("a").state == "interrupted"
    with other.lease("a"):
        assert len(list(other.events("a"))) == 2


def test_a_lease_before_the_session_begins(store: AnyStore) -> None:
    with store.lease("a"):
        assert store.sessions() == []
        with pytest.raises(SessionNotFoundError):
            store.delete("a")
        store.append("a", [started("a")])
        assert store.summary("a").state == "running"
    with pytest.raises(ZeroDivisionError), store.lease("b"):
        raise ZeroDivisionError
    with store.lease("b"):
        pass
    assert [summary.id for summary in store.sessions()] == ["a"]


def test_lists_that_are_made_meanwhile_do_not_keep_a_lease_away(
    kind: str, store: AnyStore, tmp_path: Path
) -> None:
    store.append("a", [started("a")])
    stop = threading.Event()

    def look() -> None:
        other = opened(kind, tmp_path)
        while not stop.is_set():
            other.sessions()

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(100):
            with store.lease("a"):
                pass
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_lease_ends_with_the_process(kind: str, store: AnyStore, tmp_path: Path) -> None:
    store.append("a", [started("a")])
    with process(kind, tmp_path, "hold", "a") as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert store.summary("a").state == "running"
        with pytest.raises(SessionBusyError), store.lease("a"):
            raise AssertionError("two have it")
    assert store.summary("a").state == "interrupted"
    with store.lease("a"):
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no process is made by fork here")
def test_a_child_made_by_fork_holds_no_lease(store: AnyStore) -> None:
    store.append("a", [started("a")])
    waiting, end = os.pipe()
    with store.lease("a"):
        child = os.fork()
        if child == 0:  # pragma: no cover - another process
            os.close(end)
            os.read(waiting, 1)
            os._exit(0)
    try:
        with store.lease("a"):
            assert store.summary("a").state == "running"
        assert store.summary("a").state == "interrupted"
    finally:
        os.close(end)
        os.waitpid(child, 0)
        os.close(waiting)


def test_a_deleted_session_is_gone_and_may_begin_again(
    kind: str, store: AnyStore, tmp_path: Path
) -> None:
    other = opened(kind, tmp_path)
    for batch in steps("a", 2):
        store.append("a", batch)
    store.append("b", [started("b")])
    assert other.summary("a").steps == 2
    store.delete("a")
    assert [summary.id for summary in other.sessions()] == ["b"]
    with pytest.raises(SessionNotFoundError):
        other.append("a", [thought("a", 5)])
    other.append("a", [started("a", text="Again")])
    assert store.summary("a").input == "Again"
    assert len(list(store.events("a"))) == 1


def test_memory_belongs_to_an_agent(kind: str, store: AnyStore, tmp_path: Path) -> None:
    one = MemoryRecord("1", "episodic", {"text": "The sky is blue.", "at": 1.5})
    two = MemoryRecord("2", "semantic", {"value": {"color": "blue"}, "tags": ["sky"]})
    store.save_memory("helper", [one, two], [])
    store.save_memory("other", [two], [])
    assert opened(kind, tmp_path).load_memory("helper") == [one, two]
    newer = MemoryRecord("1", "episodic", {"text": "It is grey.", "at": 2})
    store.save_memory("helper", [newer, MemoryRecord("3", "semantic", {})], ["2", "nothing"])
    assert opened(kind, tmp_path).load_memory("helper") == [
        newer,
        MemoryRecord("3", "semantic", {}),
    ]
    assert store.load_memory("other") == [two]
    assert store.load_memory("nobody") == []


def test_memory_that_is_loaded_may_be_changed(store: AnyStore) -> None:
    fields: dict[str, Any] = {"tags": ["a"]}
    store.save_memory("helper", [MemoryRecord("1", "semantic", fields)], [])
    fields["tags"].append("b")
    cast(Any, store.load_memory("helper")[0].fields["tags"]).append("c")
    assert store.load_memory("helper")[0].fields == {"tags": ["a"]}


def test_two_see_what_the_other_remembers(kind: str, store: AnyStore, tmp_path: Path) -> None:
    other = opened(kind, tmp_path)
    for number in range(3_000):
        saving = (store, other)[number % 2]
        saving.save_memory("helper", [MemoryRecord(str(number % 5), "episodic", {"n": number})], [])
    assert [record.fields["n"] for record in store.load_memory("helper")] == [
        2995,
        2996,
        2997,
        2998,
        2999,
    ]
    assert store.load_memory("helper") == other.load_memory("helper")
