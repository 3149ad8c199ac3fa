"""What a crew of CrewAI streams: its chunks, and the frames of a flow. Its model is a script."""

from __future__ import annotations

import os

os.environ |= {"CREWAI_DISABLE_TELEMETRY": "true", "OTEL_SDK_DISABLED": "true"}
os.environ |= {"CREWAI_TRACING_ENABLED": "false", "CREWAI_TESTING": "true"}

from typing import Any

from crewai import Agent, Crew, Task
from crewai.events.types.llm_events import LLMCallType
from crewai.flow import Flow, start
from crewai.llms.base_llm import BaseLLM, llm_call_context
from crewai.tools import tool
from recording import save


@tool("calculate")
def calculate(expression: str) -> str:
    """Work out a product."""
    left, right = expression.split("*")
    return str(int(left) * int(right))


@tool("fail")
def fail(word: str) -> str:
    """Fail."""
    raise ValueError(word)


REPLIES = [
    'Thought: I look.\nAction: calculate\nAction Input: {"expression": "12*7"}',
    'Thought: And tea?\nAction: fail\nAction Input: {"word": "tea"}',
    "Thought: I know.\nFinal Answer: It is **84**.",
]
USAGE = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}


class ScriptedModel(BaseLLM):
    """Says what it has been told to say, line by line."""

    said: int = 0

    def call(self, messages: Any, *args: Any, **kwargs: Any) -> str:
        whose = {name: kwargs.get(name) for name in ("from_task", "from_agent")}
        reply = REPLIES[self.said]
        self.said += 1
        with llm_call_context():
            for line in reply.splitlines(keepends=True):
                self._emit_stream_chunk_event(line, **whose)
            kind = LLMCallType.LLM_CALL
            self._emit_call_completed_event(reply, kind, usage=USAGE, **whose)
        return reply

    def supports_function_calling(self) -> bool:
        return False


def crew(is_streaming: bool) -> Crew:
    tools = [calculate, fail]
    agent = Agent(
        role="helper", goal="help", backstory="", llm=ScriptedModel(model="scripted"), tools=tools
    )
    task = Task(name="ask", description="What is 12 * 7?", expected_output="A number", agent=agent)
    return Crew(agents=[agent], tasks=[task], stream=is_streaming)


class Ask(Flow):
    """A flow of one crew."""

    @start()
    def ask(self) -> str:
        return str(crew(is_streaming=False).kickoff())


save("crewai", crew(is_streaming=True).kickoff())
# Not those of the life of a crew, which are long.
save("crewai_frames", Ask().stream_events().interleave(["llm", "tools", "flow"]))
