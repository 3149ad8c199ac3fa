"""What an agent of LangChain streams in each mode of LangGraph. Its model is a script."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolCall
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from recording import save


def calculate(expression: str) -> str:
    """Work out a product."""
    left, right = expression.split("*")
    return str(int(left) * int(right))


def look_up(word: str) -> dict[str, object]:
    """Look up a word."""
    return {"word": word, "tags": ["hot", "green"]}


USAGE = UsageMetadata(input_tokens=100, output_tokens=10, total_tokens=110)
CALLS = [
    ToolCall(name="calculate", args={"expression": "12*7"}, id="call-1", type="tool_call"),
    ToolCall(name="look_up", args={"word": "tea"}, id="call-2", type="tool_call"),
]
REPLIES = [
    AIMessage("I look.", tool_calls=CALLS, usage_metadata=USAGE, id="ai-1"),
    AIMessage("", tool_calls=[ToolCall(name="search", args={"for": "x"}, id="call-3")], id="ai-2"),
    AIMessage("It is **84**.", usage_metadata=USAGE, id="ai-3"),
]


class ScriptedModel(BaseChatModel):
    """Says what it has been told to say, whole or word by word."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> Runnable[Any, Any]:
        return self

    def _reply(self, messages: list[BaseMessage]) -> AIMessage:
        return REPLIES[sum(isinstance(message, AIMessage) for message in messages)]

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._reply(messages))])

    def _stream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> Iterator[ChatGenerationChunk]:
        reply = self._reply(messages)
        for chunk in _pieces(reply):
            yield ChatGenerationChunk(message=chunk)


def _pieces(reply: AIMessage) -> Iterator[AIMessageChunk]:
    for word in str(reply.content).split():
        yield AIMessageChunk(f"{word} ", id=reply.id)
    for index, call in enumerate(reply.tool_calls):
        named = {"name": call["name"], "args": "", "id": call["id"], "index": index}
        yield AIMessageChunk("", tool_call_chunks=[named], id=reply.id)
        text = str(call["args"]).replace("'", '"')
        for part in (text[:5], text[5:]):
            rest = {"name": None, "args": part, "id": None, "index": index}
            yield AIMessageChunk("", tool_call_chunks=[rest], id=reply.id)
    yield AIMessageChunk("", usage_metadata=reply.usage_metadata, id=reply.id)


agent = create_agent(ScriptedModel(), [calculate, look_up])
QUESTION = {"messages": [{"role": "user", "content": "What is 12 * 7?"}]}


async def events() -> list[Any]:
    return [event async for event in agent.astream_events(QUESTION, version="v2")]


for mode in ("updates", "messages", "values", "debug"):
    save(f"langgraph_{mode}", agent.stream(QUESTION, stream_mode=mode))
save("langgraph_modes", agent.stream(QUESTION, stream_mode=["updates", "messages", "custom"]))
save("langgraph_subgraphs", agent.stream(QUESTION, stream_mode="updates", subgraphs=True))
save("langgraph_events", asyncio.run(events()))
save("langgraph_result", [agent.invoke(QUESTION)])
save("langchain_chunks", ScriptedModel().stream("What is 12 * 7?"))
