"""Writing down what happens in a session, before anything else is done with it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TypedDict

from agent_runtime.events import Event, ModelDelta, ModelRetried
from agent_runtime.orchestrator.retry import Retry
from agent_runtime.persistence.store import SessionStore
from agent_runtime.react.channel import Channel
from agent_runtime.react.parsing import well_formed
from agent_runtime.react.state import JournalState
from agent_runtime.react.store_thread import StoreThread
from agent_runtime.tools.errors import text_of


class Stamp(TypedDict):
    """What every event begins with."""

    session: str
    seq: int
    step: int
    at: float


class EventLog:
    """The events of one session: saved, added up in `state`, and shown, in this order.

    A cancel comes before all of it or after all of it. `before_saving` is called where the store
    is, before each save; `saw` for each event that is new, but for pieces.
    """

    def __init__(
        self,
        session: str,
        state: JournalState,
        channel: Channel | None = None,
        store: tuple[SessionStore, StoreThread] | None = None,
        *,
        before_saving: Callable[[], None] = lambda: None,
        saw: Callable[[Event], None] = lambda _: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.session = session
        self.state = state
        self._channel = channel
        self._store = store
        self._before_saving = before_saving
        self._saw = saw
        self._clock = clock

    def stamp(self, step: int | None = None) -> Stamp:
        """The beginning of an event; `keep` numbers those that it is given."""
        now = self.state.step if step is None else step
        seq = self.state.next_seq
        at = max(0.0, self._clock())  # a clock may be set to before 1970, which no store can read
        return Stamp(session=self.session, seq=seq, step=now, at=at)

    async def keep(self, *events: Event) -> None:
        """All of them or, when the store cannot (StoreError), none."""
        for seq, event in enumerate(events, self.state.next_seq):
            event["seq"] = seq
        cancelled: asyncio.CancelledError | None = None
        if self._store is not None:
            cancelled = await self._save(*self._store, events)
        for event in events:
            self.state.apply(event)
            self._saw(event)
            if self._channel is not None:
                self._channel.put(event)
        if cancelled is not None:
            raise cancelled

    def add_kept(self, events: Sequence[Event]) -> None:
        """Follows what is saved already, with the numbers it has; nobody is shown it."""
        for event in events:
            self.state.apply(event)

    def show(self, event: Event) -> None:
        """Shows what is saved already."""
        if self._channel is not None:
            self._channel.put(event)

    def show_piece(self, text: str) -> None:
        """A piece of what the model is writing; it is not kept."""
        if self._channel is not None and text:
            piece = ModelDelta(**self.stamp(), type="model_delta", text=well_formed(text))
            self._channel.put_piece(piece)

    async def room(self) -> None:
        """Waits while whoever looks on is far behind.

        To be asked before more is begun, and never at an end: who was left alone by its reader
        and is cancelled would not come to it.
        """
        if self._channel is not None:
            await self._channel.room()

    def show_retry(self, retry: Retry) -> None:
        """The model is asked again, and its pieces begin anew; this is not kept either."""
        retried = ModelRetried(
            **self.stamp(),
            type="model_retried",
            attempt=retry.attempt + 1,
            error=well_formed(text_of(retry.error)),
            delay_ms=retry.delay * 1000,
        )
        self._saw(retried)
        if self._channel is not None:
            self._channel.put(retried)

    async def _save(
        self, store: SessionStore, thread: StoreThread, events: tuple[Event, ...]
    ) -> asyncio.CancelledError | None:
        """The cancel that came while they were saved, if one did."""
        saved = False

        def save() -> None:
            nonlocal saved
            self._before_saving()
            store.append(self.session, events)
            saved = True

        try:
            await thread.call(save)
        except asyncio.CancelledError as error:
            if not saved:
                raise
            return error
        return None
