"""What belongs to one session, for tools that want to know or change it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from agent_runtime.events import Event

if TYPE_CHECKING:
    from agent_runtime.graph.knowledge_graph import KnowledgeGraph
    from agent_runtime.memory.kept import Degraded, Stored
    from agent_runtime.memory.working import WorkingMemory


class SessionContext:
    """A session as its tools see it: see `current_session`.

    `id` is its name in the store, where there is one. What is changed here is kept with the
    observation of the tool that changes it, and is as it was when the session is resumed.
    """

    def __init__(
        self,
        session: str,
        working: WorkingMemory | None = None,
        graph: KnowledgeGraph | None = None,
    ) -> None:
        self.id = session
        self._working = working
        self._graph = graph
        self.told: list[Stored | Degraded] = []

    @property
    def working(self) -> WorkingMemory:
        """What the session has in mind. LookupError when the agent has no working memory."""
        if self._working is None:
            raise LookupError(
                "The agent has no working memory: give the builder with_memory(WorkingMemory())."
            )
        return self._working

    @property
    def graph(self) -> KnowledgeGraph:
        """What the session knows. LookupError when the agent has no knowledge graph."""
        if self._graph is None:
            raise LookupError(
                "The agent has no knowledge graph: give the builder with_graph(KnowledgeGraph())."
            )
        return self._graph

    @property
    def has_working(self) -> bool:
        """Whether the agent has working memory."""
        return self._working is not None

    @property
    def has_graph(self) -> bool:
        """Whether the agent has a knowledge graph."""
        return self._graph is not None

    def apply(self, event: Event) -> None:
        """Does again what an event of the journal tells of."""
        if event["type"] == "working_changed" and self._working is not None:
            self._working.restore(event["set"], removed=event["removed"])
        elif event["type"] == "graph_changed" and self._graph is not None:
            self._graph.apply(
                {
                    "entities": event["entities"],
                    "relations": event["relations"],
                    "removed_entities": event["removed_entities"],
                    "removed_relations": event["removed_relations"],
                    "entity_count": event["entity_count"],
                    "relation_count": event["relation_count"],
                }
            )

    def take_told(self) -> list[Stored | Degraded]:
        """What memories have told since it was asked last."""
        taken, self.told = self.told, []
        return taken


_CURRENT: ContextVar[SessionContext] = ContextVar("agent_runtime_session")


def current_session() -> SessionContext:
    """The session for which a tool is called; LookupError outside of tools.

    A tool that keeps the session's knowledge graph:

        def relate(source: str, relation: str, target: str) -> str:
            graph = current_session().graph
            ...
    """
    try:
        return _CURRENT.get()
    except LookupError:
        raise LookupError(
            "There is no session here: current_session() is for tools, while an agent calls them."
        ) from None


@contextmanager
def in_session(context: SessionContext) -> Iterator[None]:
    """Makes it the current session of the block, and of threads and tasks that it begins."""
    token = _CURRENT.set(context)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def tell_session(what: Stored | Degraded) -> None:
    """Observes memories: what is remembered by a tool belongs into the journal of its session."""
    context = _CURRENT.get(None)
    if context is not None:
        context.told.append(what)
