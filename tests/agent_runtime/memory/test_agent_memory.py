"""An agent's memories together: in a prompt, in a store, and used by many threads."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.memory import (
    EpisodicMemory,
    SemanticMemory,
    WorkingMemory,
    load_memory,
    recall_within,
    save_memory,
)
from agent_runtime.persistence import (
    FileStore,
    MemoryRecord,
    SessionStore,
    SqliteStore,
    StoreError,
)
from agent_runtime.tokens import estimate_tokens
from run_python import run_python


@given(
    st.lists(st.text(alphabet="ab \n", min_size=1, max_size=60).filter(str.strip), max_size=8),
    st.integers(-1, 6),
    st.integers(-1, 40),
)
def test_both_limits_hold_and_only_what_is_used_counts(
    texts: list[str], max_recalls: int, max_tokens: int
) -> None:
    episodic, semantic = EpisodicMemory(), SemanticMemory()
    for number, text in enumerate(texts):
        episodic.store(text)
        semantic.set(f"key{number}", text)
    found = recall_within(
        "a b", [episodic, semantic], max_recalls=max_recalls, max_tokens=max_tokens
    )
    assert len(found.memories) <= max(0, max_recalls)
    assert estimate_tokens(found.text) == found.tokens <= max(0, max_tokens)
    counted = {one.id for one in episodic.episodes() if one.recalls}
    counted |= {one.id for one in semantic.facts() if one.recalls}
    assert counted == {one.id for one in found.memories}
    scores = [one.score for one in found.memories]
    assert scores == sorted(scores, reverse=True)
    if texts and max_recalls > 0 and max_tokens >= 8:
        assert found.memories


def test_what_does_not_fit_makes_room_for_something_shorter() -> None:
    memory = EpisodicMemory()
    memory.store("invoice " * 40)
    memory.store("invoice by post", importance=0.2)
    memory.store("invoice of May", importance=0.9)
    found = recall_within("invoice", [memory], max_recalls=5, max_tokens=10)
    assert [one.text for one in found.memories] == ["invoice of May", "invoice by post"]
    assert found.text == "- invoice of May\n- invoice by post"


def test_the_best_alone_is_shortened_rather_than_lost() -> None:
    memory = EpisodicMemory()
    memory.store("invoice " * 40)
    found = recall_within("invoice", [memory], max_recalls=5, max_tokens=10)
    assert found.text == "- invoice invoice invoice invoice inv…"
    assert found.memories[0].text == found.text.removeprefix("- ")
    assert recall_within("invoice", [memory], max_recalls=5, max_tokens=7).memories == []


def test_only_the_best_are_considered() -> None:
    memory = EpisodicMemory()
    memory.store("short and late", importance=0.0)
    for number in range(250):
        memory.store(f"invoice {number} " * 20)
    memory.store("invoice", importance=1.0)
    found = recall_within("invoice", [memory], max_recalls=5, max_tokens=10)
    assert found.text == "- invoice"


def test_what_is_forgotten_takes_no_room() -> None:
    episodic, semantic, working = EpisodicMemory(5), SemanticMemory(5), WorkingMemory(5)

    def use(begin: int) -> int:
        for number in range(begin, begin + 500):
            text = f"{number} " * 200
            episodic.store(text)
            semantic.set(str(number), text)
            working.set(str(number), text)
            episodic.take_changes(), semantic.take_changes(), working.take_changes()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        first = use(0)
        assert use(500) - first < 100_000
    finally:
        tracemalloc.stop()


def test_facts_and_episodes_come_in_one_order() -> None:
    episodic, semantic = EpisodicMemory(), SemanticMemory()
    for number in range(20):
        episodic.store(f"The meeting of day {number} was long.", importance=0.5)
    semantic.set("office", "The office is in Lisbon.")
    found = recall_within(
        "Where is the office?", [episodic, semantic], max_recalls=1, max_tokens=100
    )
    assert found.text == "- office: The office is in Lisbon."


def test_a_memory_of_several_lines_cannot_pass_for_several() -> None:
    memory = EpisodicMemory()
    memory.store("one\n- two\u2028- three")
    found = recall_within("one", [memory], max_recalls=1, max_tokens=50)
    assert found.text == "- one\n  - two\n  - three"


STORES: dict[str, Callable[[Path], SessionStore]] = {
    "files": lambda folder: FileStore(folder / "runtime"),
    "database": lambda folder: SqliteStore(folder / "runtime.sqlite"),
}


@pytest.mark.parametrize("made", STORES.values(), ids=STORES.keys())
def test_another_process_remembers(made: Callable[[Path], SessionStore], tmp_path: Path) -> None:
    store, episodic, semantic = made(tmp_path), EpisodicMemory(), SemanticMemory()
    episodic.store("Ada prefers post.", importance=0.8)
    gone = episodic.store("gone")
    semantic.set("office", "Lisbon", tags=["place"], vector=[3, 4])
    save_memory(store, "helper", [episodic, semantic])
    episodic.recall("Ada", limit=1)
    episodic.forget(gone.id)
    save_memory(store, "helper", [episodic, semantic])

    later = made(tmp_path), EpisodicMemory(), SemanticMemory()
    assert load_memory(later[0], "helper", later[1:]) == []
    assert later[1].episodes() == episodic.episodes()
    assert [one.recalls for one in later[1].episodes()] == [1]
    assert later[2].facts() == semantic.facts()
    other = EpisodicMemory()
    load_memory(later[0], "another agent", [other])
    assert len(other) == 0


class FullStore(FileStore):
    """The disk is full until it is told otherwise."""

    full = True

    def save_memory(
        self, agent: str, changed: Sequence[MemoryRecord], removed: Sequence[str]
    ) -> None:
        if self.full:
            raise StoreError("The disk is full.")
        super().save_memory(agent, changed, removed)


def test_what_a_store_could_not_save_is_saved_the_next_time(tmp_path: Path) -> None:
    store, memory = FullStore(tmp_path), EpisodicMemory()
    memory.store("one")
    with pytest.raises(StoreError):
        save_memory(store, "helper", [memory])
    memory.store("two")
    store.full = False
    save_memory(store, "helper", [memory])
    later = EpisodicMemory()
    load_memory(store, "helper", [later])
    assert [one.text for one in later.episodes()] == ["one", "two"]
    store.full = True
    save_memory(store, "helper", [memory])  # nothing to be saved, so the store is not asked


def test_many_threads_lose_nothing() -> None:
    episodic, semantic, working = EpisodicMemory(10_000), SemanticMemory(), WorkingMemory(50)

    def use(thread: int) -> None:
        for number in range(40):
            episodic.store(f"{thread} {number}")
            semantic.set(f"{thread} {number}", "text")
            working.set(f"{thread} {number}", "text")
            recall_within("text", [episodic, semantic], max_recalls=2, max_tokens=50)
            working.get(f"{thread} {number - 1}")
            episodic.take_changes()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(8)))
    assert len(episodic) == len(semantic) == 320
    assert len(working) == 50
    recalls = sum(one.recalls for one in episodic.episodes())
    recalls += sum(one.recalls for one in semantic.facts())
    assert recalls == 8 * 40 * 2


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    source = """
import sys
from agent_runtime.graph import KnowledgeGraph
from agent_runtime.memory import EpisodicMemory, SemanticMemory, WorkingMemory
graph = KnowledgeGraph()
graph.add_entity("a"); graph.add_entity("b"); graph.add_relation("a", "b", "near")
graph.neighbours("a"), graph.search("a"), graph.take_changes()
EpisodicMemory().store("text"), SemanticMemory().set("key", "text")
print(sorted({"networkx", "mashumaro", "asyncio", "jsonschema"} & set(sys.modules)))
"""
    assert run_python(source).stdout == "[]\n"
