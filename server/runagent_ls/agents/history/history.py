"""The history of runs: one file, written while runs go on, read by whoever asks."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, Self

from runagent_ls.agents.history.location import configured_path, default_path
from runagent_ls.agents.history.recorder import Recorder
from runagent_ls.agents.history.records import (
    HistoryError,
    LastInputs,
    Limits,
    Match,
    NewestRun,
    Page,
    Query,
    RunGroup,
    RunRecord,
    StoredChunk,
    StoredRun,
)

if TYPE_CHECKING:
    import sqlite3

    from runagent_ls.agents.history.compare import Comparison
    from runagent_ls.agents.history.reading import Reader
    from runagent_ls.agents.history.writer import Writer

CLOSE_LIMIT_S = 10.0


class History:
    """Records runs and reads them back.

    `begin` and the recorders never wait and never raise: a thread of its own does the writing,
    and what goes wrong there is told to `on_trouble` once, as a sentence, from that thread. All
    other methods read or write the file at once, so an event loop calls them in a thread; they
    raise HistoryError. `path` None means that the history is switched off: nothing is recorded
    and nothing found.
    """

    def __init__(
        self,
        path: Path | None,
        limits: Limits | None = None,
        on_trouble: Callable[[str], None] | None = None,
    ) -> None:
        self.path = path
        self.limits = limits or Limits()
        self._on_trouble = on_trouble or (lambda message: None)
        self._writer: Writer | None = None

    @classmethod
    def open(
        cls,
        path: Path | None = None,
        limits: Limits | None = None,
        on_trouble: Callable[[str], None] | None = None,
    ) -> Self:
        """The history at `path`, else where the environment or the platform says. Opens no file."""
        return cls(path or configured_path(), limits, on_trouble)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def enabled(self) -> bool:
        return self.path is not None

    def use_limits(self, limits: Limits) -> None:
        """Keep other limits from now on; runs in progress keep their own per-run limits."""
        self.limits = limits
        if self._writer is not None:
            self._writer.use_limits(limits)

    def begin(self, record: RunRecord) -> Recorder:
        """Record a run from now on."""
        if self.path is None:
            return Recorder()
        from runagent_ls.agents.history.transcript import Transcript
        from runagent_ls.agents.history.writer import Begin, Writer

        if self._writer is None:
            self._writer = Writer(
                self.path,
                ours=self.path == default_path(),
                limits=self.limits,
                on_trouble=self._on_trouble,
            )
        transcript = Transcript(os.urandom(6).hex(), record.in_utf8(), self.limits)
        self._writer.submit(Begin(transcript))
        return Recorder(self._writer, transcript)

    def flush(self, limit_s: float = CLOSE_LIMIT_S) -> bool:
        """Wait until everything so far is in the file; False when that took too long."""
        if self._writer is None:
            return True
        from runagent_ls.agents.history.writer import Flush

        done = threading.Event()
        self._writer.submit(Flush(done))
        return done.wait(limit_s)

    def close(self, limit_s: float = CLOSE_LIMIT_S) -> bool:
        """Write the rest; runs that did not end are interrupted. False when it took too long."""
        writer, self._writer = self._writer, None
        return writer is None or writer.close(limit_s)

    def list(self, query: Query | None = None) -> Page:
        """Runs, newest first."""
        with self._reader() as reader:
            return Page((), None) if reader is None else reader.list(query or Query())

    def groups(self, query: Query | None = None) -> tuple[RunGroup, ...]:
        """Runs counted by entrypoint, the one that ran last first; the paging does not count."""
        with self._reader() as reader:
            return () if reader is None else reader.groups(query or Query())

    def newest(self, tag: str, *, project: str | None = None) -> NewestRun | None:
        """How the newest run of a tag went; quick, and does not wait for runs just begun."""
        with self._reader() as reader:
            return None if reader is None else reader.newest(Query(project, tag=tag))

    def get(self, history_id: str) -> StoredRun:
        """One run without its chunks, by its id, a beginning of it, or `last`."""
        with self._reader() as reader:
            whole = None if reader is None else reader.resolve(history_id)
            run = None if reader is None or whole is None else reader.get(whole)
        if run is None:
            raise HistoryError(
                f"There is no run {history_id} in the history.",
                "`runagent-ls history list` shows what there is.",
            )
        return run

    def chunks(
        self, history_id: str, after: int = -1, limit: int = 1000
    ) -> tuple[StoredChunk, ...]:
        """Up to `limit` chunks with an index above `after`, of the run of this whole id."""
        from itertools import islice

        return tuple(islice(self.iter_chunks(history_id, after), limit))

    def iter_chunks(self, history_id: str, after: int = -1) -> Generator[StoredChunk, None, None]:
        """All chunks with an index above `after`, read as they are asked for."""
        with self._reader() as reader:
            if reader is not None:
                yield from reader.chunks(history_id, after)

    def search(self, text: str, query: Query | None = None) -> tuple[Match, ...]:
        """Runs with every word of `text`, or a word that begins with it, newest first.

        Of the `query` all but `before` counts.
        """
        wanted = query or Query()
        with self._reader() as reader:
            return () if reader is None else reader.search(text, wanted)

    def compare(self, first: str, second: str) -> Comparison:
        """What differs between two runs."""
        from runagent_ls.agents.history.compare import compare

        return compare(self.get(first), self.get(second), self.iter_chunks)

    def export(
        self, history_ids: Iterable[str], form: Literal["jsonl", "markdown"], out: IO[str]
    ) -> int:
        """Write runs to `out`; how many."""
        from runagent_ls.agents.history.export import write_jsonl
        from runagent_ls.agents.history.markdown import write_markdown

        write = write_jsonl if form == "jsonl" else write_markdown
        count = 0
        for history_id in history_ids:
            run = self.get(history_id)
            with closing(self.iter_chunks(run.history_id)) as chunks:
                write(run, chunks, out)
            count += 1
        return count

    def delete(self, which: Iterable[str] | Query) -> int:
        """Remove runs, by their ids or all that fit a query (whose paging does not count).

        Nothing of them is left in the file. How many there were.
        """
        ids = (
            self.ids(which)
            if isinstance(which, Query)
            else [self.get(history_id).history_id for history_id in which]
        )
        from runagent_ls.agents.history import changing

        return self._change(lambda connection: changing.delete(connection, ids))

    def clear(self) -> int:
        """Remove every run, pinned ones too; how many there were."""
        from runagent_ls.agents.history import changing

        return self._change(changing.clear)

    def pin(self, history_id: str, *, pinned: bool = True) -> None:
        """Spare a run from the limits of size and age, or no longer."""
        from runagent_ls.agents.history import changing

        whole = self.get(history_id).history_id
        self._change(lambda connection: changing.pin(connection, whole, pinned))

    def last_inputs(
        self, tag: str, *, project: str | None = None, agent_id: str | None = None
    ) -> LastInputs | None:
        """Arguments and keyword arguments of the last run of `tag` that are stored whole.

        Secrets in them read `[redacted]`. Runs that have just begun here count.
        """
        self.flush()
        for run in self.list(Query(project, agent_id, tag, limit=20)).runs:
            if not run.inputs_cut:
                return run.args, run.kwargs
        return None

    def ids(self, query: Query) -> Sequence[str]:
        """All runs that fit, newest first; the paging of `query` does not count."""
        ids = []
        page = self.list(replace(query, limit=1000, before=None))
        ids += [run.history_id for run in page.runs]
        while page.next is not None:
            page = self.list(replace(query, limit=1000, before=page.next))
            ids += [run.history_id for run in page.runs]
        return ids

    def _change(self, change: Callable[[sqlite3.Connection], int]) -> int:
        if self.path is None or not self.path.exists():
            return 0
        from runagent_ls.agents.history.database import explained, open_for_writing

        self.flush()
        with explained(self.path), closing(open_for_writing(self.path, ours=False)) as connection:
            return change(connection)

    @contextmanager
    def _reader(self) -> Iterator[Reader | None]:
        """A reader, None when there is nothing to read."""
        if self.path is None:
            yield None
            return
        from runagent_ls.agents.history.database import explained, open_for_reading
        from runagent_ls.agents.history.reading import Reader

        connection = open_for_reading(self.path)
        if connection is None:
            yield None
            return
        try:
            with explained(self.path):
                yield Reader(connection, self.path)
        finally:
            connection.close()
