"""`runagent/sessions*`: the agent runtime's sessions in an agent's folder, for our own editor."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, TypeVar, cast

from runagent_ls.lsp.background import in_thread
from runagent_ls.lsp.jsonrpc import Json, RequestFailedError
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.session import Session

if TYPE_CHECKING:  # loaded when a session is asked for first
    from pathlib import Path

    from runagent_ls.sessions.kept import KeptSessions, StoreKind

T = TypeVar("T")

_LAST_STEP = 2**53
_MOST_FOLDERS = 16
_STORES = ("file", "sqlite")


class SessionRequests:
    """Answers questions about sessions; nothing of the agent is executed."""

    def __init__(self, session: Session) -> None:
        self._folders = _Folders()
        session.on_async("runagent/sessions", self._list)
        session.on_async("runagent/sessions/get", self._get)
        session.on_async("runagent/sessions/events", self._events)
        session.on_async("runagent/sessions/delete", self._delete)

    async def _list(self, params: Json) -> Json:
        agent = reading.optional_text(params, "agent")
        found = await self._ask(params, lambda kept: kept.list(agent))
        from runagent_ls.lsp.messages.sessions import list_of

        return list_of(found)

    async def _get(self, params: Json) -> Json:
        from runagent_ls.lsp.messages.sessions import details_of

        session = reading.text(params, "session")
        step, before = _step(params, "step"), _step(params, "before")
        store = _store(params)
        return dict(
            await self._ask(
                params, lambda kept: details_of(kept.get(session, step, store, before=before))
            )
        )

    async def _events(self, params: Json) -> Json:
        from runagent_ls.lsp.messages.sessions import MOST_EVENTS, events_of

        session = reading.text(params, "session")
        after = reading.whole_number(params, "after", -1, -1, _LAST_STEP)
        limit = reading.whole_number(params, "limit", 1000, 1, MOST_EVENTS)
        store, started = _store(params), reading.number(params, "startedAt")
        started_at = None if started is None else started / 1000
        return await self._ask(
            params,
            lambda kept: events_of(kept.events(session, after, store, started_at), limit),
        )

    async def _delete(self, params: Json) -> Json:
        session = reading.text(params, "session")
        store = _store(params)
        return {"deleted": await self._ask(params, lambda kept: kept.delete(session, store))}

    async def _ask(self, params: Json, question: Callable[[KeptSessions], T]) -> T:
        """Ask about the sessions of `configUri`, beside the event loop."""
        folder = reading.config_path(params).parent

        def ask() -> T:
            from agent_runtime.persistence import StoreError

            try:
                with self._folders.kept_in(folder) as kept:
                    return question(kept)
            except StoreError as error:
                raise RequestFailedError(str(error)) from error

        return await in_thread(ask, "runagent-sessions")


class _Folders:
    """What was asked for lately, so that long sessions are not read again for each list."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._folders: OrderedDict[Path, tuple[Lock, KeptSessions]] = OrderedDict()

    @contextmanager
    def kept_in(self, folder: Path) -> Iterator[KeptSessions]:
        """One question to a folder at a time: who reads a database keeps others from writing it."""
        from runagent_ls.sessions.kept import KeptSessions

        with self._lock:
            if folder not in self._folders:
                self._folders[folder] = Lock(), KeptSessions(folder)
            self._folders.move_to_end(folder)
            if len(self._folders) > _MOST_FOLDERS:
                self._folders.popitem(last=False)
            one_at_a_time, kept = self._folders[folder]
        with one_at_a_time, kept:
            yield kept


def _step(params: Json, name: str) -> int | None:
    asked = reading.whole_number(params, name, -1, 0, _LAST_STEP)
    return None if asked < 0 else asked


def _store(params: Json) -> StoreKind | None:
    name = params.get("store")
    return None if name is None else cast("StoreKind", reading.choice(params, "store", _STORES))
