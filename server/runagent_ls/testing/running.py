"""Runs one case and judges what came."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module

from runagent_ls.agents.call import Call
from runagent_ls.agents.outcome import OutputItem, RunOutcome, RunState, Sink
from runagent_ls.agents.targets.target import Target
from runagent_ls.testing.answer import Collector
from runagent_ls.testing.judging import judge
from runagent_ls.testing.model import Case
from runagent_ls.testing.report import Attempt

_NEEDED = (
    "runagent_ls.agents.rest.client",
    "runagent_ls.agents.rest.loopback",
    "runagent_ls.agents.runs",
)
_NEEDED_BY_STREAMS = ("runagent_ls.agents.streams.stream",)

Execute = Callable[[Call, Sink], Awaitable[RunOutcome]]

_NOT_REACHED = frozenset(
    {
        "CONNECTION_ERROR",
        "CLIENT_ERROR",
        "AGENT_NOT_FOUND_LOCAL",
        "AGENT_NOT_FOUND_REMOTE",
        "AGENT_ADDRESS_NOT_FOUND",
        "DATABASE_ERROR",
        "AUTHENTICATION_ERROR",
        "PERMISSION_ERROR",
        "INITIALIZATION_ERROR",
    }
)
"""Codes of failures that say nothing of the agent's function."""


def load(*, streams: bool) -> None:
    """Import what calling an agent needs: that takes longer than many runs, whose time counts."""
    for name in (*_NEEDED, *(_NEEDED_BY_STREAMS if streams else ())):
        import_module(name)


def call_of(case: Case) -> Call:
    """What is sent to the agent."""
    return Call(
        case.place.tag, case.args, case.kwargs, case.user_id, case.persistent_memory or False
    )


async def run_case(case: Case, execute: Execute, sink: Sink) -> Attempt:
    """Run a case without problems once; `execute` calls the agent and never fails."""
    call, collector = call_of(case), Collector()
    outcome = await execute(call, _Listening(sink, collector))
    failures = await judge(case.expect, collector.answer(outcome, streams=call.streams))
    error = outcome.error
    is_reached = error is None or error.may_have_run or error.code not in _NOT_REACHED
    return Attempt(outcome, failures, is_reached=is_reached)


class _Listening:
    """Hands on what comes, and keeps it to be judged."""

    def __init__(self, sink: Sink, collector: Collector) -> None:
        self._sink = sink
        self._collector = collector

    async def state(self, state: RunState, target: Target | None) -> None:
        await self._sink.state(state, target)

    async def output(self, items: Sequence[OutputItem]) -> None:
        self._collector.take(items)
        await self._sink.output(items)
