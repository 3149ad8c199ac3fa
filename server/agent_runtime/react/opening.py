"""Where a run begins: a new session, one that goes on, or a fork of one."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Final

from agent_runtime.events import Event, Fork, SessionResumed, SessionStarted, WaitingCall
from agent_runtime.persistence.shape import has_its_fields
from agent_runtime.persistence.store import SessionNotFoundError, SessionStore, StoreError
from agent_runtime.react.changes import change_events
from agent_runtime.react.channel import Channel
from agent_runtime.react.event_log import EventLog
from agent_runtime.react.remembering import Remembering
from agent_runtime.react.state import JournalState
from agent_runtime.react.store_thread import StoreThread
from agent_runtime.session import SessionContext

_COPIED_AT_ONCE: Final = 1_000
"""Events of a session that is forked."""


class ResumeError(ValueError):
    """The session cannot go on as it was asked. The message says what can be done."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a session says of itself at its beginning."""

    agent: str
    input: str
    model: str
    tools: Sequence[str]
    max_iterations: int


@dataclass(frozen=True, slots=True)
class Opened:
    """`first` are the events to begin with. `was_killed`: something may have begun of which the
    journal does not say how it ended."""

    log: EventLog
    context: SessionContext
    first: Sequence[Event]
    was_killed: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """How a run begins. Without a store each one is a new session."""

    start: Start
    session: str | None
    resume_from_step: int | None
    max_history_tokens: int
    remembering: Remembering
    channel: Channel | None = None
    saw: Callable[[Event], None] = lambda _: None

    @asynccontextmanager
    async def without_store(self) -> AsyncIterator[Opened]:
        """ResumeError when something is to be resumed."""
        if self.resume_from_step is not None:
            raise ResumeError(
                "There is no session to resume: without a store nothing is kept. Give the builder "
                "with_store(...)."
            )
        yield self._begun(self._log(self.session or new_session_id(), self._state()))

    @asynccontextmanager
    async def within(self, store: SessionStore) -> AsyncIterator[Opened]:
        """Nobody else works on the session meanwhile. ResumeError, StoreError."""
        if not self.session and self.resume_from_step is not None:
            raise ResumeError("resume_from_step needs the session_id of the session.")
        async with AsyncExitStack() as stack:
            session = self.session or new_session_id()
            thread = StoreThread(session)
            stack.callback(thread.end)
            release = await _leased(stack, store, thread, session)
            await thread.call(self.remembering.load)
            state, context = self._state(), self.remembering.empty_context(session)
            is_known = bool(self.session) and await thread.call(
                lambda: _read(store, session, state, context)
            )
            if not is_known:
                if self.resume_from_step is not None:
                    raise ResumeError(f"There is no session {session} to resume.")
                yield self._begun(self._log(session, state, (store, thread)))
            elif (step := self._forked_after(session, state)) is None:
                log = self._log(session, state, (store, thread))
                yield Opened(log, context, [self._resumed(log)], was_killed=True)
            else:
                await release()
                fork = new_session_id()
                await _leased(stack, store, thread, fork)
                context = self.remembering.empty_context(fork)
                log = self._log(fork, self._state(), (store, thread))
                fork_of = Fork(session=session, step=step)
                # a session that only stopped goes on where it did, with what was done since
                whole = step == state.steps and state.answer is None
                kept = _kept_until(store, session, step, whole)
                events = (_moved(event, fork, fork_of) for event in kept)
                async with _creating(store, thread, fork) as append:
                    beginning = await _copy(events, thread, log, context, append)
                log.show(beginning)
                yield Opened(log, context, [self._resumed(log)])

    def _state(self) -> JournalState:
        return JournalState(self.max_history_tokens)

    def _log(
        self,
        session: str,
        state: JournalState,
        store: tuple[SessionStore, StoreThread] | None = None,
    ) -> EventLog:
        return EventLog(
            session,
            state,
            self.channel,
            store,
            before_saving=self.remembering.save,
            saw=self.saw,
        )

    def _begun(self, log: EventLog) -> Opened:
        context = self.remembering.context(log.session)
        return Opened(log, context, [self._started(log), *change_events(log, context)])

    def _started(self, log: EventLog) -> SessionStarted:
        stamp = log.stamp()
        return SessionStarted(
            session=stamp["session"],
            seq=stamp["seq"],
            step=stamp["step"],
            at=stamp["at"],
            type="session_started",
            trace="agent_runtime/1",
            agent=self.start.agent,
            input=self.start.input,
            model=self.start.model,
            tools=list(self.start.tools),
            max_iterations=self.start.max_iterations,
        )

    def _resumed(self, log: EventLog) -> SessionResumed:
        state = log.state
        stamp = log.stamp(state.steps)
        resumed = SessionResumed(
            session=stamp["session"],
            seq=stamp["seq"],
            step=stamp["step"],
            at=stamp["at"],
            type="session_resumed",
            agent=state.agent,
            model=self.start.model,
            tools=list(self.start.tools),
        )
        if state.open.waiting:
            resumed["waiting"] = [
                WaitingCall(call=one["call"], tool=one["tool"], arguments=one["arguments"])
                for one in state.open.waiting
            ]
        return resumed

    def _forked_after(self, session: str, state: JournalState) -> int | None:
        """The step to fork after; None to go on in place. ResumeError when neither can be."""
        step = self.resume_from_step
        if state.agent != self.start.agent:
            raise ResumeError(
                f"The session {session} is one of the agent {state.agent}, not of "
                f"{self.start.agent}."
            )
        if state.input != self.start.input:
            raise ResumeError(
                f"The session {session} is about another question: {state.input[:200]!r}. Ask the "
                "same to resume it, or leave session_id out to begin a new one."
            )
        if step is not None and not 0 <= step <= state.steps:
            raise ResumeError(
                f"The session {session} cannot be resumed after step {step}: "
                f"{_complete(state.steps)}, 0 is its beginning."
            )
        if state.reason is not None and step is None:
            raise ResumeError(
                f"The session {session} has ended ({state.reason}). {_ways_on(state.steps)}, or "
                "leave session_id out to begin another one."
            )
        goes_on = state.reason is None and step in (None, state.steps)
        return None if goes_on else step


