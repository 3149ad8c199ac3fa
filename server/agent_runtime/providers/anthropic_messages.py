"""Anthropic's Messages API, through its SDK."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias, TypeGuard

from agent_runtime.json_value import JsonValue
from agent_runtime.limits import check_whole
from agent_runtime.model import ModelReply, ModelRequest, ToolRequest, Usage
from agent_runtime.providers.failure import Asked, UnreadableError, early_end
from agent_runtime.providers.sdk_model import SdkModel, sendable, whole_requests

if TYPE_CHECKING:
    import httpx2
    from anthropic import (
        AsyncAnthropic,
        AsyncAnthropicBedrock,
        AsyncAnthropicBedrockMantle,
        AsyncAnthropicVertex,
    )
    from anthropic.types import (
        MessageDeltaUsage,
        MessageParam,
        RawMessageStreamEvent,
        ToolParam,
    )
    from anthropic.types import Usage as MessageUsage

    AnthropicClient: TypeAlias = (
        AsyncAnthropic | AsyncAnthropicBedrock | AsyncAnthropicBedrockMantle | AsyncAnthropicVertex
    )

_MAX_TOKENS: Final = 8_192
_END_S: Final = 0.25
_CUT: Final = frozenset({"max_tokens", "model_context_window_exceeded"})


class AnthropicModel(SdkModel["AnthropicClient"]):
    """A model of Anthropic, asked through the Messages API with its official SDK.

    The key is `api_key` or stands in the environment as ANTHROPIC_API_KEY; it is read at each
    request, and never shown. `base_url` is for a gateway or a server of one's own. After
    `timeout` seconds without a word a request is given up. With `tool_calling` the model is given
    the tools and may call them in its provider's way; without, it only reads of them in the
    messages. `max_tokens` holds for requests that set no limit. `extra_body` is added to each
    request as it is, for what has no argument here, like {"thinking": {"type": "adaptive"}}.

    A `client` of the SDK, with its own key, address and limits, is for other clouds:
    AsyncAnthropicBedrock, AsyncAnthropicVertex and others. It is for one event loop; a function
    that makes one, like `AsyncAnthropicVertex` itself, is called for each.

    What a model thinks in blocks of its own is not part of its reply. ImportError without the
    package `anthropic`.
    """

    provider = "Anthropic"
    package = "anthropic"
    lowest_version = 2
    key_variable = "ANTHROPIC_API_KEY"
    address_variable = "ANTHROPIC_BASE_URL"
    usual_address = "https://api.anthropic.com"
    resource = "anthropic.resources.messages"

    def __init__(
        self,
        model: str,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: float = 300.0,
        max_tokens: int = _MAX_TOKENS,
        tool_calling: bool = True,
        extra_body: Mapping[str, JsonValue] | None = None,
        client: AnthropicClient | Callable[[], AnthropicClient] | None = None,
    ) -> None:
        check_whole("max_tokens", max_tokens, 1)
        super().__init__(
            model,
            api_key=api_key,
            base_url=base_url,
            timeout=timeout,
            tool_calling=tool_calling,
            extra_body=extra_body,
            client=client,
        )
        self._max_tokens = max_tokens

    def _client(self, asked: Asked, http: httpx2.AsyncClient) -> AnthropicClient:
        from anthropic import AsyncAnthropic

        return AsyncAnthropic(
            api_key=asked.secret,
            base_url=asked.address,
            timeout=self._limits(),
            max_retries=0,  # whoever asks decides, and counts
            http_client=http,
        )

    async def _said(
        self, request: ModelRequest, client: AnthropicClient
    ) -> AsyncGenerator[str | ModelReply]:
        from anthropic import omit

        tools = _tools(request) if self._tool_calling else []
        stops = [stop for stop in request.stop if stop.strip()]
        body: dict[str, JsonValue] = dict(self._extra_body)
        if request.temperature is not None:
            body.setdefault("temperature", request.temperature)
        async with await client.messages.create(
            stream=True,
            model=self._model,
            max_tokens=request.max_tokens or self._max_tokens,
            system=_system(request) or omit,
            messages=_conversation(request),
            tools=tools or omit,
            stop_sequences=stops or omit,
            extra_body=body or None,
        ) as events:
            reading = _Reading()
            async for event in events:
                piece = reading.take(event)
                if piece:
                    yield piece
                if reading.is_complete:
                    break
            if not reading.is_complete:
                raise early_end(events.response.headers)
            await _read_to_end(events)
            yield reading.reply()


async def _read_to_end(events: AsyncIterable[object]) -> None:
    """What has been read to its end leaves its connection to the next request."""
    with suppress(Exception):  # the reply is complete
        async with asyncio.timeout(_END_S):
            async for _ in events:
                pass


def _system(request: ModelRequest) -> str:
    said = [each.content for each in request.messages if each.role == "system"]
    return sendable("\n\n".join(text for text in said if text.strip()))


def _conversation(request: ModelRequest) -> list[MessageParam]:
    """What was said. The API refuses empty turns, and one of the model that ends in space."""
    turns: list[MessageParam] = []
    for message in request.messages:
        text = sendable(message.content).rstrip()
        if text and message.role == "user":
            turns.append({"role": "user", "content": text})
        elif text and message.role == "assistant":
            turns.append({"role": "assistant", "content": text})
    return turns


def _tools(request: ModelRequest) -> list[ToolParam]:
    return [
        {
            "name": tool.name,
            "description": tool.description,
            "input_schema": dict(tool.input_schema),
        }
        for tool in request.tools
    ]


@dataclass(slots=True)
class _Call:
    tool: str
    pieces: list[str] = field(default_factory=list)


class _Reading:
    """A reply that is coming in. The SDK does not check what the fields of an event are."""

    def __init__(self) -> None:
        self.is_complete = False
        self._texts: list[str] = []
        self._calls: dict[int, _Call] = {}
        self._input: int | None = None
        self._output: int | None = None
        self._stopped_by: str | None = None

    def take(self, event: RawMessageStreamEvent) -> str:
        """Take one event in; the piece of text in it."""
        if event.type == "message_start":
            self._count(event.message.usage)
        elif event.type == "content_block_start" and event.content_block.type == "tool_use":
            self._calls[event.index] = _Call(_text(event.content_block.name))
        elif event.type == "content_block_start" and event.content_block.type == "text":
            return self._say(event.content_block.text)
        elif event.type == "content_block_delta":
            delta = event.delta
            if delta.type == "text_delta":
                return self._say(delta.text)
            # other blocks have input too: those of tools that the provider runs
            if delta.type == "input_json_delta" and event.index in self._calls:
                self._calls[event.index].pieces.append(_text(delta.partial_json))
        elif event.type == "message_delta":
            reason = event.delta.stop_reason
            self._stopped_by = None if reason is None else _text(reason)
            self._count(event.usage)
        elif event.type == "message_stop":
            self.is_complete = True
        return ""

    def reply(self) -> ModelReply:
        """The whole reply, once it is complete."""
        usage = None
        if self._input is not None and self._output is not None:
            usage = Usage(self._input, self._output)
        calls = [ToolRequest(call.tool, "".join(call.pieces)) for call in self._calls.values()]
        is_cut = self._stopped_by in _CUT
        calls = whole_requests(calls, is_cut)
        return ModelReply("".join(self._texts), calls, usage, self._stopped_by, is_cut)

    def _say(self, text: object) -> str:
        piece = _text(text)
        self._texts.append(piece)
        return piece

    def _count(self, usage: MessageUsage | MessageDeltaUsage) -> None:
        """Counts are totals so far; what was read from a cache was read all the same."""
        parts = [
            getattr(usage, name, None)
            for name in (
                "input_tokens",
                "cache_creation_input_tokens",
                "cache_read_input_tokens",
            )
        ]
        if _is_count(parts[0]):
            self._input = sum(part for part in parts if _is_count(part))
        output = getattr(usage, "output_tokens", None)
        if _is_count(output):
            self._output = output


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and value >= 0


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise UnreadableError(f"a text was expected where it sent {type(value).__name__}")
    return value
