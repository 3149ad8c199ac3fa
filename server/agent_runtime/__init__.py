"""Agents that think in steps: a model, tools, memory, and a journal that survives a crash.

It runs in process and needs no server. The parts are imported when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from agent_runtime.config import AgentConfig
    from agent_runtime.events import Event
    from agent_runtime.graph import GraphError, KnowledgeGraph
    from agent_runtime.memory import EpisodicMemory, RecallWeights, SemanticMemory, WorkingMemory
    from agent_runtime.metrics import RuntimeMetrics
    from agent_runtime.model import (
        Message,
        Model,
        ModelError,
        ModelReply,
        ModelRequest,
        StreamingModel,
        ToolDescription,
        ToolRequest,
        Usage,
    )
    from agent_runtime.orchestrator import (
        BackpressureGuard,
        BackpressureShed,
        CircuitBreaker,
        CircuitOpenError,
        Deduplicator,
        RetryPolicy,
    )
    from agent_runtime.parts import BuildError
    from agent_runtime.persistence import (
        FileStore,
        SessionBusyError,
        SessionNotFoundError,
        SessionStore,
        SessionSummary,
        SqliteStore,
        StoreError,
    )
    from agent_runtime.providers import AnthropicModel, OpenAIModel, ScriptedModel
    from agent_runtime.react.opening import ResumeError
    from agent_runtime.react.runs import RuntimeClosedError
    from agent_runtime.result import NoAnswerError, RunResult
    from agent_runtime.runtime import AgentRuntime, RuntimeBuilder
    from agent_runtime.session import SessionContext, current_session
    from agent_runtime.tools import ToolDefinitionError, ToolError, ToolRegistry, tool

__all__ = [
    "AgentConfig",
    "AgentRuntime",
    "AnthropicModel",
    "BackpressureGuard",
    "BackpressureShed",
    "BuildError",
    "CircuitBreaker",
    "CircuitOpenError",
    "Deduplicator",
    "EpisodicMemory",
    "Event",
    "FileStore",
    "GraphError",
    "KnowledgeGraph",
    "Message",
    "Model",
    "ModelError",
    "ModelReply",
    "ModelRequest",
    "NoAnswerError",
    "OpenAIModel",
    "RecallWeights",
    "ResumeError",
    "RetryPolicy",
    "RunResult",
    "RuntimeBuilder",
    "RuntimeClosedError",
    "RuntimeMetrics",
    "ScriptedModel",
    "SemanticMemory",
    "SessionBusyError",
    "SessionContext",
    "SessionNotFoundError",
    "SessionStore",
    "SessionSummary",
    "SqliteStore",
    "StoreError",
    "StreamingModel",
    "ToolDefinitionError",
    "ToolDescription",
    "ToolError",
    "ToolRegistry",
    "ToolRequest",
    "Usage",
    "WorkingMemory",
    "current_session",
    "tool",
]

_HOMES: Final = {
    "config": ("AgentConfig",),
    "events": ("Event",),
    "graph": ("GraphError", "KnowledgeGraph"),
    "memory": ("EpisodicMemory", "RecallWeights", "SemanticMemory", "WorkingMemory"),
    "metrics": ("RuntimeMetrics",),
    "model": (
        "Message",
        "Model",
        "ModelError",
        "ModelReply",
        "ModelRequest",
        "StreamingModel",
        "ToolDescription",
        "ToolRequest",
        "Usage",
    ),
    "orchestrator": (
        "BackpressureGuard",
        "BackpressureShed",
        "CircuitBreaker",
        "CircuitOpenError",
        "Deduplicator",
        "RetryPolicy",
    ),
    "parts": ("BuildError",),
    "persistence": (
        "FileStore",
        "SessionBusyError",
        "SessionNotFoundError",
        "SessionStore",
        "SessionSummary",
        "SqliteStore",
        "StoreError",
    ),
    "providers": ("AnthropicModel", "OpenAIModel", "ScriptedModel"),
    "react.opening": ("ResumeError",),
    "react.runs": ("RuntimeClosedError",),
    "result": ("NoAnswerError", "RunResult"),
    "runtime": ("AgentRuntime", "RuntimeBuilder"),
    "session": ("SessionContext", "current_session"),
    "tools": ("ToolDefinitionError", "ToolError", "ToolRegistry", "tool"),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # to type checkers each unknown name would exist

    def __getattr__(name: str) -> object:
        home = _HOME_OF.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{home}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
