"""The thread that writes: it collects what all runs of this process bring and writes it in batches.

Nothing here ever fails a run. When the file cannot be written that is said once, the runs in
progress stay as they are in the file, and the next run tries again.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple

from runagent_ls.agents.history import documents, retention
from runagent_ls.agents.history.database import explained, is_busy, is_damage, open_for_writing
from runagent_ls.agents.history.liveness import WriterLock
from runagent_ls.agents.history.records import HistoryError, Limits
from runagent_ls.agents.history.redaction.sources import SecretSources
from runagent_ls.agents.history.transcript import Step, Transcript
from runagent_ls.agents.runs import OutputItem, RunOutcome
from runagent_ls.agents.targets.target import Target

INTERVAL_S: Final = 0.1
"""Between two batches."""
_IDLE_S: Final = 1.0
"""After it nothing more is waited for."""
_URGENT_BYTES: Final = 4 * 1024 * 1024
"""So much is written at once."""
ROOM_BYTES: Final = 32 * 1024 * 1024
"""Above it the writer is behind, and who can should wait."""
_MOST_BYTES: Final = 4 * ROOM_BYTES
"""Above it output is dropped: the disk does not answer, and memory has an end."""
_ITEM_BYTES: Final = 400
_TRIES: Final = 3
_PAUSE_AFTER_TROUBLE_S: Final = 5.0
_RAW: Final = attrgetter("raw")


class Begin(NamedTuple):
    transcript: Transcript


class Connected(NamedTuple):
    transcript: Transcript
    target: Target


class Output(NamedTuple):
    transcript: Transcript
    items: Sequence[OutputItem]
    size: int


class End(NamedTuple):
    transcript: Transcript
    outcome: RunOutcome


class Flush(NamedTuple):
    done: threading.Event


Event = Begin | Connected | Output | End | Flush


class Writer:
    """Takes events from any thread, without waiting; the thread starts with the first one."""

    def __init__(
        self, path: Path, *, ours: bool, limits: Limits, on_trouble: Callable[[str], None]
    ) -> None:
        self._path = path
        self._ours = ours
        self._limits = limits
        self._on_trouble = on_trouble
        self._told: set[str] = set()
        self._sources = SecretSources()
        self._condition = threading.Condition()
        self._events: list[Event] = []
        self._bytes = 0
        self._hurried = False
        self._closing = False
        self._thread: threading.Thread | None = None
        self._connection: sqlite3.Connection | None = None
        self._lock: WriterLock | None = None
        self._active: dict[str, Transcript] = {}
        self._try_again_at = 0.0
        self._suspect = False
        self._idle = False

    def submit(self, event: Event) -> None:
        """Hand an event over."""
        with self._condition:
            self._take(event)

    def output(self, transcript: Transcript, items: Sequence[OutputItem]) -> bool:
        """Hand output over; False when the writer is behind."""
        size = sum(map(len, map(_RAW, items))) + _ITEM_BYTES * len(items)
        with self._condition:
            if self._bytes > _MOST_BYTES:
                transcript.skip(items)
                return False
            self._bytes += size
            self._take(Output(transcript, items, size))
            return self._bytes <= ROOM_BYTES

    def use_limits(self, limits: Limits) -> None:
        """Keep other limits from now on."""
        self._limits = limits

    def wait_for_room(self, limit_s: float) -> None:
        """Block until the writer has caught up, at most `limit_s` seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self._bytes <= ROOM_BYTES // 2, limit_s)

    def close(self, limit_s: float) -> bool:
        """Write the rest and end the thread; False when that took too long."""
        with self._condition:
            self._closing = True
            self._condition.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(limit_s)
        return thread is None or not thread.is_alive()

    def _take(self, event: Event) -> None:
        if self._closing:
            if isinstance(event, Flush):
                event.done.set()
            return
        self._events.append(event)
        self._hurried = self._hurried or isinstance(event, Flush)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="run-history", daemon=True)
            self._thread.start()
        # The thread waits for the first event, and then for the end of its pause: to wake it in
        # between for nothing would cost a fast stream more than anything else here.
        if len(self._events) == 1 or self._hurried or self._bytes > _URGENT_BYTES:
            self._condition.notify_all()

    def _work(self) -> None:
        while self._collect():
            self._write()
        self._write()
        self._finish()

    def _collect(self) -> bool:
        """Wait for something to write, then a moment for more; False when closing."""
        # text that may be the beginning of a secret waits for more, though not for ever
        waits = any(transcript.waits for transcript in self._active.values())
        with self._condition:
            self._condition.wait_for(
                lambda: self._events or self._closing, _IDLE_S if waits and not self._idle else None
            )
            self._idle = not self._events
            begun = [event for event in self._events if isinstance(event, Begin)]
        if begun:
            self._prepare(begun)
        with self._condition:
            self._condition.wait_for(
                lambda: self._closing or self._bytes > _URGENT_BYTES or self._hurried,
                INTERVAL_S,
            )
            return not self._closing

    def _prepare(self, begun: Sequence[Begin]) -> None:
        """Open the file and learn the secrets while the runs are under way."""
        with self._reported():
            if self._opened(begun):
                for event in begun:
                    event.transcript.prepare(self._sources)

    def _write(self) -> None:
        with self._condition:
            events, self._events = self._events, []
            self._hurried = False
        size = sum(event.size for event in events if isinstance(event, Output))
        try:
            with self._reported():
                self._record(events)
        finally:
            with self._condition:
                self._bytes -= size
                self._condition.notify_all()
            for event in events:
                if isinstance(event, Flush):
                    event.done.set()

    def _record(self, events: Sequence[Event]) -> None:
        if not self._opened(events):
            return
        steps: list[Step] = []
        ended = False
        for event in events:
            if not isinstance(event, Flush):
                steps += self._steps_of(event)
                ended = ended or isinstance(event, End)
        for transcript in self._active.values():
            steps += transcript.flush(idle=self._idle)
        if steps:
            self._commit(steps)
        if ended:
            self._keep_limits()

    def _steps_of(self, event: Begin | Connected | Output | End) -> list[Step]:
        transcript = event.transcript
        if isinstance(event, Begin):
            assert self._lock is not None  # noqa: S101 - `_opened` made it
            self._active[transcript.history_id] = transcript
            return transcript.begin(self._lock.name, self._sources)
        if transcript.history_id not in self._active:
            return []
        if isinstance(event, Connected):
            return transcript.connected(event.target)
        if isinstance(event, Output):
            transcript.add(event.items)
            return []
        del self._active[transcript.history_id]
        return transcript.end(event.outcome)

    def _opened(self, events: Sequence[Event]) -> bool:
        """Whether the file is open; tries to open it when a run begins."""
        if self._connection is not None:
            return True
        begins = any(isinstance(event, Begin) for event in events)
        if not begins or time.monotonic() < self._try_again_at:
            return False
        with explained(self._path):
            self._connection = open_for_writing(
                self._path, ours=self._ours, suspect=self._suspect, tell=self._tell
            )
            self._suspect = False
            self._lock = WriterLock(self._path)
            self._connection.execute("BEGIN IMMEDIATE")
            documents.prepare_index(self._connection)
            retention.mark_interrupted(self._connection, self._path, self._lock.name)
            self._connection.execute("COMMIT")
        self._keep_limits()
        return True

    def _commit(self, steps: Sequence[Step]) -> None:
        """All steps or none; tried again while another process keeps the file locked."""
        connection = self._connection
        assert connection is not None  # noqa: S101 - `_opened` made it
        with explained(self._path):
            for left in reversed(range(_TRIES)):
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    for step in steps:
                        step(connection)
                    connection.execute("COMMIT")
                except sqlite3.Error as error:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    if not left or not is_busy(error):
                        raise
                else:
                    return

    def _keep_limits(self) -> None:
        if self._connection is not None:
            with explained(self._path):
                retention.keep_limits(self._connection, self._limits)

    @contextlib.contextmanager
    def _reported(self) -> Iterator[None]:
        """No fault in here may end a run."""
        try:
            yield
        except HistoryError as error:
            self._give_up(error)
        except Exception as error:  # noqa: BLE001 - see above
            self._give_up(HistoryError(f"Runs are not recorded: {type(error).__name__}: {error}."))

    def _give_up(self, error: HistoryError) -> None:
        """Say what is wrong, once, and let go of the file."""
        self._active.clear()
        was_open = self._connection is not None
        self._let_go()
        if was_open and is_damage(error.__cause__):
            # the next run looks the file through and moves it aside if it is damaged
            self._suspect = True
            return
        self._try_again_at = time.monotonic() + _PAUSE_AFTER_TROUBLE_S
        self._tell(" ".join(filter(None, (error.message, error.suggestion))))

    def _tell(self, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            with contextlib.suppress(Exception):
                self._on_trouble(message)

    def _finish(self) -> None:
        steps = [step for run in self._active.values() for step in run.interrupt()]
        if steps and self._connection is not None:
            with contextlib.suppress(HistoryError):
                self._commit(steps)
        self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None
