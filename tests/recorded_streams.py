"""Replies of providers as their documentation says that they are sent, and what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent_runtime.model import Message, ModelReply, ModelRequest, ToolRequest, Usage
from agent_runtime.providers import AnthropicModel, OpenAIModel

FOLDER = Path(__file__).parent / "agent_runtime" / "providers" / "recorded"

KEY = "sk-test-9f8e7d6c5b4a"

ASKED = ModelRequest([Message("system", "Be brief."), Message("user", "Hello?")])


@dataclass(frozen=True)
class Recording:
    """`reply` is None when the stream tells of an error, with `words`. The reply is whole after
    `end`; what comes after it may be lost."""

    name: str
    model: type[AnthropicModel] | type[OpenAIModel]
    reply: ModelReply | None
    end: bytes
    words: str = ""

    @property
    def body(self) -> bytes:
        return (FOLDER / f"{self.name}.sse").read_bytes()

    @property
    def whole_at(self) -> int:
        return self.body.index(self.end) + len(self.end)

    def at(self, url: str, timeout: float = 20.0) -> AnthropicModel | OpenAIModel:
        return self.model("model-1", api_key=KEY, base_url=url, timeout=timeout)


TEXT = 'Grüße, "世界" 🎉\n'
CALLS = (ToolRequest("get_weather", '{"city": "Zürich", "days": 2}'), ToolRequest("now", "{}"))
STOP = b'data: {"type":"message_stop"}\n\n'
DONE = b"data: [DONE]"

ANTHROPIC_TEXT = Recording(
    "anthropic_text", AnthropicModel, ModelReply(TEXT, [], Usage(1125, 15), "end_turn"), STOP
)
ANTHROPIC_TOOL_USE = Recording(
    "anthropic_tool_use",
    AnthropicModel,
    ModelReply("Let me look.", list(CALLS), Usage(472, 89), "tool_use"),
    STOP,
)
ANTHROPIC_THINKING = Recording(
    "anthropic_thinking",
    AnthropicModel,
    ModelReply("It is 21.", [], Usage(30, 40), "end_turn"),
    STOP,
)
ANTHROPIC_ERROR = Recording(
    "anthropic_error", AnthropicModel, None, b"Overloaded", "broke off with an error: Overloaded."
)
OPENAI_TEXT = Recording(
    "openai_text",
    OpenAIModel,
    ModelReply(TEXT, [], Usage(19, 9), "stop"),
    b'"stop"}],"usage":null}\n\n',
)
OPENAI_TOOL_CALLS = Recording(
    "openai_tool_calls",
    OpenAIModel,
    ModelReply("", list(CALLS), Usage(82, 17), "tool_calls"),
    b'"tool_calls"}],"usage":null}\n\n',
)
OPENAI_ERROR = Recording(
    "openai_error",
    OpenAIModel,
    None,
    b"server_error",
    "broke off with an error: The server had an error while processing your request.",
)

RECORDINGS = [
    ANTHROPIC_TEXT,
    ANTHROPIC_TOOL_USE,
    ANTHROPIC_THINKING,
    ANTHROPIC_ERROR,
    OPENAI_TEXT,
    OPENAI_TOOL_CALLS,
    OPENAI_ERROR,
]
