"""What the front needs to know, and whom it asks."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from agent_runtime.orchestrator.metrics import Metrics
from runagent_ls.serve.front.logs import RunLogs
from runagent_ls.serve.front.unwanted import Unwanted
from runagent_ls.serve.invocations import Invocations
from runagent_ls.serve.plan import AgentPlan, Limits
from runagent_ls.serve.state import Status
from runagent_ls.serve.supervisor.runs import Output, Run


class Chunks(Protocol):
    """A stream that has begun; batches of WebSocket texts. The counts are right at its end."""

    chunks: int
    seconds: float

    def __aiter__(self) -> AsyncIterator[list[bytes]]: ...


class Agent(Protocol):
    """What the front asks of `supervisor.Supervisor`; the errors are described there."""

    @property
    def plan(self) -> AgentPlan:
        """What is served now; after a failed reload still the old plan."""
        ...

    @property
    def status(self) -> Status: ...

    async def call(self, run: Run) -> Output: ...

    def stream(self, run: Run) -> AbstractAsyncContextManager[Chunks]: ...

    async def cancel(self, run_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class FrontContext:
    """Where the front stands and what it may do.

    `host` and `port` are the bound ones. `token` opens what is for the editor only. `allow_hosts`
    are names without a port, `allow_origins` as browsers write them (`https://example.com`).
    """

    host: str
    port: int
    token: str = field(repr=False)
    invocations: Invocations
    limits: Limits = field(default_factory=Limits)
    logs: RunLogs = field(default_factory=RunLogs)
    unwanted: Unwanted = field(default_factory=Unwanted)
    metrics: Metrics = field(default_factory=Metrics)
    allow_hosts: frozenset[str] = frozenset()
    allow_origins: frozenset[str] = frozenset()
    started_at: float = field(default_factory=time.time)
    """seconds since 1970"""
