"""Asking the model: with limits, again after failures that pass, and not while it is broken."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, TypeAlias

from agent_runtime.model import (
    Model,
    ModelError,
    ModelFunction,
    ModelReply,
    ModelRequest,
    StreamingModel,
    ToolRequest,
    Usage,
)
from agent_runtime.orchestrator.breaker import CircuitBreaker, CircuitOpenError
from agent_runtime.orchestrator.dedup import Deduplicator
from agent_runtime.orchestrator.retry import Retry, RetryPolicy, has_not_run
from agent_runtime.react.cancels import cancels
from agent_runtime.tools.errors import text_of
from agent_runtime.tools.running import is_async
from agent_runtime.tools.threads import LeftBehind, call_in_thread, left_behind_of


class Onlooker(Protocol):
    """Who is shown how a reply comes about."""

    def show_piece(self, text: str) -> None:
        """The next piece of it."""

    def show_retry(self, retry: Retry) -> None:
        """The model is asked again: the next piece is the first one."""

    async def room(self) -> None:
        """Waits while there is too much that was not looked at."""


_Room: TypeAlias = Callable[[], Awaitable[None]] | None
"""What is waited for after each piece."""


def repeats_model(error: Exception) -> bool:
    """Whether the model may be asked again: it says so, or says nothing and was not asked."""
    transient = getattr(error, "transient", None)
    return transient if isinstance(transient, bool) else has_not_run(error)


RETRY: Final = RetryPolicy(attempts=3, repeatable=repeats_model)
"""When the builder is given none."""


@dataclass(frozen=True, slots=True)
class ModelCalls:
    """How the model is asked. `time_limit` in seconds is for each attempt."""

    model: Model
    retry: RetryPolicy = RETRY
    breaker: CircuitBreaker | None = None
    deduplicator: Deduplicator[ModelReply] | None = None
    time_limit: float | None = None
    stream: Callable[[ModelRequest], AsyncIterator[str | ModelReply]] | None = None

    @classmethod
    def of(
        cls,
        model: Model | ModelFunction,
        retry: RetryPolicy | None = None,
        breaker: CircuitBreaker | None = None,
        deduplicator: Deduplicator[ModelReply] | None = None,
        time_limit: float | None = None,
    ) -> ModelCalls:
        """Makes a plain callable a model. A policy that only repeats what has not run, which is
        what it does when not told otherwise, repeats a model's transient failures, too."""
        asked = model if isinstance(model, Model) else CallableModel(model)
        policy = RETRY if retry is None else retry
        if policy.repeatable is has_not_run:
            policy = replace(policy, repeatable=repeats_model)
        stream = asked.stream if isinstance(asked, StreamingModel) else None
        return cls(asked, policy, breaker, deduplicator, time_limit, stream)

    async def ask(self, request: ModelRequest, onlooker: Onlooker) -> ModelReply:
        """The whole reply. ModelError, CircuitOpenError.

        The model is made to wait for the onlooker, which its time limit does not count, but not
        when others wait for the same reply.
        """
        try:
            if self.deduplicator is None:
                return await self._ask(request, onlooker, onlooker.room)
            told = request.max_tokens, request.temperature
            key = (_TheSame(self.model), tuple(request.messages), *told)
            return await self.deduplicator.run(key, lambda: self._ask(request, onlooker, None))
        except (ModelError, CircuitOpenError):
            raise
        except Exception as error:  # of a policy's function, or where a breaker's state is kept
            raise ModelError(
                f"The model could not be asked: {type(error).__name__}: {text_of(error)}",
                transient=False,
            ) from error

    async def _ask(self, request: ModelRequest, onlooker: Onlooker, room: _Room) -> ModelReply:
        async def attempt() -> ModelReply:
            if self.breaker is None:
                return await self._attempt(request, onlooker, room)
            return await self.breaker.call(lambda: self._attempt(request, onlooker, room))

        return await self.retry.run(attempt, onlooker.show_retry)

    async def _attempt(self, request: ModelRequest, onlooker: Onlooker, room: _Room) -> ModelReply:
        before = cancels()
        try:
            async with asyncio.timeout(self.time_limit) as limit:
                if self.stream is None:
                    return _checked(await self.model.reply(request))
                async with _closing(self.stream(request)) as pieces:
                    return await _last(pieces, onlooker.show_piece, room, limit)
        except (ModelError, CircuitOpenError):
            raise
        except asyncio.CancelledError as error:
            if cancels() > before:
                raise
            raise ModelError("The model's own work was cancelled.", transient=False) from error
        except SystemExit as error:
            raise ModelError("The model wanted to end the program.", transient=False) from error
        except Exception as error:
            if limit.expired():
                raise ModelError(
                    f"The model did not answer within {self.time_limit:g} s.", transient=True
                ) from error
            # what has no connection may have one later; the rest is a mistake in the callable
            transient = isinstance(error, ConnectionError | TimeoutError)
            raise ModelError(
                f"{type(error).__name__}: {text_of(error)}", transient=transient
            ) from error


