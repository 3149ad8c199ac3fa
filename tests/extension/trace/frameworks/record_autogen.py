"""What an agent of AutoGen streams. Its model is AutoGen's own replay."""

from __future__ import annotations

import asyncio
from typing import Any

from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_core import FunctionCall
from autogen_core.models import CreateResult, RequestUsage
from autogen_ext.models.replay import ReplayChatCompletionClient
from recording import save


def calculate(expression: str) -> str:
    """Work out a product."""
    left, right = expression.split("*")
    return str(int(left) * int(right))


def fail(word: str) -> str:
    """Fail."""
    raise ValueError(word)


CALLS = [
    FunctionCall(id="call-1", name="calculate", arguments='{"expression": "12*7"}'),
    FunctionCall(id="call-2", name="fail", arguments='{"word": "tea"}'),
]


def reply(content: Any, finish: Any, thought: str | None = None) -> CreateResult:
    usage = RequestUsage(prompt_tokens=100, completion_tokens=10)
    return CreateResult(
        content=content, finish_reason=finish, usage=usage, cached=False, thought=thought
    )


async def events(is_streaming: bool, is_team: bool) -> list[Any]:
    model = ReplayChatCompletionClient(
        [reply(CALLS, "function_calls", "I look."), "It is **84**."],
        model_info={
            "vision": False,
            "function_calling": True,
            "json_output": False,
            "family": "unknown",
            "structured_output": False,
        },
    )
    agent = AssistantAgent(
        "helper",
        model,
        tools=[calculate, fail],
        reflect_on_tool_use=True,
        model_client_stream=is_streaming,
    )
    asked = RoundRobinGroupChat([agent], max_turns=1) if is_team else agent
    return [event async for event in asked.run_stream(task="What is 12 * 7?")]


save("autogen", asyncio.run(events(is_streaming=False, is_team=False)))
save("autogen_pieces", asyncio.run(events(is_streaming=True, is_team=False)))
save("autogen_team", asyncio.run(events(is_streaming=False, is_team=True)))
