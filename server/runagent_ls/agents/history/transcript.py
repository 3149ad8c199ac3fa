"""One run on its way to the file: cleaned, packed into blocks, within its limits.

Used by the writer thread alone. Each method gives steps, which are run in one transaction and,
should another process keep the file locked, run again: they change nothing but the file.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias, cast

from runagent_ls.agents.history import documents
from runagent_ls.agents.history.blocks import Block, cut, dump, runs_of, times_of
from runagent_ls.agents.history.location import same_folder
from runagent_ls.agents.history.ready import ITEM_CHARS, Ready
from runagent_ls.agents.history.records import Limits, RunRecord
from runagent_ls.agents.history.redaction.forms import SecretForms
from runagent_ls.agents.history.redaction.redactor import Redactor
from runagent_ls.agents.history.redaction.sources import SecretSources
from runagent_ls.agents.history.redaction.streaming import TextStream
from runagent_ls.agents.runs import OutputItem, RunOutcome
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.values import JsonValue

if TYPE_CHECKING:
    import sqlite3

Step: TypeAlias = "Callable[[sqlite3.Connection], object]"


class Transcript:
    """What is known of one run while it is recorded."""

    def __init__(self, history_id: str, record: RunRecord, limits: Limits) -> None:
        self.history_id = history_id
        self._record = record
        self._limits = limits
        self._redactor = Redactor(SecretForms(record.secrets))
        self._stream = TextStream(self._redactor)
        self._waiting: list[OutputItem] = []
        self._head_bytes = 0
        self._tail: deque[tuple[int, int, int]] = deque()
        self._tail_bytes = 0
        self._seen = 0
        self._written = 0

    def prepare(self, sources: SecretSources) -> None:
        """Find the secrets of the run, which `sources` then remembers for `begin`."""
        sources.forms_of(self._record)

    def begin(self, writer: str, sources: SecretSources) -> list[Step]:
        """The row of the run; `writer` is the name of this process's lock."""
        record = self._record
        self._redactor = Redactor(sources.forms_of(record))
        self._stream = TextStream(self._redactor)
        inputs, length = self._limited({"args": list(record.args), "kwargs": dict(record.kwargs)})
        labels = self._redactor.value(dict(record.labels))
        row: dict[str, object] = {
            "history_id": self.history_id,
            "run_id": record.run_id,
            "writer": writer,
            "kind": record.kind,
            "tag": record.tag,
            "project_root": same_folder(record.project_root),
            "config_path": record.config_path,
            "agent_id": record.agent_id,
            "inputs": dump(inputs),
            "inputs_cut": length is not None,
            "git_commit": record.git_commit,
            "interpreter": record.interpreter,
            "labels": dump(labels) if labels else None,
            "started_at": record.started_at,
            "updated_at": time.time(),
        }
        for name, text in row.items():
            if isinstance(text, str) and self._redactor.forms.found_in(text):
                row[name] = self._redactor.replaced(text)
        row["redacted"] = self._redactor.hits > 0
        return [partial(_insert, row=row)]

    def connected(self, target: Target) -> list[Step]:
        """Where the run goes."""
        return [self._update(self._where(target))]

    def _where(self, target: Target) -> dict[str, object]:
        row: dict[str, object] = {"target": dump(self._redactor.value(target.to_message()))}
        if (path := target.interpreter) is not None:
            secret = self._redactor.forms.found_in(path)
            row["interpreter"] = self._redactor.replaced(path) if secret else path
        return row

    def add(self, items: Sequence[OutputItem]) -> None:
        """Take items over; `flush` writes them."""
        self._waiting += items

    def skip(self, items: Sequence[OutputItem]) -> None:
        """Items that are not kept, because the disk does not keep up."""
        self._seen = max(self._seen, items[-1].index + 1)

    @property
    def waits(self) -> bool:
        """Whether something arrived that is not written yet."""
        return bool(self._waiting)

    def flush(self, *, last: bool = False, idle: bool = False) -> list[Step]:
        """What arrived since, except what may be the beginning of a secret.

        `idle` tells that nothing came for a while.
        """
        if not self._waiting and not last:
            return []
        self._drop_what_will_not_stay()
        waiting, self._waiting = self._waiting, []
        ready = Ready()
        at = 0
        for is_text, length in _groups(waiting):
            group, at = waiting[at : at + length], at + length
            if is_text:
                taken = self._texts(group, last=last or at < len(waiting), idle=idle)
                ready.extend(taken)
                if len(taken) < length:
                    self._waiting = group[len(taken) :]
                    break
            else:
                self._stream.restart()
                ready.extend(self._values(group))
        return self._blocks(ready)

    def end(self, outcome: RunOutcome) -> list[Step]:
        """The rest of the output and how the run ended."""
        steps = self.flush(last=True)
        self._seen = max(self._seen, outcome.chunks)
        row: dict[str, object] = {
            **self._counts(),
            "state": outcome.state,
            "ended_at": self._record.started_at + outcome.elapsed_ms / 1000,
            "elapsed_ms": outcome.elapsed_ms,
            "first_chunk_ms": outcome.first_chunk_ms,
            "stopped": outcome.stopped,
            "attempts": getattr(outcome, "attempts", 1),
        }
        if outcome.target is not None:
            row |= self._where(outcome.target)
        if outcome.result is not None:
            value, length = self._limited(outcome.result.value)
            row["result"], row["result_cut_from"] = dump(value), length
        if outcome.error is not None:
            row["error"] = dump(self._redactor.value(outcome.error.to_message()))
        row["redacted"] = self._redactor.hits > 0
        return [*steps, self._update(row), partial(documents.finish, history_id=self.history_id)]

    def interrupt(self) -> list[Step]:
        """The run is not recorded to its end."""
        steps = self.flush(last=True)
        row = {**self._counts(), "state": "interrupted", "ended_at": time.time()}
        return [*steps, self._update(row), partial(documents.finish, history_id=self.history_id)]

    def _update(self, row: dict[str, object]) -> Step:
        return partial(_update, history_id=self.history_id, row={**row, "updated_at": time.time()})

    def _limited(self, value: JsonValue) -> tuple[JsonValue, int | None]:
        """A clean value that is not too long, and the length it had when it was cut."""
        try:
            clean = self._redactor.value(value)
            shorter = cut(clean, self._limits.item_bytes)
        except RecursionError:
            return "[nested too deeply to be stored]", 0
        return (clean, None) if shorter is None else shorter

    def _texts(self, group: list[OutputItem], *, last: bool, idle: bool) -> Ready:
        texts = cast("list[str]", [item.value for item in group])
        together = "".join(texts)
        if "{" in together or "[" in together:
            for at, text in enumerate(texts):
                if text.lstrip()[:1] in {"{", "["}:
                    texts[at] = self._redactor.whole_json(text)
        clean = self._stream.clean(texts, last=last, idle=idle)
        return Ready.texts(group, clean, self._limits.item_bytes)

    def _values(self, group: list[OutputItem]) -> Ready:
        """All at once, for looking is what costs time."""
        values = [item.raw if item.type == "unknown-frame" else item.value for item in group]
        clean = self._redactor.value(values)
        if not isinstance(clean, list):  # something is left that only goes with all of it
            clean = [self._redactor.value(value) for value in values]
        return Ready.values_of(group, clean, self._limits.item_bytes)

    def _drop_what_will_not_stay(self) -> None:
        """Once the head is full only the tail stays: what cannot stay is not even packed."""
        if self._head_bytes < self._limits.head_bytes:
            return
        room, at = self._limits.tail_bytes, len(self._waiting)
        while at and room > 0:
            at -= 1
            room -= len(self._waiting[at].raw) + ITEM_CHARS
        if at:
            self._stream.skip([str(it.value) for it in self._waiting[:at] if it.type == "text"])
            self._seen = max(self._seen, self._waiting[at - 1].index + 1)
            del self._waiting[:at]

    def _blocks(self, ready: Ready) -> list[Step]:
        steps: list[Step] = []
        for part in ready.blocks():
            steps += self._block(part)
        if steps:
            self._seen = max(self._seen, ready.indexes[-1] + 1)
            steps.append(self._update(self._counts()))
        return steps

    def _counts(self) -> dict[str, object]:
        return {
            "chunks": self._seen,
            "dropped_chunks": self._seen - self._written,
            "stored_bytes": self._head_bytes + self._tail_bytes,
            "redacted": self._redactor.hits > 0,
        }

    def _block(self, ready: Ready) -> list[Step]:
        forms = self._redactor.forms
        items = dump(ready.values)
        if forms.may_span_values and forms.found_in(items):
            # Pieces of harmless texts make up a secret together with our own commas and quotes.
            items = dump([self._redactor.mask()] * len(ready))
        block = Block(
            ready.indexes[0], len(ready), times_of(ready.times), runs_of(ready.types), items
        )
        size = ready.size()
        self._written += len(ready)
        steps: list[Step] = [partial(_insert_block, history_id=self.history_id, block=block)]
        if self._head_bytes < self._limits.head_bytes:
            self._head_bytes += size
            return steps
        self._tail.append((block.first, block.length, size))
        self._tail_bytes += size
        while self._tail_bytes > self._limits.tail_bytes and len(self._tail) > 1:
            first, count, gone = self._tail.popleft()
            self._tail_bytes -= gone
            self._written -= count
            steps.append(partial(_delete_block, history_id=self.history_id, first=first))
        return steps


