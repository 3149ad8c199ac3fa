"""A model that says what it was told to: for tests, and for agents that need no network."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from typing import Final, TypeAlias

from agent_runtime.limits import check_pause, check_whole
from agent_runtime.model import ModelError, ModelReply, ModelRequest

ScriptedReply: TypeAlias = str | ModelReply | Exception
"""What it says, the whole reply with tools and usage, or an exception that it raises."""

KEPT_REQUESTS: Final = 100


class ScriptedModel:
    """Gives `replies` in order, or what a function makes of each request.

    The same script gives the same replies, at once: there is no chance and no clock in it unless
    `pause` is given, the seconds before a reply and, when streamed, before each piece of it.
    `piece` is the length of a streamed piece in characters; by default each word is one.
    `requests` are the last 100 that it was asked.

    A reply is text, a `ModelReply`, or an exception that is raised as it is, like a `ModelError`
    to see what happens then. When there are none left, it raises a `ModelError` that says so.

    >>> import asyncio
    >>> from agent_runtime.model import Message, ModelRequest
    >>> model = ScriptedModel(["Thought: easy.", "FINAL_ANSWER: 4"])
    >>> asyncio.run(model.reply(ModelRequest([Message("user", "2 + 2?")]))).text
    'Thought: easy.'
    >>> model
    ScriptedModel('scripted', 1 of 2 replies left)

    A function sees the request, so that it can answer by what was observed:

    >>> echo = ScriptedModel(lambda request: f"FINAL_ANSWER: {request.messages[-1].content}")
    >>> asyncio.run(echo.reply(ModelRequest([Message("user", "hello")]))).text
    'FINAL_ANSWER: hello'
    """

    def __init__(
        self,
        replies: Iterable[ScriptedReply] | Callable[[ModelRequest], ScriptedReply],
        *,
        name: str = "scripted",
        pause: float = 0.0,
        piece: int | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if isinstance(replies, str):
            # it is an iterable of texts too: of its letters
            raise TypeError('The replies are a list: ScriptedModel(["..."])')
        if piece is not None:
            check_whole("piece", piece, 1)
        check_pause("pause", pause)
        self.name = name
        self.requests: deque[ModelRequest] = deque(maxlen=KEPT_REQUESTS)
        self._answer = replies if callable(replies) else None
        self._left: deque[ScriptedReply] = deque(() if callable(replies) else replies)
        self._count = len(self._left)
        self._pause = pause
        self._piece = piece
        self._sleep = sleep

    def __repr__(self) -> str:
        if self._answer is not None:
            return f"ScriptedModel({self.name!r}, by a function)"
        return f"ScriptedModel({self.name!r}, {len(self._left)} of {self._count} replies left)"

    async def reply(self, request: ModelRequest) -> ModelReply:
        """The next reply. ModelError when there is none left."""
        reply = self._next(request)
        if self._pause:
            await self._sleep(self._pause)
        return reply

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str | ModelReply]:
        """The next reply in pieces and then as a whole. ModelError when there is none left."""
        reply = self._next(request)
        for piece in self._pieces(reply.text):
            if self._pause:
                await self._sleep(self._pause)
            yield piece
        yield reply

    def _next(self, request: ModelRequest) -> ModelReply:
        self.requests.append(request)
        if self._answer is not None:
            said = self._answer(request)
        elif self._left:
            said = self._left.popleft()
        else:
            raise ModelError(
                f"The script of {self.name} is over: it has {self._count} replies and was asked "
                "for one more. Add a reply, or end the script with a FINAL_ANSWER.",
                transient=False,
                may_have_run=False,
            )
        if isinstance(said, Exception):
            raise said
        return said if isinstance(said, ModelReply) else ModelReply(said)

    def _pieces(self, text: str) -> Iterator[str]:
        if self._piece is None:
            yield from re.findall(r"\s*\S+\s*$|\s*\S+|\s+", text)
            return
        for start in range(0, len(text), self._piece):
            yield text[start : start + self._piece]
