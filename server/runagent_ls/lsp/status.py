"""`runagent/status`: what an agent's server says of itself."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeVar

from runagent_ls.lsp.calling import Calling
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.messages.runs import Options, read_place
from runagent_ls.lsp.session import Session

if TYPE_CHECKING:  # the agents' side is loaded when it is asked for first
    from runagent_ls.agents.rest.records import Invocation, Invocations, InvocationStats
    from runagent_ls.agents.rest.reports import Health

_T = TypeVar("_T")

MOST_RUNS: Final = 200
_LONGEST: Final = 4096
"""Characters of JSON of an input or output; of longer ones the beginning is told."""


class Status:
    """Asks an agent's server everything it can tell."""

    def __init__(self, session: Session, calling: Calling) -> None:
        self._session = session
        self._calling = calling
        session.on_async("runagent/status", self._status)

    async def _status(self, params: Json) -> Json:
        from runagent_ls.agents.client import AgentClient

        place = read_place(params)
        limit = reading.whole_number(params, "limit", 20, 0, MOST_RUNS)
        await self._session.settings_read()
        timeouts = self._calling.timeouts(
            place, Options(timeouts=reading.seconds(params, "timeouts"))
        )
        asked = _Asked()
        target = await asked.about(self._calling.resolver(place, timeouts))
        if target is None:
            return asked.answer()
        asked.found["target"] = target.to_message()
        async with AgentClient(target, timeouts) as agent:
            health = await asked.about(agent.health)
            if health is not None:
                asked.found["health"] = _health(health)
                status = await asked.about(agent.status)
                asked.found["status"] = None if status is None else status.status
                architecture = await asked.about(agent.architecture)
                if architecture is not None:
                    asked.found["entrypoints"] = list(architecture.entrypoints)
                if not target.cloud:  # the cloud keeps its list of runs for itself
                    runs = await asked.about(lambda: agent.invocations(limit)) if limit else None
                    asked.add_runs(runs, await asked.about(agent.invocation_stats))
        return asked.answer()


class _Asked:
    """The answers so far; a question that fails leaves the others."""

    def __init__(self) -> None:
        self.found: Json = {}
        self._problems: list[Json] = []

    async def about(self, question: Callable[[], Awaitable[_T]]) -> _T | None:
        from runagent_ls.agents.errors import AgentError

        try:
            return await question()
        except AgentError as error:
            self._problems.append(error.to_message())
            return None

    def add_runs(self, runs: Invocations | None, stats: InvocationStats | None) -> None:
        if runs is not None:
            self.found["invocations"] = [_invocation(item) for item in runs.items]
            self.found["note"] = runs.note
        if stats is not None:
            self.found["stats"] = _stats(stats)

    def answer(self) -> Json:
        """`StatusResult` of the schema."""
        names = ("target", "status", "health", "entrypoints", "invocations", "stats", "note")
        return {**dict.fromkeys(names), **self.found, "problems": self._problems}


def _health(health: Health) -> Json:
    return {
        "agentId": health.agent_id,
        "agentName": health.agent_name,
        "framework": health.framework,
        "uptimeS": health.uptime,
    }


def _invocation(run: Invocation) -> Json:
    return {
        "id": run.invocation_id,
        "tag": run.tag,
        "status": run.status,
        "input": _shortened(run.input),
        "output": _shortened(run.output),
        "error": run.error,
        "requested": run.requested,
        "responded": run.responded,
        "executionS": run.execution_time,
    }


def _shortened(value: object) -> object:
    text = json.dumps(value, ensure_ascii=False)
    return value if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _stats(stats: InvocationStats) -> Json:
    return {
        "total": stats.total,
        "completed": stats.completed,
        "failed": stats.failed,
        "pending": stats.pending,
        "successRate": stats.success_rate,
        "averageS": stats.average_time,
    }
