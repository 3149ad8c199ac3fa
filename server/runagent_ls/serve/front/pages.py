"""What the server tells of itself and of the agent."""

from __future__ import annotations

import time
from typing import Final

from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.front.answers import Answer, envelope, json_bytes, now
from runagent_ls.serve.front.context import FrontContext
from runagent_ls.serve.plan import AgentPlan

_ENDPOINTS: Final[dict[str, JsonValue]] = {
    "GET /": "Agent info",
    "GET /health": "Health check",
    "POST /api/v1/agents/{agent_id}/execute/{entrypoint}": "Execute agent",
    "GET /api/v1/agents/{agent_id}/invocations": "Get invocation history",
    "GET /api/v1/agents/{agent_id}/invocations/stats": "Get invocation stats",
}
"""The platform names these paths; some of them are none."""


def health(plan: AgentPlan, context: FrontContext) -> Answer:
    """Who answers here. The words are the platform's: its clients compare some of them."""
    body: JsonValue = {
        "status": "healthy",
        "server": "RunAgent FastAPI Local Server",
        "timestamp": now(),
        "uptime_seconds": max(time.time() - context.started_at, 0.0),
        "version": "1.0.0",
        "agent_id": plan.agent_id,
        "agent_name": plan.name,
        "framework": plan.framework,
    }
    return Answer(200, json_bytes(body))


def architecture(plan: AgentPlan) -> Answer:
    """The entrypoints, as they were loaded."""
    loaded = plan.config["agent_architecture"]
    listed = loaded["entrypoints"] if isinstance(loaded, dict) else []
    data: JsonValue = {"agent_id": plan.agent_id, "entrypoints": listed}
    return envelope(data, "Agent architecture retrieved successfully")


def info(plan: AgentPlan, context: FrontContext) -> Answer:
    """The configuration without its variables."""
    body: JsonValue = {
        "message": f"RunAgent API - {plan.name}({plan.agent_id})",
        "version": plan.version,
        "host": context.host,
        "port": context.port,
        "config": dict(plan.config),
        "endpoints": _ENDPOINTS,
    }
    return Answer(200, json_bytes(body))
