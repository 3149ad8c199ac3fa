"""How an agent is and what was run there: status, recorded runs and their counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runagent_ls.agents.errors import AgentError, RequestRefusedError, UnknownError
from runagent_ls.agents.rest.answer import Answer
from runagent_ls.agents.rest.answers import failure_of
from runagent_ls.agents.rest.refusals import DASHBOARD
from runagent_ls.agents.rest.reports import object_of
from runagent_ls.agents.values import JsonValue, finite

if TYPE_CHECKING:
    from runagent_ls.agents.targets.target import Target


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """How an agent is, in the server's own word: `healthy` locally, `deployed` and others in the
    cloud, `unknown` when it has none. `data` is everything the server said."""

    agent_id: str
    status: str
    data: dict[str, JsonValue]


def status_of(answer: Answer) -> AgentStatus:
    """Of the cloud's status answer, in an envelope or bare, or of a local health answer."""
    body = object_of(answer)
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
    elapsed = finite(record.get("execution_time_ms"))
    return Invocation(
        invocation_id,
        texts["entrypoint_tag"],
        texts["status"],
        record.get("input_data"),
        record.get("output_data"),
        texts["error_detail"],
        texts["request_timestamp"],
        texts["response_timestamp"],
        None if elapsed is None else elapsed / 1000,
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
    numbers = {name: finite(value) for name, value in stats.items()}
    average = numbers.get("avg_execution_time_ms")
    return InvocationStats(
        int(numbers.get("total_invocations") or 0),
        int(numbers.get("completed_invocations") or 0),
        int(numbers.get("failed_invocations") or 0),
        int(numbers.get("pending_invocations") or 0),
        numbers.get("success_rate"),
        None if average is None else average / 1000,
    )


def _asked(answer: Answer, what: str) -> dict[str, JsonValue]:
    body = object_of(answer)
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


def _unexpected(answer: Answer, what: str) -> AgentError:
    return UnknownError(
        f"The {what} from {answer.target.address} cannot be read (HTTP {answer.status}).",
        kind="protocol",
        may_have_run=False,
        details=answer.details(),
    )


def not_in_the_cloud(target: Target) -> AgentError:
    """The platform offers clients no list of the runs in the cloud."""
    return RequestRefusedError(
        "The cloud keeps its list of runs for the dashboard; clients cannot ask for it.",
        suggestion=f"Look at the agent in the dashboard: {DASHBOARD}{target.agent_id}",
        action="change-target",
    )