def _complete(steps: int) -> str:
    match steps:
        case 0:
            return "none of its steps is complete"
        case 1:
            return "its one complete step is 1"
    return f"its complete steps are 1 to {steps}"


def _ways_on(steps: int) -> str:
    if steps == 0:
        return "Give resume_from_step=0 to ask again from its beginning, in a new session"
    return f"Give resume_from_step, 0 to {steps}, to go on after a step in a new session"


def new_session_id() -> str:
    """One that no other session has."""
    return uuid.uuid4().hex


def _read(store: SessionStore, session: str, state: JournalState, context: SessionContext) -> bool:
    """Whether there is such a session; how it stands is in `state` and `context` then. StoreError
    for one that others have damaged."""
    try:
        for event in store.events(session):
            if not has_its_fields(event):
                raise StoreError(
                    f"Event {event['seq']} of session {session!r} is damaged, so that it cannot be "
                    "resumed. Repair or delete the session."
                )
            state.apply(event)
            context.apply(event)
    except SessionNotFoundError:
        return False
    return True


async def _leased(
    stack: AsyncExitStack, store: SessionStore, thread: StoreThread, session: str
) -> Callable[[], Awaitable[None]]:
    """Nobody else works on the session until what is given back is awaited, or the stack ends."""
    lease = ExitStack()

    async def release() -> None:
        await thread.finish(lease.close)

    # before it is taken: a cancel may come just after that
    stack.push_async_callback(release)
    await thread.call(lambda: lease.enter_context(store.lease(session)))
    return release


async def _copy(
    events: Iterator[Event],
    thread: StoreThread,
    log: EventLog,
    context: SessionContext,
    append: Callable[[Sequence[Event]], None],
) -> Event:
    """Copies what a session did into its fork; the first event."""
    beginning: Event | None = None
    while batch := await thread.call(lambda: list(islice(events, _COPIED_AT_ONCE))):
        await thread.call(partial(append, batch))
        for event in batch:
            context.apply(event)
        log.add_kept(batch)
        beginning = beginning or batch[0]
    if beginning is None:
        raise StoreError("The session was removed while it was copied.")
    return beginning


@asynccontextmanager
async def _creating(
    store: SessionStore, thread: StoreThread, session: str
) -> AsyncIterator[Callable[[Sequence[Event]], None]]:
    """`store.creating` in the store's thread, also the end of it when the block is cancelled."""
    block = ExitStack()
    try:
        yield await thread.call(lambda: block.enter_context(store.creating(session)))
    except BaseException as error:
        end = partial(block.__exit__, type(error), error, error.__traceback__)
        await thread.finish(end)
        raise
    await thread.call(block.close)


def _kept_until(store: SessionStore, session: str, step: int, whole: bool) -> Iterator[Event]:
    """The events up to the end of `step`; all of them, but for the end, if it is to be `whole`."""
    for event in store.events(session):
        if event["type"] == "session_ended" or (event["step"] > step and not whole):
            return
        yield event


def _moved(event: Event, session: str, fork: Fork) -> Event:
    event["session"] = session
    if event["type"] == "session_started":
        event["forked_from"] = fork
    return event
