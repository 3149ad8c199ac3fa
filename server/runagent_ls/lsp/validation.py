"""Inputs that do not fit the entrypoint's signature, refused before anything is sent."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from runagent_ls.features import entrypoints
from runagent_ls.lsp.messages.runs import RunRequest
from runagent_ls.project.model import AgentProject

if TYPE_CHECKING:
    from runagent_ls.agents.errors import AgentError

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
    found = project.entrypoint_of(request.tag)
    if found is None or found.is_stream != stream:
        return None
    try:
        from runagent_ls.features.inputs import problems

        info = entrypoints.describe(found, project)
        wrong = problems(info, request.args, request.kwargs or {})
    except Exception:  # judging inputs must never keep anybody from calling
        logger.exception("The inputs of %s could not be checked", request.tag)
        return None
    if not wrong:
        return None
    from runagent_ls.agents.failures.unfit_inputs import unfit_inputs

    return unfit_inputs(
        info.signature or request.tag,
        [problem.to_message() for problem in wrong],
        "Correct the inputs, or send them anyway.",
    )
