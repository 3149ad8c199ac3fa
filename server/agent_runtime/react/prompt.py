"""What the model is told in each step."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from agent_runtime.config import AgentConfig
from agent_runtime.model import Message, ModelRequest, ToolDescription
from agent_runtime.react.parsing import EXPECTED, well_formed
from agent_runtime.react.state import JournalState
from agent_runtime.session import SessionContext
from agent_runtime.tokens import estimate_messages, estimate_tokens

STOPS = ("\nObservation:",)
"""Models like to go on with results of their own invention."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to the model, and how many tokens it takes, estimated."""

    request: ModelRequest
    tokens: int


class Prompts:
    """Makes the question of each step."""

    def __init__(self, config: AgentConfig, tools: Sequence[ToolDescription]) -> None:
        self._config = config
        self._tools = tools
        self._system = Message("system", well_formed(_system(config, tools)))
        self._system_tokens = estimate_messages([self._system])

    def next(self, state: JournalState, context: SessionContext) -> Prompt:
        """The question of the next step."""
        question = Message("user", well_formed(_question(state)))
        # what has been said is not counted again in each of many steps
        tokens = self._system_tokens + estimate_messages([question]) + state.history.tokens
        messages = [self._system, question, *state.history.messages()]
        noted = context.working.render() if context.has_working else ""
        if noted:
            # last, where it changes the least of what a provider may have cached
            last = messages.pop()
            noted = well_formed(f"\n\nWhat you have in mind:\n{noted}")
            messages.append(Message(last.role, last.content + noted))
        request = ModelRequest(
            messages,
            self._tools,
            max_tokens=self._config.max_reply_tokens,
            temperature=self._config.temperature,
            stop=STOPS,
        )
        return Prompt(request, tokens + estimate_tokens(noted))


def _system(config: AgentConfig, tools: Sequence[ToolDescription]) -> str:
    parts = [config.instructions.strip()] if config.instructions.strip() else []
    if tools:
        told = "\n".join(map(_described, tools))
        parts.append(f"You can use these tools:\n{told}")
        parts.append(
            f"Think step by step. In each step, {_lower(EXPECTED)}\n\n"
            "After an Action, stop and wait: you are told its Observation. Never write an "
            "Observation yourself."
        )
    else:
        parts.append("When you know the answer, write\n\nFINAL_ANSWER: the answer")
    return "\n\n".join(parts)


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _described(tool: ToolDescription) -> str:
    schema = json.dumps(tool.input_schema, ensure_ascii=False)
    about = " ".join(tool.description.split())
    return f"- {tool.name}: {about}\n  arguments: {schema}"


def _question(state: JournalState) -> str:
    parts = [f"Question: {state.input}"]
    if state.recalled:
        memories = "\n".join(f"- {' '.join(memory['text'].split())}" for memory in state.recalled)
        parts.append(f"What you remember from before:\n{memories}")
    if state.history.left_out:
        parts.append(f"[{state.history.left_out} earlier steps are left out here.]")
    return "\n\n".join(parts)
