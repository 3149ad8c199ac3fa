"""What a server tells of itself before it is called: its health and its entrypoints."""

from __future__ import annotations

from dataclasses import dataclass

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
from runagent_ls.agents.rest.answer import Answer
from runagent_ls.agents.rest.answers import failure_of
from runagent_ls.agents.values import JsonValue, finite


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
    body = object_of(answer)
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
        finite(uptime),
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
    body = object_of(answer)
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


def object_of(answer: Answer) -> dict[str, JsonValue] | None:
    """The JSON object in an answer, None for anything else."""
    try:
        body = answer.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
