"""What an agent workflow of LlamaIndex streams. Its model is a script."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from llama_index.core.agent.workflow import AgentWorkflow, FunctionAgent
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, LLMMetadata
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection
from recording import save


def calculate(expression: str) -> str:
    """Work out a product."""
    left, right = expression.split("*")
    return str(int(left) * int(right))


def fail(word: str) -> str:
    """Fail."""
    raise ValueError(word)


CALLS = [
    ToolSelection(tool_id="call-1", tool_name="calculate", tool_kwargs={"expression": "12*7"}),
    ToolSelection(tool_id="call-2", tool_name="fail", tool_kwargs={"word": "tea"}),
]


class ScriptedModel(FunctionCallingLLM):
    """Calls two tools, then answers."""

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(is_function_calling_model=True, model_name="scripted")

    async def astream_chat_with_tools(
        self, tools: Any, chat_history: Any = None, **kwargs: Any
    ) -> AsyncIterator[ChatResponse]:
        was_told = any(message.role == "tool" for message in chat_history)

        async def pieces() -> AsyncIterator[ChatResponse]:
            text = ""
            for word in ("It ", "is ", "**84**.") if was_told else ("I ", "look."):
                text += word
                message = ChatMessage(role="assistant", content=text)
                yield ChatResponse(message=message, delta=word)
            calls = [] if was_told else CALLS
            known = {"calls": [call.model_dump() for call in calls]}
            message = ChatMessage(role="assistant", content=text, additional_kwargs=known)
            yield ChatResponse(message=message, delta="")

        return pieces()

    def get_tool_calls_from_response(self, response: Any, **kwargs: Any) -> list[ToolSelection]:
        calls = response.message.additional_kwargs.get("calls", [])
        return [ToolSelection(**call) for call in calls]

    def _prepare_chat_with_tools(self, tools: Any, **kwargs: Any) -> dict[str, Any]:
        raise NotImplementedError

    def chat(self, *_: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    achat = complete = acomplete = stream_chat = astream_chat = chat
    stream_complete = astream_complete = chat


async def events() -> list[Any]:
    agent = FunctionAgent(
        name="helper", description="helps", tools=[calculate, fail], llm=ScriptedModel()
    )
    handler = AgentWorkflow(agents=[agent]).run(user_msg="What is 12 * 7?")
    return [event async for event in handler.stream_events()]


save("llama_index", asyncio.run(events()))
