"""What is asked now and then, on Starlette: paths, methods, redirects, pages of browsers.

Starlette is what the platform's own framework stands on, so that unknown paths, wrong methods and
trailing slashes are answered alike. Import this late: Starlette takes its time.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runagent_ls.serve.front import pages
from runagent_ls.serve.front.answers import Answer, detail, failed_inside
from runagent_ls.serve.front.context import Agent, FrontContext
from runagent_ls.serve.front.history import History
from runagent_ls.serve.front.privileged import privileged_pages
from runagent_ls.serve.front.runs import Runs
from runagent_ls.serve.front.security import LOOPBACK_ORIGIN, Gate

_Endpoint = Callable[[Request], Awaitable[Answer]]


def application(agent: Agent, context: FrontContext, gate: Gate, runs: Runs) -> Starlette:
    """All paths of the agent with the id that it has now."""
    agent_id = agent.plan.agent_id
    base = f"/api/v1/agents/{agent_id}"

    async def architecture(_: Request) -> Answer:
        return pages.architecture(agent.plan)

    async def info(_: Request) -> Answer:
        return pages.info(agent.plan, context)

    async def health(_: Request) -> Answer:
        return pages.health(agent.plan, context)

    async def run(request: Request) -> Answer:
        headers = request.scope["headers"]
        privileged = gate.privileged(headers)
        return await runs.answer(headers, request.receive, privileged=privileged)

    history = History(context.invocations, agent_id)
    routes = [
        _route("/api/v1", info),
        _route("/api/v1/health", health),
        _literal(f"{base}/architecture", architecture),
        _literal(f"{base}/run", run, "POST"),
        _literal(f"{base}/invocations", history.recent),
        _literal(f"{base}/invocations/stats", history.stats),
        _route("/api/v1/invocations/{invocation_id}", history.one),
        *(
            _route(path, *answered)
            for path, answered in privileged_pages(agent, context, gate, runs).items()
        ),
    ]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=sorted(context.allow_origins),
        allow_origin_regex=LOOPBACK_ORIGIN.pattern,
        allow_credentials=True,
        allow_methods=["*"],
        allow_headers=["*"],
    )
    return Starlette(
        routes=routes, middleware=[cors], exception_handlers={HTTPException: _as_detail}
    )


def _route(path: str, endpoint: _Endpoint, method: str = "GET") -> Route:
    async def answered(request: Request) -> Response:
        try:
            return response(await endpoint(request))
        except Exception:  # noqa: BLE001 - Starlette would answer, and raise it once more
            return response(failed_inside())

    route = Route(path, answered, methods=[method])
    route.methods = {method}  # without the HEAD that comes with GET: the platform has none
    return route


def _literal(path: str, endpoint: _Endpoint, method: str = "GET") -> Route:
    """For exactly this path: what looks like one of Starlette's parameters in an id is none."""
    route = _route("/", endpoint, method)
    route.path = route.path_format = path
    route.path_regex = re.compile(re.escape(path) + r"\Z")
    return route


def response(answer: Answer) -> Response:
    """The answer as Starlette sends it."""
    made = Response(answer.body, answer.status)
    made.raw_headers = answer.all_headers()
    return made


async def _as_detail(_: Request, error: Exception) -> Response:
    """404 and 405 of Starlette, in the words of the platform's framework."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    headers = (error.headers or {}).items()
    raw = tuple(
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
    )
    return response(detail(error.status_code, error.detail, raw))