async def _last(
    pieces: AsyncIterator[str | ModelReply],
    show: Callable[[str], None],
    room: _Room,
    limit: asyncio.Timeout,
) -> ModelReply:
    """The whole reply, which comes after its pieces."""
    async for piece in pieces:
        if not isinstance(piece, str):
            return _checked(piece)
        show(piece)
        if room is not None:
            await _uncounted(room, limit)
    raise ModelError("The model's reply broke off.", transient=True)


async def _uncounted(wait: Callable[[], Awaitable[None]], limit: asyncio.Timeout) -> None:
    """Waits, and moves the limit by as long as that takes."""
    end = limit.when()
    if end is None or limit.expired():
        await wait()
        return
    loop = asyncio.get_running_loop()
    left = end - loop.time()
    limit.reschedule(None)
    await wait()
    limit.reschedule(loop.time() + left)


@asynccontextmanager
async def _closing(
    pieces: AsyncIterator[str | ModelReply],
) -> AsyncIterator[AsyncIterator[str | ModelReply]]:
    """Closes what is iterated over at the end, if it can be closed; not each iterator can."""
    try:
        yield pieces
    finally:
        close = getattr(pieces, "aclose", None)
        if close is not None:
            await close()


async def _in_thread(work: Callable[[], Any], name: str, left: LeftBehind) -> Any:  # noqa: ANN401 - whatever it gives
    if left.is_full:
        raise ModelError(
            f"{LeftBehind.MOST} earlier questions to the model have not ended yet, so no other "
            "one is asked.",
            transient=True,
            may_have_run=False,
        )
    outcome = await call_in_thread(work, f"model {name}", left)
    if outcome.error is None:
        return outcome.value
    if isinstance(outcome.error, asyncio.CancelledError | StopIteration) or not isinstance(
        outcome.error, Exception
    ):
        # SystemExit would end the program, the others mean something to whoever awaits
        raise RuntimeError(f"It raised {type(outcome.error).__name__}.") from outcome.error
    raise outcome.error


def _yields(function: Callable[..., object]) -> bool:
    return inspect.isasyncgenfunction(function) or inspect.isasyncgenfunction(
        getattr(function, "__call__", None)  # noqa: B004 - what it would run is looked at
    )


def _checked(reply: object) -> ModelReply:
    """What the model gave, if it is what its type says. TypeError."""
    if isinstance(reply, str):
        return ModelReply(reply)
    if not isinstance(reply, ModelReply):
        raise TypeError(f"a model must give text or a ModelReply, not {type(reply).__name__}")
    if not isinstance(reply.text, str):
        raise TypeError(f"the text of a ModelReply is no {type(reply.text).__name__}")
    for request in reply.tool_requests:
        if not isinstance(request, ToolRequest) or not (
            isinstance(request.name, str) and isinstance(request.arguments, str)
        ):
            raise TypeError(
                f"tool_requests are each a ToolRequest with name and JSON text, not {request!r:.80}"
            )
    usage = reply.usage
    if usage is not None and not (
        isinstance(usage, Usage) and _counts(usage.input_tokens) and _counts(usage.output_tokens)
    ):
        raise TypeError(f"usage is a Usage of two whole numbers, not {usage!r:.80}")
    return reply


def _counts(number: object) -> bool:
    return isinstance(number, int) and number >= 0


class _TheSame:
    """A model, equal to itself alone: others of its name may give other replies, and one of a
    user's own class may have no hash."""

    def __init__(self, model: Model) -> None:
        asked: object = model.function if isinstance(model, CallableModel) else model
        # a method is made anew each time it is looked at
        self._parts = (asked.__self__, asked.__func__) if inspect.ismethod(asked) else (asked,)
        self._ids = tuple(map(id, self._parts))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _TheSame) and self._ids == other._ids

    def __hash__(self) -> int:
        return hash(self._ids)


class CallableModel:
    """A plain function as a model: it takes the messages and gives text or a `ModelReply`.

    It may be async, or an async generator of pieces of the text. One that is not async is called
    in a thread, with the context variables of the caller. A thread cannot be stopped: when eight
    questions were left behind in one, by whatever runtime, no other is asked until one of them has
    ended.
    """

    def __init__(self, function: ModelFunction) -> None:
        self.function: Final = function
        self._left = left_behind_of(function)

    @property
    def name(self) -> str:
        """The function's name."""
        name = getattr(self.function, "__name__", None)
        return name if isinstance(name, str) else type(self.function).__name__

    async def reply(self, request: ModelRequest) -> ModelReply:
        """What the function gives."""
        reply: ModelReply | None = None
        async for piece in self.stream(request):
            reply = piece if isinstance(piece, ModelReply) else reply
        return ModelReply("") if reply is None else reply

    async def stream(self, request: ModelRequest) -> AsyncIterator[str | ModelReply]:
        """The pieces that the function yields, if it does, and the whole reply."""
        if is_async(self.function) or _yields(self.function):
            given = self.function(request.messages)
        else:
            given = await _in_thread(lambda: self.function(request.messages), self.name, self._left)
        if inspect.isawaitable(given):
            given = await given
        if not isinstance(given, AsyncIterator):
            yield _checked(given)
            return
        written: list[str] = []
        async with _closing(given) as pieces:
            async for piece in pieces:
                yield piece
                if isinstance(piece, ModelReply):
                    return
                written.append(piece)
        yield ModelReply("".join(written))
