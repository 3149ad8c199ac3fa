"""What a runtime is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent_runtime.config import AgentConfig
from agent_runtime.model import Model, ModelFunction, ModelReply
from agent_runtime.orchestrator.breaker import CircuitBreaker
from agent_runtime.orchestrator.dedup import Deduplicator
from agent_runtime.orchestrator.guard import BackpressureGuard
from agent_runtime.orchestrator.retry import RetryPolicy
from agent_runtime.persistence.store import SessionStore
from agent_runtime.tools.registry import ToolRegistry

if TYPE_CHECKING:
    from agent_runtime.graph.knowledge_graph import KnowledgeGraph
    from agent_runtime.memory.kept import AgentMemory
    from agent_runtime.memory.working import WorkingMemory
    from agent_runtime.metrics import RuntimeMetrics


class BuildError(ValueError):
    """Something is missing. The message says what, and what to write."""


@dataclass(slots=True)
class Parts:
    """What a runtime is made of."""

    config: AgentConfig | None = None
    model: Model | ModelFunction | None = None
    tools: list[ToolRegistry | Callable[..., object]] = field(default_factory=list)
    store: SessionStore | None = None
    retry: RetryPolicy | None = None
    breaker: CircuitBreaker | None = None
    deduplicator: Deduplicator[ModelReply] | None = None
    guard: BackpressureGuard | None = None
    metrics: RuntimeMetrics | None = None
    memories: list[AgentMemory] = field(default_factory=list)
    working: WorkingMemory | None = None
    memory_tools: bool = False
    graph: KnowledgeGraph | None = None
    graph_tools: bool = False
