"""What protects a call: when it is repeated, held back or shared, and what is counted."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from runagent_ls.agents.call import Call, RunResult
from runagent_ls.agents.errors import AgentError, Kind
from runagent_ls.agents.outcome import OutputItem
from runagent_ls.agents.rest.requests import body_for
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts

if TYPE_CHECKING:  # whoever makes a policy of them has loaded them
    from agent_runtime.orchestrator import (
        BackpressureGuard,
        BackpressureShed,
        CircuitBreaker,
        CircuitOpenError,
        Deduplicator,
        Metrics,
        Pipeline,
        RetryPolicy,
        Verdict,
    )

_PASSING: Final[frozenset[Kind]] = frozenset(
    {"network", "dns", "timeout-connect", "timeout-idle", "overloaded"}
)
"""Troubles that may be gone a moment later."""
_OUR_REFUSALS: Final = frozenset({"CIRCUIT_OPEN", "OVERLOADED"})
_BUSY: Final = frozenset({429, 502, 503, 504})
"""HTTP statuses of a server, or of a proxy before it, that cannot take calls at the moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPolicy:
    """How calls are protected; None leaves that part out. One policy serves many calls.

    `retry` says how often and when; what may be repeated is decided here: a passing trouble, and
    only if the agent's function was certainly not called, unless `repeat_unsafe`. What the
    function itself raises is an answer and never repeated, nor is a stream of which anything was
    shown. `breaker` gives the target's circuit breaker: make it with `judge=verdict_of`.
    `deduplicator` lets equal plain calls share one result; never use it for functions that are to
    run each time. `pipeline` changes the output of streams; what its steps raise ends the run as
    what a sink raises does.
    """

    retry: RetryPolicy | None = None
    breaker: Callable[[Target], CircuitBreaker] | None = None
    deduplicator: Deduplicator[RunResult] | None = None
    guard: BackpressureGuard | None = None
    metrics: Metrics | None = None
    repeat_unsafe: bool = False
    pipeline: Pipeline[OutputItem, OutputItem] | None = None

    def retry_within(
        self, seconds_left: float | None, repeatable: Callable[[Exception], bool]
    ) -> RetryPolicy | None:
        """`retry` for one run that has `seconds_left`, asking `repeatable`."""
        if self.retry is None:
            return None
        limits = [limit for limit in (self.retry.total, seconds_left) if limit is not None]
        return dataclasses.replace(
            self.retry, repeatable=repeatable, total=min(limits) if limits else None
        )


def is_passing(error: Exception) -> bool:
    """Whether the same call may succeed a moment later, although nothing is changed."""
    if not isinstance(error, AgentError) or error.code in _OUR_REFUSALS:
        return False
    if error.code == "AGENT_NOT_FOUND_LOCAL":
        # nobody at its last address: it may be starting again
        return isinstance(error.__cause__, AgentError) and is_passing(error.__cause__)
    return error.kind in _PASSING or error.code in {"SERVER_ERROR", "STREAM_RETRY"} or _busy(error)


def may_repeat(error: Exception, *, begun: bool, shown: bool, unsafe: bool) -> bool:
    """Whether a call that failed so may be made again.

    `begun`: the agent said that the function is being called; `shown`: some output was handed on.
    """
    if shown or not isinstance(error, AgentError) or not is_passing(error):
        return False
    if unsafe or not error.may_have_run:
        return True
    # the service's own word that it wants the call again, before it began with it
    return error.code == "STREAM_RETRY" and not begun


def verdict_of(error: BaseException) -> Verdict:
    """What a failed call says about the server, for its breaker.

    A function that raised, or inputs that were refused, show a server that works. A function that
    takes too long shows nothing.
    """
    if not isinstance(error, AgentError) or error.kind in {"timeout-idle", "timeout-total"}:
        return "none"
    if error.kind is not None or _busy(error):
        return "failure"
    return "failure" if error.code in {"CONNECTION_ERROR", "SERVER_ERROR"} else "success"


def key_of(target: Target, call: Call, timeouts: Timeouts) -> Hashable:
    """Equal for calls that may share a result: same agent, same caller, request and limits."""
    request = json.dumps(body_for(target, call, timeouts), sort_keys=True)
    return target.base_url, target.agent_id, target.key, request, timeouts


def circuit_open(refused: CircuitOpenError, target: Target) -> AgentError:
    """The refusal as the error of a run."""
    return AgentError(
        f"The last calls to {target.address} failed, so this one was not tried. "
        f"The next try is in {refused.retry_after:.0f} s.",
        code="CIRCUIT_OPEN",
        suggestion="Check that the agent runs, then try again.",
        action="run-again",
        kind="circuit-open",
        may_have_run=False,
        details={"retryAfterSeconds": round(refused.retry_after, 3), "state": refused.state},
    )


def overloaded(shed: BackpressureShed) -> AgentError:
    """The refusal as the error of a run."""
    return AgentError(
        f"{shed.active} runs go on and {shed.waiting} wait already, which is the limit; "
        "this one was not begun.",
        code="OVERLOADED",
        suggestion="Wait until some of them have ended, then try again.",
        action="run-again",
        kind="overloaded",
        may_have_run=False,
        details={"active": shed.active, "waiting": shed.waiting, "limit": shed.hard},
    )


def _busy(error: AgentError) -> bool:
    details = error.details
    return isinstance(details, dict) and details.get("status") in _BUSY