def _groups(items: Sequence[OutputItem]) -> Iterator[tuple[bool, int]]:
    """Whether they are texts, and how many of the kind follow each other."""
    types = [item.type for item in items]
    texts = types.count("text")
    if types and texts in {0, len(types)}:
        yield texts > 0, len(types)
        return
    for is_text, group in groupby(types, "text".__eq__):
        yield is_text, len(list(group))


def _insert(connection: sqlite3.Connection, row: dict[str, object]) -> None:
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", tuple(row.values()))
    documents.begin(connection, str(row["history_id"]))


def _update(connection: sqlite3.Connection, history_id: str, row: dict[str, object]) -> None:
    names = ", ".join(f"{name} = ?" for name in row)
    connection.execute(f"UPDATE runs SET {names} WHERE history_id = ?", (*row.values(), history_id))


def _insert_block(connection: sqlite3.Connection, history_id: str, block: Block) -> None:
    # a run that somebody deleted meanwhile takes nothing more
    connection.execute(
        "INSERT INTO blocks (run, first, count, times, types, items, bytes)"
        " SELECT seq, ?, ?, ?, ?, ?, ? FROM runs WHERE history_id = ?",
        (*block, len(block.items), history_id),
    )


def _delete_block(connection: sqlite3.Connection, history_id: str, first: int) -> None:
    connection.execute(
        "DELETE FROM blocks WHERE first = ? AND run = (SELECT seq FROM runs WHERE history_id = ?)",
        (first, history_id),
    )
