"""What is for the editor, or whoever else has the server's token: `/runagent-ls/...`.

GET  status            the state of the agent and its worker
GET  metrics           counts of runs, as text for Prometheus
GET  logs              what the agent printed outside of runs
GET  runs/{id}/logs    what a run printed
POST runs/{id}/cancel  {"found", "ended"}: whether there is the run, and whether it really ended.
                       One that is not there will not begin, should it come later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request

from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.front.answers import Answer, detail, json_bytes
from runagent_ls.serve.front.context import Agent, FrontContext
from runagent_ls.serve.front.logs import RunLogs
from runagent_ls.serve.front.runs import Runs
from runagent_ls.serve.front.security import Gate
from runagent_ls.serve.messages import status_to_message

Endpoint = Callable[[Request], Awaitable[Answer]]
_BASE: Final = "/runagent-ls"
_PROMETHEUS: Final = (b"content-type", b"text/plain; version=0.0.4; charset=utf-8")


def privileged_pages(
    agent: Agent, context: FrontContext, gate: Gate, runs: Runs
) -> dict[str, tuple[Endpoint, str]]:
    """Path to endpoint and method."""

    async def status(_: Request) -> Answer:
        return Answer(200, json_bytes(status_to_message(agent.status)))

    async def metrics(_: Request) -> Answer:
        text = context.metrics.prometheus_text("runagent").encode("utf-8")
        return Answer(200, text, content_type=_PROMETHEUS)

    async def logs(request: Request) -> Answer:
        return _logs(context.logs, request.path_params.get("run_id"))

    async def cancel(request: Request) -> Answer:
        run_id = request.path_params["run_id"]
        found = context.invocations.goes_on(run_id)
        if not found:
            context.unwanted.add(run_id)
        ended = found and await runs.cancel(run_id)
        return Answer(200, json_bytes({"found": found, "ended": ended}))

    pages: dict[str, tuple[Endpoint, str]] = {
        "status": (status, "GET"),
        "metrics": (metrics, "GET"),
        "logs": (logs, "GET"),
        "runs/{run_id}/logs": (logs, "GET"),
        "runs/{run_id}/cancel": (cancel, "POST"),
    }
    return {
        f"{_BASE}/{path}": (_with_token(gate, endpoint), method)
        for path, (endpoint, method) in pages.items()
    }


def _with_token(gate: Gate, endpoint: Endpoint) -> Endpoint:
    async def checked(request: Request) -> Answer:
        if not gate.privileged(request.scope["headers"]):
            return detail(401, "This takes the server's token, in the header X-RunAgent-Token.")
        return await endpoint(request)

    return checked


def _logs(kept: RunLogs, run_id: str | None) -> Answer:
    """`dropped`: so many older lines are forgotten."""
    lines, dropped = kept.of(run_id)
    said: list[JsonValue] = [
        {"number": line.number, "stream": line.stream, "text": line.text, "atMs": line.at_ms}
        for line in lines
    ]
    return Answer(200, json_bytes({"runId": run_id, "lines": said, "dropped": dropped}))
