"""Events on their way from the loop to whoever looks on."""

from __future__ import annotations

import asyncio
import copy
from collections import deque
from typing import Final

from agent_runtime.events import Event, ModelDelta

_MOST_WAITING: Final = 32


class Channel:
    """Takes events in and gives them out in order. For one event loop.

    Putting never waits, so that no cancel can lose an event; who has put asks for `room`.
    """

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._is_closed = False
        self._changed = asyncio.Event()

    def put(self, event: Event) -> None:
        """Nothing happens once it is closed: nobody looks on any more.

        Whoever looks on gets a copy: what they do to it is not done to the session.
        """
        if not self._is_closed:
            self._events.append(copy.deepcopy(event))
            self._changed.set()

    def put_piece(self, piece: ModelDelta) -> None:
        """The same; where many events wait already, it joins the last piece of the same reply."""
        last = self._events[-1] if len(self._events) >= _MOST_WAITING else None
        if last is not None and last["type"] == "model_delta" and last["seq"] == piece["seq"]:
            last["text"] += piece["text"]
        else:
            self.put(piece)

    async def room(self) -> None:
        """Waits while too many events have not been taken."""
        while len(self._events) >= _MOST_WAITING and not self._is_closed:
            self._changed.clear()
            await self._changed.wait()

    async def get(self) -> Event | None:
        """The next event; None when it is closed and all were taken."""
        while not self._events:
            if self._is_closed:
                return None
            self._changed.clear()
            await self._changed.wait()
        event = self._events.popleft()
        self._changed.set()
        return event

    def close(self) -> None:
        """No more events come; those that are there can be taken."""
        self._is_closed = True
        self._changed.set()

    def abandon(self) -> None:
        """Nobody takes events any more."""
        self.close()
        self._events.clear()
