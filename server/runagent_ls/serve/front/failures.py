"""What a caller is told of a run that failed.

A function that failed is answered with 200, as the platform does. Steps of the traceback, which
show the agent's code, are for those with the server's token only.
"""

from __future__ import annotations

from typing import Final

from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.front.answers import Answer, failure
from runagent_ls.serve.state import Frame
from runagent_ls.serve.supervisor.runs import FailureKind, OverloadedError, RunFailedError

FUNCTION_FAILED: Final = "INTERNAL_ERROR"
"""The platform's code for it."""
_CODES: Final[dict[FailureKind, str]] = {
    "raised": FUNCTION_FAILED,
    "exit": FUNCTION_FAILED,
    "cancelled": "CANCELLED",
    "timeout": "TIMEOUT",
    "died": "SERVER_ERROR",
    "memory": "SERVER_ERROR",
}
_RAN: Final = frozenset({"raised", "exit"})


def code_of(error: RunFailedError) -> str:
    """VALIDATION_ERROR where it is known which arguments do not fit."""
    return "VALIDATION_ERROR" if error.problems else _CODES[error.kind]


def run_failed(error: RunFailedError, agent_id: str, *, privileged: bool) -> Answer:
    """The answer to a plain run."""
    said = f"Agent execution failed: {recorded_text(error, agent_id)}"
    return failure(
        500 if error.kind in ("died", "memory") else 200,
        code_of(error),
        said if error.kind in _RAN else error.message,
        details=details_of(error, privileged=privileged),
        field=field_of(error),
    )


def field_of(error: RunFailedError) -> str | None:
    """The first parameter that an argument does not fit."""
    return next((each.parameter for each in error.problems if each.parameter), None)


def recorded_text(error: RunFailedError, agent_id: str) -> str:
    """What the history says of a plain run."""
    return f"Server error running agent {agent_id}: {error.message}"


def details_of(error: RunFailedError, *, privileged: bool) -> JsonValue:
    """Arguments that do not fit, and for the editor where it happened; None for nothing."""
    details: dict[str, JsonValue] = {}
    if error.problems:
        details["problems"] = [
            {"parameter": each.parameter, "message": each.message} for each in error.problems
        ]
    if privileged:
        details["kind"] = error.kind
        details["exception"] = error.exception
        details["frames"] = [_frame(each) for each in error.frames]
        if error.frames:
            details["traceback"] = _traceback(error)
    return details or None


def _traceback(error: RunFailedError) -> str:
    """As Python prints it, for those who know that from other servers."""
    lines = ["Traceback (most recent call last):"]
    for frame in error.frames:
        lines.append(f'  File "{frame.file}", line {frame.line}, in {frame.function}')
        if frame.text:
            lines.append(f"    {frame.text.strip()}")
    return "\n".join([*lines, f"{error.exception}: {error.message}"])


def _frame(frame: Frame) -> JsonValue:
    return {
        "file": str(frame.file),
        "line": frame.line,
        "function": frame.function,
        "text": frame.text,
    }


def overloaded(error: OverloadedError) -> Answer:
    """Come back later."""
    return failure(
        429,
        "OVERLOADED",
        error.message,
        headers=((b"retry-after", b"%d" % error.retry_after),),
    )
