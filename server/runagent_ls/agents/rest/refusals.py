"""Answers of the service in front of the function: no key, no permission, not now, not here.

In all of them the function was certainly not called.
"""

from __future__ import annotations

import re
from typing import TypedDict, TypeVar
from urllib.parse import urlsplit

from runagent_ls.agents.errors import (
    AgentError,
    AuthenticationError,
    PermissionDeniedError,
    RequestRefusedError,
)
from runagent_ls.agents.rest.answer import Answer
from runagent_ls.agents.values import JsonValue

DASHBOARD = "https://app.run-agent.ai/dashboard/agents/"

_Error = TypeVar("_Error", bound=AgentError)
_NOT_DEPLOYED = re.compile(r"AGENT_NOT_DEPLOYED|must be deployed\b|current status: \w")
_PERMISSION = re.compile(r"\b403\b|permission|access denied|forbidden", re.IGNORECASE)
_KEY = re.compile(r"\b401\b|unauthorized|not authenticated|invalid (?:token|api key)", re.I)


class _NotDeployed(TypedDict):
    suggestion: str
    may_have_run: bool


def not_deployed(text: str) -> _NotDeployed | None:
    """What to do about an agent that is in the cloud but cannot be called; None for other texts."""
    if _NOT_DEPLOYED.search(text) is None:
        return None
    return {
        "suggestion": "Deploy the agent with `runagent deploy`, or start it with `runagent start` "
        "if it is uploaded already.",
        "may_have_run": False,
    }


def refusal_of_status(
    answer: Answer, words: str | None, suggestion: str | None = None
) -> AgentError | None:
    """Redirects, 401 and 403, whatever their body is; None for every other answer.

    `words` and `suggestion` are the service's own.
    """
    target, details = answer.target, answer.details()
    if answer.status == 401:
        if words is None or "not authenticated" in words.lower():
            words = f"The API key that {target.address} was asked with is missing or expired."
        advice = suggestion or _key_suggestion(answer)
        return AuthenticationError(words, suggestion=advice, details=details)
    if answer.status == 403:
        return PermissionDeniedError(
            "The API key has no permission to use this agent" + (f" ({words})." if words else "."),
            suggestion=suggestion or _permission_suggestion(answer),
            details=details,
        )
    if 300 <= answer.status < 400:
        return _redirected(answer)
    return None


def _key_suggestion(answer: Answer) -> str | None:
    if not answer.target.cloud:
        return None
    return (
        "Set the right API key. A key that `runagent` has stored goes before the variable "
        "RUNAGENT_API_KEY."
    )


def _permission_suggestion(answer: Answer) -> str | None:
    if not answer.target.cloud:
        return None
    return (
        "Check the agent id, and that the key belongs to the owner of the agent: "
        f"{DASHBOARD}{answer.target.agent_id}"
    )


def _redirected(answer: Answer) -> AgentError:
    """We never follow: the inputs and the key would go to an address nobody chose."""
    try:
        place = urlsplit(answer.headers.get("location", ""))
        host, port = place.hostname, place.port
    except ValueError:
        host = port = None
    where = f"`{place.scheme}://{host}{f':{port}' if port else ''}`" if host else "another address"
    return RequestRefusedError(
        f"{answer.target.address} wants the call to go to {where} instead (HTTP {answer.status}); "
        "nothing was sent there.",
        suggestion="If that is the right server, choose its address.",
        action="change-target",
        details=answer.details(),
    )


def refused_for_now(error: _Error, answer: Answer) -> _Error:
    """The same error, with the pause that the service asks for. 429 and 503 come before the call.

    A 503 without such a pause may as well be a server that failed in the middle.
    """
    header = answer.headers.get("retry-after")
    if answer.status not in (429, 503):
        return error
    if header is not None:
        from agent_runtime.orchestrator import parse_retry_after

        error.retry_after = parse_retry_after(header)
    if answer.status == 429 or error.retry_after is not None:
        error.may_have_run = False
        error.action = "run-again"
        pause = "a moment" if error.retry_after is None else f"{error.retry_after:g} s"
        error.suggestion = f"The service takes no more calls for now: try again in {pause}."
    if error.retry_after is not None:
        shown: dict[str, JsonValue] = error.details if isinstance(error.details, dict) else {}
        error.details = {**shown, "retry_after": error.retry_after}
    return error


def by_words(words: str | None, details: JsonValue) -> AgentError | None:
    """The cloud's refusal by its text, for answers whose status says nothing better.

    Only for texts of the service itself, never for a function's.
    """
    if words is None:
        return None
    if _PERMISSION.search(words):
        return PermissionDeniedError(
            f"The API key has no permission to use this agent ({words}).",
            suggestion="Check the agent id, and that the key belongs to the owner of the agent.",
            details=details,
        )
    if _KEY.search(words):
        return AuthenticationError(words, details=details)
    known = not_deployed(words)
    if known is not None:
        return AgentError(words, code="AGENT_NOT_DEPLOYED", details=details, **known)
    return None
