"""Everything that can go wrong when an agent is called, as one exception tree.

AgentError
├── ValidationError             VALIDATION_ERROR                the request was refused as malformed
├── NotFoundError               NOT_FOUND                       no such entrypoint on this agent
├── FunctionError               INTERNAL_ERROR                  the agent's function raised
├── AuthenticationError         AUTHENTICATION_ERROR
├── PermissionDeniedError       PERMISSION_ERROR
├── ConnectionFailedError       CONNECTION_ERROR                no connection, or no HTTP
├── ServerError                 SERVER_ERROR                    5xx without a code
├── RequestRefusedError         CLIENT_ERROR                    other 4xx
├── UnknownError                UNKNOWN_ERROR                   failed without a usable reason
├── ExecutionError              EXECUTION_ERROR                 failed, with words but no code
├── InitializationError         INITIALIZATION_ERROR            the client cannot be made ready
├── StreamEntrypointError       STREAM_ENTRYPOINT               `run` with a `_stream` tag
├── NonStreamEntrypointError    NON_STREAM_ENTRYPOINT           `stream` with a plain tag
├── AgentNotFoundLocalError     AGENT_NOT_FOUND_LOCAL           nobody, or another agent, there
├── AgentNotFoundRemoteError    AGENT_NOT_FOUND_REMOTE          the cloud has no such agent
├── AgentAddressNotFoundError   AGENT_ADDRESS_NOT_FOUND         no address is known for this agent
├── RegistryError               DATABASE_ERROR                  the local registry cannot be read
├── ArchitectureMissingError    ARCHITECTURE_MISSING
├── ArchitectureFetchError      ARCHITECTURE_FETCH_LOCAL_ERROR  the answer is no list of entrypoints
├── ArchitectureFetchRemoteError ARCHITECTURE_FETCH_REMOTE_ERROR
├── StreamError                 STREAM_ERROR                    error frame, or broken off
├── StreamRetryError            STREAM_RETRY
└── TimedOutError               TIMEOUT

The codes are the platform's own. A code that is not listed, sent by a server, is kept in a plain
AgentError. Cancelling is no error: it is `asyncio.CancelledError`.
"""

from __future__ import annotations

from typing import ClassVar, Final, Literal, TypeAlias

from runagent_ls.agents.failures.hiding import text_without, value_without
from runagent_ls.agents.values import JsonValue

Action: TypeAlias = Literal[
    "run-as-stream",
    "run-as-call",
    "show-serve-command",
    "change-target",
    "edit-inputs",
    "change-timeout",
    "run-again",
    "show-logs",
    "show-problems",
    "send-anyway",
    "set-api-key",
]
"""What a button beside the suggestion does; `RunError.action` of schemas/protocol.schema.json."""


Kind: TypeAlias = Literal[
    "network",
    "dns",
    "tls",
    "timeout-connect",
    "timeout-idle",
    "timeout-total",
    "protocol",
    "circuit-open",
    "overloaded",
]
"""What the platform's code leaves open: its clients call most of these `CONNECTION_ERROR`."""


class AgentError(Exception):
    """A failed call: what happened, and what the user can do next.

    `code` is the platform's code, `message` one or two plain sentences, `suggestion` the next
    step or None, `details` JSON for those who look closer, `action` the suggestion as a button.
    `kind` is finer than the code where that helps. `may_have_run` is False only when the agent's
    function was certainly not called, so that calling again repeats nothing. `retry_after`: the
    seconds the service wants to be left alone, when it says so.
    """

    default_code: ClassVar[str] = "UNKNOWN_ERROR"
    default_suggestion: ClassVar[str | None] = None
    default_action: ClassVar[Action | None] = None
    default_may_have_run: ClassVar[bool] = True

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        suggestion: str | None = None,
        details: JsonValue = None,
        action: Action | None = None,
        kind: Kind | None = None,
        may_have_run: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code or self.default_code
        self.message = message
        self.suggestion = suggestion or self.default_suggestion
        self.details = details
        self.action = action or self.default_action
        self.kind = kind
        self.may_have_run = self.default_may_have_run if may_have_run is None else may_have_run
        self.retry_after: float | None = None

    def hide(self, secrets: tuple[str, ...]) -> None:
        """Take texts that nobody may see out of everything that is shown."""
        self.message = text_without(secrets, self.message)
        self.args = (self.message,)
        if self.suggestion is not None:
            self.suggestion = text_without(secrets, self.suggestion)
        self.details = value_without(secrets, self.details)

    def to_message(self) -> dict[str, JsonValue]:
        """`RunError` of schemas/protocol.schema.json."""
        message: dict[str, JsonValue] = {
            "code": self.code,
            "message": self.message,
            "suggestion": self.suggestion,
            "details": self.details,
        }
        if self.action is not None:
            message["action"] = self.action
        if self.kind is not None:
            message["kind"] = self.kind
        return message


_LOOK_AT_FUNCTION: Final = (
    "Try other inputs, or look at the function; the output of `runagent serve` may tell more."
)


class ValidationError(AgentError):
    default_code = "VALIDATION_ERROR"
    default_may_have_run = False
    default_suggestion = "Compare the inputs with the function's signature."
    default_action = "edit-inputs"


