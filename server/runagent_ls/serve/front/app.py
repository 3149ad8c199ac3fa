"""The front as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias

from runagent_ls.serve.front.answers import Answer, failed_inside, failure
from runagent_ls.serve.front.context import Agent, FrontContext
from runagent_ls.serve.front.pages import health
from runagent_ls.serve.front.receiving import Room
from runagent_ls.serve.front.runs import Runs
from runagent_ls.serve.front.security import Gate

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_HEALTH: Final = "/api/v1/health"


class Front:
    """Answers every HTTP request; WebSockets come in beside it, in `connections`."""

    def __init__(self, agent: Agent, context: FrontContext) -> None:
        self.agent: Final = agent
        self.context: Final = context
        self.gate: Final = Gate(context)
        self.room: Final = Room(context.limits.received_bytes)
        self.runs: Final = Runs(agent, context, self.room)
        self._rest: tuple[str, Application] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, receive, send)
        except asyncio.CancelledError:  # which uvicorn would tell the user of, step by step
            answer = failure(503, "SERVER_ERROR", "The server is stopping.")
        except Exception:  # noqa: BLE001 - whatever one request meets, the next ones go on
            answer = failed_inside()
        if answer is not None:
            await respond(answer, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> Answer | None:
        """None when it was answered already."""
        headers = scope["headers"]
        refusal = self.gate.refusal(headers)
        if refusal is not None:
            return refusal
        if not _from_page(headers):
            plan = self.agent.plan
            if scope["method"] == "POST" and scope["path"] == f"/api/v1/agents/{plan.agent_id}/run":
                privileged = self.gate.privileged(headers)
                return await self.runs.answer(headers, receive, privileged=privileged)
            if scope["method"] == "GET" and scope["path"] == _HEALTH:
                return health(plan, self.context)
        await self._others(self.agent.plan.agent_id)(scope, receive, send)
        return None

    def _others(self, agent_id: str) -> Application:
        if self._rest is None or self._rest[0] != agent_id:
            from runagent_ls.serve.front.routes import application

            rest = application(self.agent, self.context, self.gate, self.runs)
            self._rest = (agent_id, rest)
        return self._rest[1]


async def respond(answer: Answer, send: Send) -> None:
    """Send a whole answer."""
    start = {
        "type": "http.response.start",
        "status": answer.status,
        "headers": answer.all_headers(),
    }
    await send(start)
    await send({"type": "http.response.body", "body": answer.body})


def _from_page(headers: list[tuple[bytes, bytes]]) -> bool:
    """Answers to pages of browsers need more headers."""
    return any(name == b"origin" for name, _ in headers)


def build_app(supervisor: Agent, context: FrontContext) -> Front:
    """The front of what `supervisor` runs; for `serve`."""
    return Front(supervisor, context)
