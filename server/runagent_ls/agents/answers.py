"""What an HTTP answer means: a value, or the error it stands for.

Four shapes of failure exist: the envelope with `error.code`, FastAPI's `detail` as text or as a
list, and plain text. A function that raised is answered with status 200 and `success: false`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from runagent_ls.agents.errors import (
    AgentError,
    AgentNotFoundLocalError,
    ArchitectureFetchError,
    ArchitectureMissingError,
    AuthenticationError,
    FunctionError,
    NotFoundError,
    PermissionDeniedError,
    RequestRefusedError,
    ServerError,
    UnknownError,
    ValidationError,
    error_of_code,
)
from runagent_ls.agents.failures import advice_for, own_words
from runagent_ls.agents.values import JsonValue, decode, parse

EXCERPT = 2_000
"""Code points of a body that an error carries along."""

_CODED_TEXT = re.compile(r"^\[([A-Z][A-Z0-9_]*)\]\s*(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read to its end. `address` is `host:port`, for messages."""

    status: int
    body: bytes
    address: str

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> JsonValue:
        """ValueError when the body is no JSON text in UTF-8."""
        return parse(self.body.decode("utf-8"))

    def details(self) -> dict[str, JsonValue]:
        return {"status": self.status, "body": self.text[:EXCERPT]}


def result_of_run(answer: Answer, agent_id: str, tag: str) -> tuple[JsonValue, str | None]:
    """The value and the request id of a successful run; raises AgentError for all else."""
    try:
        body = answer.json()
    except ValueError:
        raise _not_json(answer) from None
    if not isinstance(body, dict):
        raise _unexpected(answer)
    if 200 <= answer.status < 300 and _succeeded(body):
        request_id = body.get("request_id")
        return _value_of(body), request_id if isinstance(request_id, str) else None
    raise failure_of(answer, body, agent_id, tag)


def _succeeded(body: dict[str, JsonValue]) -> bool:
    """`success: true`; or without that key, an answer that holds an output and no error."""
    if "success" in body:
        return body["success"] is True
    return ("data" in body or "output_data" in body) and not body.get("error")


def _value_of(body: dict[str, JsonValue]) -> JsonValue:
    data = body.get("data")
    if isinstance(data, dict):
        result = data.get("result_data")
        if isinstance(result, dict) and "data" in result:
            return decode(result["data"])
    if data is None and "output_data" in body:
        return decode(body["output_data"])
    return decode(data)


def failure_of(
    answer: Answer, body: dict[str, JsonValue], agent_id: str, tag: str | None = None
) -> AgentError:
    """The error that a JSON body with a failure stands for."""
    error = body.get("error")
    if isinstance(error, dict):
        return _enveloped(error, answer, tag)
    if isinstance(error, str) and error:
        coded = _CODED_TEXT.match(error)
        if coded is not None:
            return error_of_code(coded[1], coded[2], details=answer.details())
        return UnknownError(error, details=answer.details())
    return _by_status(answer, body.get("detail"), agent_id)


def _enveloped(error: dict[str, JsonValue], answer: Answer, tag: str | None) -> AgentError:
    code, text, suggestion = error.get("code"), error.get("message"), error.get("suggestion")
    message = text if isinstance(text, str) else ""
    if code == FunctionError.default_code:
        return _function_failed(message, answer, error)
    if code == NotFoundError.default_code and message == f"Entrypoint {tag} not found":
        return NotFoundError(f"The agent at {answer.address} has no entrypoint `{tag}`.")
    if not isinstance(code, str) or not code:
        return UnknownError(
            message or "The call failed without a reason.", details=answer.details()
        )
    return error_of_code(
        code,
        message or f"The call failed with {code}.",
        suggestion=suggestion if isinstance(suggestion, str) else None,
        details=error.get("details") or {"status": answer.status},
    )


def _function_failed(message: str, answer: Answer, error: dict[str, JsonValue]) -> FunctionError:
    own = own_words(message)
    advice = advice_for(own)
    given = error.get("suggestion")
    details = error.get("details")
    return FunctionError(
        own or "The function raised an exception without a text.",
        suggestion=given if isinstance(given, str) else advice.suggestion,
        action=advice.action,
        details=details if details is not None else {"status": answer.status, "message": message},
    )


