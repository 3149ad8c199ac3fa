"""Recording invocations from the event loop; a thread does the writing.

A run's row is there when `end` returns, so that no answer goes out before what it tells of would
outlive us. Runs that end at the same time share a commit. A run that goes on for a while gets a
row too, as pending.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias, TypeVar

from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.invocations.agent_runs import AgentRun
from runagent_ls.serve.invocations.database import Database, characters
from runagent_ls.serve.invocations.rows import Cell, Ended, Invocation, RowWriter
from runagent_ls.serve.invocations.secrets import KnownSecrets

LONGEST_WAIT_S: Final = 1.0
"""An answer waits no longer for its row. It is written nevertheless as soon as that is possible."""
PENDING_AFTER_S: Final = 0.3
"""A run that takes longer gets a row while it goes on."""
_RETRY_S: Final = 0.5
_MOST_WAITING: Final = 64 * 1024 * 1024
"""Characters of rows that cannot be written and are kept in memory; the oldest go first."""

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_Written: TypeAlias = "asyncio.Future[None] | None"
_Item: TypeAlias = tuple[Invocation, Ended | None, _Written]


class _Waiting(NamedTuple):
    """What is still to be written of a run, and who waits for it."""

    row: tuple[Cell, ...]
    run: AgentRun | None
    written: _Written

    @property
    def characters(self) -> int:
        return characters(self.row) + (0 if self.run is None else characters(self.run))


class Invocations:
    """The invocations in one file. Made in the event loop's thread, used there.

    `own`: the file is ours alone, and is made when it is not there; not so the registry.
    `variables` are the agent's own: the values of secret ones are kept out of every row.
    """

    def __init__(
        self, path: Path, *, own: bool, variables: Mapping[str, str] | None = None
    ) -> None:
        self.path: Final = path
        self._own = own
        self._secrets = KnownSecrets(variables or {})
        self._rows = RowWriter(self._secrets.redactor)
        self._open: dict[str, Invocation] = {}
        self._unsaved: dict[str, tuple[float, Invocation]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._waiting: deque[_Waiting] = deque()
        self._waiting_chars = 0
        self._failing = False
        self._newest: _Written = None
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, run: Invocation) -> Invocation:
        """A run begins. Must be followed by `end`, `end_soon` or `forget`."""
        loop = asyncio.get_running_loop()
        self._open[run.id] = run
        self._unsaved[run.id] = (loop.time(), run)
        self._start_thread()
        if self._timer is None:
            self._timer = loop.call_later(PENDING_AFTER_S, self._save_pending)
        return run

    def know(self, variables: Mapping[str, str]) -> None:
        """These are the agent's variables now; those before are kept out of rows as well."""
        self._secrets.know(variables)

    async def end(self, run: Invocation, ended: Ended) -> None:
        """Returns when the row is written, or after LONGEST_WAIT_S; at once while rows cannot be
        written, for no run shall be the slower for that."""
        if self._failing:
            self.end_soon(run, ended)
            return
        self.forget(run)
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()
        self._put((run, ended, written))
        # a plain timer: `asyncio.wait_for` would cost as much as the rest
        timer = loop.call_later(LONGEST_WAIT_S, _resolve, written)
        try:
            await written
        finally:
            timer.cancel()

    def end_soon(self, run: Invocation, ended: Ended) -> None:
        """As `end`, for those who cannot wait. Questions wait for it."""
        self.forget(run)
        self._newest = asyncio.get_running_loop().create_future()
        self._put((run, ended, self._newest))

    def forget(self, run: Invocation) -> None:
        """It was none after all."""
        self._open.pop(run.id, None)
        self._unsaved.pop(run.id, None)

    def goes_on(self, run_id: str) -> bool:
        """Whether a run with this id has begun and not ended."""
        return run_id in self._open

    async def recent(
        self, agent_id: str, limit: int, status: str | None = None
    ) -> list[dict[str, JsonValue]]:
        """The newest first. Raises OSError or sqlite3.Error."""
        await self._settle()
        return await asyncio.to_thread(self._reading(lambda d: d.recent(agent_id, limit, status)))

    async def one(self, invocation_id: str) -> dict[str, JsonValue] | None:
        """Raises OSError or sqlite3.Error."""
        await self._settle()
        return await asyncio.to_thread(self._reading(lambda d: d.one(invocation_id)))

    async def stats(self, agent_id: str) -> dict[str, JsonValue]:
        """Raises OSError or sqlite3.Error."""
        await self._settle()
        return await asyncio.to_thread(self._reading(lambda d: d.stats(agent_id)))

    async def close(self, limit_s: float = 5.0) -> None:
        """Write what is waiting. What cannot be written within `limit_s` seconds is lost."""
        if self._timer is not None:
            self._timer.cancel()
        if self._thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join, limit_s)
            self._closing.set()
            self._thread = None

    def _save_pending(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        old = loop.time() - PENDING_AFTER_S * 0.9
        for begun_at, run in list(self._unsaved.values()):
            if begun_at <= old:
                del self._unsaved[run.id]
                self._put((run, None, None))
        if self._unsaved:
            self._timer = loop.call_later(PENDING_AFTER_S, self._save_pending)

    async def _settle(self) -> None:
        """Write the runs that go on now, so that a question finds them, and those that ended."""
        for _, run in self._unsaved.values():
            self._newest = asyncio.get_running_loop().create_future()
            self._put((run, None, self._newest))
        self._unsaved.clear()
        if self._newest is not None and not self._failing:
            await asyncio.wait({self._newest}, timeout=LONGEST_WAIT_S)

    def _reading(self, work: Callable[[Database], _T]) -> Callable[[], _T]:
        def read() -> _T:
            database = Database(self.path, own=self._own)
            try:
                return work(database)
            finally:
                database.close()

        return read

    def _start_thread(self) -> None:
        """When the first run begins, for it takes a while to get ready."""
        if self._thread is None:
            self._loop = asyncio.get_running_loop()
            self._thread = threading.Thread(target=self._write_all, name="invocations", daemon=True)
            self._thread.start()

    def _put(self, item: _Item) -> None:
        self._start_thread()
        self._queue.put(item)

    def _write_all(self) -> None:
        """The thread: everything that waits goes into one commit."""
        with contextlib.suppress(OSError):
            self._secrets.redactor()
        database = Database(self.path, own=self._own)
        while not self._closing.is_set():
            ending = self._collect(block=not self._waiting)
            written = self._write(database)
            if ending:
                break
            if not written:
                self._closing.wait(_RETRY_S)
        database.close()

    def _write(self, database: Database) -> bool:
        """Everything that waits; whether that was possible."""
        if not self._waiting:
            return True
        try:
            runs = [each.run for each in self._waiting if each.run is not None]
            database.write([each.row for each in self._waiting], runs)
        except Exception as error:  # noqa: BLE001 - without this thread nothing is recorded
            if not self._failing:
                _log.warning("invocations cannot be recorded in %s: %s", self.path, error)
            self._failing = True
            self._drop_oldest()
            return False
        self._failing = False
        self._tell([each.written for each in self._waiting if each.written is not None])
        self._waiting.clear()
        self._waiting_chars = 0
        return True

    def _row(self, run: Invocation, ended: Ended | None) -> tuple[Cell, ...] | None:
        """One that cannot be made must not stop the others."""
        try:
            return self._rows.row(run, ended)
        except Exception:  # noqa: BLE001 - see above
            _log.exception("an invocation cannot be recorded")
            return None

    def _agent_run(
        self, run: Invocation, ended: Ended | None, row: tuple[Cell, ...]
    ) -> AgentRun | None:
        if self._own or ended is None or run.sdk_type != "local_server":
            return None
        return self._rows.agent_run(run, ended, row)

    def _collect(self, *, block: bool) -> bool:
        """Take over what is in the queue; whether there will be no more."""
        try:
            item = self._queue.get(block)
            while item is not None:
                self._take(*item)
                item = self._queue.get(block=False)
        except queue.Empty:
            return False
        return True

    def _take(self, run: Invocation, ended: Ended | None, written: _Written) -> None:
        # at once, for a row is short where a run may have been asked or answered megabytes
        row = self._row(run, ended)
        if row is not None:
            item = _Waiting(row, self._agent_run(run, ended, row), written)
            self._waiting.append(item)
            self._waiting_chars += item.characters
            if self._failing:
                self._drop_oldest()
        elif written is not None:
            self._tell([written])

    def _drop_oldest(self) -> None:
        while self._waiting_chars > _MOST_WAITING:
            self._waiting_chars -= self._waiting.popleft().characters

    def _tell(self, written: list[asyncio.Future[None]]) -> None:
        if written and self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(_resolve_all, written)


def _resolve(written: asyncio.Future[None]) -> None:
    if not written.done():
        written.set_result(None)


def _resolve_all(written: list[asyncio.Future[None]]) -> None:
    for each in written:
        _resolve(each)
