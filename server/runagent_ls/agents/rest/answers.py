"""What the answer to a run means: a value, or the error it stands for.

Four shapes of failure exist: the envelope with `error.code`, FastAPI's `detail` as text or as a
list, and plain text. A function that raised is answered with status 200 and `success: false`.
"""

from __future__ import annotations

import re

from runagent_ls.agents.errors import (
    AgentError,
    AgentNotFoundLocalError,
    AgentNotFoundRemoteError,
    ExecutionError,
    FunctionError,
    NotFoundError,
    RequestRefusedError,
    ServerError,
    UnknownError,
    ValidationError,
    error_of_code,
)
from runagent_ls.agents.failures.advice import advice_for, own_words, said_by_function
from runagent_ls.agents.rest.answer import Answer
from runagent_ls.agents.rest.refusals import (
    by_words,
    not_deployed,
    refusal_of_status,
    refused_for_now,
)
from runagent_ls.agents.values import JsonValue, decode

_CODED_TEXT = re.compile(r"^\[([A-Z][A-Z0-9_]*)\]\s*(.*)$", re.DOTALL)


def result_of_run(answer: Answer, tag: str) -> tuple[JsonValue, str | None]:
    """The value and the request id of a successful run; raises AgentError for all else."""
    try:
        body = answer.json()
    except ValueError:
        raise _not_json(answer) from None
    if not isinstance(body, dict):
        raise _not_json(answer) if answer.status >= 300 else _unexpected(answer)
    if 200 <= answer.status < 300 and _succeeded(body):
        request_id = body.get("request_id")
        return _value_of(body), request_id if isinstance(request_id, str) else None
    raise failure_of(answer, body, tag)


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


def failure_of(answer: Answer, body: dict[str, JsonValue], tag: str | None = None) -> AgentError:
    """The error that a JSON body with a failure stands for."""
    error = body.get("error")
    given = error.get("suggestion") if isinstance(error, dict) else None
    refusal = refusal_of_status(answer, _words_of(body), given if isinstance(given, str) else None)
    if refusal is not None:
        return refusal
    if isinstance(error, dict):
        return _enveloped(error, answer, tag)
    if isinstance(error, str) and error:
        coded = _CODED_TEXT.match(error)
        if coded is not None:
            return _coded(coded[1], coded[2], answer, None, None)
        return _worded(error, answer)
    message = body.get("message")
    if answer.status < 300 and isinstance(message, str) and message:
        return _worded(message, answer)
    return _by_status(answer, body.get("detail"))


def _words_of(body: dict[str, JsonValue]) -> str | None:
    """The reason, wherever it stands."""
    error = body.get("error")
    if isinstance(error, dict):
        error = error.get("message")
    for text in (detail_text(body.get("detail")), error, body.get("message")):
        if isinstance(text, str) and text:
            return text
    return None


def _worded(text: str, answer: Answer) -> AgentError:
    """A failure with words but no code."""
    if answer.status >= 300:
        return _by_status(answer, text)
    known = not_deployed(text)
    if known is not None:
        return ExecutionError(text, **known, details=answer.details())
    return ExecutionError(text, details=answer.details())


def _enveloped(error: dict[str, JsonValue], answer: Answer, tag: str | None) -> AgentError:
    code, text, suggestion = error.get("code"), error.get("message"), error.get("suggestion")
    message = text if isinstance(text, str) else ""
    given = suggestion if isinstance(suggestion, str) else None
    details = error.get("details")
    if code == FunctionError.default_code:
        return _function_failed(message, answer, given, details)
    if code == NotFoundError.default_code and message == f"Entrypoint {tag} not found":
        return NotFoundError(f"The agent at {answer.target.address} has no entrypoint `{tag}`.")
    if code == ValidationError.default_code and isinstance(details, dict) and "problems" in details:
        message = own_words(message)  # of a server of ours, which says more of a failed call
    if not isinstance(code, str) or not code:
        return _worded(message, answer) if message else _by_status(answer, None)
    return _coded(code, message, answer, given, details)