class NotFoundError(AgentError):
    default_code = "NOT_FOUND"
    default_may_have_run = False
    default_suggestion = (
        "Check the tag. If it was added to the configuration since the agent was started, "
        "start the agent again."
    )
    default_action = "show-serve-command"


class FunctionError(AgentError):
    default_code = "INTERNAL_ERROR"
    default_suggestion = _LOOK_AT_FUNCTION
    default_action = "edit-inputs"


class AuthenticationError(AgentError):
    default_code = "AUTHENTICATION_ERROR"
    default_may_have_run = False
    default_suggestion = "Check the API key: it is missing, wrong or expired."
    default_action = "set-api-key"


class PermissionDeniedError(AgentError):
    default_code = "PERMISSION_ERROR"
    default_may_have_run = False
    default_suggestion = "Check that this agent may be called from here, and the address."
    default_action = "change-target"


class ConnectionFailedError(AgentError):
    default_code = "CONNECTION_ERROR"
    default_suggestion = "Start the agent with `runagent serve`, or choose another address."
    default_action = "show-serve-command"


class ServerError(AgentError):
    default_code = "SERVER_ERROR"
    default_suggestion = "Look at the output of `runagent serve`, then try again."
    default_action = "run-again"


class RequestRefusedError(AgentError):
    default_code = "CLIENT_ERROR"
    default_may_have_run = False
    default_suggestion = "Check that the address belongs to a RunAgent server."
    default_action = "change-target"


class UnknownError(AgentError):
    default_code = "UNKNOWN_ERROR"
    default_suggestion = "Look at the raw answer in the details."
    default_action = "show-logs"


class ExecutionError(AgentError):
    default_code = "EXECUTION_ERROR"
    default_suggestion = _LOOK_AT_FUNCTION
    default_action = "edit-inputs"


class InitializationError(AgentError):
    default_code = "INITIALIZATION_ERROR"
    default_may_have_run = False
    default_suggestion = "Choose one of the tags that the agent serves."
    default_action = "change-target"


class StreamEntrypointError(AgentError):
    default_code = "STREAM_ENTRYPOINT"
    default_may_have_run = False
    default_suggestion = "Run it as a stream."
    default_action = "run-as-stream"


class NonStreamEntrypointError(AgentError):
    default_code = "NON_STREAM_ENTRYPOINT"
    default_may_have_run = False
    default_suggestion = "Run it as a plain call, or give the entrypoint a tag ending in `_stream`."
    default_action = "run-as-call"


class AgentNotFoundLocalError(AgentError):
    default_code = "AGENT_NOT_FOUND_LOCAL"
    default_may_have_run = False
    default_suggestion = "Start the agent with `runagent serve` in its folder."
    default_action = "show-serve-command"


class AgentNotFoundRemoteError(AgentError):
    default_code = "AGENT_NOT_FOUND_REMOTE"
    default_may_have_run = False
    default_suggestion = (
        "Check the agent id in the dashboard and that this key may use the agent; deploy it with "
        "`runagent deploy`, or call it as a local agent."
    )
    default_action = "change-target"


class AgentAddressNotFoundError(AgentError):
    default_code = "AGENT_ADDRESS_NOT_FOUND"
    default_may_have_run = False
    default_suggestion = (
        "Start the agent with `runagent serve` in its folder, or give a host and a port."
    )
    default_action = "show-serve-command"


class RegistryError(AgentError):
    default_code = "DATABASE_ERROR"
    default_may_have_run = False
    default_suggestion = "Give the agent's host and port, so that the registry is not needed."
    default_action = "change-target"


class ArchitectureMissingError(AgentError):
    default_code = "ARCHITECTURE_MISSING"
    default_may_have_run = False
    default_suggestion = "Add entrypoints to the configuration and start the agent again."


class ArchitectureFetchError(AgentError):
    default_code = "ARCHITECTURE_FETCH_LOCAL_ERROR"
    default_may_have_run = False
    default_suggestion = "Check that the port belongs to a RunAgent server."
    default_action = "change-target"


class ArchitectureFetchRemoteError(AgentError):
    default_code = "ARCHITECTURE_FETCH_REMOTE_ERROR"
    default_may_have_run = False
    default_suggestion = "Check the base URL of the cloud and the API key."
    default_action = "change-target"


class StreamError(AgentError):
    default_code = "STREAM_ERROR"
    default_suggestion = _LOOK_AT_FUNCTION
    default_action = "edit-inputs"


class StreamRetryError(AgentError):
    default_code = "STREAM_RETRY"
    default_suggestion = "Try again after a pause."
    default_action = "run-again"


class TimedOutError(AgentError):
    default_code = "TIMEOUT"
    default_suggestion = "Raise the time limit, or check that the agent still works."
    default_action = "change-timeout"


_BY_CODE: dict[str, type[AgentError]] = {
    kind.default_code: kind for kind in AgentError.__subclasses__()
}


def error_of_code(
    code: str, message: str, *, suggestion: str | None = None, details: JsonValue = None
) -> AgentError:
    """The error a server named by its code; unknown codes are kept as they are."""
    kind = _BY_CODE.get(code, AgentError)
    return kind(message, code=code, suggestion=suggestion, details=details)
