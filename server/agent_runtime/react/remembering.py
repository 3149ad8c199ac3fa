"""An agent's memories and knowledge graph, as its sessions use them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from agent_runtime.session import SessionContext, current_session, tell_session
from agent_runtime.tools.errors import text_of
from agent_runtime.tools.threads import Outcome, start_in_thread

if TYPE_CHECKING:
    from agent_runtime.config import AgentConfig
    from agent_runtime.graph.knowledge_graph import KnowledgeGraph
    from agent_runtime.memory.agent import Recollection
    from agent_runtime.memory.kept import AgentMemory
    from agent_runtime.memory.working import WorkingMemory
    from agent_runtime.parts import Parts
    from agent_runtime.tools.registry import ToolRegistry

_QUESTION_PART: Final = 1_000
_ANSWER_PART: Final = 2_000
"""Characters of a question and of its answer that are remembered together."""


class RecallError(Exception):
    """A memory could not be asked; the message says why."""


class Remembering:
    """What an agent remembers, shared by its sessions, and what each session begins with."""

    def __init__(self, parts: Parts, config: AgentConfig) -> None:
        self._config = config
        self._store = parts.store
        self._memories: Sequence[AgentMemory] = tuple(parts.memories)
        self._working = parts.working
        self._graph = parts.graph
        # a store's memories are not taken while changes are on their way to it
        self._lock = threading.Lock()
        for memory in self._memories:
            memory.observe(tell_session)

    def context(self, session: str) -> SessionContext:
        """What a new session of this name has: a copy of the builder's, told as changes."""
        return SessionContext(
            session,
            None if self._working is None else _copied_memory(self._working),
            None if self._graph is None else _copied_graph(self._graph),
        )

    def empty_context(self, session: str) -> SessionContext:
        """The same without anything in it, for the events of a session that is known."""
        return SessionContext(
            session,
            None if self._working is None else self._working.emptied(),
            None if self._graph is None else self._graph.emptied(),
        )

    def load(self) -> None:
        """Takes what the store has for the agent. Blocks; StoreError."""
        if self._store is not None and self._memories:
            from agent_runtime.memory.agent import load_memory

            with self._lock:
                load_memory(self._store, self._config.name, self._memories)

    def save(self) -> None:
        """Saves what is remembered and was not saved yet. Blocks; StoreError."""
        if self._store is not None and self._memories:
            from agent_runtime.memory.agent import save_memory

            with self._lock:
                save_memory(self._store, self._config.name, self._memories)

    async def recall(self, question: str) -> Recollection | None:
        """What goes into the prompt, within the limits; None when there is nothing. RecallError,
        also when it takes longer than the model may."""
        config = self._config
        if not self._memories or config.max_memory_recalls == 0:
            return None
        from agent_runtime.memory.agent import recall_within

        def look_up() -> Recollection:
            return recall_within(
                question,
                self._memories,
                max_recalls=config.max_memory_recalls,
                max_tokens=config.max_memory_tokens,
            )

        try:
            async with asyncio.timeout(config.model_time_limit):
                outcome = await start_in_thread(look_up, "recall")
        except (TimeoutError, RuntimeError) as error:
            outcome = Outcome(error=error)
        if outcome.error is not None:
            took_too_long = isinstance(outcome.error, TimeoutError) and not outcome.error.args
            said = "it took too long" if took_too_long else text_of(outcome.error)
            raise RecallError(
                f"What is remembered could not be looked up: {type(outcome.error).__name__}: {said}"
            ) from outcome.error
        found = outcome.value
        return found if found is not None and found.memories else None

    def remember_answer(self, question: str, answer: str) -> None:
        """Makes an answered question an episode, if the agent is to remember such."""
        if not self._config.remember_answers or not self._memories:
            return
        from agent_runtime.memory.episodic import EpisodicMemory

        text = f"Asked: {_cut(question, _QUESTION_PART)}\nAnswered: {_cut(answer, _ANSWER_PART)}"
        for memory in self._memories:
            if isinstance(memory, EpisodicMemory):
                memory.store(text)
                return


def session_tools(parts: Parts) -> list[ToolRegistry]:
    """Tools over memory and graph for the model, where the builder was asked for them."""
    registries: list[ToolRegistry] = []
    if parts.memory_tools:
        from agent_runtime.memory.episodic import EpisodicMemory
        from agent_runtime.memory.semantic import SemanticMemory
        from agent_runtime.memory.tools import memory_tools

        episodic = [one for one in parts.memories if isinstance(one, EpisodicMemory)]
        semantic = [one for one in parts.memories if isinstance(one, SemanticMemory)]
        registries.append(
            memory_tools(
                episodic=episodic[0] if episodic else None,
                semantic=semantic[0] if semantic else None,
                working=None if parts.working is None else lambda: current_session().working,
            )
        )
    if parts.graph_tools:
        from agent_runtime.graph.tools import graph_tools

        registries.append(graph_tools(lambda: current_session().graph))
    return registries


def _copied_memory(memory: WorkingMemory) -> WorkingMemory:
    copy = memory.emptied()
    for key, text in memory.items():
        copy.set(key, text)
    return copy


def _copied_graph(graph: KnowledgeGraph) -> KnowledgeGraph:
    copy = graph.emptied()
    for entity in graph.entities():
        copy.add_entity(entity.id, entity.kind, entity.properties)
    for relation in graph.relations():
        copy.add_relation(relation.source, relation.target, relation.kind, relation.properties)
    return copy


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
