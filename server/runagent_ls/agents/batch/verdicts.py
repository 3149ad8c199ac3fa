"""What a failed call means for its item, for the agent and for the rest of the batch."""

from __future__ import annotations

from typing import Final

from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.policy import is_passing

OUTCOME_UNKNOWN: Final = "OUTCOME_UNKNOWN"
_NOBODY: Final = frozenset({"CONNECTION_ERROR", "AGENT_NOT_FOUND_LOCAL", "AGENT_ADDRESS_NOT_FOUND"})
_EVERY_ITEM: Final = frozenset(
    {"NOT_FOUND", "STREAM_ENTRYPOINT", "NON_STREAM_ENTRYPOINT", "AGENT_NOT_FOUND_REMOTE"}
    | {"AUTHENTICATION_ERROR", "PERMISSION_ERROR"}
)


def is_gone(error: AgentError) -> bool:
    """Nobody took the call, so that it can wait until somebody does."""
    return not error.may_have_run and (error.code in _NOBODY or is_passing(error))


def is_busy(error: AgentError) -> bool:
    """Somebody was there, and wants to be asked later."""
    return is_gone(error) and error.code not in _NOBODY


def is_silent(error: AgentError) -> bool:
    """The call was sent and no answer came back; whether the function ran is not known."""
    if not error.may_have_run:
        return False
    broke_off = isinstance(error.details, dict) and "closeCode" in error.details
    return error.code in {"CONNECTION_ERROR", "TIMEOUT"} or error.kind is not None or broke_off


def is_timeout(error: AgentError) -> bool:
    """The call took too long, which says nothing against the agent."""
    return error.code == "TIMEOUT"


def is_refusal_of_all(error: AgentError) -> bool:
    """Every other item would fail in the same way."""
    return error.code in _EVERY_ITEM and not error.may_have_run


def outcome_unknown(reason: str) -> AgentError:
    """For a call whose end was not seen."""
    return AgentError(
        f"{reason}, so the function may have run or not.",
        code=OUTCOME_UNKNOWN,
        suggestion="See whether it took effect. With --resume --repeat-unsafe it is called again.",
    )
