"""A run that never began, because its agent could not be served."""

from __future__ import annotations

from runagent_ls.agents.errors import AgentError
from runagent_ls.lsp.serving.served import Served
from runagent_ls.serve.state import Failure


class NotServedError(AgentError):
    """`failure` is what was wrong, None when the start was stopped."""

    default_code = "INITIALIZATION_ERROR"
    default_may_have_run = False
    default_action = "show-logs"

    def __init__(self, served: Served) -> None:
        self.failure: Failure | None = served.status.failure
        name = served.config.parent.name
        if self.failure is None:
            message = f"{name} is not served: its start was stopped."
            super().__init__(message, suggestion="Run it again.", action="run-again")
            return
        message = f"{name} could not be started: {self.failure.message}"
        if any(frame.file == served.config for frame in self.failure.frames):
            # The terminal is told of a command for this; an editor shows them by itself.
            super().__init__(
                message,
                code=self.failure.code,
                suggestion=f"Put right what is marked in {served.config.name}, and run again.",
                action="show-problems",
            )
            return
        super().__init__(message, code=self.failure.code, suggestion=self.failure.suggestion)
