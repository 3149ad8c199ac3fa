"""Models of providers, each with its official SDK, and one that follows a script."""

from __future__ import annotations

from agent_runtime.providers.anthropic_messages import AnthropicModel
from agent_runtime.providers.openai_chat import OpenAIModel
from agent_runtime.providers.scripted import ScriptedModel, ScriptedReply

__all__ = ["AnthropicModel", "OpenAIModel", "ScriptedModel", "ScriptedReply"]