def _by_status(answer: Answer, detail: JsonValue, agent_id: str) -> AgentError:
    status, details = answer.status, answer.details()
    text = _detail_text(detail) or f"The server at {answer.address} answered with HTTP {status}."
    if status in (400, 422):
        return ValidationError(text, details=details)
    if status == 401:
        return AuthenticationError(text, details=details)
    if status == 403:
        return PermissionDeniedError(text, details=details)
    if status == 404:
        return AgentNotFoundLocalError(
            f"The server at {answer.address} does not serve the agent {agent_id}.",
            suggestion="Compare the agent id with the one of the agent that is served there.",
            action="change-target",
            details=details,
        )
    if status >= 500:
        return ServerError(text, details=details)
    if status >= 300:
        return RequestRefusedError(text, details=details)
    return UnknownError(
        _detail_text(detail) or "The call failed without a reason.", details=details
    )


def _detail_text(detail: JsonValue) -> str | None:
    """FastAPI's `detail`: text, or a list of `{loc, msg}` with the place first."""
    if isinstance(detail, str):
        return detail
    if not isinstance(detail, list):
        return None
    lines = []
    for item in detail:
        if isinstance(item, dict) and isinstance(item.get("msg"), str):
            loc = item.get("loc")
            parts = [str(part) for part in loc] if isinstance(loc, list) else []
            place = ".".join(part for part in parts if part != "body") or "the request"
            lines.append(f"{place}: {item['msg']}")
    return "; ".join(lines) or None


def _not_json(answer: Answer) -> AgentError:
    details = answer.details()
    if answer.status >= 500:
        return ServerError(
            f"The server at {answer.address} answered with HTTP {answer.status}: "
            f"{answer.text.strip()[:200] or 'no text'}",
            suggestion="The function may have ended its process (`sys.exit`); look at the output "
            "of `runagent serve`.",
            action="show-logs",
            details=details,
        )
    if answer.status >= 300:
        return RequestRefusedError(
            f"The server at {answer.address} refused the call with HTTP {answer.status}.",
            details=details,
        )
    return UnknownError(
        f"The server at {answer.address} answered with something that is not JSON.",
        suggestion="Check that the address belongs to a RunAgent server.",
        action="change-target",
        details=details,
    )


def _unexpected(answer: Answer) -> AgentError:
    return UnknownError(
        f"The server at {answer.address} answered with JSON that is not a run's answer.",
        suggestion="Check that the address belongs to a RunAgent server.",
        action="change-target",
        details=answer.details(),
    )


@dataclass(frozen=True, slots=True)
class Health:
    """Who answers at an address; `uptime` in seconds."""

    agent_id: str
    agent_name: str | None
    framework: str | None
    uptime: float | None


def health_of(answer: Answer) -> Health:
    """Raises RequestRefusedError when this is no RunAgent server."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if answer.status != 200 or not isinstance(body, dict):
        raise _no_runagent(answer)
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
    return RequestRefusedError(
        f"What answers at {answer.address} is a web server, but not a RunAgent server "
        f"(its health page gave HTTP {answer.status}).",
        suggestion="Check the port; `runagent serve` prints the right one as its Address.",
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


def architecture_of(answer: Answer, agent_id: str) -> Architecture:
    """Of the envelope, or of the bare object that older servers send."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ArchitectureFetchError(
            f"The list of entrypoints from {answer.address} cannot be read.",
            details=answer.details(),
        )
    if answer.status != 200 or body.get("success", True) is not True:
        raise failure_of(answer, body, agent_id)
    data = body.get("data") if "success" in body else body
    entrypoints = data.get("entrypoints") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(entrypoints, list):
        raise ArchitectureMissingError(
            f"The agent at {answer.address} reported no entrypoints.", details=answer.details()
        )
    served_id = data.get("agent_id")
    return Architecture(
        served_id if isinstance(served_id, str) else None,
        tuple(e for e in entrypoints if isinstance(e, dict) and isinstance(e.get("tag"), str)),
    )