def _coded(
    code: str, message: str, answer: Answer, suggestion: str | None, details: JsonValue
) -> AgentError:
    text = message or f"The call failed with {code}."
    shown = details or answer.details()
    if code == "AGENT_NOT_FOUND" and answer.target.cloud:
        return AgentNotFoundRemoteError(text, code=code, suggestion=suggestion, details=shown)
    error = error_of_code(code, text, suggestion=suggestion, details=shown)
    known = not_deployed(f"{code} {text}")
    if known is not None:
        error.may_have_run = False
        error.suggestion = suggestion or known["suggestion"]
    elif error.may_have_run and 400 <= answer.status < 500:
        error.may_have_run = False  # refused, in whatever words
    return refused_for_now(error, answer)


def _function_failed(
    message: str, answer: Answer, suggestion: str | None, details: JsonValue
) -> FunctionError:
    own = own_words(message)
    advice = advice_for(own)
    shown: JsonValue = {"status": answer.status, "message": message}
    return FunctionError(
        said_by_function(own, details),
        suggestion=suggestion or advice.suggestion,
        action=advice.action,
        details=details if details is not None else shown,
    )


def _by_status(answer: Answer, detail: JsonValue) -> AgentError:
    status, details, target = answer.status, answer.details(), answer.target
    words = detail_text(detail)
    text = words or f"The server at {target.address} answered with HTTP {status}."
    if status in (400, 422):
        return ValidationError(text, details=details)
    if status == 404 and target.cloud:
        return AgentNotFoundRemoteError(
            f"The cloud at {target.address} has no agent {target.agent_id} for this key.",
            details=details,
        )
    if status == 404:
        return AgentNotFoundLocalError(
            f"The server at {target.address} does not serve the agent {target.agent_id}.",
            suggestion="Compare the agent id with the one of the agent that is served there.",
            action="change-target",
            details=details,
        )
    if status >= 500:
        known = by_words(words, details) if target.cloud else None
        return known or refused_for_now(_server_failed(text, answer), answer)
    if status >= 300:
        return refused_for_now(RequestRefusedError(text, details=details), answer)
    return UnknownError(words or "The call failed without a reason.", details=details)


def detail_text(detail: JsonValue) -> str | None:
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


def _server_failed(text: str, answer: Answer) -> ServerError:
    suggestion = "Try again later; the cloud had a failure." if answer.target.cloud else None
    return ServerError(text, suggestion=suggestion, details=answer.details())


def _not_json(answer: Answer) -> AgentError:
    """A failure in plain text or HTML, or something that is no answer to a run."""
    target, details = answer.target, answer.details()
    refusal = refusal_of_status(answer, None)
    if refusal is not None:
        return refusal
    if answer.status >= 500:
        said = answer.text.strip()[:200] or "no text"
        text = f"The server at {target.address} answered with HTTP {answer.status}: {said}"
        if target.cloud:
            return refused_for_now(_server_failed(text, answer), answer)
        failed = ServerError(
            text,
            suggestion="The function may have ended its process (`sys.exit`); look at the output "
            "of `runagent serve`.",
            action="show-logs",
            details=details,
        )
        return refused_for_now(failed, answer)
    if answer.status >= 300:
        refused = RequestRefusedError(
            f"The server at {target.address} refused the call with HTTP {answer.status}.",
            details=details,
        )
        return refused_for_now(refused, answer)
    return UnknownError(
        f"The server at {target.address} answered with something that is not JSON.",
        suggestion="Check that the address belongs to a RunAgent server.",
        action="change-target",
        kind="protocol",
        details=details,
    )


def _unexpected(answer: Answer) -> AgentError:
    return UnknownError(
        f"The server at {answer.target.address} answered with JSON that is not a run's answer.",
        suggestion="Check that the address belongs to a RunAgent server.",
        action="change-target",
        kind="protocol",
        details=answer.details(),
    )
