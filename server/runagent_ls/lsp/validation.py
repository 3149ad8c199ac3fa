"""Inputs that do not fit the entrypoint's signature, refused before anything is sent."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from runagent_ls.features import entrypoints
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.messages.runs import RunRequest
from runagent_ls.project.model import AgentProject

if TYPE_CHECKING:
    from runagent_ls.agents.errors import AgentError
    from runagent_ls.features.inputs import InputProblem

logger = logging.getLogger(__name__)


def refusal(request: RunRequest, stream: bool, project: AgentProject | None) -> AgentError | None:
    """Why the inputs are not sent, with every problem; None when they are.

    None too for what cannot be judged: a tag that the project does not have, or has for the other
    kind of call, and an agent that is another one than the project's.
    """
    other = request.place.agent_id
    if project is None or not request.options.validate:
        return None
    if other is not None and other != project.agent_id:
        return None
    found = entrypoints.find(project, request.tag)
    if found is None or found.is_stream != stream:
        return None
    try:
        from runagent_ls.features.inputs import problems

        info = entrypoints.describe(found, project)
        wrong = problems(info, request.args, request.kwargs or {})
    except Exception:  # judging inputs must never keep anybody from calling
        logger.exception("The inputs of %s could not be checked", request.tag)
        return None
    return refused(info.signature or request.tag, wrong) if wrong else None


def refused(signature: str, wrong: tuple[InputProblem, ...]) -> AgentError:
    """The refusal, every problem in its details."""
    from runagent_ls.agents.errors import ValidationError

    first = wrong[0].message
    message = first if len(wrong) == 1 else " ".join(problem.message for problem in wrong)
    return ValidationError(
        f"The inputs do not fit {signature}. {message} Nothing was sent.",
        suggestion="Correct the inputs, or send them anyway.",
        action="send-anyway",
        details={"problems": [_message(problem) for problem in wrong]},
    )


def _message(problem: InputProblem) -> Json:
    return {
        "parameter": problem.parameter,
        "path": list(problem.path),
        "message": problem.message,
        "expected": problem.expected,
        "certain": problem.certain,
    }
