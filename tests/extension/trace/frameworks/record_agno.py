"""What an agent of Agno streams, with all of its events. Its model is a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

from agno.agent import Agent
from agno.models.base import Model
from agno.models.message import MessageMetrics
from agno.models.response import ModelResponse
from recording import save


def calculate(expression: str) -> str:
    """Work out a product."""
    left, right = expression.split("*")
    return str(int(left) * int(right))


def fail(word: str) -> str:
    """Fail."""
    raise ValueError(word)


def call(number: int, name: str, given: str) -> dict[str, Any]:
    function = {"name": name, "arguments": given}
    return {"id": f"call-{number}", "type": "function", "function": function}


CALLS = [call(1, "calculate", '{"expression": "12*7"}'), call(2, "fail", '{"word": "tea"}')]
USAGE = MessageMetrics(input_tokens=100, output_tokens=10, total_tokens=110)


class ScriptedModel(Model):
    """Calls two tools, then answers."""

    def invoke_stream(self, *_: Any, **kwargs: Any) -> Iterator[ModelResponse]:
        was_told = any(message.role == "tool" for message in kwargs["messages"])
        for word in ("It ", "is ", "**84**.") if was_told else ("I ", "look."):
            yield ModelResponse(role="assistant", content=word)
        yield ModelResponse(tool_calls=[] if was_told else CALLS, response_usage=USAGE)

    async def ainvoke_stream(self, *_: Any, **kwargs: Any) -> AsyncIterator[ModelResponse]:
        for response in self.invoke_stream(**kwargs):
            yield response

    def invoke(self, *_: Any, **kwargs: Any) -> ModelResponse:
        raise NotImplementedError

    async def ainvoke(self, *_: Any, **kwargs: Any) -> ModelResponse:
        raise NotImplementedError

    def _parse_provider_response(self, response: Any, **kwargs: Any) -> ModelResponse:
        raise NotImplementedError

    def _parse_provider_response_delta(self, response: Any) -> ModelResponse:
        raise NotImplementedError


async def events(has_all: bool) -> list[Any]:
    agent = Agent(
        name="helper", model=ScriptedModel(id="scripted"), tools=[calculate, fail], telemetry=False
    )
    stream = agent.arun("What is 12 * 7?", stream=True, stream_events=has_all)
    return [event async for event in stream]


save("agno", asyncio.run(events(has_all=True)))
save("agno_content", asyncio.run(events(has_all=False)))
