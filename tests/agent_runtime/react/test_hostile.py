"""What models, tools and those who look on do to a run does not break it."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from agent_runtime import (
    AgentConfig,
    AgentRuntime,
    EpisodicMemory,
    FileStore,
    Message,
    ModelError,
    ModelReply,
    RunResult,
    ScriptedModel,
    SqliteStore,
    ToolRequest,
    Usage,
    WorkingMemory,
    current_session,
)
from agent_runtime.events import SessionStarted
from agent_runtime.react.event_log import EventLog
from agent_runtime.react.state import JournalState


def builder(*replies: str) -> Any:
    return (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper", max_iterations=3))
        .with_model(ScriptedModel(replies))
    )


async def test_what_is_done_to_an_event_is_not_done_to_the_session() -> None:
    booked = []

    async def book(city: str) -> str:
        """Books a room."""
        await asyncio.sleep(0)
        booked.append(city)
        return "done"

    wanted = [f'Action: book\nAction Input: {{"city": "{city}"}}' for city in ("Oslo", "Bergen")]
    runtime = builder("\n".join(wanted), "FINAL_ANSWER: both").with_tools(book).build()
    ends = []
    async for event in runtime.astream("Book"):
        ends.append(event.get("reason"))
        if event["type"] == "action":
            event["arguments"]["city"] = "***"
        event.clear()
    assert booked == ["Oslo", "Bergen"]
    assert ends[-1] == "answered"


@pytest.mark.parametrize("store", [FileStore, SqliteStore])
def test_arguments_that_no_store_could_keep_are_malformed(store: Any, tmp_path: Any) -> None:
    deep = '{"a": ' * 300 + "1" + "}" * 300
    runtime = (
        builder(f"Action: look\nAction Input: {deep}", "FINAL_ANSWER: nothing")
        .with_store(store(tmp_path / "kept"))
        .build()
    )
    events = list(runtime.stream("Look"))
    [observation] = [event for event in events if event["type"] == "observation"]
    assert observation["error"] == "malformed"
    assert "nested too deeply" in observation["content"]
    assert events[-1]["reason"] == "answered"


def test_half_characters_of_tools_and_memories_do_not_reach_the_model() -> None:
    def look() -> str:
        """Looks."""
        current_session().working.set("seen", "half \ud800")
        raise ValueError("a file named \udcff")

    memory = EpisodicMemory()
    memory.store("What is there? Half \ud801")
    model = ScriptedModel(["Action: look", "FINAL_ANSWER: that"])
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper", instructions="Be \ud802."))
        .with_model(model)
        .with_tools(look)
        .with_memory(memory, WorkingMemory())
        .build()
    )
    assert runtime.run("What is there?").answer == "that"
    contents = [message.content for message in model.requests[-1].messages]
    assert "seen: half" in contents[-1]
    assert "Half" in contents[1]
    "".join(contents).encode()


def test_nor_do_those_of_a_failed_model_reach_who_looks_on() -> None:
    def think(_: object) -> str:
        raise ModelError("no \ud800", transient=False)

    result = asker(think).run("What?")
    assert result.reason == "failed"
    assert result.error == "no \ufffd"


def asker(model: Any) -> AgentRuntime:
    config = AgentConfig(name="helper", max_iterations=3)
    return AgentRuntime.builder().with_agent_config(config).with_model(model).build()


WRONG: Any = None
"""What the types of a reply do not allow."""


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (ModelReply(WRONG), "the text of a ModelReply is no NoneType"),
        (ModelReply("", WRONG), "not iterable"),
        (ModelReply("", [WRONG]), "tool_requests are each a ToolRequest .* not None"),
        (ModelReply("", [ToolRequest("add", WRONG)]), "tool_requests are each a ToolRequest"),
        (ModelReply("FINAL_ANSWER: 1", usage=Usage(WRONG, 1)), "usage is a Usage of two whole"),
        (ModelReply("FINAL_ANSWER: 1", usage=Usage(1, -1)), "usage is a Usage of two whole"),
    ],
)
def test_a_reply_that_is_none_is_the_models_failure(reply: ModelReply, problem: str) -> None:
    def think(_: list[Message]) -> ModelReply:
        return reply

    result: RunResult = asker(think).run("What?")
    assert result.reason == "failed"
    assert result.error is not None
    assert re.search(problem, result.error)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"session_id": 5}, "a session_id is text or None, not int"),
        ({"resume_from_step": "1"}, "resume_from_step is a whole number or None, not str"),
        ({"resume_from_step": True}, "resume_from_step is a whole number or None, not bool"),
    ],
)
def test_what_cannot_be_a_session_or_a_step(asked: Any, problem: str, tmp_path: Any) -> None:
    runtime = builder("FINAL_ANSWER: 1").with_store(FileStore(tmp_path)).build()
    with pytest.raises(TypeError, match=problem):
        runtime.run("What?", **asked)


def test_a_clock_before_1970_leaves_a_session_that_can_be_read(tmp_path: Any) -> None:
    store = FileStore(tmp_path)
    log = EventLog("one", JournalState(1_000), clock=lambda: -5e5)
    stamp = log.stamp()
    started = SessionStarted(
        session=stamp["session"],
        seq=stamp["seq"],
        step=stamp["step"],
        at=stamp["at"],
        type="session_started",
        trace="agent_runtime/1",
        agent="helper",
        input="What?",
        model="script",
        tools=[],
        max_iterations=1,
    )
    store.append("one", [started])
    assert list(store.events("one")) == [started]
