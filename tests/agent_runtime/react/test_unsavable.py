"""Tools that leave more behind than a store takes at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import stores
from agent_runtime import AgentConfig, AgentRuntime, KnowledgeGraph, ScriptedModel, current_session
from agent_runtime.persistence import UnsavableError, batch

drawn: list[int] = []


@pytest.fixture(autouse=True)
def nothing_drawn() -> None:
    drawn.clear()


def draw(count: int) -> str:
    """Adds large entities to the graph."""
    drawn.append(count)
    graph = current_session().graph
    for number in range(count):
        graph.add_entity(f"e{number}", "large", {"text": "x" * 10_000})
    return "drawn"


def runtime(store: stores.AnyStore, *replies: str, tools: Sequence[Any] = (draw,)) -> AgentRuntime:
    builder = AgentRuntime.builder().with_agent_config(AgentConfig(name="painter"))
    builder = builder.with_model(ScriptedModel(replies)).with_tools(*tools)
    return builder.with_graph(KnowledgeGraph()).with_store(store).build()


@pytest.mark.parametrize("kind", stores.KINDS)
async def test_too_much_at_once_ends_the_session_in_order(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "LONGEST_LINE", 50_000)
    store = stores.opened(kind, tmp_path)
    calls = [f'Action: draw\nAction Input: {{"count": {count}}}' for count in (2, 9)]
    result = await runtime(store, *calls).arun("Draw!", session_id="large")
    assert (result.reason, result.steps) == ("failed", 2)
    assert "graph_changed" in (result.error or "")
    assert "more than the 50,000" in (result.error or "")
    assert isinstance(result.cause, UnsavableError)

    events = list(store.events("large"))
    kinds = ["thought", "action", "observation", "session_ended"]
    assert [event["type"] for event in events[-4:]] == kinds
    observation: Any = events[-2]
    assert (observation["ok"], observation["error"]) == (False, "permanent")
    (summary,) = store.sessions()
    assert (summary.state, summary.reason, summary.entity_count) == ("ended", "failed", 2)

    again = runtime(store, "FINAL_ANSWER: less")
    resumed = await again.arun("Draw!", session_id="large", resume_from_step=1)
    assert resumed.answer == "less"
    assert drawn == [2, 9], "what was done is not done again"
    forked = next(it for it in store.sessions() if it.forked_from is not None)
    assert forked.entity_count == 2


async def test_a_cancel_stays_one_when_what_was_done_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "LONGEST_LINE", 50_000)
    store = stores.opened("file", tmp_path)
    is_drawn = asyncio.Event()

    async def draw_and_wait() -> None:
        """Adds large entities to the graph, and goes on drawing."""
        draw(9)
        is_drawn.set()
        await asyncio.Event().wait()

    agent = runtime(store, "Action: draw_and_wait\nAction Input: {}", tools=[draw_and_wait])
    running = asyncio.create_task(agent.arun("Draw!", session_id="large"))
    await asyncio.wait_for(is_drawn.wait(), 60)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    kinds = [event["type"] for event in store.events("large")]
    assert kinds[-3:] == ["action", "observation", "session_ended"]
    assert store.summary("large").reason == "cancelled"
