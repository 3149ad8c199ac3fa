"""Writes results and marks of a batch from a thread of its own, so that calls never wait on disk
longer than they must.

A mark (this call begins) is on the disk before its call is sent: `start` waits for it. A result
is handed to the system at once, which a `kill -9` of ours cannot undo, and forced to the disk at
most SYNC_INTERVAL_S later. After a power cut the results of that last moment may be missing; their
marks are there, so their calls count as "may have run" and are not repeated. All that waits is
written and forced out together (group commit), so many calls at once share one wait.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from runagent_ls.agents.batch.checkpoint import Checkpoint
from runagent_ls.agents.batch.plan import BatchError
from runagent_ls.agents.batch.records import Record

SYNC_INTERVAL_S: Final = 0.05
JOURNAL_BYTES: Final = 1024 * 1024
"""A journal that has grown to this is written anew with the marks that still matter."""


class CheckpointWriter:
    """Appends to an open checkpoint. One per batch; `close` once, whatever happened.

    All methods but `close` belong to the event loop it was made in. They raise BatchError once
    the disk fails.
    """

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self._loop = asyncio.get_running_loop()
        self._wanted = threading.Condition()
        self._jobs: list[tuple[Callable[[], None], asyncio.Future[None]]] = []
        self._closing = False
        self._failure: Exception | None = None
        self._open_marks = dict(checkpoint.in_flight)
        self._journal: io.FileIO | None = None
        self._journal_size = 0
        self._output_is_dirty = False
        self._journal_is_dirty = False
        self._synced_at = 0.0
        self._thread = threading.Thread(target=self._work, name="batch-writer", daemon=True)
        self._thread.start()

    async def start(self, index: int, sha256: str) -> None:
        """Note that a call begins; when this returns, the note survives a power cut."""
        await self._do(lambda: self._mark_started(index, sha256))

    async def release(self, index: int) -> None:
        """Note that a call which was begun did certainly not happen."""
        await self._do(lambda: self._mark_released(index))

    async def finish(self, record: Record) -> None:
        """Append the result of an item; when this returns, it survives the end of this process."""
        line = record.line(self._checkpoint.tag)
        await self._do(lambda: self._append(record, line))

    def close(self, *, complete: bool) -> None:
        """Force everything to the disk; `complete` takes the journal away. Blocks."""
        with self._wanted:
            self._closing = True
            self._wanted.notify()
        self._thread.join()
        try:
            if self._failure is None:
                self._sync()
            if self._journal is not None:
                self._journal.close()
            if complete and self._failure is None:
                self._checkpoint.journal.unlink(missing_ok=True)
        except OSError as error:
            self._failure = self._failed(error)
        if self._failure is not None:
            raise self._failure

    async def _do(self, job: Callable[[], None]) -> None:
        done = self._loop.create_future()
        with self._wanted:
            if self._failure is not None:
                raise self._failure
            self._jobs.append((job, done))
            self._wanted.notify()
        await done

    def _work(self) -> None:
        while True:
            with self._wanted:
                if not self._jobs and not self._closing:
                    self._wanted.wait(SYNC_INTERVAL_S if self._output_is_dirty else None)
                jobs, self._jobs = self._jobs, []
                if self._closing and not jobs:
                    return
            failure: Exception | None = RuntimeError("The writer of the batch ended early.")
            try:
                for job, _ in jobs:
                    job()
                self._sync_what_is_due()
                failure = None
            except OSError as error:
                failure = self._failed(error)
            finally:
                with self._wanted:
                    self._failure = failure
                    if failure is not None:
                        jobs += self._jobs
                self._tell([done for _, done in jobs])
            if failure is not None:
                return

    def _tell(self, waiting: list[asyncio.Future[None]]) -> None:
        def tell() -> None:
            for done in waiting:
                if done.cancelled():
                    continue
                if self._failure is None:
                    done.set_result(None)
                else:
                    done.set_exception(self._failure)

        if waiting and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(tell)

    def _append(self, record: Record, line: bytes) -> None:
        output, item = self._checkpoint.output, record.item
        offset = output.tell()
        _write(output, line)
        self._output_is_dirty = True
        self._checkpoint.table.put(item.index, record.state, item.sha256, offset)
        self._open_marks.pop(item.index, None)

    def _mark_started(self, index: int, sha256: str) -> None:
        self._open_marks[index] = sha256
        self._note({"started": index, "sha256": sha256})

    def _mark_released(self, index: int) -> None:
        if self._open_marks.pop(index, None) is not None:
            self._note({"released": index})

    def _note(self, mark: dict[str, str | int]) -> None:
        if self._journal is None or self._journal_size > JOURNAL_BYTES:
            self._renew_journal()
        else:
            self._journal_size += _write(self._journal, _line(mark))
            self._journal_is_dirty = True

    def _renew_journal(self) -> None:
        """Only open marks; those left out have their results on the disk first."""
        self._sync()
        if self._journal is not None:
            self._journal.close()
        path = self._checkpoint.journal
        fresh = path.with_name(path.name + ".new")
        head: dict[str, str | int] = {"journal": 1, "tag": self._checkpoint.tag}
        with io.FileIO(fresh, "w") as file:
            _write(file, _line(head))
            for index, sha256 in self._open_marks.items():
                _write(file, _line({"started": index, "sha256": sha256}))
            os.fsync(file.fileno())
        fresh.replace(path)
        _sync_folder(path)
        self._journal = io.FileIO(path, "a")
        self._journal_size = 0

    def _sync_what_is_due(self) -> None:
        if self._journal_is_dirty and self._journal is not None:
            _flush(self._journal)
            self._journal_is_dirty = False
        if self._output_is_dirty and time.monotonic() - self._synced_at >= SYNC_INTERVAL_S:
            self._sync()

    def _sync(self) -> None:
        if self._output_is_dirty:
            _flush(self._checkpoint.output)
            self._output_is_dirty = False
        self._synced_at = time.monotonic()

    def _failed(self, error: OSError) -> BatchError:
        return BatchError(
            f"{self._checkpoint.path} cannot be written any more: {error.strerror or error}.",
            "Make room, then go on with --resume.",
        )


def _line(message: dict[str, str | int]) -> bytes:
    return json.dumps(message).encode() + b"\n"


def _write(file: io.FileIO, data: bytes) -> int:
    """All of it; a disk that is nearly full takes a part without an error."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) or 0 :]
    return len(data)


def _flush(file: io.FileIO) -> None:
    # without what the file's dates need, where the system can leave that out
    getattr(os, "fdatasync", os.fsync)(file.fileno())


def _sync_folder(path: Path) -> None:
    """So that a new name survives a power cut as well; Windows cannot, and need not."""
    if sys.platform == "win32":
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
