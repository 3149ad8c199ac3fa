"""What of the steps so far stands in the prompt, within its limit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime import AgentConfig, AgentRuntime, ScriptedModel
from agent_runtime.react.history import History, Turn
from agent_runtime.tokens import estimate_messages

TEXTS = st.text(max_size=40) | st.integers(0, 4_000).map(lambda n: "é" * n)


@given(
    st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=60),
    st.integers(min_value=100, max_value=2_000),
)
def test_any_steps_fit_the_latest_first(steps: list[tuple[str, str]], limit: int) -> None:
    history = History(limit)
    for number, (said, answered) in enumerate(steps):
        history.add(Turn(f"{number} {said}", answered))
        messages = list(history.messages())
        assert history.tokens == estimate_messages(messages) <= limit
        told = [int(message.content.split(" ")[0].rstrip("…")) for message in messages[::2]]
        # an unbroken row up to now, and the rest is counted
        assert told == list(range(history.left_out, number + 1))
        assert [message.role for message in messages] == ["assistant", "user"] * len(told)
        latest, answer = messages[-2:]
        whole = f"{number} {said}"
        if Turn(whole, answered).tokens <= limit * 3 // 4:
            assert (latest.content, answer.content) == (whole, answered)


def test_what_is_left_out_is_said() -> None:
    model = ScriptedModel(lambda _: "Thought: " + "long " * 100 + "\nAction: look")

    def look() -> str:
        """Looks."""
        return "nothing " * 100

    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper", max_iterations=40, max_history_tokens=2_000))
        .with_model(model)
        .with_tools(look)
        .build()
    )
    assert runtime.run("Look").steps == 40
    request = model.requests[-1]
    assert "earlier steps are left out here.]" in request.messages[1].content
    assert estimate_messages(request.messages) < 2_500
    assert [message.role for message in request.messages[1:]] == (
        ["user", "assistant"] * (len(request.messages) // 2 - 1) + ["user"]
    )


@pytest.mark.parametrize("pieces", [True, False])
async def test_the_agent_waits_when_its_events_are_not_taken(pieces: bool) -> None:
    asked = written = 0

    async def think(_: object) -> AsyncIterator[str]:
        nonlocal asked, written
        asked += 1
        yield "Thought: go on\n"
        for _ in range(1_000 if pieces else 1):
            written += 1
            yield "Action: look\n" if written % 1_000 == 0 or not pieces else "word "

    def look() -> str:
        """Looks."""
        return "nothing"

    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper", max_iterations=100))
        .with_model(think)
        .with_tools(look)
        .build()
    )
    stream = runtime.astream("Look")
    for _ in range(3):
        await anext(stream)
    before = -1
    # until nothing goes on any more, which it must before the end
    while before != (before := asked * 10_000 + written):
        for _ in range(200):
            await asyncio.sleep(0.001)
    assert asked < 20
    assert written < 100
    await stream.aclose()
