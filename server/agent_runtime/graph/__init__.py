"""What an agent knows in a session, as a graph.

- `KnowledgeGraph`: entities and relations, and questions to them
- `Entity`, `Relation`: what it is made of; `GraphChanges`: what has happened to it
- `UnknownEntityError`, `GraphLimitError`: why a question has no answer
"""

from agent_runtime.graph.changes import GraphChanges, GraphFields
from agent_runtime.graph.elements import (
    Entity,
    GraphError,
    GraphLimitError,
    Relation,
    UnknownEntityError,
)
from agent_runtime.graph.knowledge_graph import Cycles, Direction, KnowledgeGraph, Reached

__all__ = [
    "Cycles",
    "Direction",
    "Entity",
    "GraphChanges",
    "GraphError",
    "GraphFields",
    "GraphLimitError",
    "KnowledgeGraph",
    "Reached",
    "Relation",
    "UnknownEntityError",
]
