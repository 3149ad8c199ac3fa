"""What a server tells of itself: health, entrypoints, status and what was run there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runagent_ls.agents.answer import Answer
from runagent_ls.agents.answers import failure_of
from runagent_ls.agents.errors import (
    AgentError,
    AgentNotFoundLocalError,
    AgentNotFoundRemoteError,
    ArchitectureFetchError,
    ArchitectureFetchRemoteError,
    ArchitectureMissingError,
    ExecutionError,
    RequestRefusedError,
    UnknownError,
)
from runagent_ls.agents.values import JsonValue

if TYPE_CHECKING:
    from runagent_ls.agents.target import Target


@dataclass(frozen=True, slots=True)
class Health:
    """Who answers at an address; `uptime` in seconds.

    The cloud only says that it works: its `agent_id` is the one that was asked for.
    """

    agent_id: str
    agent_name: str | None
    framework: str | None
    uptime: float | None


def health_of(answer: Answer) -> Health:
    """Raises RequestRefusedError when this is no RunAgent server."""
    body = _object_of(answer)
    if answer.status != 200 or body is None:
        raise _no_runagent(answer)
    if answer.target.cloud:
        return Health(answer.target.agent_id, None, None, None)
    agent_id = body.get("agent_id")
    if not isinstance(agent_id, str):
        raise _no_runagent(answer)
    name, framework, uptime = (body.get(k) for k in ("agent_name", "framework", "uptime_seconds"))
    return Health(
        agent_id,
        name if isinstance(name, str) else None,
        framework if isinstance(framework, str) else None,
        float(uptime) if isinstance(uptime, int | float) else None,
    )


def _no_runagent(answer: Answer) -> AgentError:
    hint = "`runagent serve` prints the right one as its Address."
    return RequestRefusedError(
        f"What answers at {answer.target.address} is a web server, but not a RunAgent server "
        f"(its health page gave HTTP {answer.status}).",
        suggestion="Check the base URL." if answer.target.cloud else f"Check the port; {hint}",
        details=answer.details(),
    )


@dataclass(frozen=True, slots=True)
class Architecture:
    """What an agent serves; `entrypoints` as the server sent them, each with at least a tag."""

    agent_id: str | None
    entrypoints: tuple[dict[str, JsonValue], ...]

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(str(entrypoint["tag"]) for entrypoint in self.entrypoints)


def architecture_of(answer: Answer) -> Architecture:
    """Of the envelope, or of the bare object that older servers send."""
    body = _object_of(answer)
    if body is None:
        raise _unreadable(answer)
    if answer.status != 200 or body.get("success", True) is not True:
        raise _no_architecture(answer, body)
    data = body.get("data") if "success" in body else body
    entrypoints = data.get("entrypoints") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(entrypoints, list):
        raise ArchitectureMissingError(
            f"The agent at {answer.target.address} reported no entrypoints.",
            details=answer.details(),
        )
    served_id = data.get("agent_id")
    return Architecture(
        served_id if isinstance(served_id, str) else None,
        tuple(e for e in entrypoints if isinstance(e, dict) and isinstance(e.get("tag"), str)),
    )


def _unreadable(answer: Answer) -> AgentError:
    kind = ArchitectureFetchRemoteError if answer.target.cloud else ArchitectureFetchError
    return kind(
        f"The list of entrypoints from {answer.target.address} cannot be read.",
        kind="protocol",
        details=answer.details(),
    )


def _no_architecture(answer: Answer, body: dict[str, JsonValue]) -> AgentError:
    """A refusal without a code means that the agent is not there, as for the platform's clients."""
    failure = failure_of(answer, body)
    failure.may_have_run = False
    if answer.status == 200 and isinstance(failure, ExecutionError | UnknownError):
        kind = AgentNotFoundRemoteError if answer.target.cloud else AgentNotFoundLocalError
        return kind(failure.message, details=answer.details())
    return failure


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """How an agent is, in the server's own word: `healthy` locally, `deployed` and others in the
    cloud, `unknown` when it has none. `data` is everything the server said."""

    agent_id: str
    status: str
    data: dict[str, JsonValue]


