"""What to do next when a call to a server of ours failed: nobody has started `runagent serve`."""

from __future__ import annotations

import re
from typing import Final

from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.targets.target import Target

_PLATFORMS: Final = re.compile(r"\brunagent serve\b|`sys\.exit`")
"""What only the platform's server is started with, and ended by."""
_LOG: Final = "the terminal of `runagent-ls serve`, or the agent's log in the editor"
_START: Final = "Start the agent again: with `Run` in the editor, or with `runagent-ls serve`."
_ADVICE: Final = {
    "SERVER_ERROR": f"Look at what the agent printed ({_LOG}), then try again.",
    "CONNECTION_ERROR": _START,
    "AGENT_NOT_FOUND_LOCAL": _START,
    "AGENT_ADDRESS_NOT_FOUND": _START,
}
_BROKEN_OFF: Final = f"The server may have been ended. {_START} What it printed: {_LOG}."
_OTHERWISE: Final = "Try other inputs, or look at the function and at what it printed."


def adapt_to_own_server(error: AgentError, target: Target) -> None:
    """Replace advice that is about the platform's server, if it is one of ours that was called."""
    ours = target.source == "served" or target.token is not None
    if not ours or _PLATFORMS.search(error.suggestion or "") is None:
        return
    broken_off = isinstance(error.details, dict) and "closeCode" in error.details
    error.suggestion = _BROKEN_OFF if broken_off else _ADVICE.get(error.code, _OTHERWISE)
