"""What agents remember across sessions, and what each session has of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from agent_runtime import (
    AgentConfig,
    AgentRuntime,
    EpisodicMemory,
    FileStore,
    KnowledgeGraph,
    RuntimeMetrics,
    ScriptedModel,
    SemanticMemory,
    StoreError,
    WorkingMemory,
    current_session,
)
from agent_runtime.events import Event
from agent_runtime.memory import Recalled
from agent_runtime.persistence import MemoryRecord, SessionStore
from agent_runtime.tokens import estimate_tokens


def agent(
    replies: Any,
    store: SessionStore | None = None,
    memories: Sequence[Any] = (),
    *,
    tools: bool = False,
    **limits: Any,
) -> AgentRuntime:
    builder = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper", **limits))
        .with_model(ScriptedModel(replies))
        .with_memory(*memories, tools=tools)
    )
    return (builder if store is None else builder.with_store(store)).build()


def of_type(events: Sequence[Event], kind: str) -> list[Any]:
    return [event for event in events if event["type"] == kind]


def test_what_was_remembered_in_one_process_is_recalled_in_another(tmp_path: Path) -> None:
    replies = [
        'Action: remember\nAction Input: {"text": "Ada likes tea.", "importance": 0.9}',
        'Action: learn\nAction Input: {"key": "office", "text": "The office is in Lisbon."}',
        "FINAL_ANSWER: I will",
    ]
    first = agent(replies, FileStore(tmp_path), [EpisodicMemory(), SemanticMemory()], tools=True)
    events = list(first.stream("Remember that Ada likes tea"))
    stored = of_type(events, "memory_stored")
    assert [(event["kind"], event["step"]) for event in stored] == [
        ("episodic", 1),
        ("semantic", 2),
        ("episodic", 3),
    ]
    assert stored[2]["text"] == "Asked: Remember that Ada likes tea\nAnswered: I will"

    # another process: nothing but the store is the same
    model = ScriptedModel(["FINAL_ANSWER: tea"])
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(model)
        .with_memory(EpisodicMemory(), SemanticMemory())
        .with_store(FileStore(tmp_path))
        .build()
    )
    events = list(runtime.stream("What does Ada like?"))
    [recalled] = of_type(events, "memory_recalled")
    assert events.index(recalled) == 2
    assert recalled["memories"][0]["text"] == "Ada likes tea."
    assert recalled["memories"][0]["recalls"] == 1
    assert "- Ada likes tea." in model.requests[0].messages[1].content
    assert of_type(events, "session_ended")[0]["recalls"] == len(recalled["memories"])
    counts = {
        record.fields["text"]: record.fields["recalls"]
        for record in FileStore(tmp_path).load_memory("helper")
        if record.kind == "episodic"
    }
    assert counts["Ada likes tea."] == 1
    assert runtime.metrics.snapshot()["recalls"] == len(recalled["memories"])


def test_another_agent_remembers_nothing_of_it(tmp_path: Path) -> None:
    list(agent(["FINAL_ANSWER: 1"], FileStore(tmp_path), [EpisodicMemory()]).stream("Ada?"))
    other = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="other"))
        .with_model(ScriptedModel(["FINAL_ANSWER: 1"]))
        .with_memory(EpisodicMemory())
        .with_store(FileStore(tmp_path))
        .build()
    )
    assert of_type(list(other.stream("Ada?")), "memory_recalled") == []


@pytest.mark.parametrize(("recalls", "tokens"), [(3, 500), (50, 40), (0, 500), (5, 0)])
def test_the_limits_of_recall_are_kept(recalls: int, tokens: int) -> None:
    memory = EpisodicMemory()
    for number in range(30):
        memory.store(f"Ada had tea number {number}.")
    runtime = agent(
        ["FINAL_ANSWER: 1"], None, [memory], max_memory_recalls=recalls, max_memory_tokens=tokens
    )
    found = of_type(list(runtime.stream("Tea?")), "memory_recalled")
    if recalls == 0 or tokens == 0:
        assert found == []
        return
    [recalled] = found
    texts = [memory["text"] for memory in recalled["memories"]]
    assert 0 < len(texts) <= recalls
    assert recalled["tokens"] <= tokens
    assert estimate_tokens("".join(f"- {text}\n" for text in texts)) <= tokens + 1


def test_answers_are_not_remembered_where_that_is_not_wanted() -> None:
    memory = EpisodicMemory()
    agent(["FINAL_ANSWER: 1"], None, [memory], remember_answers=False).run("Tea?")
    assert len(memory) == 0
    agent(["FINAL_ANSWER: " + "long " * 10_000], None, [memory]).run("Tea?" * 10_000)
    [episode] = memory.episodes()
    assert len(episode.text) < 4_000


class Unwilling(SemanticMemory):
    """Does what it is told to when it is asked."""

    def __init__(self, asked: Callable[[], object]) -> None:
        super().__init__()
        self._asked = asked

    def rank(self, query: str) -> list[Recalled]:
        self._asked()
        return super().rank(query)


def test_a_memory_that_cannot_be_asked_ends_the_session_with_a_reason() -> None:
    def asked() -> None:
        raise ConnectionError("no memory today")

    result = agent(["FINAL_ANSWER: 1"], None, [Unwilling(asked)]).run("What does Ada like?")
    assert result.reason == "failed"
    assert "no memory today" in str(result.error)


def test_a_memory_that_does_not_answer_is_not_waited_for_without_end() -> None:
    release = threading.Event()
    memory = Unwilling(lambda: release.wait(30))
    runtime = agent(["FINAL_ANSWER: 1"], None, [memory], model_time_limit=0.05)
    result = runtime.run("What does Ada like?")
    release.set()
    assert result.reason == "failed"
    assert "TimeoutError: it took too long" in str(result.error)


def test_what_gets_no_vector_is_recalled_by_its_words() -> None:
    async def embed(text: str) -> list[float]:
        raise ConnectionError("no vectors today")

    memory = SemanticMemory(embed=embed)
    memory.set("tea", "Ada likes tea.")
    runtime = agent(["FINAL_ANSWER: tea"], None, [memory])
    events = list(runtime.stream("What does Ada like?"))
    [recalled] = of_type(events, "memory_recalled")
    assert [one["text"] for one in recalled["memories"]] == ["tea: Ada likes tea."]
    [degraded] = of_type(events, "memory_degraded")
    assert degraded["seq"] < recalled["seq"]
    assert "(ConnectionError)" in degraded["problem"]
    assert "no vectors today" not in degraded["problem"]
    assert events[-1]["type"] == "session_ended"
    assert events[-1]["reason"] == "answered"


def test_that_words_find_nothing_where_vectors_fail_is_kept(tmp_path: Path) -> None:
    def embed(text: str) -> list[float]:
        raise TimeoutError

    memory = SemanticMemory(embed=embed)
    store = FileStore(tmp_path)
    replies = [
        'Action: learn\nAction Input: {"key": "a", "text": "An apple."}',
        'Action: recall\nAction Input: {"question": "Pear?"}',
        "FINAL_ANSWER: 1",
    ]
    agent(replies, store, [memory], tools=True).run("What does Ada like?", session_id="one")
    degraded = of_type(list(store.events("one")), "memory_degraded")
    assert [event["step"] for event in degraded] == [1, 1, 2]
    assert {event["problem"] for event in degraded} == {
        "A text got no vector (TimeoutError): memory is searched by words instead."
    }


def test_a_problem_of_many_texts_is_told_once_in_a_step() -> None:
    memory = SemanticMemory(embed=lambda text: [])

    def learn_all() -> None:
        """Learns a lot."""
        for number in range(20):
            memory.set(f"fact {number}", "Something.")

    replies = ScriptedModel(["Action: learn_all", "FINAL_ANSWER: 1"])
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper", max_memory_recalls=0))
        .with_model(replies)
        .with_memory(memory)
        .with_tools(learn_all)
        .build()
    )
    events = list(runtime.stream("Learn"))
    assert len(of_type(events, "memory_degraded")) == 1
    assert len(of_type(events, "memory_stored")) == 20


async def test_sessions_at_the_same_time_have_their_own_mind_and_graph() -> None:
    barrier = asyncio.Barrier(8)

    async def learn(name: str) -> str:
        """Learns a name."""
        session = current_session()
        await barrier.wait()
        session.graph.add_entity(name, "person")
        session.working.set("name", name)
        return session.id

    def think(request: Any) -> str:
        name = request.messages[1].content.split("\n")[0].removeprefix("Question: ")
        if len(request.messages) == 2:
            return f'Action: learn\nAction Input: {{"name": "{name}"}}'
        return f"FINAL_ANSWER: {request.messages[-1].content.splitlines()[-1]}"

    graph = KnowledgeGraph()
    graph.add_entity("Ada", "person")
    working = WorkingMemory()
    working.set("task", "names")
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(ScriptedModel(think))
        .with_tools(learn)
        .with_memory(working)
        .with_graph(graph)
        .build()
    )

    async def run(name: str) -> list[Event]:
        return [event async for event in runtime.astream(name)]

    names = [f"name{number}" for number in range(8)]
    for name, events in zip(names, await asyncio.gather(*map(run, names)), strict=True):
        # what the builder was given is told first, so that the events say all there is
        first, changed = of_type(events, "graph_changed")
        assert (first["seq"], first["step"]) == (2, 0)
        assert [entity["id"] for entity in first["entities"]] == ["Ada"]
        assert [entity["id"] for entity in changed["entities"]] == [name]
        assert changed["entity_count"] == 2
        [before, now] = of_type(events, "working_changed")
        assert (before["set"], now["set"]) == ({"task": "names"}, {"name": name})
        [observation] = of_type(events, "observation")
        assert observation["content"] == events[0]["session"]
        assert of_type(events, "final_answer")[0]["text"] == f"- name: {name}"
        assert of_type(events, "session_ended")[0]["entity_count"] == 2
    assert [entity.id for entity in graph.entities()] == ["Ada"]
    assert working.items() == [("task", "names")]


async def test_memories_of_sessions_at_the_same_time_are_told_by_their_own(tmp_path: Path) -> None:
    barrier = asyncio.Barrier(6)

    def think(request: Any) -> str:
        name = request.messages[1].content.split("\n")[0].removeprefix("Question: ")
        if len(request.messages) == 2:
            return f'Action: keep\nAction Input: {{"name": "{name}"}}'
        return "FINAL_ANSWER: kept"

    memory = EpisodicMemory()

    async def keep(name: str) -> str:
        """Remembers a name."""
        await barrier.wait()
        await asyncio.to_thread(memory.store, name)
        return "kept"

    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper", remember_answers=False))
        .with_model(ScriptedModel(think))
        .with_tools(keep)
        .with_memory(memory)
        .with_store(FileStore(tmp_path, sync=False))
        .build()
    )

    async def run(name: str) -> list[Event]:
        return [event async for event in runtime.astream(name)]

    names = [f"name{number}" for number in range(6)]
    for name, events in zip(names, await asyncio.gather(*map(run, names)), strict=True):
        assert [event["text"] for event in of_type(events, "memory_stored")] == [name]
    kept = {record.fields["text"] for record in FileStore(tmp_path).load_memory("helper")}
    assert kept == set(names)


def test_outside_of_tools_there_is_no_session_and_what_is_missing_is_named() -> None:
    with pytest.raises(LookupError, match="while an agent calls them"):
        current_session()

    def look() -> str:
        """Looks."""
        with pytest.raises(LookupError, match=r"with_graph\(KnowledgeGraph\(\)\)"):
            _ = current_session().graph
        with pytest.raises(LookupError, match=r"with_memory\(WorkingMemory\(\)\)"):
            _ = current_session().working
        return "looked"

    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(ScriptedModel(["Action: look", "FINAL_ANSWER: 1"]))
        .with_tools(look)
        .build()
    )
    assert of_type(list(runtime.stream("Look")), "observation")[0]["content"] == "looked"
    with pytest.raises(LookupError):
        current_session()


class FullStore(FileStore):
    """A real store whose disk is full for a while."""

    is_full = False

    def append(self, session: str, events: Sequence[Event]) -> None:
        if self.is_full and events[0]["type"] == "observation":
            raise StoreError("No space left on device.")
        super().append(session, events)

    def save_memory(
        self, agent: str, changed: Sequence[MemoryRecord], removed: Sequence[str]
    ) -> None:
        if self.is_full:
            raise StoreError("No space left on device.")
        super().save_memory(agent, changed, removed)


@pytest.mark.parametrize("remembers", [False, True])
def test_a_run_that_cannot_be_kept_stops_and_goes_on_when_it_can(
    tmp_path: Path, remembers: bool
) -> None:
    calls: list[str] = []
    store = FullStore(tmp_path, sync=False)
    memory = EpisodicMemory()

    def work(name: str) -> str:
        """Works."""
        store.is_full = name == "second"
        calls.append(name)
        if remembers:
            memory.store(f"worked on {name}")
        return "worked"

    replies = [
        'Action: work\nAction Input: {"name": "first"}',
        'Action: work\nAction Input: {"name": "second"}',
        "FINAL_ANSWER: done",
    ]
    metrics = RuntimeMetrics()
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(
            ScriptedModel(lambda r: replies[sum(m.role == "assistant" for m in r.messages)])
        )
        .with_tools(work)
        .with_memory(memory)
        .with_store(store)
        .with_metrics(metrics)
        .build()
    )
    seen: list[Event] = []
    with pytest.raises(StoreError, match="No space left"):
        seen.extend(runtime.stream("Work", session_id="one"))
    assert metrics.snapshot()["sessions"]["active"] == 0
    [summary] = store.sessions()
    assert summary.state == "interrupted"
    store.is_full = False
    assert runtime.run("Work", session_id="one").answer == "done"
    assert calls == ["first", "second"]
    events = list(store.events("one"))
    assert [event["seq"] for event in events] == list(range(len(events)))
    assert [event["ok"] for event in of_type(events, "observation")] == [True, False]
    if remembers:
        texts = {str(record.fields["text"]) for record in store.load_memory("helper")}
        assert {"worked on first", "worked on second"} <= texts
