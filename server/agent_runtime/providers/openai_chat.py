"""OpenAI's Chat Completions API, through its SDK; many other servers speak it too."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from agent_runtime.json_value import JsonValue
from agent_runtime.model import Message, ModelReply, ModelRequest, ToolRequest, Usage
from agent_runtime.providers.failure import Asked, UnreadableError, early_end
from agent_runtime.providers.sdk_model import SdkModel, sendable, whole_requests

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI, AsyncStream
    from openai.types import CompletionUsage
    from openai.types.chat import (
        ChatCompletionChunk,
        ChatCompletionFunctionToolParam,
        ChatCompletionMessageParam,
    )
    from openai.types.chat.chat_completion_chunk import ChoiceDeltaToolCall

_MOST_STOPS: Final = 4


class OpenAIModel(SdkModel["AsyncOpenAI"]):
    """A model of OpenAI, or of a server that speaks its Chat Completions API.

    The key is `api_key` or stands in the environment as OPENAI_API_KEY; it is read at each
    request, and never shown. `base_url` is for other servers, like http://localhost:11434/v1.
    After `timeout` seconds without a word a request is given up. With `tool_calling` the model
    is given the tools and may call them in its provider's way; without, it only reads of them in
    the messages. `extra_body` is added to each request as it is, for what has no argument here,
    like {"reasoning_effort": "low"}.

    A `client` of the SDK, with its own key, address and limits, is for other clouds, like
    AsyncAzureOpenAI. It is for one event loop; a function that makes one, like `AsyncAzureOpenAI`
    itself, is called for each.

    ImportError without the package `openai`.
    """

    provider = "OpenAI"
    package = "openai"
    lowest_version = 3
    key_variable = "OPENAI_API_KEY"
    address_variable = "OPENAI_BASE_URL"
    usual_address = "https://api.openai.com/v1"
    resource = "openai.resources.chat"

    def __init__(
        self,
        model: str,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: float = 300.0,
        tool_calling: bool = True,
        extra_body: Mapping[str, JsonValue] | None = None,
        client: AsyncOpenAI | Callable[[], AsyncOpenAI] | None = None,
    ) -> None:
        super().__init__(
            model,
            api_key=api_key,
            base_url=base_url,
            timeout=timeout,
            tool_calling=tool_calling,
            extra_body=extra_body,
            client=client,
        )
        self._takes_stops = True

    def _client(self, asked: Asked, http: httpx2.AsyncClient) -> AsyncOpenAI:
        from openai import AsyncOpenAI

        return AsyncOpenAI(
            api_key=asked.secret,
            base_url=asked.address,
            timeout=self._limits(),
            max_retries=0,  # whoever asks decides, and counts
            http_client=http,
        )

    async def _said(
        self, request: ModelRequest, client: AsyncOpenAI
    ) -> AsyncGenerator[str | ModelReply]:
        async with await self._ask(client, request) as chunks:
            reading = _Reading()
            try:
                async for chunk in chunks:
                    piece = reading.take(chunk)
                    if piece:
                        yield piece
            except Exception:
                # only the count of tokens comes after the end
                if not reading.is_complete:
                    raise
            if not reading.is_complete:
                raise early_end(chunks.response.headers)
            yield reading.reply()

    async def _ask(
        self, client: AsyncOpenAI, request: ModelRequest
    ) -> AsyncStream[ChatCompletionChunk]:
        from openai import BadRequestError

        stops = request.stop[:_MOST_STOPS] if self._takes_stops else ()
        try:
            return await self._create(client, request, stops)
        except BadRequestError as error:
            if not stops or error.param != "stop":
                raise
        # models that reason refuse it; it saves words only, as the loop reads up to it anyway
        self._takes_stops = False
        return await self._create(client, request, ())

    async def _create(
        self,
        client: AsyncOpenAI,
        request: ModelRequest,
        stops: Sequence[str],
    ) -> AsyncStream[ChatCompletionChunk]:
        from openai import omit

        return await client.chat.completions.create(
            stream=True,
            stream_options={"include_usage": True},
            model=self._model,
            messages=[_turn(message) for message in request.messages],
            tools=(_tools(request) if self._tool_calling else []) or omit,
            max_completion_tokens=omit if request.max_tokens is None else request.max_tokens,
            temperature=omit if request.temperature is None else request.temperature,
            stop=list(stops) or omit,
            extra_body=self._extra_body or None,
        )


def _turn(message: Message) -> ChatCompletionMessageParam:
    text = sendable(message.content)
    if message.role == "assistant":
        return {"role": "assistant", "content": text}
    if message.role == "system":
        return {"role": "system", "content": text}
    return {"role": "user", "content": text}


def _tools(request: ModelRequest) -> list[ChatCompletionFunctionToolParam]:
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.input_schema),
            },
        }
        for tool in request.tools
    ]


@dataclass(slots=True)
class _Call:
    id: str
    name: str = ""
    pieces: list[str] = field(default_factory=list)


class _Reading:
    """A reply that is coming in. The SDK does not check what the fields of a chunk are."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._calls: list[_Call] = []
        self._latest: dict[int | None, _Call] = {}
        self._usage: Usage | None = None
        self._finished: str | None = None

    @property
    def is_complete(self) -> bool:
        return self._finished is not None

    def take(self, chunk: ChatCompletionChunk) -> str:
        """Take one chunk in; the piece of text in it."""
        self._count(chunk.usage)
        piece = ""
        for choice in chunk.choices:
            delta = choice.delta
            # what a model says when it refuses has a field of its own
            piece += _text(delta.content) + _text(delta.refusal)
            for call in delta.tool_calls or ():
                known = self._call(call)
                if call.function is not None:
                    known.name = known.name or _text(call.function.name)
                    known.pieces.append(_text(call.function.arguments))
            # other servers have an empty one in each piece
            self._finished = _text(choice.finish_reason) or self._finished
        self._texts.append(piece)
        return piece

    def reply(self) -> ModelReply:
        """The whole reply, once it is complete."""
        calls = [ToolRequest(call.name, "".join(call.pieces)) for call in self._calls]
        is_cut = self._finished == "length"
        calls = whole_requests(calls, is_cut)
        return ModelReply("".join(self._texts), calls, self._usage, self._finished, is_cut)

    def _call(self, piece: ChoiceDeltaToolCall) -> _Call:
        """The call that a piece belongs to. Other servers leave the index out, or give several
        calls the same one; a new id is a new call."""
        index, call_id = getattr(piece, "index", None), str(piece.id or "")
        known = self._latest.get(index)
        if known is None or (call_id and known.id and call_id != known.id):
            known = self._latest[index] = _Call(call_id)
            self._calls.append(known)
        return known

    def _count(self, usage: CompletionUsage | None) -> None:
        counts = [getattr(usage, name, None) for name in ("prompt_tokens", "completion_tokens")]
        known = [count for count in counts if isinstance(count, int) and count >= 0]
        if len(known) == len(counts):
            self._usage = Usage(*known)


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UnreadableError(f"a text was expected where it sent {type(value).__name__}")
    return value