def status_of(answer: Answer) -> AgentStatus:
    """Of the cloud's status answer, in an envelope or bare, or of a local health answer."""
    body = _object_of(answer)
    if body is None:
        raise _unexpected(answer, "status")
    if answer.status != 200 or body.get("success", True) is not True:
        raise _asked_in_vain(answer, body)
    inner = body.get("data")
    data = inner if isinstance(inner, dict) else body
    word = next((data[k] for k in ("status", "remote_status", "state") if k in data), None)
    return AgentStatus(
        answer.target.agent_id, word if isinstance(word, str) and word else "unknown", data
    )


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run as a local server recorded it.

    `status` is `pending`, `completed` or `failed`; times are UTC as text, without a zone and to
    the second; `execution_time` in seconds. A result that is empty, zero or false was recorded as
    None, and of a stream only the first ten chunks.
    """

    invocation_id: str
    tag: str | None
    status: str | None
    input: JsonValue
    output: JsonValue
    error: str | None
    requested: str | None
    responded: str | None
    execution_time: float | None


@dataclass(frozen=True, slots=True)
class Invocations:
    """The newest runs first; those of one second in any order.

    `note` says why this is not what the server itself answered, for people.
    """

    items: tuple[Invocation, ...]
    note: str | None = None


def invocation_from(record: dict[str, JsonValue]) -> Invocation | None:
    """None for a record without an id."""
    invocation_id = record.get("invocation_id")
    if not isinstance(invocation_id, str):
        return None
    texts = {
        name: value if isinstance(value, str) else None
        for name in (
            "entrypoint_tag",
            "status",
            "error_detail",
            "request_timestamp",
            "response_timestamp",
        )
        for value in (record.get(name),)
    }
    elapsed = record.get("execution_time_ms")
    return Invocation(
        invocation_id,
        texts["entrypoint_tag"],
        texts["status"],
        record.get("input_data"),
        record.get("output_data"),
        texts["error_detail"],
        texts["request_timestamp"],
        texts["response_timestamp"],
        elapsed / 1000 if isinstance(elapsed, int | float) else None,
    )


def invocations_of(answer: Answer) -> Invocations:
    """The list of runs."""
    body = _asked(answer, "list of runs")
    records = body.get("invocations")
    if not isinstance(records, list):
        raise _unexpected(answer, "list of runs")
    found = (invocation_from(record) for record in records if isinstance(record, dict))
    return Invocations(tuple(item for item in found if item is not None))


def invocation_of(answer: Answer) -> Invocation:
    """One run. NotFoundError when there is none with this id."""
    body = _asked(answer, "record of a run")
    inner = body.get("data")
    found = invocation_from(inner if isinstance(inner, dict) else body)
    if found is None:
        raise _unexpected(answer, "record of a run")
    return found


@dataclass(frozen=True, slots=True)
class InvocationStats:
    """Counts of an agent's runs; `success_rate` in percent, `average_time` in seconds."""

    total: int
    completed: int
    failed: int
    pending: int
    success_rate: float | None
    average_time: float | None


def stats_of(answer: Answer) -> InvocationStats:
    """The counts; what is missing counts as 0 or None."""
    stats = _asked(answer, "counts of runs").get("stats")
    if not isinstance(stats, dict):
        raise _unexpected(answer, "counts of runs")
    numbers = {k: v for k, v in stats.items() if isinstance(v, int | float)}
    rate, average = numbers.get("success_rate"), numbers.get("avg_execution_time_ms")
    return InvocationStats(
        int(numbers.get("total_invocations", 0)),
        int(numbers.get("completed_invocations", 0)),
        int(numbers.get("failed_invocations", 0)),
        int(numbers.get("pending_invocations", 0)),
        None if rate is None else float(rate),
        None if average is None else average / 1000,
    )


def _asked(answer: Answer, what: str) -> dict[str, JsonValue]:
    body = _object_of(answer)
    if body is None:
        raise _unexpected(answer, what)
    if answer.status != 200 or body.get("success", True) is not True:
        raise _asked_in_vain(answer, body)
    return body


def _asked_in_vain(answer: Answer, body: dict[str, JsonValue]) -> AgentError:
    """A question runs nothing, however it fails."""
    failure = failure_of(answer, body)
    failure.may_have_run = False
    return failure


def _object_of(answer: Answer) -> dict[str, JsonValue] | None:
    try:
        body = answer.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _unexpected(answer: Answer, what: str) -> AgentError:
    return UnknownError(
        f"The {what} from {answer.target.address} cannot be read (HTTP {answer.status}).",
        kind="protocol",
        may_have_run=False,
        details=answer.details(),
    )


def not_in_the_cloud(target: Target) -> AgentError:
    """The platform offers clients no list of the runs in the cloud."""
    from runagent_ls.agents.refusals import DASHBOARD

    return RequestRefusedError(
        "The cloud keeps its list of runs for the dashboard; clients cannot ask for it.",
        suggestion=f"Look at the agent in the dashboard: {DASHBOARD}{target.agent_id}",
        action="change-target",
    )
