"""What the loop asks of a model. Providers implement it; a plain callable is made one."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from agent_runtime.json_value import JsonValue

Role: TypeAlias = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation. What a tool answered is said by the user's side."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ToolDescription:
    """A tool as a model is told of it; `input_schema` is a JSON Schema of its arguments."""

    name: str
    description: str
    input_schema: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What a model is asked.

    `tools` are those that `messages` speak of already; a model with tool calling of its own may
    be given them. `stop` are texts before which the model should end. Limits of None are the
    provider's.
    """

    messages: Sequence[Message]
    tools: Sequence[ToolDescription] = ()
    max_tokens: int | None = None
    temperature: float | None = None
    stop: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """A tool that the model calls by its own tool calling; `arguments` is JSON text, unread."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a question took and that its reply has, as the provider counts them."""

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What a model said, in words and by calls of tools.

    `usage` is None when the provider does not say. `stopped_by` is its word for why it ended;
    `is_cut`: at a limit of tokens, before the model had said all.
    """

    text: str
    tool_requests: Sequence[ToolRequest] = field(default=())
    usage: Usage | None = None
    stopped_by: str | None = None
    is_cut: bool = False


class ModelError(Exception):
    """The model gave no reply. `transient`: another try may work, after `retry_after` seconds if
    it is known. `may_have_run`: whether it was asked at all, which costs."""

    def __init__(
        self,
        message: str,
        *,
        transient: bool,
        may_have_run: bool = True,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.transient = transient
        self.may_have_run = may_have_run
        self.retry_after = retry_after


@runtime_checkable
class Model(Protocol):
    """Whoever answers a conversation.

    `name` is shown in traces. Raises `ModelError` when there is no reply; a cancel ends the
    request.
    """

    @property
    def name(self) -> str:
        """Which model it is."""

    async def reply(self, request: ModelRequest) -> ModelReply:
        """The whole reply. ModelError."""


@runtime_checkable
class StreamingModel(Model, Protocol):
    """A model whose reply can be watched while it is written."""

    def stream(self, request: ModelRequest) -> AsyncIterator[str | ModelReply]:
        """Yields pieces of the text as they come and, last, the whole reply. ModelError."""


_Said: TypeAlias = str | ModelReply
ModelFunction: TypeAlias = Callable[
    [Sequence[Message]], _Said | Awaitable[_Said] | AsyncIterable[_Said]
]
"""A plain function in place of a model: takes the messages; gives text or a `ModelReply`, awaits
it, or yields pieces of it."""
