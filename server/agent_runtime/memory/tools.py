"""Tools with which a model looks after the memory of its agent itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, TypeVar

from agent_runtime.limits import check_whole
from agent_runtime.memory.agent import recall_within
from agent_runtime.memory.episodic import EpisodicMemory
from agent_runtime.memory.kept import AgentMemory
from agent_runtime.memory.semantic import SemanticMemory
from agent_runtime.memory.working import WorkingMemory
from agent_runtime.tools import ToolError, ToolRegistry

_T = TypeVar("_T")

Given: TypeAlias = _T | Callable[[], _T] | None
"""Something, or what gives the one of the session that asks."""


def memory_tools(
    *,
    episodic: Given[EpisodicMemory] = None,
    semantic: Given[SemanticMemory] = None,
    working: Given[WorkingMemory] = None,
    max_tokens: int = 500,
) -> ToolRegistry:
    """Tools for the memories that are given, each itself or a function that gives it.

    `remember` for episodic memory; `learn` and `forget` for semantic memory; `recall`, which
    answers with at most about `max_tokens`, for both; `note` and `drop_note` for working memory.
    ValueError for a limit below 0.
    """
    check_whole("max_tokens", max_tokens, 0)
    tools = ToolRegistry(breaker=False)
    if episodic is not None:
        _add_episodic(tools, episodic)
    if semantic is not None:
        _add_semantic(tools, semantic)
    if working is not None:
        _add_working(tools, working)
    if episodic is not None or semantic is not None:
        _add_recall(tools, episodic, semantic, max_tokens)
    return tools


def _add_episodic(tools: ToolRegistry, memory: Given[EpisodicMemory]) -> None:
    @tools.tool(repeatable=True)
    def remember(text: str, importance: float = 0.5) -> str:
        """Remembers something that happened, for later conversations too.

        Args:
            text: One or two whole sentences that can be understood alone.
            importance: From 0 for small talk to 1 for what must not be forgotten.
        """
        _given(memory).store(text, importance=importance)
        return "Remembered."


def _add_semantic(tools: ToolRegistry, memory: Given[SemanticMemory]) -> None:
    @tools.tool(repeatable=True)
    def learn(key: str, text: str, tags: list[str] | None = None) -> str:
        """Keeps a fact under a key, in place of what the key held, for later conversations too.

        Args:
            key: A short name of what the fact is about.
            text: The fact in one or two whole sentences.
            tags: Words to find it by.
        """
        _given(memory).set(key, text, tags=tags or ())
        return "Learned."

    @tools.tool(repeatable=True)
    def forget(key: str) -> str:
        """Forgets the fact of a key.

        Args:
            key: The key under which it was learned.
        """
        known = _given(memory)
        if known.delete(key):
            return "Forgotten."
        near = [found.fact.key for found in known.search(key, limit=3)]
        hint = f" Facts that have to do with it: {', '.join(near)}." if near else ""
        raise ToolError(f"There is no fact with the key {key!r:.100}.{hint}")


def _add_working(tools: ToolRegistry, memory: Given[WorkingMemory]) -> None:
    @tools.tool(repeatable=True)
    def note(key: str, text: str) -> str:
        """Keeps a text in sight until the end of this task, in place of what the key held.

        Args:
            key: A short name.
            text: What should not be lost sight of.
        """
        _given(memory).set(key, text)
        return "Noted."

    @tools.tool(repeatable=True)
    def drop_note(key: str) -> str:
        """Drops a text that was noted and is not needed any more.

        Args:
            key: Its name.
        """
        if _given(memory).delete(key):
            return "Dropped."
        raise ToolError(f"There is no note with the key {key!r:.100}.")


def _add_recall(
    tools: ToolRegistry,
    episodic: Given[EpisodicMemory],
    semantic: Given[SemanticMemory],
    max_tokens: int,
) -> None:
    @tools.tool(repeatable=True)
    def recall(question: str, limit: int = 5) -> str:
        """What is remembered that has to do with a question, best first.

        Args:
            question: What to look for, in words that may stand in it.
            limit: At most so many memories.
        """
        asked: list[AgentMemory] = []
        if episodic is not None:
            asked.append(_given(episodic))
        if semantic is not None:
            asked.append(_given(semantic))
        found = recall_within(question, asked, max_recalls=limit, max_tokens=max_tokens)
        return found.text or "Nothing is remembered that has to do with it."


def _given(memory: Given[_T]) -> _T:
    if memory is None:
        raise ToolError("There is no memory for it.")
    return memory() if callable(memory) else memory
