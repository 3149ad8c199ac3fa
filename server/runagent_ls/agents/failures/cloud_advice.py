"""What to do next when a call to the cloud failed: there is no local server to look at."""

from __future__ import annotations

from runagent_ls.agents.errors import Action, AgentError
from runagent_ls.agents.rest.refusals import DASHBOARD
from runagent_ls.agents.targets.target import Target

_LOCAL_ACTIONS: tuple[Action, ...] = ("show-serve-command", "show-logs")
_ADVICE = {
    "NOT_FOUND": "Check the tag. If it was added since the agent was deployed, deploy it again "
    "with `runagent deploy`.",
    "CONNECTION_ERROR": "Check the network and the base URL of the cloud, then try again.",
    "SERVER_ERROR": "Try again later; the cloud had a failure.",
    "ARCHITECTURE_MISSING": "Add entrypoints to the configuration and deploy the agent again.",
}
_OTHERWISE = "Try other inputs, or look at the agent in the dashboard: "


def adapt_to_cloud(error: AgentError, target: Target) -> None:
    """Replace advice and buttons that are about a local server."""
    if error.action in _LOCAL_ACTIONS:
        error.action = None
    advice = error.suggestion or ""
    if "runagent serve" in advice or (
        error.code in _ADVICE and advice == (error.default_suggestion or "")
    ):
        error.suggestion = _ADVICE.get(error.code, f"{_OTHERWISE}{DASHBOARD}{target.agent_id}")
