"""Tools over memory, called as the loop calls them."""

from __future__ import annotations

import pytest

from agent_runtime.memory import EpisodicMemory, SemanticMemory, WorkingMemory
from agent_runtime.memory.tools import memory_tools
from agent_runtime.tools import ToolRegistry
from tool_calls import refused, said


async def test_a_model_remembers_and_recalls() -> None:
    episodic, semantic = EpisodicMemory(), SemanticMemory()
    tools = memory_tools(episodic=episodic, semantic=semantic)
    assert "nothing is remembered" in (await said(tools, "recall", question="invoices")).lower()
    await said(tools, "remember", text="Ada prefers invoices by post.", importance=0.9)
    await said(tools, "learn", key="office", text="The office is in Lisbon.", tags=["company"])
    fact = semantic.get("office")
    assert fact is not None
    assert fact.tags == {"company"}
    assert episodic.episodes()[0].importance == 0.9
    recalled = await said(tools, "recall", question="Where is the office?", limit=1)
    assert recalled == "- office: The office is in Lisbon."
    recalled = await said(tools, "recall", question="How does Ada get invoices?")
    assert recalled.splitlines()[0] == "- Ada prefers invoices by post."
    assert episodic.episodes()[0].recalls == 1


async def test_a_fact_is_forgotten_by_its_key_alone() -> None:
    semantic = SemanticMemory()
    tools = memory_tools(semantic=semantic)
    await said(tools, "learn", key="office", text="Lisbon")
    assert "have to do with it: office" in await refused(tools, "forget", key="our office")
    await said(tools, "forget", key="office")
    assert len(semantic) == 0
    assert await refused(tools, "forget", key="office") == "There is no fact with the key 'office'."


async def test_notes_go_to_the_memory_of_the_session_that_asks() -> None:
    sessions = {"one": WorkingMemory(), "other": WorkingMemory(max_tokens=10)}
    current = "one"
    tools = memory_tools(working=lambda: sessions[current])
    await said(tools, "note", key="goal", text="find it")
    current = "other"
    assert "no note with the key 'goal'" in await refused(tools, "drop_note", key="goal")
    assert "room for 10" in await refused(tools, "note", key="goal", text="x" * 100)
    current = "one"
    assert sessions["one"].items() == [("goal", "find it")]
    await said(tools, "drop_note", key="goal")
    assert len(sessions["one"]) == 0


async def test_nonsense_is_answered_with_what_is_wrong() -> None:
    tools = memory_tools(episodic=EpisodicMemory())
    assert "from 0 to 1" in await refused(tools, "remember", text="x", importance=7)
    assert "blank" in await refused(tools, "remember", text="  ")


@pytest.mark.parametrize(
    ("tools", "names"),
    [
        (memory_tools(), []),
        (memory_tools(episodic=EpisodicMemory()), ["remember", "recall"]),
        (memory_tools(semantic=SemanticMemory()), ["learn", "forget", "recall"]),
        (memory_tools(working=WorkingMemory()), ["note", "drop_note"]),
    ],
)
def test_there_are_tools_for_what_is_given(tools: ToolRegistry, names: list[str]) -> None:
    assert tools.names == names


def test_each_tool_says_what_it_does_and_may_run_again() -> None:
    tools = memory_tools(
        episodic=EpisodicMemory(), semantic=SemanticMemory(), working=WorkingMemory()
    )
    for one in tools:
        assert one.repeatable
        assert one.description
        properties = one.input_schema["properties"]
        assert isinstance(properties, dict)
        assert all(field["description"] for field in properties.values())
