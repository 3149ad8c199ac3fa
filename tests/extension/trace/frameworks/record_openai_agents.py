"""What the Agents SDK of OpenAI streams: its own events and those of the Responses in them."""

from __future__ import annotations

import asyncio
from typing import Any

from agents import Agent, Runner, Usage, function_tool, set_tracing_disabled
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call
from recording import save


@function_tool
def calculate(expression: str) -> str:
    """Work out a product."""
    left, right = expression.split("*")
    return str(int(left) * int(right))


@function_tool
def fail(word: str) -> str:
    """Fail."""
    raise ValueError(word)


def step(*output: Any) -> ModelStep:
    usage = Usage(requests=1, input_tokens=100, output_tokens=10, total_tokens=110)
    return ModelStep(output=list(output), usage=usage)


async def events() -> list[Any]:
    first = function_call("calculate", {"expression": "12*7"}, call_id="call-1")
    second = function_call("fail", {"word": "tea"}, call_id="call-2")
    steps = [
        step(assistant_message("I look."), first, second),
        step(assistant_message("It is **84**.")),
    ]
    agent = Agent(name="helper", model=ScriptedModel(steps), tools=[calculate, fail])
    stream = Runner.run_streamed(agent, "What is 12 * 7?")
    return [event async for event in stream.stream_events()]


set_tracing_disabled(True)
streamed = asyncio.run(events())
save("openai_agents", streamed)
save("openai_agents_items", [event for event in streamed if event.type != "raw_response_event"])
raw = [event.data for event in streamed if event.type == "raw_response_event"]
save("openai_responses", raw)
