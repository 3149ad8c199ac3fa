"""An agent from question to answer, with a store and without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent_runtime import (
    AgentConfig,
    AgentRuntime,
    FileStore,
    ModelReply,
    ScriptedModel,
    ToolRequest,
    Usage,
)
from agent_runtime.events import Event

REPLIES = [
    'Thought: I add.\nAction: add\nAction Input: {"a": 2, "b": 3}',
    "Thought: done.\nFINAL_ANSWER: 5",
]


def add(a: int, b: int) -> int:
    """The sum."""
    return a + b


def types(events: list[Event]) -> list[str]:
    return [event["type"] for event in events if event["type"] != "model_delta"]


def test_the_events_come_in_order_and_are_what_is_kept(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(ScriptedModel(REPLIES))
        .with_tools(add)
        .with_store(store)
        .build()
    )
    events = list(runtime.stream("2 + 3?", session_id="one"))
    assert types(events) == [
        "session_started",
        "step_started",
        "thought",
        "action",
        "observation",
        "checkpoint",
        "step_started",
        "thought",
        "final_answer",
        "session_ended",
    ]
    kept = [event for event in events if event["type"] != "model_delta"]
    assert list(store.events("one")) == kept
    assert [event["seq"] for event in kept] == list(range(len(kept)))
    assert "".join(event["text"] for event in events if event["type"] == "model_delta") == (
        "".join(REPLIES)
    )


async def test_async_code_gets_the_same_without_a_store() -> None:
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(lambda messages: REPLIES[len(messages) > 2])
        .with_tools(add)
        .build()
    )
    result = await runtime.arun("2 + 3?")
    assert (result.answer, result.reason, result.steps, result.tool_calls) == (
        "5",
        "answered",
        2,
        1,
    )
    assert result.tokens["estimated"]


def test_calls_by_the_models_own_tool_calling() -> None:
    calls = [ToolRequest("add", '{"a": 2, "b": 3}'), ToolRequest("add", '{"a": "x", "b": 3}')]
    model = ScriptedModel([ModelReply("Two sums.", calls, Usage(7, 5)), "FINAL_ANSWER: 5"])
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(model)
        .with_tools(add)
        .build()
    )
    events = list(runtime.stream("2 + 3?"))
    [thought, _] = [event for event in events if event["type"] == "thought"]
    assert thought["text"] == "Two sums."
    assert thought["tokens"] == {"input": 7, "output": 5, "estimated": False}
    actions = [event for event in events if event["type"] == "action"]
    assert [action["call"] for action in actions] == ["1.1", "1.2"]
    assert actions[0]["arguments"] == {"a": 2, "b": 3}
    observed = [event for event in events if event["type"] == "observation"]
    assert [(one["call"], one.get("error")) for one in observed] == [
        ("1.1", None),
        ("1.2", "malformed"),
    ]
    said, answered = model.requests[1].messages[-2:]
    assert said.content == (
        'Thought: Two sums.\nAction: add\nAction Input: {"a": 2, "b": 3}\n'
        'Action: add\nAction Input: {"a": "x", "b": 3}'
    )
    assert answered.content.startswith("Observation: 5\n\nObservation (error: malformed): ")


def test_a_thought_has_a_limit_and_an_answer_has_none(tmp_path: Path) -> None:
    answer = "long " * 300_000
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(lambda _: f"Thought: {answer}\nFINAL_ANSWER: {answer}")
        .with_store(FileStore(tmp_path))
        .build()
    )
    assert runtime.run("Much?", session_id="one").answer == answer.strip()
    [thought] = [event for event in FileStore(tmp_path).events("one") if event["type"] == "thought"]
    assert len(thought["text"]) == 20_000
    assert thought["text"].endswith("…")


def test_a_question_is_text_and_half_characters_do_no_harm(tmp_path: Path) -> None:
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(lambda messages: f"FINAL_ANSWER: {messages[-1].content}")
        .with_store(FileStore(tmp_path))
        .build()
    )
    assert runtime.run("\ud83d?").answer == "Question: \ufffd?"
    wrong: Any = {"question": "What?"}
    with pytest.raises(TypeError, match="a question is text, not dict"):
        runtime.run(wrong)
